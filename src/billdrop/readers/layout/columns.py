"""The columns of a table: heads in the line of their words, and the column of each cell below."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billdrop.readers.layout.cells import Cell, cells, flat, words

DEEP = 6
"""Heads stand in so many lines at most."""
MOST = 64
"""A line of more cells is none of heads, and nothing is looked for below it."""


KEPT = 256
"""So many windows of lines are remembered with their columns."""


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


class Heads:
    """The heads of the columns of a table."""

    def __init__(self, heads: Sequence[Head]) -> None:
        self.heads = heads
        labels = [(label, which) for which, head in enumerate(heads) for label in head.labels]
        self.labels = sorted(labels, key=lambda it: -len(it[0]))
        """Every label with the position of its head, the longest first, as it may hold another."""
        self.any = re.compile("|".join(re.escape(label) for label, _ in self.labels)).search
        self.known: dict[tuple[str, ...], tuple[tuple[Column, ...], int]] = {}
        """Columns and the position of the last line, by lines: a sender's heads are the same on every page."""

    def hinted(self, low: str) -> bool:
        """Whether a line, as `flat` makes it, has any of them in it."""
        if self.any(low) is None:
            return False
        return any(_find(low, label, ()) >= 0 for label, _ in self.labels)

    def begin(self, lines: Sequence[str], at: int, fixed: Sequence[Column]) -> Headed | None:
        """The columns, if the heads of all of them stand in this line and the next few."""
        window = tuple(_window(lines, at))
        found = self.known.get(window)
        if found is None:
            if len(self.known) >= KEPT:
                self.known.clear()
            found = self.known[window] = self.columns(window, fixed)
        columns, last = found
        return Headed(columns, at + last) if columns else None

    def columns(
        self, window: Sequence[str], fixed: Sequence[Column]
    ) -> tuple[tuple[Column, ...], int]:
        """The columns under the heads in some lines, and the last of these; none if a head is missing."""
        lows = [flat(line) for line in window]
        taken: list[list[Cell]] = [[] for _ in window]
        found: dict[int, tuple[int, Cell]] = {}
        for label, which in self.labels:
            for down, low in enumerate(lows if which not in found else ()):
                start = _find(low, label, taken[down])
                if start >= 0:
                    cell = Cell(start, start + len(label), label)
                    taken[down].append(cell)
                    found[which] = down, cell
                    break
        if len(found) < len(self.heads):
            return (), 0
        named = [
            self.column(which, *_width(window[down], cell, taken[down]))
            for which, (down, cell) in found.items()
        ]
        last = max(down for down, _ in found.values())
        columns = _with_others(window[: last + 1], [*named, *fixed])
        return (tuple(columns), last) if len(columns) <= MOST else ((), 0)

    def column(self, which: int, start: int, stop: int) -> Column:
        """The column under a head."""
        fields, _, texts = self.heads[which]
        return Column(fields, start, stop, texts, fixed=False)


def _window(lines: Sequence[str], at: int) -> Iterator[str]:
    for line in lines[at : at + DEEP]:
        if not line.strip():
            return
        yield line


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
    cell = next(it for it in cells(line) if it.start <= head.start < it.stop)
    alone = not any(it is not head and cell.start <= it.start < cell.stop for it in taken)
    return (cell.start, cell.stop) if alone else (head.start, head.stop)


def _with_others(lines: Sequence[str], named: Sequence[Column]) -> list[Column]:
    """The columns from left to right, with those that no field is read from."""
    apart = sorted(word for line in lines for cell in cells(line) for word in _apart(cell, named))
    others: list[Column] = []
    for cell in apart:
        column = Column((), cell.start, cell.stop, texts=True, fixed=False)
        if others and overlap(cell, others[-1]):
            begun = others.pop()
            column = begun._replace(stop=max(cell.stop, begun.stop))
        others.append(column)
    return sorted([*named, *others], key=lambda it: it.start)


def _apart(cell: Cell, named: Sequence[Column]) -> list[Cell]:
    """What of a cell of the heads stands above no named column: all of it, or its words."""
    heads = [it for it in named if overlap(cell, it)]
    if not heads:
        return [cell]
    if len(heads) == 1:
        return []
    return [word for word in words(cell) if not any(overlap(word, it) for it in heads)]


def overlap(cell: Cell, column: Column) -> int:
    """How many characters of a cell stand under a column."""
    return max(0, min(cell.stop, column.stop) - max(cell.start, column.start))


def under(cell: Cell, columns: Sequence[Column]) -> list[int]:
    """The positions of the columns that a cell stands under."""
    start, stop, _ = cell
    return [at for at, it in enumerate(columns) if it.start < stop and start < it.stop]


def nearest(cell: Cell, columns: Sequence[Column], among: Sequence[int]) -> int:
    """
    The position of the column that a cell stands in, `among` those it is under; -1: as near to one as to another.

    A cell that reaches under several is a text, as numbers are narrow: it is of the one that has texts,
    or of that with texts at whose beginning it begins.
    """
    if len(among) == 1:
        return among[0]
    if among:
        texts = [at for at in among if columns[at].texts] or among
        return min(texts, key=lambda at: (abs(columns[at].start - cell.start), at))
    away = sorted((_distance(cell, it), at) for at, it in enumerate(columns))
    if not away or (len(away) > 1 and away[1][0] - away[0][0] < 2):
        return -1
    return away[0][1]


def _distance(cell: Cell, column: Column) -> int:
    return column.start - cell.stop if column.start >= cell.stop else cell.start - column.stop
