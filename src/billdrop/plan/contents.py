"""What a plan asks of a ledger, and what it changes there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from billdrop.books.alike import Told, likeness_of_cells, told
from billdrop.books.booking import lines_of, row_of
from billdrop.books.columns import line_head
from billdrop.books.decide import Statement, state_of
from billdrop.model import (
    Document,
    Finding,
    GuidelineRef,
    QuarantineEntry,
    RecordedInvoice,
    Row,
    State,
)

Key = tuple[str, str]
"""Customer and identity of an invoice."""


class Place(NamedTuple):
    """Of a version among those of its object."""

    sequencer: str | None
    ordinal: int
    over: tuple[str, ...] = ()


class Known(Struct, frozen=True, kw_only=True):
    """A document."""

    document: Document
    at: datetime
    """When it was committed."""
    guideline: GuidelineRef | None
    ordinal: int
    """Its place among documents; see `Numbering`."""
    sequencer: str | None
    stated: int
    """The ordinal of the last version of its object with the same bytes."""
    over: tuple[str, ...] = ()
    """The ids of older versions, by a listing, which were not in the books when it came there."""
    by: str = ""
    """The id of that last version with the same bytes, if it is another one."""
    own: Place | None = None
    """Its own place, where there is such a later version, whose place it has."""
    duplicate_of: str | None = None
    same_bytes: bool = False
    """Whether what it duplicates has the same bytes."""
    evidence: str = ""
    recorded: tuple[RecordedInvoice, ...] = ()
    """What it put into the books, the first 100."""
    invoices: int = 0
    """How many invoice revisions it put into the books."""
    live: int = 0
    """How many of them are the latest."""
    stale: int = 0
    """How many of its invoices came too late."""
    waiting: int = 0
    """How many open quarantine entries it has."""
    unfinished: bool = False
    """Whether only a part of it is in the books yet; given again, it goes on."""

    @property
    def name(self) -> str:
        """Its document id."""
        return self.document.ref.document_id

    @property
    def state(self) -> State:
        """The one state that follows from its records."""
        if self.evidence:
            return State.LOST
        overtaken = self.stale + self.invoices - self.live
        return state_of(waiting=self.waiting, live=self.live, overtaken=overtaken)

    @property
    def place(self) -> Place:
        """Where this version itself stands among those of its object."""
        return self.own or Place(self.sequencer, self.stated, self.over)

    @property
    def statement(self) -> Statement:
        """That it states something, whatever that is."""
        return Statement(
            content=b"",
            object_id=self.document.ref.object_id,
            document_id=self.name,
            sequencer=self.sequencer,
            ordinal=self.stated,
            arrived_at=self.document.arrived_at,
            over=self.over,
            by=self.by,
        )

    @property
    def twin(self) -> str | None:
        """The document with the same bytes that it duplicates."""
        is_twin = self.same_bytes and self.state is State.DUPLICATE
        return self.duplicate_of if is_twin else None


class Revision(Struct, frozen=True, kw_only=True):
    """One revision of an invoice."""

    key: Key
    document: str
    """The id of the document that it was read from."""
    object_id: str
    sha256: bytes
    """Of that document."""
    arrived_at: datetime
    """When that document came."""
    record: int
    content: bytes
    sequencer: str | None
    ordinal: int
    over: tuple[str, ...] = ()
    by: str = ""
    """See `Statement`; as sequencer, ordinal and `over`, of the version that stated it last."""
    number: str
    """The invoice number, folded."""
    invoice: RecordedInvoice
    cells: str
    """As JSON, in the order of `columns.INVOICES`."""
    own_lines: str
    """The cells of its lines as JSON, without those that repeat the invoice."""

    @property
    def name(self) -> str:
        """Its invoice id."""
        return self.invoice.invoice_id

    @property
    def row(self) -> Row:
        """Its cells."""
        return row_of(self.cells)

    @property
    def lines(self) -> Iterator[Row]:
        """The cells of its lines."""
        head = line_head(self.row)
        return ((*head, *line) for line in lines_of(self.own_lines))

    @property
    def likeness(self) -> int:
        """What it has in common with one that may be the same under another identity."""
        return likeness_of_cells(self.key[0], self.number, self.cells)

    @property
    def told(self) -> Told:
        """What tells it from such a one."""
        return told(self.key[1], self.row)

    @property
    def statement(self) -> Statement:
        """That its document states it."""
        return Statement(
            content=self.content,
            object_id=self.object_id,
            document_id=self.document,
            sequencer=self.sequencer,
            ordinal=self.ordinal,
            arrived_at=self.arrived_at,
            over=self.over,
            by=self.by,
            revision=self.invoice.revision,
        )


class Contents(Protocol):
    """All of a ledger, or as much of it as one plan needs."""

    def document(self, name: str) -> Known | None:
        """A document, by its id."""

    def same_bytes(self, document: Document) -> Sequence[str]:
        """Ids of the documents of the customer with these bytes that were read, in order."""

    def latest(self, key: Key) -> Revision | None:
        """The revision of an invoice that counts."""

    def alike(self, customer: str, likeness: int) -> Sequence[Told]:
        """The invoices of a customer that look alike, as the revisions that count state them."""

    def from_object(self, latest: Revision, object_id: str) -> Revision | None:
        """The last revision of the same invoice that an object stated."""

    def recorded_in(self, name: str) -> Iterable[Revision]:
        """What a document put into the books, in order."""

    def entries(self, name: str) -> Sequence[QuarantineEntry]:
        """All quarantine entries of a document, in order, closed ones too."""

    def findings(self, name: str) -> Sequence[Finding]:
        """What the last reading of a document found."""

    def ordinal(self, document: Document) -> int:
        """The place of a document that is entered now."""

    def entry_id(self, name: str, record: int | None, nth: int) -> int:
        """The id of the nth entry of a record, from 0."""

    def keep(self, document: Document) -> Document:
        """The document as it is kept; raises `UnavailableError` when it changed meanwhile."""

    def put(self, known: Known) -> None:
        """Add a document, or take it for what it was."""

    def list_bytes(self, known: Known) -> None:
        """Name a document under its bytes."""

    def record(self, revision: Revision) -> None:
        """Add a revision, which counts from now on."""

    def restate(self, revision: Revision) -> None:
        """Take it for the latest revision with the same name."""

    def file(
        self, name: str, entries: Sequence[QuarantineEntry], findings: Sequence[Finding]
    ) -> None:
        """Replace the entries and findings of a document."""
