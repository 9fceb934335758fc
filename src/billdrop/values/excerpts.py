"""Findings with their place in the text, ready to be shown under a caret."""

from typing import NamedTuple

from billdrop.model import Finding, Severity

WIDTH = 100
"""Of an excerpt, in characters, about."""
BEFORE = 40
"""How much of it stands before the place."""


class Place(NamedTuple):
    """A stretch of one line of the document."""

    line: int
    """1-based."""
    column: int
    """1-based, in characters."""
    length: int
    text: str
    """The whole line."""


def visible(text: str) -> str:
    """The text, one character for one: tabs as blanks, control characters as their symbols."""
    if text.isprintable():
        return text
    return "".join(map(_symbol, text))


def _symbol(letter: str) -> str:
    code = ord(letter)
    if letter.isprintable():
        return letter
    if code < 0x20 and letter != "\t":
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else " " if letter.isspace() else "\ufffd"


def excerpt(text: str, column: int) -> tuple[str, int]:
    """The line around a 1-based column, and where the column is in it, from 0."""
    place = column - 1
    if len(text) <= WIDTH:
        return visible(text), place
    start = max(0, min(place - BEFORE, len(text) - WIDTH))
    stop = start + WIDTH
    head, tail = "…" if start else "", "…" if stop < len(text) else ""
    return head + visible(text[start:stop]) + tail, place - start + len(head)


def finding(
    code: str,
    message: str,
    place: Place,
    *,
    hint: str = "",
    field: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding at a place; what is marked never reaches beyond what is shown."""
    shown, offset = excerpt(place.text, place.column)
    return Finding(
        code=code,
        message=message,
        severity=severity,
        line=place.line,
        column=place.column,
        length=max(1, min(place.length, len(shown) - offset)),
        excerpt=shown,
        offset=offset,
        hint=hint,
        field=field,
    )
