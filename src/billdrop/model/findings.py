"""What a check says about a place in a text."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

CONFLICT, LIKENESS = "BD3001", "BD3004"
"""An invoice that is in the books with other content, or may be there under another identity."""


class Severity(StrEnum):
    """An error keeps an invoice out of the books; a warning is reported beside it."""

    ERROR = "error"
    WARNING = "warning"


class Span(Struct, frozen=True, gc=False):
    """Where a value stands in the text of a document. Lines and columns count from 1, in characters."""

    line: int
    column: int
    text: str
    """The raw text of the value, as it stands there."""


Spans = Mapping[str, Span]
"""Span by path: `total`, `lines[0].net`, `extra.project`."""


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """Something a check found, with its place."""

    code: str
    """A stable code of `codes.py`."""
    message: str
    """The thing and the fact, one line."""
    severity: Severity = Severity.ERROR
    line: int | None = None
    """1-based; None where no place can be named (an empty document)."""
    column: int | None = None
    """1-based, in characters."""
    length: int = 1
    """Of the marked span, in characters."""
    excerpt: str = ""
    """The line of text it is about, cut to a readable width around the column."""
    offset: int = 0
    """Of the marked span in the excerpt, 0-based, in characters."""
    hint: str = ""
    """The remedy."""
    field: str = ""
    """The path of the field it is about, such as `total` or `lines[0].net`."""
    held: bool = False
    """Whether it waits for a person, who may let it pass; see `may_pass`."""

    @property
    def may_pass(self) -> bool:
        """Whether a person may let it pass; conflict and likeness were written without `held` once."""
        held = self.held or self.code in (CONFLICT, LIKENESS)
        return held and self.severity is Severity.ERROR

    @property
    def word(self) -> str:
        """How people are told of it: `error`, `held` for an error that a person may let pass, `warning`."""
        return "held" if self.may_pass else self.severity.value


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep an invoice out of the books."""
    return [each for each in findings if each.severity is Severity.ERROR]


def first_error(findings: Iterable[Finding]) -> Finding | None:
    """Why something waits: the first finding that is no warning."""
    return next((each for each in findings if each.severity is Severity.ERROR), None)
