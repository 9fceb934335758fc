"""Where the records of a slice stand, and of which kind each is."""

import codecs
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from billdrop.bulk.fixed.laid import Laid
from billdrop.bulk.slices import SLICE, whole_lines
from billdrop.bulk.words import BLANKS, FIRST, Bytes, Flags, Ints, Text, Words
from billdrop.model import Sliced
from billdrop.readers.fixed.records import END_OF_FILE
from billdrop.readers.stream import CONTROLS, Unreadable, blocks

WIDE = 0xFF
"""Stands for a character beyond Latin-1; a record with one is read the exact way."""
_LINE_FEED, _BLANK, _QUOTE, _BACKSLASH, _DELETED = 0x0A, 0x20, 0x22, 0x5C, 0x7F
_SPECIAL = np.zeros(256, np.bool_)
"""The bytes that JSON or UTF-8 write otherwise."""
_SPECIAL[[*range(_BLANK), 0x22, 0x5C, *range(0x7F, 0x100)]] = True
_UTF8 = ("utf-8", "utf-8-sig")


class Slice(NamedTuple):
    """Whole records, a byte for each character."""

    data: bytes
    shown: str | None
    """The characters, where some of them are no Latin-1."""

    def text(self, start: int, end: int) -> str:
        """The characters of a stretch."""
        if self.shown is None:
            return self.data[start:end].decode("latin-1")
        return self.shown[start:end]

    def __add__(self, other: "Slice") -> "Slice":  # type: ignore[override]  # it is no longer tuple
        """One after the other."""
        shown = None
        if self.shown is not None or other.shown is not None:
            shown = self.text(0, len(self.data)) + other.text(0, len(other.data))
        return Slice(self.data + other.data, shown)

    def since(self, start: int) -> "Slice":
        """The rest."""
        return Slice(self.data[start:], None if self.shown is None else self.shown[start:])


NOTHING = Slice(b"", None)


class Table(NamedTuple):
    """Records that are not blank."""

    part: Slice
    text: Text
    starts: Ints
    ends: Ints
    numbers: Ints
    """The line of each."""
    kinds: Ints
    """The place of each kind among `kinds_of`; -1: none that is named."""
    special: Ints
    """Where characters stand that JSON or UTF-8 write otherwise, in order."""
    marked: Flags
    """The records that hold one."""

    def some(self, rows: Ints | slice) -> "Table":
        """Some of the records."""
        return self._replace(
            starts=self.starts[rows],
            ends=self.ends[rows],
            numbers=self.numbers[rows],
            kinds=self.kinds[rows],
            marked=self.marked[rows],
        )

    def chosen(self, which: Flags) -> "Table":
        """Those that are meant."""
        return self if which.all() else self.some(np.flatnonzero(which))

    def holding(self, rows: Ints, starts: Ints, ends: Ints) -> Flags | None:
        """The stretches with special characters, of some records; None: there are none."""
        if not len(self.special):
            return None
        held = self.marked[rows]
        some = np.flatnonzero(held)
        special, first, last = self.special, starts[some], ends[some]
        held[some] = np.searchsorted(special, last) > np.searchsorted(special, first)
        return held


def kinds_of(laid: Laid) -> tuple[str, ...]:
    """Every kind that is named, the shortest first."""
    found = laid.layout
    return tuple(sorted(found.known | found.apart | found.ignored, key=lambda it: (len(it), it)))


def slices(content: Sliced, laid: Laid) -> Iterator[Slice]:
    """A document in whole records; raises `Unreadable`."""
    given = laid.reader.input
    if not given.line_ends:
        return map(_latin, _stretches(content, given.encoding, given.length))
    if codecs.lookup(given.encoding).name in _UTF8:
        return map(_latin_of_utf8, whole_lines(content))
    each = blocks(content, given.encoding, laid.reader.limits)
    return (_latin(f"{text}\n") for _, text in each)


def _stretches(content: Sliced, encoding: str, length: int) -> Iterator[str]:
    decoder, rest = codecs.getincrementaldecoder(encoding)(), ""
    for at in range(0, len(content), SLICE):
        final = at + SLICE >= len(content)
        try:
            text = rest + decoder.decode(content[at : at + SLICE], final)
        except UnicodeDecodeError as error:
            raise Unreadable from error
        whole = len(text) if final else len(text) - len(text) % length
        yield text[:whole]
        rest = text[whole:]


def _latin_of_utf8(data: bytes) -> Slice:
    return Slice(data, None) if data.isascii() else _latin(data.decode())


