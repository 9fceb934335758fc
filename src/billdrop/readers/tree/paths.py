"""
Paths into a tree, a small part of XPath: `cac:Party/cbc:ID`, `@currencyID`, `a[b='x' or not(@c)]/d`, `.[@a]/b`, `/a/b`.

A path begins at the invoice (or at the line, the tax, … it belongs to); with `/`, at the root element.
In JSON a step is a key, and a list is each of what it holds. A name that is no word stands in quotes.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from billdrop.errors import GuidelineError

SELF = "."
"""A step that stays where it is, and looks whether something holds there."""
LONGEST = 32
"""No path has more steps."""

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?|\$\w+)"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<mark>!=|[/@\[\]=().])|(?P<end>$))"
)
_WORDS = ("or", "not")


class Comparison(NamedTuple):
    """What must hold of a path inside a step: that it is there, or what it says."""

    path: "Path"
    value: str | None
    """None: it is there at all."""
    negated: bool


Test = tuple[Comparison, ...]
"""One of these must hold."""


class Step(NamedTuple):
    """One name, and what must hold where it stands."""

    name: str
    tests: tuple[Test, ...] = ()


class Path(NamedTuple):
    """Where a value stands."""

    top: bool
    """Whether it begins at the root."""
    steps: tuple[Step, ...]
    attribute: str = ""
    """Of the last step; empty: its text."""


Resolve = Callable[[str], str | None]
"""The full name for a name as it is written in a path; None for a prefix that is not declared."""


def parsed(text: str, key: str, resolve: Resolve) -> Path:
    """A path; `key` is the guideline's key it stands at. Raises `GuidelineError`."""
    return _Parser(text, key, resolve).whole()


class _Parser:
    """Goes through the tokens of one path."""

    def __init__(self, text: str, key: str, resolve: Resolve) -> None:
        self.text, self.key, self.resolve = text, key, resolve
        self.at = 0
        self.advance()

    def advance(self) -> None:
        """Take the next token."""
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            raise self.refusal(f"`{self.text[self.at :].strip()[:20]}` is no part of a path")
        self.kind, self.said = str(found.lastgroup), found[str(found.lastgroup)]
        self.at = found.end()

    def refusal(self, fact: str) -> GuidelineError:
        """The error about this path."""
        return GuidelineError(
            f"{self.key}: `{self.text}`: {fact}",
            code="BD4004",
            hint="a path is written like `cac:Party/cbc:ID` or `Total/@Amount`",
            path=self.key,
        )

    def took(self, mark: str) -> bool:
        """Whether the token is this mark, which is then done with."""
        if self.kind != "mark" or self.said != mark:
            return False
        self.advance()
        return True

    def whole(self) -> Path:
        """The path up to the end."""
        path = self.path(top=self.took("/"))
        if self.kind != "end":
            raise self.refusal(f"`{self.said}` is out of place")
        return path

    def path(self, *, top: bool = False) -> Path:
        """Steps between slashes, an attribute last."""
        steps: list[Step] = []
        if self.took("."):
            steps += [Step(SELF, tests)] if (tests := self.tests()) else []
            if not self.took("/"):
                return Path(top, tuple(steps))
        while True:
            if self.took("@"):
                return Path(top, tuple(steps), self.name(attribute=True))
            steps.append(self.step())
            if len(steps) > LONGEST:
                raise self.refusal(f"it has more than {LONGEST} steps")
            if not self.took("/"):
                return Path(top, tuple(steps))

    def step(self) -> Step:
        """A name with its tests."""
        return Step(self.name(), self.tests())

    def tests(self) -> tuple[Test, ...]:
        """What stands in brackets; all of it must hold."""
        tests: list[Test] = []
        while self.took("["):
            alternatives = [self.comparison()]
            while self.kind == "name" and self.said == "or":
                self.advance()
                alternatives.append(self.comparison())
            self.need("]")
            tests.append(tuple(alternatives))
        return tuple(tests)

    def comparison(self) -> Comparison:
        """`a/b`, `not(a/b)`, `a/b = 'x'` or `a/b != 'x'`."""
        if self.kind == "name" and self.said == "not":
            self.advance()
            self.need("(")
            path = self.path()
            self.need(")")
            return Comparison(path, None, negated=True)
        path = self.path()
        unlike = self.took("!=")
        if not unlike and not self.took("="):
            return Comparison(path, None, negated=False)
        if self.kind != "quoted":
            raise self.refusal("what is compared with stands in quotes")
        value = self.said[1:-1]
        self.advance()
        return Comparison(path, value, negated=unlike)

    def need(self, mark: str) -> None:
        """Refuse anything but this mark."""
        if not self.took(mark):
            raise self.refusal(f"`{mark}` is missing")

    def name(self, *, attribute: bool = False) -> str:
        """A name in full; one without a prefix is in no namespace."""
        written = self.said
        if self.kind == "quoted":
            self.advance()
            return written[1:-1]
        if self.kind != "name" or written in _WORDS:
            raise self.refusal("a name is missing")
        self.advance()
        name = self.resolve(written)
        if name is None:
            prefix = written.partition(":")[0]
            raise self.refusal(f"the prefix `{prefix}` is not in `input.namespaces`")
        return name
