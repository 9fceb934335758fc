"""Readers: from the text of a document to drafts of its invoices. One module each, one line here each."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from billdrop.model import Finding, Line, Spans

if TYPE_CHECKING:
    from billdrop.guidelines.model import Guideline


class Draft(Struct, kw_only=True):
    """What a reader made of one invoice's stretch of text, before it is completed and checked."""

    first_line: int
    last_line: int
    values: dict[str, Any]
    """Typed values by field name: Decimal, date, str; extra fields as `extra.NAME`; absent when not in the text."""
    lines: list[dict[str, Any]]
    """Typed values of each line by field name, with `source_line`."""
    findings: list[Finding]
    spans: Callable[[], Spans]
    """Where each value stands; must answer the same whenever it is asked, also after the next draft is read."""
    text: Callable[[int], str] | None = None
    """The line of text by its number in the document, for excerpts; empty for a line elsewhere."""
    made: tuple[Line, ...] | None = None
    """The lines, from a reader that has made them itself; `lines` is empty then."""
    unread: bool = False
    """Whether it is a stretch that could not be read at all, so that nothing is missing from it."""
    column: int = 0
    """Where it begins in its one line, which others may share; 0: its lines are its own."""
    whole: bool = False
    """Whether what was found is wrong with the document as a whole: nothing else is read of it."""
    alike: bool | None = None
    """Whether another invoice of the document may have its number, where the reader has looked at all of them."""


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of the work on one document; beyond them it is a finding, never a cut."""

    line_chars: int = 1_000_000
    value_chars: int = 10_000
    digits: int = 30
    records: int = 5_000_000
    rows: int = 20_000_000


class Reader(Protocol):
    """A guideline, made ready to read. Built once per guideline, used from one thread at a time."""

    def read(self, content: bytes) -> Iterator[Draft]:
        """
        Read a document, one draft per invoice, in order, in linear time and lazily.

        Pure: the same bytes give the same drafts. Raises nothing for any bytes:
        what is wrong with the whole document is a draft with findings and no values.
        """
        ...


Build = Callable[["Guideline", Limits], Reader]
"""Makes a reader of a guideline; raises `GuidelineError` with the key path for what it cannot use."""
