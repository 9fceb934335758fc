"""Text of documents on a terminal: made harmless, measured in cells, marked with a caret."""

import re
import unicodedata
from collections.abc import Callable

import click

from billdrop.errors import BilldropError
from billdrop.model import Finding, Ruling

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_VERSION = re.compile("@[0-9a-f]+(?:-[0-9a-f]+)+")
_NAMED = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}

Paint = Callable[[str, str], str]
"""Gives a text the look of its role: `place`, `code`, `mark`, `hint`, `dim`, `error`, `warning`,
`good`, and `first` to `fourth` for neighbours."""

_LOOKS: dict[str, dict[str, object]] = {
    "place": {"bold": True},
    "code": {"fg": "cyan"},
    "mark": {"fg": "red", "bold": True},
    "hint": {"fg": "green"},
    "dim": {"dim": True},
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow"},
    "good": {"fg": "green"},
    "first": {"fg": "green", "bold": True},
    "second": {"fg": "yellow", "bold": True},
    "third": {"fg": "cyan", "bold": True},
    "fourth": {"fg": "magenta", "bold": True},
}


def visible(text: str) -> str:
    """Text in which controls, bidirectional marks and lone surrogates are escapes one can see."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    point = ord(char)
    if point < 0x100:
        return _NAMED.get(char, f"\\x{point:02x}")
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def unversioned(text: str) -> str:
    """Text in which documents go by the names of their objects."""
    return _VERSION.sub("", text)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, room: int) -> str:
    """The text, or as much of it as so many cells hold, with `…` at its end."""
    if cells(text) <= room:
        return text
    taken = 0
    for place, char in enumerate(text):
        taken += _cells(char)
        if taken >= room:
            return text[:place] + "…"
    return text


def plain(text: str, role: str) -> str:
    """Paint nothing."""
    return text


def coloured(text: str, role: str) -> str:
    """Paint with colours; `click.echo` takes them off again where there is no terminal."""
    return click.style(text, **_LOOKS[role])  # type: ignore[arg-type]


def finding_text(finding: Finding, name: str, paint: Paint = coloured) -> str:
    """`name:line:column: message (code)`, the line with a caret under the span, and the hint."""
    place = ":".join(str(part) for part in (name, finding.line, finding.column) if part is not None)
    head = (
        f"{paint(visible(place) + ':', 'place')} {_kind(finding, paint)}{visible(finding.message)} "
    )
    block = [head + paint(f"({finding.code})", "code")]
    gutter = max(4, len(str(finding.line)))
    if finding.line is not None and finding.excerpt:
        block += marked_line(
            finding.excerpt, finding.offset, finding.length, number=finding.line, paint=paint
        )
    if finding.hint:
        block.append(f"{'':>{gutter}} = {paint('hint: ' + visible(finding.hint), 'hint')}")
    return "\n".join(block)


def ruling_text(one: Ruling) -> str:
    """What a person decided for good, on one line."""
    what = "rejected" if one.rejects else "reconsidered"
    return f"{what} by {one.by} at {one.at:%Y-%m-%d %H:%M:%S}Z: {one.why}"


def _kind(finding: Finding, paint: Paint) -> str:
    """What it means for the invoice, where that is not to be refused for good."""
    return "" if finding.word == "error" else paint(f"{finding.word}: ", "warning")


def marked_line(
    excerpt: str, offset: int, length: int, *, number: int, paint: Paint = coloured
) -> list[str]:
    """A line of a document under its number, and carets under `length` characters from `offset`."""
    gutter = max(4, len(str(number)))
    shift = cells(visible(excerpt[:offset]))
    carets = "^" * max(1, cells(visible(excerpt[offset : offset + length])))
    return [
        paint(f"{number:>{gutter}} | ", "dim") + visible(excerpt),
        paint(f"{'':>{gutter}} | ", "dim") + " " * shift + paint(carets, "mark"),
    ]


def failure(error: BilldropError, paint: Paint = coloured) -> str:
    """`error: message (code)` and the hint."""
    text = f"{paint('error:', 'error')} {visible(error.message)} {paint(f'({error.error_code})', 'code')}"
    return f"{text}\n{paint('hint:', 'hint')} {visible(error.hint)}" if error.hint else text
