"""The seams of the core. Each sentence of a docstring is a promise, and a test in `tests/conformance`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from billdrop.model import (
    Committed,
    Delivery,
    Document,
    DocumentEntry,
    DocumentRef,
    Finding,
    GuidelineRef,
    InvoiceEntry,
    Lost,
    Outcome,
    Parsed,
    QuarantineEntry,
    Segment,
    State,
    Total,
)


class Inbox(Protocol):
    """Where customers put documents."""

    @property
    def expires(self) -> bool:
        """Whether it is for us to let it forget; else `expire` does nothing, and nobody need list for it."""

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """
        Take up to `limit` deliveries that wait.

        With none waiting, waits up to `wait` seconds for the first, then takes what is there.
        Never waits for more once there is one.
        A document that is still being written is not delivered until it is complete.
        """

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """
        Read exactly the versions that the deliveries name, in their order.

        A version that is gone is `Lost`, with the evidence.
        None says that the object now has a newer version whose delivery is on its way,
        or is being written again: nothing was read, nothing is decided.
        """

    def list(self) -> Iterator[Delivery]:
        """List every complete document in the inbox, for the sweep."""

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """
        Acknowledge each delivery whose outcome is durable.

        None as outcome is a refusal: the document will be delivered or listed again.
        """

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """
        Forget the named versions; returns how many were there.

        A newer version of the same object is left alone, however the two race.
        """


class Ledger(Protocol):
    """The durable record of documents, originals, invoices and segments: the side that writes."""

    def commit(self, parsed: Sequence[Parsed], *, at: datetime) -> Committed:
        """
        Store originals, invoices, quarantine and their segment: each document in one atomic write.

        A document of very many records may take several, in order; given again, it goes on.
        A document already in the ledger is left as it is and reported with `known=True`.
        Two commits of the same document, however they race, record it once.
        The same bytes from the same customer are a duplicate, unless that content was superseded since.
        Of bytes that wait in quarantine they are one only while they are refused as before:
        then the outcome says why.
        The same invoice content under another name is a duplicate.
        The same identity with other content supersedes from the same object, conflicts from another.
        An older version of an object never replaces what a newer version recorded.
        Which is older, a listing says first (`Document.after`), then the sequencers, else arrival.
        Only S3 lists versions: a ledger that no bucket is behind, SQLite, need not know places of listings.
        When it returns, all of it survives a power cut. When it raises, each document has
        happened or has not; given again, those that have are known.
        """

    def lose(self, lost: Sequence[Lost], *, at: datetime) -> tuple[Outcome, ...]:
        """
        Record documents that were gone before they could be read.

        A document that is already in the ledger keeps its state.
        """

    def unpublished(self) -> Iterator[Segment]:
        """Every committed segment not yet marked published, oldest first."""

    def published(self, names: Iterable[str], *, at: datetime) -> None:
        """
        Mark segments whose CSV objects survive a power cut.

        Marking again changes nothing.
        """

    def close(self) -> None:
        """Release the ledger; nothing is pending."""


class Decisions(Protocol):
    """What people decided about quarantine; sees everything committed before it is asked."""

    def entry(self, number: int) -> QuarantineEntry | None:
        """The quarantine entry of an id, whether it waits or left quarantine; None when there never was one."""

    def decided(
        self,
        *,
        rejected: bool = False,
        customer: str = "",
        limit: int | None = None,
        before: int | None = None,
    ) -> list[QuarantineEntry]:
        """
        What a person released, rejected or reconsidered, what was decided last first.

        `rejected`: only what is kept out of the books now; `customer`: only what is theirs.
        `before`: an entry id; only what was decided before it. None of an unknown one.
        However much left quarantine by itself, it is not read.
        """


class Books(Decisions, Protocol):
    """The side of the ledger that answers; sees everything committed before it is asked."""

    def missing(self, refs: Sequence[DocumentRef]) -> list[DocumentRef]:
        """
        Those of the given documents that the ledger does not have, in their order.

        A lost document is missing: if it can be read after all, it still counts.
        """

    def captured(self, refs: Sequence[DocumentRef], *, before: datetime) -> list[DocumentRef]:
        """Those of the given documents whose bytes were stored before the moment, in their order."""

    def totals(self, *, since: date | None = None, until: date | None = None) -> list[Total]:
        """Sums by issue date, then currency, of the latest revisions; both bounds included."""

    def states(self) -> dict[str, int]:
        """
        Documents by `State`, all five present, and `unpublished_segments`.

        A ledger that writes a document in several transactions adds `unfinished_documents`.
        """

    def quarantine(
        self, *, document_id: str | None = None, closed: bool = False
    ) -> list[QuarantineEntry]:
        """
        What waits in quarantine, oldest first; with `closed`, also what does no more.

        What a person rejected waits no more, and stays in quarantine: it says who, when and why.

        The entry of a record stays the same however often it is read again and refused.
        What a person released says who and why.
        """


class Archive(Protocol):
    """The side of the ledger that remembers: every document, original and revision there ever was."""

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        """
        The exact bytes that came, and the guideline that last read them.

        For a duplicate, those of the document it duplicates.
        Raises `KeyError` for a document that the ledger does not have, or that was lost.
        """

    def documents(
        self,
        *,
        match: str = "",
        state: State | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> Iterator[DocumentEntry]:
        """
        Documents, newest first; `match` is found in the document id or customer, or equals it.

        `before`: a document id; only those that reached the ledger before it. None of an unknown one.
        """

    def invoices(
        self, *, document_id: str | None = None, name: str | None = None
    ) -> Iterator[InvoiceEntry]:
        """
        Invoice revisions, oldest first.

        `document_id`: those of one document; `name`: those with that number (as printed, or in any
        case and spacing) or that invoice id. Neither: all of them.
        """

    def segments(self) -> Iterator[Segment]:
        """Every segment, oldest first."""

    def findings(self, document_id: str) -> list[Finding]:
        """Every finding of the last reading of a document, warnings too, in the order of the text."""


class Destination(Protocol):
    """Where the CSV objects go."""

    def put(self, key: str, body: Iterable[bytes]) -> None:
        """
        Write an object, whole or not at all, and never replace one.

        An object already there with the same bytes is success.
        One with other bytes raises `SegmentConflictError` and is left as it is,
        unless it is the torn remainder of a put that was never flushed.
        Readers never see a part of it.
        """

    def flush(self) -> None:
        """When it returns, everything put before survives a power cut."""

    def get(self, key: str) -> Iterator[bytes]:
        """The bytes of an object in pieces; raises `KeyError` when there is none."""

    def list(self) -> Iterator[str]:
        """The keys of all objects, in order; never temporary ones."""

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""


class QueryEngine(Protocol):
    """Runs Athena SQL over the destination."""

    def run(self, sql: str) -> "Rows":
        """
        Run one SELECT over the views `invoices` and `lines`.

        Money stays decimal. Raises `QueryRefusedError` for what is not the same on both engines.
        """


class Rows(Protocol):
    """The answer to a query, streamed."""

    columns: Sequence[str]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        """Rows of str, int, Decimal, bool, date, aware datetime or None."""
