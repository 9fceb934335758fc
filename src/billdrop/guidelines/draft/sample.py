"""A sample of a layout: its text, and how it was encoded."""

import codecs
from functools import cached_property

from billdrop.errors import UsageError
from billdrop.readers.layout.cells import Cell, cells
from billdrop.values.media import medium, page_or_message

MOST = 2 * 1024 * 1024
"""Bytes of a sample; a longer one says no more."""
LINES = 2000
LONGEST = 400
"""Of so many lines, so many characters are looked at: a draft takes seconds, whatever it is given."""


class Sample:
    """One document that a guideline is drafted from."""

    def __init__(self, name: str, content: bytes) -> None:
        """Raises `UsageError` where it is no text."""
        self.name, self.content = name, content
        if not content.strip():
            raise UsageError(f"{name} has no text", hint="draft from an invoice")
        if len(content) > MOST:
            fact = f"{name} has {len(content)} bytes, more than {MOST}"
            raise UsageError(fact, hint="draft from one invoice, or a few")
        if found := medium(content) or page_or_message(content):
            raise UsageError(f"{name} is {found.what}, and no text", hint=found.remedy)
        self.encoding = encoding_of(content)
        self.text = content.decode(self.encoding).removeprefix("\ufeff")
        if "\0" in self.text:
            raise UsageError(f"{name} is no text", hint="export the invoice as text")

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, those of new pages among them, as far as they are looked at."""
        return [line[:LONGEST] for line in self.whole_lines]

    @cached_property
    def whole_lines(self) -> list[str]:
        """Its lines."""
        plain = self.text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
        return plain.split("\n")

    @cached_property
    def head(self) -> str:
        """So much of its text as evidence is looked for in."""
        return "\n".join(self.lines[:LINES])

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """What blanks keep apart on each line."""
        return [cells(line) for line in self.lines]


def encoding_of(content: bytes) -> str:
    """The encoding that a text shows: by its mark, or UTF-8 if it can be, or else that of Western Windows."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for name in ("utf-8", "cp1252"):
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"
