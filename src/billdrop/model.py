"""
The words of billdrop as values: frozen, keyword-only, and knowing their own name.

None of them can be part of a cycle, so the garbage collector need not look at them (`gc=False`):
a batch holds tens of thousands.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct


class State(StrEnum):
    """The one visible state in which every document ends."""

    RECORDED = "recorded"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    LOST = "lost"


class Severity(StrEnum):
    """An error keeps an invoice out of the books; a warning is reported beside it."""

    ERROR = "error"
    WARNING = "warning"


class DocumentRef(Struct, frozen=True, kw_only=True, gc=False):
    """Where one version of one document lies."""

    bucket: str
    """What holds the object: `inbox`, an S3 bucket, or the folder given to `ingest`."""
    key: str
    """The object's name in the bucket, decoded once, with `/` between its parts."""
    version: str
    """Equal for equal uploads, different for different ones; opaque."""
    customer: str
    """Whose document it is; from where it was put or who put it, never from its content."""

    @property
    def object_id(self) -> str:
        """The same for every version of one object."""
        return f"{self.bucket}/{self.key}"

    @property
    def document_id(self) -> str:
        """The same for every event about the same version of the same object."""
        return f"{self.bucket}/{self.key}@{self.version}"


class Delivery(Struct, frozen=True, kw_only=True, gc=False):
    """One receipt of an event, with the means to settle it."""

    ref: DocumentRef
    arrived_at: datetime
    """When the document came to us, aware UTC."""
    source: str
    """Which door it came through: `folder`, `http`, `ingest`, `sweep`."""
    sequencer: str | None = None
    """Hexadecimal order among versions of one object; None: the order of arrival."""
    size: int = 0
    """In bytes, as the event says; 0 when it does not."""
    receipt: Any = None
    """What the inbox needs to fetch and settle it; opaque to everyone else."""


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """The exact bytes of one version of one document."""

    ref: DocumentRef
    arrived_at: datetime
    sha256: bytes
    size: int
    """In bytes."""
    content: bytes | None
    """None when the document is over the limit of what is parsed; then only `chunks` has it."""
    sequencer: str | None = None
    chunks: Callable[[], Iterable[bytes]] | None = None
    """Reads an oversized document again from its start, in pieces; None when `content` is set."""
    findings: "tuple[Finding, ...]" = ()
    """Why its name alone keeps it from being read (BD1006, BD1007); it is captured and quarantined."""


class Lost(Struct, frozen=True, kw_only=True):
    """A document that was gone before it could be read."""

    ref: DocumentRef
    arrived_at: datetime
    evidence: str
    """What was known of it: size, time, and the error of the read, one line."""


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


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """One line of an invoice (BG-25)."""

    id: str | None = None
    """BT-126, as printed."""
    name: str | None = None
    """BT-153."""
    description: str | None = None
    """BT-154."""
    item_id: str | None = None
    """BT-155, the seller's identifier of the item."""
    quantity: Decimal | None = None
    """BT-129."""
    unit: str | None = None
    """BT-130, as printed."""
    unit_price: Decimal | None = None
    """BT-146."""
    net: Decimal | None = None
    """BT-131, without tax."""
    tax: Decimal | None = None
    """The tax of this line, where the layout prints it."""
    tax_rate: Decimal | None = None
    """BT-152, in percent."""
    source_line: int = 0
    """The 1-based line of the document where it begins."""


