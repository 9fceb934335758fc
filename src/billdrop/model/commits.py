"""What goes into the ledger together, and what it answers."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from billdrop.model.documents import Document, State
from billdrop.model.findings import Finding
from billdrop.model.invoices import Record


class GuidelineRef(Struct, frozen=True):
    """Which guideline, and which text of it, read a document."""

    name: str
    version: int
    digest: str
    """SHA-256 of the guideline's TOML text, hexadecimal."""
    text: str
    """The TOML text itself: the ledger keeps it, so that any reading can be repeated."""


class Intent(StrEnum):
    """Why a document is committed."""

    ARRIVAL = "arrival"
    """An event brought it; a document already in the ledger is left as it is."""
    REDRIVE = "redrive"
    """Quarantined before, read again; what is accepted now leaves quarantine."""
    RELEASE = "release"
    """A person decided: a conflict becomes a correction, or what policy holds is let pass."""
    REJECT = "reject"
    """A person decided that what waits never goes into the books; it is refused as it was read now."""
    RECONSIDER = "reconsider"
    """A person took that back; read again, it waits or leaves quarantine like any other."""


class Parsed(Struct, frozen=True, kw_only=True):
    """A document with everything that was read from it. A pure function of bytes and guidelines."""

    document: Document
    guideline: GuidelineRef | None
    """None when no guideline, or more than one, matched."""
    findings: tuple[Finding, ...] = ()
    """About the document as a whole; any error quarantines all of it."""
    records: Iterable[Record] = ()
    """Can be iterated more than once; lazily read for large documents."""
    identity: tuple[str, ...] = ("number",)
    """The invoice fields that tell one invoice from another within a customer."""
    corrections: str = "conflict"
    """`latest`: an invoice from another object with the same identity supersedes."""
    atomic: bool = False
    """Whether one refused record holds back all others of the document."""
    intent: Intent = Intent.ARRIVAL
    by: str = ""
    """Who decided."""
    why: str = ""
    """Why they did."""
    released: tuple[int | None, ...] | None = None
    """
    The record indexes a person decided about, and None among them for what waits as a whole document.

    None alone: all of the document, with every record in it.
    """
    corrects: bool = True
    """Whether a release decided that it corrects what its identity has in the books."""
    against: str | None = None
    """The conflict that it decided, in words: another one by now waits for another decision. None: any."""
    beside: bool = False
    """Whether a release decided that it is another invoice than the one it looks like."""

    def decides(self, record: int | None) -> bool:
        """Whether a person decided about a record; None: about the whole document, as one that waits."""
        return self.released is None or record in self.released

    @property
    def bars(self) -> bool:
        """Whether a person rejects something, or takes that back."""
        return self.intent in (Intent.REJECT, Intent.RECONSIDER)


class RecordedInvoice(Struct, frozen=True, kw_only=True, gc=False):
    """The name and sums of one invoice revision in the books, for answers and logs."""

    invoice_id: str
    number: str
    revision: int
    issue_date: date
    currency: str
    total: Decimal


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """What became of one document."""

    document_id: str
    state: State
    invoices: tuple[RecordedInvoice, ...] = ()
    """What this document put into the books; cut to the first 100."""
    invoice_count: int = 0
    recorded_now: int = 0
    """How many of them came into the books just now."""
    findings: tuple[Finding, ...] = ()
    """
    Why (part of) it waits in quarantine, and the warnings; cut to the first 100.

    Of a duplicate: why the document with the same bytes waits, as it does still.
    """
    duplicate_of: str | None = None
    """The document id that has the same content."""
    known: bool = False
    """The same event had already been committed; nothing happened now."""
    change: int | UnsetType = UNSET
    """
    How often what became of it had changed by then: of two outcomes of one document, the greater is
    the later one. Not there where the ledger does not count it.
    """
    place: tuple[str | None, str] | UnsetType = UNSET
    """
    Where its version stands among those of its object: a sequencer, and a decimal ordinal for where one
    of two has none. Not there where the ledger does not say.
    """

    @property
    def changes(self) -> int:
        """The same; 0 where the ledger does not count it."""
        return 0 if self.change is UNSET else self.change


Row = tuple[str | None, ...]
"""Cells in the order of `columns.INVOICES` or `columns.LINES`, unguarded; None is an empty cell."""


class Written(Struct, frozen=True, kw_only=True):
    """The rows of a segment as CSV, one or more to a text, with line ends between them."""

    invoices: Sequence[str]
    lines: Sequence[str]


class Segment(Struct, frozen=True, kw_only=True):
    """The invoices committed together, and their CSV objects."""

    name: str
    """Unique in the ledger; the file name of its CSV objects, without the ending."""
    received: date
    """The UTC day of the commit."""
    invoices: Iterable[Row]
    """Can be iterated more than once."""
    lines: Iterable[Row]
    """Can be iterated more than once."""
    written: Written | None = None
    """The same rows as CSV, where they are at hand."""


class Committed(Struct, frozen=True, kw_only=True):
    """The result of one commit, outcomes in the order of what was given."""

    outcomes: tuple[Outcome, ...]
    segments: tuple[Segment, ...] = ()
    """What came into the books just now, in as many segments as the ledger writes at once."""
