"""The columns of a table: heads in the line of their words, and the column of each cell below."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billdrop.readers.layout.cells import Cell, cells, flat, words

DEEP = 6
"""Heads stand in so many lines at most."""


class Column(NamedTuple):
    """A column, by where its head stands or by declared places."""

    fields: tuple[str, ...]
    """None for a column that no field is read from."""
    start: int
    stop: int
    texts: bool
    """Whether only texts are read from it."""
    fixed: bool
    """Whether its places were declared."""


class Head(NamedTuple):
    """The words that stand at the head of a column."""

    fields: tuple[str, ...]
    labels: tuple[str, ...]
    """As `flat` makes them."""
    texts: bool


class Headed(NamedTuple):
    """A table that has begun."""

    columns: tuple[Column, ...]
    last: int
    """The position of the last line of its heads."""


def headed(
    lines: Sequence[str], at: int, heads: Sequence[Head], fixed: Sequence[Column]
) -> Headed | None:
    """The columns, if the heads of all of them stand in this line and the next few."""
    if not hinted(lines[at], heads):
        return None
    window = [flat(line) for line in _window(lines, at)]
    taken: list[list[Cell]] = [[] for _ in window]
    found: dict[int, tuple[int, Cell]] = {}
    for label, which in _longest(heads):
        if which in found:
            continue
        for down, low in enumerate(window):
            start = _find(low, label, taken[down])
            if start >= 0:
                cell = Cell(start, start + len(label), label)
                taken[down].append(cell)
                found[which] = down, cell
                break
    if len(found) < len(heads):
        return None
    named = [
        Column(heads[which].fields, *_width(lines[at + down], cell, taken[down]),
               texts=heads[which].texts, fixed=False)
        for which, (down, cell) in found.items()
    ]  # fmt: skip
    last = max(down for down, _ in found.values())
    return Headed(tuple(_with_others(lines[at : at + last + 1], [*named, *fixed])), at + last)


def hinted(line: str, heads: Sequence[Head]) -> bool:
    """Whether a line has any of the heads in it."""
    low = flat(line)
    return any(_find(low, label, ()) >= 0 for head in heads for label in head.labels)


def _window(lines: Sequence[str], at: int) -> Iterator[str]:
    for line in lines[at : at + DEEP]:
        if not line.strip():
            return
        yield line


def _longest(heads: Sequence[Head]) -> list[tuple[str, int]]:
    """Every label with the position of its head, the longest first, as it may hold another."""
    labels = [(label, which) for which, head in enumerate(heads) for label in head.labels]
    return sorted(labels, key=lambda it: -len(it[0]))


def _find(low: str, label: str, taken: Sequence[Cell]) -> int:
    """Where the label stands as words of its own, of which no other label is part."""
    start = low.find(label)
    while start >= 0:
        stop = start + len(label)
        free = not any(it.start < stop and start < it.stop for it in taken)
        if free and not (_within(low, start) or _within(low, stop)):
            return start
        start = low.find(label, start + 1)
    return -1


def _within(low: str, at: int) -> bool:
    """Whether a word goes on over a place."""
    return low[at - 1 : at].isalnum() and low[at : at + 1].isalnum()


def _width(line: str, head: Cell, taken: Sequence[Cell]) -> tuple[int, int]:
    """From where to where a head reaches: its whole cell, if it is the only one in it."""
    for cell in cells(line):
        if cell.start <= head.start < cell.stop:
            alone = not any(it is not head and cell.start <= it.start < cell.stop for it in taken)
            return (cell.start, cell.stop) if alone else (head.start, head.stop)
    return head.start, head.stop


def _with_others(lines: Sequence[str], named: Sequence[Column]) -> list[Column]:
    """The columns from left to right, with those that no field is read from."""
    columns = sorted(named, key=lambda it: it.start)
    for line in lines:
        for cell in cells(line):
            for word in _apart(cell, columns):
                columns.append(Column((), word.start, word.stop, texts=True, fixed=False))
                columns.sort(key=lambda it: it.start)
    return columns


def _apart(cell: Cell, columns: Sequence[Column]) -> list[Cell]:
    """What of a cell of the heads stands above no known column: all of it, or its words."""
    if not any(overlap(cell, it) for it in columns):
        return [cell]
    heads = [it for it in columns if overlap(cell, it)]
    if len(heads) == 1:
        return []
    return [word for word in words(cell) if not any(overlap(word, it) for it in heads)]


def overlap(cell: Cell, column: Column) -> int:
    """How many characters of a cell stand under a column."""
    return max(0, min(cell.stop, column.stop) - max(cell.start, column.start))


def nearest(cell: Cell, columns: Sequence[Column]) -> int:
    """
    The position of the column that a cell stands in; -1: as near to one as to another.

    A cell that reaches under several is a text, as numbers are narrow: it is of the one that has texts,
    or of that with texts at whose beginning it begins.
    """
    under = [at for at, it in enumerate(columns) if overlap(cell, it)]
    if len(under) == 1:
        return under[0]
    if under:
        texts = [at for at in under if columns[at].texts] or under
        return min(texts, key=lambda at: (abs(columns[at].start - cell.start), at))
    away = sorted((_distance(cell, it), at) for at, it in enumerate(columns))
    if not away or (len(away) > 1 and away[1][0] - away[0][0] < 2):
        return -1
    return away[0][1]


def _distance(cell: Cell, column: Column) -> int:
    return column.start - cell.stop if column.start >= cell.stop else cell.start - column.stop
