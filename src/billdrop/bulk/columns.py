"""The cells of one column: read together where they are plainly written, by their texts where not."""

from typing import NamedTuple

import numpy as np

from billdrop.bulk.asked import Asked
from billdrop.bulk.filled import Piece, Source
from billdrop.bulk.index import Index
from billdrop.bulk.values import NULL, Amounts, Pieces
from billdrop.bulk.words import Flags, Ints, Text, numbers, repeats

UNSURE = np.zeros(256, np.bool_)
"""The bytes that a text with blanks around it may begin or end with, those of UTF-8 that are parts of blanks too."""
UNSURE[
    [*range(0x21), 0x7F, *range(0x80, 0x8B), 0x9F, 0xA0, 0xA8, 0xA9, 0xAF, 0xC2, 0xE1, 0xE2, 0xE3]
] = True


class Cells(NamedTuple):
    """The cells of a column, of all rows or of some."""

    text: Text
    data: bytes
    starts: Ints
    ends: Ints
    odd: Flags | None
    """Those that JSON writes otherwise than they stand."""

    def some(self, rows: Ints) -> "Cells":
        """Some of them."""
        odd = None if self.odd is None else self.odd[rows]
        return self._replace(starts=self.starts[rows], ends=self.ends[rows], odd=odd)

    def said(self, row: int) -> bytes:
        """What stands in one."""
        return self.data[self.starts[row] : self.ends[row]]


def cells(at: Index, column: int, rows: Ints | None = None) -> Cells:
    """The cells of a column; `rows`: of these alone."""
    chosen = slice(None) if rows is None else rows
    odd = None if at.odd is None else at.odd[chosen, column]
    return Cells(at.text, at.data, at.starts[chosen, column], at.ends[chosen, column], odd)


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

    def __init__(self, asked: Asked) -> None:
        self.name, self._asked = asked.name, asked
        self._pieces = Pieces(asked.read)
        self._known = Amounts(asked.read, self._pieces)
        self._mark = ord(asked.mark) if asked.mark else -1

    def __call__(self, given: Cells, source: Source) -> Told:
        """What the cells say; texts that do not stand there as SQL has them are added to the source."""
        nothing = given.starts == given.ends
        piece = Piece(given.starts + source.base, given.ends + source.base, nothing)
        if nothing.any():
            piece.starts[nothing], piece.ends[nothing] = source.add(NULL)
        if self._asked.amount:
            return self.amounts(given, source, piece, nothing)
        free = self._asked.free
        return (self._texts if free else self._converted)(given, source, piece, nothing)

    def amounts(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        """What they say as whole numbers of 0.0001."""
        mark = max(self._mark, 0)
        read = numbers(given.text, given.starts, given.ends, mark, minus=self._asked.minus)
        fine = read.told if self._mark >= 0 else np.zeros_like(read.told)
        slow = np.flatnonzero(~(fine | nothing))
        amounts, decimals = read.amounts, read.decimals
        bad = self.each(slow, given, source, piece, amounts)
        decimals[slow] = -1
        points = read.points[(decimals > 0) & fine]
        return Told(piece, self.refused(bad, nothing), nothing, amounts, decimals, points)

    def _texts(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        data = given.text.bytes
        edges = UNSURE[data.take(given.starts)] | UNSURE[data.take(given.ends - 1, mode="wrap")]
        slow = edges | (given.ends - given.starts > self._asked.most)
        if given.odd is not None:
            slow |= given.odd
        bad = self._looked(np.flatnonzero(slow & ~nothing), given, source, piece)
        return Told(piece, self.refused(bad, nothing), nothing)

    def _converted(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        """Each text is looked up where another one came before it."""
        other = ~repeats(given.text, given.starts, given.ends)
        looked = self._looked(np.flatnonzero(other & ~nothing), given, source, piece)
        from_ = np.maximum.accumulate(np.where(other, np.arange(len(other)), 0))
        wrong = np.zeros(len(other), np.bool_)
        wrong[looked] = True
        bad = np.flatnonzero(wrong[from_]).tolist()
        same = Piece(piece.starts[from_], piece.ends[from_], nothing[from_])
        return Told(same, self.refused(bad, nothing[from_]), nothing[from_])

    def each(
        self, rows: Ints, given: Cells, source: Source, piece: Piece, amounts: Ints
    ) -> list[int]:
        """Read the amounts of some rows by their texts; gives those that are not plainly right."""
        bad = list[int]()
        for row in rows.tolist():
            amount = self._known[given.said(row)]
            amounts[row] = amount or 0
            if amount is None:
                bad.append(row)
        return bad + self._looked(rows, given, source, piece)

    def refused(self, bad: list[int], nothing: Flags) -> Ints:
        """The rows that are not plainly right, or blank where they must not be."""
        if self._asked.required:
            bad += np.flatnonzero(nothing).tolist()
        return np.array(bad, np.int64)

    def _looked(self, rows: Ints, given: Cells, source: Source, piece: Piece) -> list[int]:
        """Put the pieces of some rows in place by their texts; gives those that are not plainly right."""
        assert piece.nothing is not None
        known, data = self._pieces, given.data
        each = zip(given.starts[rows].tolist(), given.ends[rows].tolist(), strict=True)
        texts = [known[data[start:end]] for start, end in each]
        blank = rows[[text == NULL for text in texts]] if len(rows) else rows
        places = np.array([source.add(text or NULL) for text in texts], np.int64).reshape(-1, 2)
        piece.starts[rows], piece.ends[rows] = places[:, 0] + 1, places[:, 1] - 1
        piece.nothing[blank] = True
        piece.starts[blank], piece.ends[blank] = source.add(NULL)
        return [row for row, text in zip(rows.tolist(), texts, strict=True) if text is None]
