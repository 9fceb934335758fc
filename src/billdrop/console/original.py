"""The text of an original with what was read of it marked: what a page shows of a stranger's document."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from billdrop.model import Finding
from billdrop.values.excerpts import visible

MOST_LINES = 2000
MOST_CHARS = 2000
"""Of a line; a longer one is cut, and says so."""


class Mark(Struct, frozen=True, kw_only=True):
    """A stretch of one line that means something."""

    line: int
    column: int
    """From 1, in characters."""
    length: int
    name: str
    """The path of the value, or the code of the finding."""
    kind: str = "value"
    """`value`, `error`, `held` or `warning`."""
    note: str = ""


class Piece(Struct, frozen=True, kw_only=True):
    """A stretch of a line, marked or not."""

    text: str
    name: str = ""
    kind: str = ""
    note: str = ""


class Shown(Struct, frozen=True, kw_only=True):
    """One line of the text as the page shows it."""

    number: int
    pieces: tuple[Piece, ...]
    cut: bool = False


def lines_of(content: bytes | None, encoding: str = "utf-8") -> list[str]:
    """The lines of a document; bytes that are no text show as such."""
    if content is None:
        return []
    try:
        text = content.decode(encoding, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def shown(
    lines: Sequence[str], marks: Iterable[Mark], *, first: int = 1, last: int = 0
) -> list[Shown]:
    """The lines from the first to the last (0: all), each cut into its pieces."""
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    end = min(last or len(lines), len(lines), first + MOST_LINES - 1)
    return [
        _line(number, lines[number - 1], by_line.get(number, []))
        for number in range(first, end + 1)
    ]


def _line(number: int, text: str, marks: list[Mark]) -> Shown:
    cut = len(text) > MOST_CHARS
    return Shown(number=number, pieces=tuple(_pieces(text[:MOST_CHARS], marks)), cut=cut)


def _pieces(text: str, marks: list[Mark]) -> Iterator[Piece]:
    """Marks of one stretch are one piece; of two that overlap otherwise, the first is shown."""
    at = 0
    for (column, less), group in groupby(sorted(marks, key=_extent), key=_extent):
        same = list(group)
        start, end = column - 1, min(column - 1 + max(-less, 1), len(text))
        if start < at or start > len(text):
            continue
        if start > at:
            yield Piece(text=visible(text[at:start]))
        yield Piece(
            text=visible(text[start:end]) or "\u2423",
            name=" ".join(one.name for one in same),
            kind=min((one.kind for one in same), key=_KINDS.index),
            note="; ".join(one.note or one.name for one in same),
        )
        at = end
    if at < len(text):
        yield Piece(text=visible(text[at:]))


_KINDS = ("error", "held", "warning", "value")


def _extent(mark: Mark) -> tuple[int, int]:
    """Those that begin first, and of these the longest."""
    return mark.column, -mark.length


def found(findings: Iterable[Finding]) -> Iterator[Mark]:
    """The marks of findings that have a place."""
    for one in findings:
        if one.line:
            yield Mark(
                line=one.line,
                column=one.column or 1,
                length=one.length,
                name=one.code,
                kind=one.word,
                note=f"{one.message} ({one.code})",
            )
