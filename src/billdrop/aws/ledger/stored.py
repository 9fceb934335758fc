"""Documents and revisions as the texts that items hold."""

from datetime import datetime

import msgspec
from msgspec import Struct

from billdrop.books.alike import Told
from billdrop.model import (
    Document,
    DocumentRef,
    Finding,
    GuidelineRef,
    QuarantineEntry,
    RecordedInvoice,
)
from billdrop.plan import Key, Known, Place, Revision

Names = tuple[tuple[str, int], ...]
"""Names of transactions: a name and 0, or what names begin with and how many there are."""

BYTES = b""
"""Of a document as it is known: its bytes are elsewhere."""


class StoredDocument(Struct, kw_only=True, omit_defaults=True, gc=False):
    """A document in the ledger."""

    bucket: str
    key: str
    version: str
    customer: str
    sha256: str = ""
    size: int = 0
    oversized: bool = False
    """Whether it was too large to be parsed."""
    arrived_at: datetime
    at: datetime
    guideline: tuple[str, int, str] | None = None
    """Name, version and digest."""
    ordinal: str
    stated: str = ""
    """Empty where it is the ordinal."""
    sequencer: str | None = None
    over: tuple[str, ...] = ()
    by: str = ""
    own: tuple[str | None, str, tuple[str, ...]] | None = None
    duplicate_of: str | None = None
    same_bytes: bool = False
    evidence: str = ""
    refused: tuple[Finding, ...] = ()
    """What is wrong with its name."""
    invoices: int = 0
    live: int = 0
    stale: int = 0
    waiting: int = 0
    unfinished: bool = False
    entered: str = ""
    """The transaction that entered it."""
    brought: Names = ()
    """The transactions that have its revisions."""


class StoredRevision(Struct, kw_only=True, omit_defaults=True, gc=False):
    """One revision of an invoice in the ledger."""

    customer: str
    identity: str
    number: str
    document: str
    object_id: str
    sha256: str
    arrived_at: datetime
    record: int
    content: str
    sequencer: str | None = None
    ordinal: str
    over: tuple[str, ...] = ()
    by: str = ""
    invoice: RecordedInvoice
    cells: msgspec.Raw
    lines: msgspec.Raw


class Brought(Struct, array_like=True, gc=False):
    """What one transaction brought."""

    documents: list[str]
    """Ids of all that it entered, then of others that have revisions here."""
    entered: int
    """How many it entered."""
    rows: list[tuple[bytes, int, int]]
    """Id of the invoice, its revision, and the place of its document in `documents`."""


_json = msgspec.json.Encoder().encode
_document = msgspec.json.Decoder(StoredDocument).decode
_revision = msgspec.json.Decoder(StoredRevision).decode
_recorded = msgspec.json.Decoder(tuple[RecordedInvoice, ...]).decode
_names = msgspec.json.Decoder(list[str]).decode
_brought = msgspec.json.Decoder(Brought).decode
_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_alike = msgspec.json.Decoder(tuple[Told, ...]).decode
_entries = msgspec.json.Decoder(tuple[QuarantineEntry, ...]).decode

encode = _json
recorded_of = _recorded
names_of = _names
brought_of = _brought
alike_of = _alike
findings_of = _findings
entries_of = _entries
document_of = _document


def stored_document(known: Known, entered: str, brought: Names) -> StoredDocument:
    """What is kept of a document."""
    document, ref, guideline = known.document, known.document.ref, known.guideline
    return StoredDocument(
        bucket=ref.bucket,
        key=ref.key,
        version=ref.version,
        customer=ref.customer,
        sha256=document.sha256.hex(),
        size=document.size,
        oversized=document.oversized,
        arrived_at=document.arrived_at,
        at=known.at,
        guideline=(guideline.name, guideline.version, guideline.digest) if guideline else None,
        ordinal=str(known.ordinal),
        stated="" if known.stated == known.ordinal else str(known.stated),
        sequencer=known.sequencer,
        over=known.over,
        by=known.by,
        own=None if (own := known.own) is None else (own.sequencer, str(own.ordinal), own.over),
        duplicate_of=known.duplicate_of,
        same_bytes=known.same_bytes,
        evidence=known.evidence,
        refused=document.findings,
        invoices=known.invoices,
        live=known.live,
        stale=known.stale,
        waiting=known.waiting,
        unfinished=known.unfinished,
        entered=entered,
        brought=brought,
    )


def known_of(stored: StoredDocument, recorded: tuple[RecordedInvoice, ...] = ()) -> Known:
    """A document as a plan knows it: without its bytes, and without the text of its guideline."""
    ref = DocumentRef(
        bucket=stored.bucket, key=stored.key, version=stored.version, customer=stored.customer
    )
    guideline = GuidelineRef(*stored.guideline, "") if stored.guideline else None
    return Known(
        document=Document(
            ref=ref,
            arrived_at=stored.arrived_at,
            sha256=bytes.fromhex(stored.sha256),
            size=stored.size,
            content=None if stored.oversized else BYTES,
            sequencer=stored.sequencer,
            findings=stored.refused,
        ),
        at=stored.at,
        guideline=guideline,
        ordinal=int(stored.ordinal),
        sequencer=stored.sequencer,
        stated=int(stored.stated or stored.ordinal),
        over=stored.over,
        by=stored.by,
        own=None if (own := stored.own) is None else Place(own[0], int(own[1]), own[2]),
        duplicate_of=stored.duplicate_of,
        same_bytes=stored.same_bytes,
        evidence=stored.evidence,
        recorded=recorded,
        invoices=stored.invoices,
        live=stored.live,
        stale=stored.stale,
        waiting=stored.waiting,
        unfinished=stored.unfinished,
    )


def stored_revision(revision: Revision) -> bytes:
    """What is kept of a revision."""
    customer, identity = revision.key
    return _json(
        StoredRevision(
            customer=customer,
            identity=identity,
            number=revision.number,
            document=revision.document,
            object_id=revision.object_id,
            sha256=revision.sha256.hex(),
            arrived_at=revision.arrived_at,
            record=revision.record,
            content=revision.content.hex(),
            sequencer=revision.sequencer,
            ordinal=str(revision.ordinal),
            over=revision.over,
            by=revision.by,
            invoice=revision.invoice,
            cells=msgspec.Raw(revision.cells.encode()),
            lines=msgspec.Raw(revision.own_lines.encode()),
        )
    )


def revision_of(data: bytes) -> Revision:
    """A revision out of what is kept."""
    stored = _revision(data)
    key: Key = (stored.customer, stored.identity)
    return Revision(
        key=key,
        document=stored.document,
        object_id=stored.object_id,
        sha256=bytes.fromhex(stored.sha256),
        arrived_at=stored.arrived_at,
        record=stored.record,
        content=bytes.fromhex(stored.content),
        sequencer=stored.sequencer,
        ordinal=int(stored.ordinal),
        over=stored.over,
        by=stored.by,
        number=stored.number,
        invoice=stored.invoice,
        cells=bytes(stored.cells).decode(),
        own_lines=bytes(stored.lines).decode(),
    )