def _latin(text: str) -> Slice:
    try:
        return Slice(text.encode("latin-1"), None)
    except UnicodeEncodeError:
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
        return Slice(np.minimum(codes, WIDE).astype(np.uint8).tobytes(), text)


def table(part: Slice, laid: Laid, first: int) -> tuple[Table, int]:
    """The records of a slice, and the line after it; raises `Unreadable` for what the exact way has to judge."""
    text, data = Text(part.data), part.data
    seen = text.bytes[: len(data)]
    length = 0 if laid.reader.input.line_ends else laid.layout.length
    starts, ends = _stands(data, seen, length)
    if int((ends - starts).max(initial=0)) > laid.reader.limits.line_chars:
        raise Unreadable
    special = _special(data, seen, 0 if length else len(starts))
    numbers = np.arange(first, first + len(starts))
    marked = np.zeros(len(starts), np.bool_)
    marked[np.searchsorted(starts, special, "right") - 1] = True
    found = Table(part, text, starts, ends, numbers, starts, special, marked)
    blank = _blank(found)
    if len(blank):
        found = found.some(np.setdiff1d(np.arange(len(starts)), blank))
    return found._replace(kinds=_kinds(found, laid)), first + len(starts)


def _stands(data: bytes, seen: Bytes, length: int) -> tuple[Ints, Ints]:
    """Where each record begins and ends; lines of one length are told without a look at every byte."""
    if length:
        starts = np.arange(0, len(data), length)
        return starts, np.minimum(starts + length, len(data))
    count, one = data.count(b"\n"), data.find(b"\n") + 1
    if not count:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if count * one == len(data) and (seen[one - 1 :: one] == _LINE_FEED).all():
        starts = np.arange(0, len(data), one)
        return starts, starts + (one - 1)
    ends = np.flatnonzero(seen == _LINE_FEED)
    return np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)), ends


def _special(data: bytes, seen: Bytes, line_ends: int) -> Ints:
    """Where characters stand that JSON or UTF-8 write otherwise; raises `Unreadable` for what is no text."""
    controls = np.count_nonzero(seen < _BLANK) != line_ends
    deleted = b"\x7f" in data
    if (controls or deleted) and len(data.translate(None, CONTROLS)) != len(data):
        raise Unreadable
    if not controls and data.isascii() and b'"' not in data and b"\\" not in data:
        return np.empty(0, np.int64)
    special = (seen >= _DELETED) | (seen == _QUOTE) | (seen == _BACKSLASH)
    if controls:
        special |= (seen < _BLANK) & (seen != _LINE_FEED) if line_ends else seen < _BLANK
    return np.flatnonzero(special)


def _blank(found: Table) -> Ints:
    """The records that say nothing."""
    starts, size = found.starts, found.ends - found.starts
    head = found.text.words(starts) & FIRST[np.minimum(size, 8)]
    first = found.text.bytes[starts]
    none = (size == 0) | (head == BLANKS) | ((first == _BLANK) & (size < 8)) | _SPECIAL[first]
    none |= found.marked & (first == _BLANK)
    rows = np.flatnonzero(none)
    each = [found.part.text(int(found.starts[row]), int(found.ends[row])) for row in rows.tolist()]
    kept = [not text.strip().strip(END_OF_FILE) for text in each]
    return rows[kept] if len(rows) else rows


def _kinds(found: Table, laid: Laid) -> Ints:
    """The kind of each record, as the exact way tells it."""
    start, stop = laid.layout.at
    names = kinds_of(laid)
    width = max(map(len, names)) if stop is None else stop - start
    sizes = np.clip(found.ends - found.starts - start, 0, width)
    ends = np.minimum(found.ends, found.starts + start + width)
    odd = found.holding(np.arange(len(ends)), found.starts, ends)
    if odd is not None and width and odd.any():
        raise Unreadable
    words = found.text.words(np.minimum(found.starts + start, found.ends))
    kinds = np.full(len(found.starts), -1, np.int64)
    if stop is None:
        for at, name in enumerate(names):
            hit = ((words & FIRST[len(name)]) == _word(name)) & (sizes >= len(name))
            kinds[hit] = at
        return kinds
    padded = (words & FIRST[sizes]) | (BLANKS & ~FIRST[sizes])
    padded &= FIRST[width]
    for at, name in enumerate(names):
        for before in range(width - len(name) + 1):
            kinds[padded == _word(f"{' ' * before}{name}".ljust(width))] = at
    return kinds


def _word(text: str) -> Words:
    return np.frombuffer(text.encode().ljust(8, b"\0"), "<u8")[0]  # type: ignore[no-any-return]
