"""Where the cells of many rows stand, or that one of them is not in its place."""

from typing import NamedTuple

import numpy as np

from billdrop.bulk.regular import Layout
from billdrop.bulk.words import Bytes, Flags, Ints, Text
from billdrop.readers.delimited.cells import LONG
from billdrop.readers.stream import CONTROLS

_LINE_FEED, _BACKSLASH, _BLANK, _QUOTE = 0x0A, 0x5C, 0x20, 0x22


class Index(NamedTuple):
    """The cells of some rows; `starts` and `ends` have a row for each, quotes around cells left out."""

    text: Text
    data: bytes
    rows: Ints
    """Where each row begins, and where the last ends."""
    starts: Ints
    ends: Ints
    odd: Flags | None
    """The cells that hold a quote, a backslash or a control character; None: there are none."""

    def cell(self, row: int, column: int) -> bytes:
        """What stands in a cell."""
        return self.data[self.starts[row, column] : self.ends[row, column]]


class _Stops(NamedTuple):
    """Where cells end."""

    at: Ints
    quotes: Ints | None
    """How many quotes stand before each; None: there are none at all."""


_NONE = np.empty(0, np.int64)


def index(data: bytes, found: Layout) -> Index | None:
    """Where the cells of whole lines stand; None where a line is no row, or holds what is no text."""
    text = Text(data)
    seen = text.bytes[: len(data)]
    odd = _odd(data, seen, found.dialect.quote)
    stops = None if odd is None else _stops(data, seen, found)
    if odd is None or stops is None or len(stops.at) % found.width:
        return None
    ends = stops.at.reshape(-1, found.width)
    last = seen.take(ends) == _LINE_FEED
    if not last[:, -1].all() or last[:, :-1].any():
        return None
    rows = np.concatenate((np.zeros(1, np.int64), ends[:, -1] + 1))
    if int(np.diff(rows).max()) > min(LONG, found.limits.line_chars):
        return None
    starts = np.empty_like(ends)
    starts[:, 0] = rows[:-1]
    starts[:, 1:] = ends[:, :-1] + 1
    marked = None if not len(odd) else _holding(stops.at, odd, found.width)
    made = Index(text, data, rows, starts, ends, marked)
    if not _ended(made, found):
        return None
    return made if stops.quotes is None else _bared(made, stops.quotes, found)


def _odd(data: bytes, seen: Bytes, quote: str) -> Ints | None:
    """
    Where characters stand that JSON writes otherwise; None where one of them is none of a text.

    A `"` that is the quote of the document is none of them: it stands around a cell, or is doubled.
    """
    controls = np.count_nonzero(seen < _BLANK) != np.count_nonzero(seen == _LINE_FEED)
    deleted = b"\x7f" in data
    if (controls or deleted) and len(data.translate(None, CONTROLS)) != len(data):
        return None
    quotes = quote != '"' and b'"' in data
    if not (controls or quotes or b"\\" in data):
        return _NONE
    odd = ((seen < _BLANK) & (seen != _LINE_FEED)) | (seen == _BACKSLASH)
    return np.flatnonzero(odd | (seen == _QUOTE) if quotes else odd)


def _stops(data: bytes, seen: Bytes, found: Layout) -> _Stops | None:
    """Delimiters and line ends outside of quotes; None where a line ends within quotes."""
    mark, quote, _ = found.dialect
    breaks = (seen == ord(mark)) | (seen == _LINE_FEED)
    if not quote or quote.encode() not in data:
        return _Stops(np.flatnonzero(breaks), None)
    at = np.flatnonzero(breaks | (seen == ord(quote)))
    kinds = seen.take(at)
    is_quote = kinds == ord(quote)
    counted = np.cumsum(is_quote)
    within = (counted & 1).astype(np.bool_)
    if (within & (kinds == _LINE_FEED)).any() or not _placed(seen, at[is_quote], found):
        return None
    ending = ~(is_quote | within)
    return _Stops(at[ending], counted[ending])


def _holding(ends: Ints, places: Ints, width: int) -> Flags:
    """The cells in which the places are; a place where a cell ends is that of a delimiter."""
    marked = np.zeros(len(ends), np.bool_)
    cells = np.searchsorted(ends, places)
    marked[cells[ends[cells] != places]] = True
    return marked.reshape(-1, width)


def _ended(made: Index, found: Layout) -> bool:
    """Take the text off that every line ends with; false where one does not."""
    end = found.dialect.line_end.encode()
    last = made.ends[:, -1]
    last -= len(end)
    if (last < made.starts[:, -1]).any():
        return False
    return all((made.text.bytes.take(last + place) == byte).all() for place, byte in enumerate(end))


def _placed(seen: Bytes, quotes: Ints, found: Layout) -> bool:
    """Whether each quote begins a cell, or ends one, or is one half of a doubled one."""
    beside = np.zeros(256, np.bool_)
    mark, quote, _ = found.dialect
    beside[[ord(mark), ord(quote), _LINE_FEED]] = True
    before = beside[seen.take(quotes[::2] - 1, mode="wrap")]
    after = beside[seen.take(quotes[1::2] + 1, mode="wrap")]
    return bool(before.all() and after.all())


def _bared(made: Index, quotes: Ints, found: Layout) -> Index:
    """Take the quotes off cells; those with doubled ones in them are odd."""
    counts = np.diff(quotes, prepend=0).reshape(made.ends.shape)
    quoted = counts > 0
    made.starts[...] += quoted
    made.ends[...] -= quoted
    doubled = counts > 2
    odd = doubled if made.odd is None else made.odd | doubled
    return made._replace(odd=odd if odd.any() else None)
