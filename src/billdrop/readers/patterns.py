"""
The grammar of a row written as it looks.

`{name:type}` is a value, `{name}` one of the field's own type, `{_:type}` one that is read and dropped.
`[…]` may be missing, and may hold one more `[…]`. A blank is any run of blanks; all else is itself.
A text or a word is the shortest that lets the rest fit; a part in brackets is there if it can be.
`{{`, `}}`, `[[` and `]]` are the characters `{`, `}`, `[` and `]`; inside `[…]` a `]` always closes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from billdrop.errors import GuidelineError

TYPES = ("int", "integer", "number", "money", "percent", "text", "word", "date", "currency")
NESTING = 2
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")


class Literal(NamedTuple):
    """Characters that stand for themselves."""

    text: str


class Blank(NamedTuple):
    """Any run of blanks."""


class Token(NamedTuple):
    """A placeholder."""

    name: str
    type: str
    """Empty: the field's own."""
    column: int
    """1-based, in the pattern."""


class Optional(NamedTuple):
    """What may be missing."""

    parts: tuple["Node", ...]


Node = Literal | Blank | Token | Optional


def refusal(where: str, pattern: str, column: int, fact: str) -> GuidelineError:
    """The refusal of a pattern, with the column in it."""
    return GuidelineError(
        f"{where}: `{pattern}`, column {column}: {fact}",
        code="BD4005",
        hint="a row looks like `{id:int}) {name:text}, {net:money}[, {tax:money}]`",
        column=column,
    )


def flat(nodes: tuple[Node, ...]) -> Iterator[Literal | Blank | Token]:
    """All parts in order, those that may be missing among them."""
    for node in nodes:
        if isinstance(node, Optional):
            yield from flat(node.parts)
        else:
            yield node


def parse(pattern: str, where: str) -> tuple[Node, ...]:
    """Parse a pattern; raises `GuidelineError` BD4005."""
    nodes = _Parser(pattern, where).parts()
    if not nodes:
        raise refusal(where, pattern, 1, "it is empty")
    return nodes


class _Parser:
    """Walks once through a pattern."""

    def __init__(self, pattern: str, where: str) -> None:
        self.pattern, self.where = pattern, where
        self.text = pattern.strip()
        self.shift = len(pattern) - len(pattern.lstrip()) + 1
        self.place = 0
        self.opened: list[int] = []

    def refuse(self, place: int, fact: str) -> GuidelineError:
        """The refusal with the column of a place."""
        return refusal(self.where, self.pattern, place + self.shift, fact)

    def parts(self) -> tuple[Node, ...]:
        """The nodes up to the bracket that closes this level, or the end."""
        nodes: list[Node] = []
        while self.place < len(self.text):
            letter = self.text[self.place]
            if letter == "]" and self.opened:
                return tuple(nodes)
            nodes.append(self.node(letter))
        if self.opened:
            raise self.refuse(self.opened[-1], "`[` is not closed")
        return _joined(nodes)

    def node(self, letter: str) -> Node:
        """The next node."""
        if letter in "{}[]" and self.text.startswith(letter * 2, self.place):
            self.place += 2
            return Literal(letter)
        if letter == "{":
            return self.token()
        if letter == "[":
            return self.optional()
        if letter in "}]":
            raise self.refuse(self.place, f"`{letter}` closes nothing; write it twice for itself")
        self.place += 1
        return Blank() if letter.isspace() else Literal(letter)

    def token(self) -> Token:
        """A placeholder."""
        match = _PLACEHOLDER.match(self.text, self.place)
        if match is None:
            raise self.refuse(self.place, "a placeholder is `{name}` or `{name:type}`")
        name, kind = match[1], match[2] or ""
        if kind and kind not in TYPES:
            raise self.refuse(match.start(2), f"`{kind}` is none of the types {', '.join(TYPES)}")
        column = self.place + self.shift
        self.place = match.end()
        return Token(name, kind, column)

    def optional(self) -> Optional:
        """What stands between brackets."""
        if len(self.opened) == NESTING:
            raise self.refuse(self.place, "`[` may hold one more `[`, not two")
        start = self.place
        self.opened.append(start)
        self.place += 1
        parts = _joined(list(self.parts()))
        self.opened.pop()
        self.place += 1
        if not parts:
            raise self.refuse(start, "`[]` holds nothing")
        return Optional(parts)


def _joined(nodes: list[Node]) -> tuple[Node, ...]:
    """The nodes with neighbouring literals, and neighbouring blanks, made one."""
    joined: list[Node] = []
    for node in nodes:
        last = joined[-1] if joined else None
        if isinstance(node, Literal) and isinstance(last, Literal):
            joined[-1] = Literal(last.text + node.text)
        elif not (isinstance(node, Blank) and isinstance(last, Blank)):
            joined.append(node)
    return tuple(joined)
