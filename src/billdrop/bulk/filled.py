"""Templates filled for thousands of rows at once: every text of them is gathered from one source."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from billdrop.bulk.templates import Template
from billdrop.bulk.words import Bytes, Flags, Ints

QUOTE = 0x22
_TENS = 10_000
_FOURS = "".join(f"{number:04}" for number in range(_TENS)).encode()
_TOGETHER = 2048
"""So many rows are filled together."""


class Piece(NamedTuple):
    """What stands in one place of each row: a stretch of the source."""

    starts: Ints
    ends: Ints
    nothing: Flags | None = None
    """Of texts, to be put in quotes: the rows that have none, and `null` in its place; None: as it stands."""


_Placed = tuple[Ints, Ints, Flags | None]
"""Of each row where a piece begins and ends, and whether its first and last byte become quotes."""


class Source:
    """The text that pieces are gathered from: numerals, then the cells, then what is added to them."""

    def __init__(self, cells: Bytes) -> None:
        self._cells = cells
        self.base = len(_FOURS)
        """Where the first of the cells is."""
        self._added: list[bytes] = []
        self._known: dict[str, tuple[int, int]] = {}
        self._end = self.base + len(cells)
        self._whole = 0, cells

    def add(self, text: str) -> tuple[int, int]:
        """Where a text of our own stands."""
        known = self._known.get(text)
        if known is None:
            data = text.encode()
            known = self._known[text] = (self._end, self._end + len(data))
            self._added.append(data)
            self._end += len(data)
        return known

    def block(self, data: Bytes) -> int:
        """Where a block of our own begins."""
        at = self._end
        self._added.append(data.tobytes())
        self._end += len(data)
        return at

    def among(self, piece: Piece, texts: Collection[str]) -> Flags:
        """Whether each of the texts that were added is one of some, quotes around it left off."""
        places = [self._known[text][0] + 1 for it in texts if (text := f'"{it}"') in self._known]
        found: Flags = np.isin(piece.starts, places)
        return found

    def precede(self, one: Piece, other: Piece) -> Flags:
        """Whether each of the texts that were added comes before another, as they are sorted."""
        ranks = {start + 1: at for at, (_, (start, _)) in enumerate(sorted(self._known.items()))}
        known = np.array(sorted(ranks), np.int64)
        order = np.array([ranks[start] for start in known.tolist()], np.int64)
        mine, others = (
            order[np.searchsorted(known, it.starts).clip(0, len(known) - 1)] for it in (one, other)
        )
        earlier: Flags = mine < others
        return earlier

    def constant(self, text: str, rows: int) -> Piece:
        """The same text in every row."""
        start, end = self.add(text)
        return Piece(np.full(rows, start), np.full(rows, end))

    def numerals(self, values: Ints) -> tuple[Piece, Piece]:
        """Whole numbers: the digits before the last four, and these."""
        high, low = np.divmod(values, _TENS)
        starts, ends = np.zeros_like(values), low * 4 + 4
        first = ends - 4
        short = np.flatnonzero(high == 0)
        first[short] += 3 - np.searchsorted([10, 100, 1000], low[short], "right")
        stops = np.zeros_like(values)
        for value in np.unique(high[high > 0]).tolist():
            here = high == value
            starts[here], stops[here] = self.add(str(value))
        return Piece(starts, stops), Piece(first, ends)

    def texts(self, piece: Piece) -> list[str]:
        """What stands in each row as it is written there."""
        starts, ends = piece.starts.tolist(), piece.ends.tolist()
        return cut(self.whole(), zip(starts, ends, strict=True))

    def whole(self) -> Bytes:
        """All of it, as it is now."""
        size, known = self._whole
        if size != self._end:
            added = np.frombuffer(b"".join(self._added), np.uint8)
            known = np.concatenate((np.frombuffer(_FOURS, np.uint8), self._cells, added))
            self._whole = self._end, known
        return known


def cut(whole: Bytes, places: Iterable[tuple[int, int]]) -> list[str]:
    """Some stretches of a text."""
    data: bytes = whole.tobytes()
    if data.isascii():
        text = data.decode()
        return [text[start:end] for start, end in places]
    return [data[start:end].decode() for start, end in places]


def filled(
    template: Template, pieces: Mapping[str, Sequence[Piece]], source: Source, rows: int
) -> tuple[Bytes, Ints]:
    """The template filled for each of the rows, one after the other; where each begins, and the last ends."""
    placed = list(_placed(template, pieces, source, rows))
    whole = source.whole()
    parts = [
        _gathered(placed, whole, slice(at, at + _TOGETHER))
        for at in range(0, max(rows, 1), _TOGETHER)
    ]
    sizes = np.concatenate([np.zeros(1, np.int64), *(sizes for _, sizes in parts)])
    return np.concatenate([text for text, _ in parts]), np.cumsum(sizes)


def _placed(
    template: Template, pieces: Mapping[str, Sequence[Piece]], source: Source, rows: int
) -> Iterator[_Placed]:
    """Literals and pieces in turns; quotes around texts that no row lacks are parts of literals."""
    literals = [part.replace("%%", "%") for part in template.text.split("%s")]
    before = literals[0]
    for name, after in zip(template.names, literals[1:], strict=True):
        given = pieces[name]
        mark = '"' if given[0].nothing is not None and not given[0].nothing.any() else ""
        if before + mark:
            yield (*source.constant(before + mark, rows)[:2], None)
        for starts, ends, nothing in given:
            if nothing is None or mark:
                yield starts, ends, None
            else:
                yield starts - ~nothing, ends + ~nothing, ~nothing
        before = mark + after
    if before:
        yield (*source.constant(before, rows)[:2], None)


def _gathered(placed: Sequence[_Placed], source: Bytes, some: slice) -> tuple[Bytes, Ints]:
    """The texts of some rows, and the size of each."""
    starts = np.stack([begin[some] for begin, _, _ in placed], axis=1)
    sizes = np.stack([end[some] for _, end, _ in placed], axis=1) - starts
    each = sizes.ravel()
    stops = np.cumsum(each)
    begins = stops - each
    where = np.repeat(starts.ravel() - begins, each)
    where += np.arange(len(where))
    text = source.take(where)
    for at, (_, _, quoted) in enumerate(placed):
        if quoted is not None:
            rows = np.flatnonzero(quoted[some]) * len(placed) + at
            text[begins[rows]] = QUOTE
            text[stops[rows] - 1] = QUOTE
    return text, sizes.sum(axis=1)
