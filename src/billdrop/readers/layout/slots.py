"""What stands in the columns of a line of the table, by field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from billdrop.readers.layout.cells import Cell, cells, joined, words
from billdrop.readers.layout.columns import Column, nearest, overlap, under
from billdrop.readers.layout.plan import Spot
from billdrop.values import Failure

WORDS = 12
"""A cell of more words is cut nowhere."""


class Slots(NamedTuple):
    """A line of the table."""

    texts: Mapping[str, Cell]
    """By field."""
    lost: Sequence[Cell]
    """Cells that stand as near to one column as to another."""
    plain: bool
    """Whether every cell stands under one column, and every column has one cell."""


def slotted(line: str, columns: Sequence[Column], spots: Mapping[str, Spot], *, cut: bool) -> Slots:
    """What stands in the columns; with `cut`, a cell that is the texts of several columns is taken apart."""
    row = cells(line)
    parts, lost, plain = _placed(row, columns, spots, cut=cut)
    if lost or len(parts) < len(row):
        plain = False
        if cut and (inorder := _in_order(row, columns, spots)):
            parts, lost = inorder, []
    texts = {
        name: joined(found, line)
        for which, found in parts.items()
        for name in columns[which].fields
    }
    return Slots(texts, lost, plain)


Part = tuple[int, Cell]
"""The position of a column, and what stands in it."""
Parts = dict[int, list[Cell]]
"""By the position of the column."""


def _placed(
    row: Sequence[Cell], columns: Sequence[Column], spots: Mapping[str, Spot], *, cut: bool
) -> tuple[Parts, list[Cell], bool]:
    """The cells by the columns they stand under, those of no column, and whether none is under several."""
    parts: Parts = {}
    lost, wide = [], []
    for cell in row:
        among = under(cell, columns)
        if cut and len(among) > 1:
            wide.append(cell)
        elif (which := nearest(cell, columns, among)) < 0:
            lost.append(cell)
        else:
            parts.setdefault(which, []).append(cell)
    for cell in wide:
        for which, part in _parted(cell, columns, spots, frozenset(parts)):
            parts.setdefault(which, []).append(part)
    return parts, lost, not wide


def _in_order(
    row: Sequence[Cell], columns: Sequence[Column], spots: Mapping[str, Spot]
) -> Parts | None:
    """As many cells as columns, one each, where every amount can be read: heads may stand elsewhere than cells."""
    if len(row) != len(columns):
        return None
    right = all(
        _reads(spots[name], cell.text)
        for cell, column in zip(row, columns, strict=True)
        for name in column.fields
        if spots[name].numeric
    )
    return {at: [cell] for at, cell in enumerate(row)} if right else None


def _parted(
    cell: Cell, columns: Sequence[Column], spots: Mapping[str, Spot], full: frozenset[int]
) -> Sequence[Part]:
    """A cell cut at the one place, or places, where each part can be what its column has; or all of it."""
    among = under(cell, columns)
    free = [at for at in among if at not in full]
    have = [*words(cell)]
    if 1 < len(free) <= len(have) <= WORDS and len(free) <= 3:
        found = [*_ways(have, free, columns, spots)]
        if len(found) == 1:
            return found[0]
    return [(nearest(cell, columns, among), cell)]


def _ways(
    have: Sequence[Cell], among: Sequence[int], columns: Sequence[Column], spots: Mapping[str, Spot]
) -> Iterator[list[Part]]:
    """Every way to give each column some of the words, in order."""
    first, rest = among[0], among[1:]
    if not rest:
        if _may_be(whole := _together(have), columns[first], spots):
            yield [(first, whole)]
        return
    for count in range(1, len(have) - len(rest) + 1):
        part, following = _together(have[:count]), columns[rest[0]]
        flush = not following.texts or have[count].start == following.start
        if flush and _may_be(part, columns[first], spots):
            for more in _ways(have[count:], rest, columns, spots):
                yield [(first, part), *more]


def _together(have: Sequence[Cell]) -> Cell:
    return Cell(have[0].start, have[-1].stop, " ".join(it.text for it in have))


def _may_be(part: Cell, column: Column, spots: Mapping[str, Spot]) -> bool:
    """Whether a text is under a column and every amount that is read from it can be read."""
    if not overlap(part, column):
        return False
    return all(_reads(spots[name], part.text) for name in column.fields if spots[name].numeric)


def _reads(spot: Spot, text: str) -> bool:
    if not spot.forms:
        return not isinstance(spot.convert(text), Failure)
    inner = next((it.groups()[0] for fit in spot.forms if (it := fit(text))), None)
    return inner is not None and not isinstance(spot.convert(inner), Failure)
