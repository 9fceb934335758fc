"""From bytes to the segments of an interchange, block by block."""

import codecs
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from billdrop.model import Finding, Severity
from billdrop.readers.edi.marks import Marks
from billdrop.values.excerpts import Place, finding

BLOCK = 256 * 1024
"""Segments are told apart in stretches of about so many characters."""

LONG = 64 * 1024
"""A longer line is not shown but around a place."""
WIDTH = 200

_LINE_END = re.compile("\n")
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1a"))
_ESCAPED = {number: 0xDC00 + number for number in range(256)}
"""Characters that are released, as lone surrogates while segments are split: no text has those."""
RESTORED = {escaped: number for number, escaped in _ESCAPED.items()}


class Pieces(NamedTuple):
    """Segments one after another."""

    offset: int
    """Of the first, in the text."""
    raws: list[str]
    """As they stand in the text, without what ends them."""
    tidy: bool
    """Whether they have neither line ends nor released characters in them."""
    size: int
    """Characters of them all."""


class Source(NamedTuple):
    """A text and how its segments end."""

    text: str
    marks: Marks
    end: str
    """What stands between two segments: the mark, with the line end where each has one."""
    tidy: bool


def decoded(content: bytes, encoding: str) -> str | Finding:
    """The text, a byte order mark of UTF-8 passed over; or where it is not of the encoding."""
    if content.startswith(codecs.BOM_UTF8):
        content, encoding = content[3:], "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        fact = f"the byte 0x{content[error.start]:02X} is not {encoding}"
        hint = "save the file in the declared encoding, or set `input.encoding` in a guideline that extends this one"
        return Lines(content.decode("latin-1")).finding("BD1002", fact, error.start, 1, hint=hint)


def control(content: bytes, marks: Marks) -> Finding | None:
    """The first control character that is no separator."""
    separators = "".join(marks[:4]).encode("latin-1", "ignore")
    odd = _CONTROLS.translate(None, separators)
    if len(content.translate(None, odd)) == len(content):
        return None
    at = min(found for byte in odd if (found := content.find(byte)) >= 0)
    message = f"the character U+{content[at]:04X} is none of a text"
    lines = Lines(content.decode("latin-1"))
    return lines.finding("BD1003", message, at, 1, hint="send the interchange as text")


class Lines:
    """Lines and columns of offsets; where lines begin is looked for once, when it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        if not self._starts:
            self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.text))]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line; nothing of a very long one, which no excerpt is taken from."""
        if not 0 < number <= len(self._starts):
            return ""
        stop = self._starts[number] if number < len(self._starts) else len(self.text)
        start = self._starts[number - 1]
        return self.text[start:stop].rstrip("\r\n") if stop - start <= LONG else ""

    def finding(
        self,
        code: str,
        message: str,
        offset: int,
        length: int,
        *,
        hint: str,
        field: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """A finding at an offset, with as much of its line as is shown."""
        line, column = self.at(offset)
        window = max(offset - column + 1, offset - WIDTH)
        shown = self.text[window : offset + WIDTH].splitlines() or [""]
        place = Place(line, offset - window + 1, length, shown[0])
        found = finding(code, message, place, hint=hint, field=field, severity=severity)
        return replace(found, column=column)


def source(text: str, marks: Marks) -> Source:
    """How the segments of a text end: where each has a line end after it and nowhere else, with that."""
    end, start = marks.segment, marks.begins
    tidy = not marks.release or marks.release not in text[start:]
    if "\n" not in text and "\r" not in text:
        return Source(text, marks, end, tidy and not _indented(text, end))
    for line_end in ("\n", "\r\n"):
        whole = end + line_end
        ended = text.count(whole, start) + text.endswith(end)
        if all(text.count(mark, start) == text.count(whole, start) for mark in line_end):
            if line_end == "\n" and "\r" in text and end != "\r":
                continue
            if ended == text.count(end, start):
                return Source(text, marks, whole, tidy and not _indented(text, whole))
    return Source(
        text,
        marks,
        end,
        tidy=end == "\n" and "\r" not in text and tidy and not _indented(text, end),
    )


def _indented(text: str, end: str) -> bool:
    """Whether blanks stand before a segment."""
    return f"{end} " in text or f"{end}\t" in text


def pieces(given: Source) -> Iterator[Pieces]:
    """The segments in blocks; what is blank after the last one is none."""
    text, marks, end, tidy = given
    at, size = marks.begins, len(end)
    while at < len(text):
        stop = _cut(text, at + BLOCK, end, marks.release)
        raws = text[at:stop].split(end) if tidy else _split(text[at:stop], end, marks.release)
        if stop == len(text) and not raws[-1].strip():
            raws.pop()
            if not raws:
                return
        elif stop == len(text) and size > 1:
            raws[-1] = raws[-1].removesuffix(marks.segment)
        yield Pieces(at, raws, tidy, stop - at)
        at = stop + size


def _cut(text: str, start: int, end: str, release: str) -> int:
    """Where the first segment that ends after `start` ends."""
    while (stop := text.find(end, start)) >= 0:
        if not release or text[stop - 1] != release or not _released(text, stop, release):
            return stop
        start = stop + 1
    return len(text)


def _released(text: str, at: int, release: str) -> bool:
    count = 0
    while at > count and text[at - 1 - count] == release:
        count += 1
    return count % 2 == 1


def _split(text: str, end: str, release: str) -> list[str]:
    """Split where the end is not released."""
    parts = text.split(end)
    if not release or release + end not in text:
        return parts
    whole: list[str] = []
    held: list[str] = []
    for part in parts:
        held.append(part)
        if not _released(part, len(part), release):
            whole.append(end.join(held))
            held = []
    return [*whole, end.join(held)] if held else whole


def cleaned(raw: str, marks: Marks) -> str:
    """A segment as it was before lines were broken, with its released characters set aside."""
    if "\n" in raw or "\r" in raw:
        raw = raw.replace("\r", "").replace("\n", "")
    raw = raw.lstrip()
    release = marks.release
    if not release or release not in raw:
        return raw
    head, *rest = raw.split(release)
    parts, plain = [head], iter(rest)
    for part in plain:
        if part:
            parts.append(part[0].translate(_ESCAPED) + part[1:])
        else:
            parts.append(release.translate(_ESCAPED) + next(plain, ""))
    return "".join(parts)
