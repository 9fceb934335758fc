"""
JSON as a tree whose every value knows where it stands. Strict: RFC 8259, no key twice, no number as a float.

A value without parts is a tuple of its text and where that stands, from and to; of `null` the text is None.
"""

import re
from decimal import Decimal
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

DEPTH = 64
"""No value lies deeper."""
VALUES = 1_000_000
"""So many values are taken apart."""

Leaf = tuple[str | None, int, int]

_BLANK = re.compile(r"[ \t\n\r]*")
_KEY = re.compile(r'[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]{1,9}))?")
_WORD = re.compile(r"true|false|null")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST = 40
"""A number with a larger exponent is left as it is written, which no amount is."""


class Members(dict[str, Any]):
    """The members of an object."""

    __slots__ = ("at",)
    at: int
    """Where it begins."""


class Items(list[Any]):
    """The values of a list."""

    __slots__ = ("at",)
    at: int


class NotJsonError(Exception):
    """What is wrong, and where."""

    def __init__(self, fact: str, at: int) -> None:
        super().__init__(fact)
        self.fact, self.at = fact, at


class Scan:
    """Goes through a text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = VALUES

    def values(self) -> list[Any]:
        """The values that stand one after another. Raises `NotJsonError`."""
        found, at = list[Any](), self.blank(0)
        while at < len(self.text):
            value, at = self.value(at, DEPTH)
            found.append(value)
            at = self.blank(at)
        return found

    def blank(self, at: int) -> int:
        """The next place that is not blank."""
        match = _BLANK.match(self.text, at)
        assert match is not None, "it may be empty"
        return match.end()

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        """The value at a place, and where it ends."""
        letter = self.text[at : at + 1]
        if letter == '"':
            said, stop = self.string(at)
            return (said, at + 1, stop - 1), stop
        if letter and letter in "{[":
            if not depth:
                raise NotJsonError(f"it nests deeper than {DEPTH} levels", at)
            return (self.object if letter == "{" else self.array)(at, depth - 1)
        number = _NUMBER.match(self.text, at)
        if number is not None:
            return (_plain(number), at, number.end()), number.end()
        word = _WORD.match(self.text, at)
        if word is None:
            raise NotJsonError("a value is missing" if letter else "it ends too soon", at)
        return (None if word[0] == "null" else word[0], at, word.end()), word.end()

    def string(self, at: int) -> tuple[str, int]:
        """The text between quotes."""
        try:
            said, stop = scanstring(self.text, at + 1, True)
        except JSONDecodeError as error:
            raise NotJsonError(error.msg.lower(), error.pos) from error
        if _SURROGATE.search(said):
            raise NotJsonError("half of a pair of surrogates is no character", at)
        return said, stop

    def count(self, at: int) -> None:
        """Count one more value."""
        self.left -= 1
        if self.left < 0:
            raise NotJsonError(f"it has more than {VALUES:,} values", at)

    def object(self, at: int, depth: int) -> tuple[Members, int]:
        """Keys with their values."""
        members = Members()
        members.at = at
        text, stop = self.text, self.blank(at + 1)
        if text[stop : stop + 1] == "}":
            return members, stop + 1
        while True:
            found = _KEY.match(text, stop)
            if found is not None:
                key, stop = found[1], found.end()
            else:
                key, stop = self.key(self.blank(stop))
            if key in members:
                raise NotJsonError(f"the key `{key[:40]}` stands twice", stop)
            self.count(stop)
            members[key], stop = self.value(stop, depth)
            stop = self.blank(stop)
            mark = text[stop : stop + 1]
            if mark == "}":
                return members, stop + 1
            if mark != ",":
                raise NotJsonError("`,` or `}` is missing", stop)
            stop += 1

    def key(self, at: int) -> tuple[str, int]:
        """A key with escapes in it, and where its value begins."""
        if self.text[at : at + 1] != '"':
            raise NotJsonError("a key in quotes is missing", at)
        said, stop = self.string(at)
        stop = self.blank(stop)
        if self.text[stop : stop + 1] != ":":
            raise NotJsonError("`:` is missing", stop)
        return said, self.blank(stop + 1)

    def array(self, at: int, depth: int) -> tuple[Items, int]:
        """Values between commas."""
        items = Items()
        items.at = at
        stop = self.blank(at + 1)
        if self.text[stop : stop + 1] == "]":
            return items, stop + 1
        while True:
            self.count(stop)
            value, stop = self.value(self.blank(stop), depth)
            items.append(value)
            stop = self.blank(stop)
            mark = self.text[stop : stop + 1]
            if mark == "]":
                return items, stop + 1
            if mark != ",":
                raise NotJsonError("`,` or `]` is missing", stop)
            stop += 1


def _plain(number: re.Match[str]) -> str:
    """A number without an exponent."""
    if number[1] is None or abs(int(number[1])) > _LARGEST:
        return number[0]
    return f"{Decimal(number[0]):f}"
