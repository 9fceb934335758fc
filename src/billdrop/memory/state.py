"""What the ledger in memory holds, and what follows from it."""

import hashlib
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from billdrop.decide import state_of
from billdrop.errors import UnavailableError
from billdrop.model import (
    Document,
    Finding,
    GuidelineRef,
    QuarantineEntry,
    RecordedInvoice,
    Row,
    Segment,
    Severity,
    State,
)

WARNINGS = 1_000
"""How many warnings of one document are kept."""


class Known(Struct, frozen=True, kw_only=True):
    """A document."""

    document: Document
    at: datetime
    guideline: GuidelineRef | None
    ordinal: int
    sequencer: str | None
    stated: int
    """The ordinal of the last version of its object with the same bytes."""
    duplicate_of: str | None = None
    evidence: str = ""
    stale: int = 0

    @property
    def name(self) -> str:
        """Its document id."""
        return self.document.ref.document_id


class Revision(Struct, frozen=True, kw_only=True):
    """One revision of an invoice."""

    key: tuple[str, str]
    number: int
    document: str
    record: int
    content: bytes
    sequencer: str | None
    ordinal: int
    invoice: RecordedInvoice
    row: Row
    lines: tuple[Row, ...]


class Contents(Struct):
    """All of the ledger, copied before each commit so that a failed one leaves nothing."""

    documents: dict[str, Known] = {}
    revisions: dict[str, Revision] = {}
    latest: dict[tuple[str, str], str] = {}
    waiting: dict[int, QuarantineEntry] = {}
    closed: dict[int, QuarantineEntry] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    segments: dict[str, Segment] = {}
    published: set[str] = set()
    ordinals: int = 0
    entries: int = 0

    def copy(self) -> "Contents":
        """As it stands; the values themselves never change."""
        held: dict[str, Any] = {name: copy(getattr(self, name)) for name in self.__struct_fields__}
        return Contents(**held)


def enter(
    now: Contents,
    document: Document,
    at: datetime,
    guideline: GuidelineRef | None,
    *,
    evidence: str = "",
) -> None:
    """Add a document; takes the place of a lost one."""
    now.ordinals += 1
    name = document.ref.document_id
    now.documents.pop(name, None)
    now.documents[name] = Known(
        document=document,
        at=at,
        guideline=guideline,
        ordinal=now.ordinals,
        sequencer=document.sequencer,
        stated=now.ordinals,
        evidence=evidence,
    )


def captured(document: Document) -> Document:
    """The document with all of its bytes at hand; raises if they changed meanwhile."""
    if document.chunks is None:
        return document
    content = b"".join(document.chunks())
    if hashlib.sha256(content).digest() != document.sha256 or len(content) != document.size:
        raise UnavailableError(
            f"{document.ref.document_id} changed while it was read", hint="it is tried again"
        )
    return replace(document, chunks=lambda: iter([content]))


def recorded_in(now: Contents, name: str) -> Sequence[Revision]:
    """What a document put into the books."""
    return [revision for revision in now.revisions.values() if revision.document == name]


def state_in(now: Contents, known: Known) -> State:
    """The state of a document, worked out anew."""
    if known.evidence:
        return State.LOST
    recorded = recorded_in(now, known.name)
    live = [r for r in recorded if now.latest[r.key] == r.invoice.invoice_id]
    return state_of(
        waiting=sum(entry.document_id == known.name for entry in now.waiting.values()),
        live=len(live),
        overtaken=known.stale + len(recorded) - len(live),
    )


def twin_in(now: Contents, known: Known) -> Known | None:
    """The document with the same bytes that a duplicate duplicates."""
    if known.duplicate_of is None or state_in(now, known) is not State.DUPLICATE:
        return None
    other = now.documents[known.duplicate_of]
    return other if other.document.sha256 == known.document.sha256 else None


def said_in(now: Contents, known: Known) -> Sequence[Finding]:
    """What was found about a document; of a duplicate, why the one with the same bytes waits."""
    twin = twin_in(now, known)
    if twin is None or state_in(now, twin) is not State.QUARANTINED:
        return now.findings.get(known.name, ())
    return errors_of(now.findings.get(twin.name, ()))


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    """Those that keep an invoice out of the books."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def capped(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """All errors, and the first warnings."""
    warnings = [place for place, found in enumerate(findings) if found.severity is Severity.WARNING]
    left_off = set(warnings[WARNINGS:])
    if not left_off:
        return tuple(findings)
    said = Finding(
        code="BD3002",
        message=f"{len(left_off)} further warnings of this document are not kept",
        severity=Severity.WARNING,
        hint="`billdrop check FILE` shows them all",
    )
    kept = (found for place, found in enumerate(findings) if place not in left_off)
    return (*kept, said)
