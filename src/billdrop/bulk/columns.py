"""The cells of one column: read together where they are plainly written, by their texts where not."""

from typing import NamedTuple

import numpy as np

from billdrop.bulk.filled import Piece, Source
from billdrop.bulk.groups import UNSURE
from billdrop.bulk.index import Index
from billdrop.bulk.regular import Layout
from billdrop.bulk.values import NULL, Amounts, Pieces, Values
from billdrop.bulk.words import Flags, Ints, numbers, repeats
from billdrop.readers.delimited.assembly import Column

_POINT = 0x2E
_AMOUNTS = ("net", "tax", "total", "quantity", "unit_price")
LEAST_DIGITS = 12
"""Where a guideline's numbers may have fewer digits, each is read for itself."""


class Cells(NamedTuple):
    """The cells of a column, of all rows or of some."""

    at: Index
    starts: Ints
    ends: Ints
    odd: Flags | None

    def text(self, row: int) -> bytes:
        """What stands in one."""
        return self.at.data[self.starts[row] : self.ends[row]]


def cells(at: Index, column: int, rows: Ints | None = None) -> Cells:
    """The cells of a column; `rows`: of these alone."""
    chosen = slice(None) if rows is None else rows
    odd = None if at.odd is None else at.odd[chosen, column]
    return Cells(at, at.starts[chosen, column], at.ends[chosen, column], odd)


class Told(NamedTuple):
    """What the cells of a column say."""

    piece: Piece
    """Of the source, as SQL has them."""
    bad: Ints
    """The rows in which it is not plainly right, or blank where it must not be."""
    nothing: Flags
    """Where the cell is blank."""
    amounts: Ints | None = None
    """In 0.0001."""
    decimals: Ints | None = None
    """How many each amount is written with; -1 where that was not looked at."""
    points: Ints | None = None
    """The places of the decimal marks."""


class Reading:
    """Reads one column, chunk after chunk."""

    def __init__(
        self, column: Column, found: Layout, mark: str, *, minus: bool, required: bool
    ) -> None:
        limits = found.limits
        values = Values(column, found.dialect, most=limits.value_chars, required=required)
        self.name, self.at = column.name, column.at
        self._pieces = Pieces(values)
        self._known = Amounts(values, self._pieces)
        self._is_amount = column.name in _AMOUNTS
        self._free = column.convert is None
        plainly = mark.isascii() and len(mark) == 1 and limits.digits >= LEAST_DIGITS
        self._mark = ord(mark) if plainly else -1
        self._minus, self._required, self._most = minus, required, limits.value_chars

    def __call__(self, given: Cells, source: Source) -> Told:
        """What the cells say; texts that do not stand there as SQL has them are added to the source."""
        nothing = given.starts == given.ends
        piece = Piece(given.starts + source.base, given.ends + source.base, nothing)
        if nothing.any():
            piece.starts[nothing], piece.ends[nothing] = source.add(NULL)
        if self._is_amount:
            return self._amounts(given, source, piece, nothing)
        return (self._texts if self._free else self._converted)(given, source, piece, nothing)

    def _amounts(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        mark = max(self._mark, 0)
        read = numbers(given.at.text, given.starts, given.ends, mark, minus=self._minus)
        fine = read.told if self._mark >= 0 else np.zeros_like(read.told)
        slow = np.flatnonzero(~(fine | nothing))
        amounts, decimals, bad = read.amounts, read.decimals, list[int]()
        for row in slow.tolist():
            amount = self._known[given.text(row)]
            amounts[row], decimals[row] = amount or 0, -1
            if amount is None:
                bad.append(row)
        bad += self._looked(slow, given, source, piece)
        points = read.points[(decimals > 0) & fine]
        return Told(piece, self._refused(bad, nothing), nothing, amounts, decimals, points)

    def _texts(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        data = given.at.text.bytes
        edges = UNSURE[data.take(given.starts)] | UNSURE[data.take(given.ends - 1, mode="wrap")]
        slow = edges | (given.ends - given.starts > self._most)
        if given.odd is not None:
            slow |= given.odd
        bad = self._looked(np.flatnonzero(slow & ~nothing), given, source, piece)
        return Told(piece, self._refused(bad, nothing), nothing)

    def _converted(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        """Each text is looked up where another one came before it."""
        other = ~repeats(given.at.text, given.starts, given.ends)
        looked = self._looked(np.flatnonzero(other & ~nothing), given, source, piece)
        from_ = np.maximum.accumulate(np.where(other, np.arange(len(other)), 0))
        wrong = np.zeros(len(other), np.bool_)
        wrong[looked] = True
        bad = np.flatnonzero(wrong[from_]).tolist()
        same = Piece(piece.starts[from_], piece.ends[from_], nothing[from_])
        return Told(same, self._refused(bad, nothing[from_]), nothing[from_])

    def _refused(self, bad: list[int], nothing: Flags) -> Ints:
        if self._required:
            bad += np.flatnonzero(nothing).tolist()
        return np.array(bad, np.int64)

    def _looked(self, rows: Ints, given: Cells, source: Source, piece: Piece) -> list[int]:
        """Put the pieces of some rows in place by their texts; gives those that are not plainly right."""
        assert piece.nothing is not None
        known, data = self._pieces, given.at.data
        each = zip(given.starts[rows].tolist(), given.ends[rows].tolist(), strict=True)
        texts = [known[data[start:end]] for start, end in each]
        blank = rows[[text == NULL for text in texts]] if len(rows) else rows
        places = np.array([source.add(text or NULL) for text in texts], np.int64).reshape(-1, 2)
        piece.starts[rows], piece.ends[rows] = places[:, 0] + 1, places[:, 1] - 1
        piece.nothing[blank] = True
        piece.starts[blank], piece.ends[blank] = source.add(NULL)
        return [row for row, text in zip(rows.tolist(), texts, strict=True) if text is None]