class Invoice(Struct, frozen=True, kw_only=True, gc=False):
    """One invoice as its text states it. Amounts keep the scale they are printed with."""

    number: str
    """BT-1."""
    issue_date: date
    """BT-2."""
    currency: str
    """BT-5, ISO 4217."""
    total: Decimal
    """BT-112, with tax."""
    net: Decimal | None = None
    """BT-109, without tax."""
    tax: Decimal | None = None
    """BT-110."""
    payable: Decimal | None = None
    """BT-115."""
    type_code: str = "380"
    """BT-3: 380 invoice, 381 credit note."""
    due_date: date | None = None
    """BT-9."""
    seller: str | None = None
    """BT-27."""
    seller_id: str | None = None
    """BT-29."""
    seller_tax_id: str | None = None
    """BT-31."""
    buyer: str | None = None
    """BT-44."""
    buyer_id: str | None = None
    """BT-46."""
    buyer_tax_id: str | None = None
    """BT-48."""
    buyer_ref: str | None = None
    """BT-10."""
    order_ref: str | None = None
    """BT-13."""
    payment_account: str | None = None
    """BT-84, such as an IBAN."""
    customer_id: str | None = None
    """The customer's own id as the text prints it (BT-29 when the customer is the seller)."""
    in_words: str | None = None
    """The total in words, as printed."""
    lines: tuple[Line, ...] = ()
    extra: dict[str, str] = {}
    """Fields that the guideline declares beyond the model, by name."""


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What was made of one invoice's stretch of a document: an invoice, or findings, or both."""

    index: int
    """0-based position in the document."""
    first_line: int
    last_line: int
    invoice: Invoice | None
    """None when it could not be read; set but refused when a finding is an error."""
    findings: tuple[Finding, ...] = ()
    spans: Callable[[], Spans] | None = None
    """Where each value stands; worked out only when asked for."""

    @property
    def accepted(self) -> bool:
        """Whether the invoice may go to the books."""
        return self.invoice is not None and not any(
            finding.severity is Severity.ERROR for finding in self.findings
        )


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
    """A person decided: a conflict becomes a correction."""


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
    """Who released it."""
    why: str = ""
    """Why it was released."""
    released: tuple[int, ...] | None = None
    """The record indexes a person released; None: all of the document. Only for `RELEASE`."""


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
    findings: tuple[Finding, ...] = ()
    """Why (part of) it waits in quarantine, and the warnings; cut to the first 100."""
    duplicate_of: str | None = None
    """The document id that has the same content."""
    known: bool = False
    """The same event had already been committed; nothing happened now."""


Row = tuple[str | None, ...]
"""Cells in the order of `columns.INVOICES` or `columns.LINES`, unguarded; None is an empty cell."""


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


class Committed(Struct, frozen=True, kw_only=True):
    """The result of one commit, outcomes in the order of what was given."""

    outcomes: tuple[Outcome, ...]
    segment: Segment | None
    """None when nothing new was recorded."""


class QuarantineEntry(Struct, frozen=True, kw_only=True):
    """What waits for a person or a better guideline: a document, or one record of it."""

    id: int
    document_id: str
    customer: str
    key: str
    record: int | None
    """0-based index of the record; None: the whole document."""
    first_line: int | None
    last_line: int | None
    code: str
    """Of the first error."""
    findings: tuple[Finding, ...]
    since: datetime


class Total(Struct, frozen=True, kw_only=True):
    """What the latest revisions of the recorded invoices of one date and currency add up to."""

    issue_date: date
    currency: str
    invoices: int
    net: Decimal | None
    """None when no invoice of the date states it; otherwise the sum of those that do."""
    tax: Decimal | None
    total: Decimal


class DocumentEntry(Struct, frozen=True, kw_only=True):
    """What the ledger knows of one document."""

    document_id: str
    customer: str
    key: str
    state: State
    size: int
    """In bytes; 0 for a lost document."""
    sha256: str
    """Hexadecimal; empty for a lost document."""
    arrived_at: datetime
    committed_at: datetime
    guideline: str
    """`name@version`; empty when none read it."""
    duplicate_of: str | None
    evidence: str
    """Why it is lost; empty otherwise."""
    invoices: int
    """How many invoice revisions it put into the books."""
    waiting: int
    """How many quarantine entries it has."""


class InvoiceEntry(Struct, frozen=True, kw_only=True):
    """One invoice revision in the ledger."""

    row: Row
    """The cells, in the order of `columns.INVOICES`."""
    lines: tuple[Row, ...]
    """The cells of its lines, in the order of `columns.LINES`."""
    latest: bool
    """Whether it counts in the totals."""
