"""The ledger on plain dictionaries: the reference that the other adapters are compared with."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice

from msgspec.structs import replace

from billdrop.books.decide import folded
from billdrop.memory.state import Everything
from billdrop.model import (
    Committed,
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
    Row,
    Segment,
    State,
    Total,
)
from billdrop.plan import Booked, Counted, Intake, Known, Numbering, Revision, enter, outcome_of
from billdrop.plan.answers import SUMS, decided_order, entry_of, stays_asked, total_of


class MemoryLedger:
    """Implements `Ledger`, `Books` and `Archive`."""

    def __init__(self, numbering: Numbering | None = None) -> None:
        self._now = Everything(numbering=numbering or Counted())

    @property
    def books(self) -> "MemoryLedger":
        """The side that answers."""
        return self

    def commit(self, parsed: Sequence[Parsed], *, at: datetime) -> Committed:
        """See `Ledger`."""
        before = self._now.copy()
        try:
            recorded: list[Booked] = []
            intakes = [Intake(self._now, each, at, recorded) for each in parsed]
            done = [intake.run() for intake in intakes]
            said = {each.name: each.found for each, new in zip(intakes, done, strict=True) if new}
            added = Counter(one.revision.document for one in recorded)
            outcomes = [
                outcome_of(
                    self._now,
                    each.name,
                    known=not new,
                    added=added[each.name] if new else 0,
                    said=said.get(each.name),
                )
                for each, new in zip(intakes, done, strict=True)
            ]
            segments = self._segments([one.revision for one in recorded], at)
            return Committed(outcomes=tuple(outcomes), segments=segments)
        except BaseException:
            self._now = before
            raise

    def lose(self, lost: Sequence[Lost], *, at: datetime) -> tuple[Outcome, ...]:
        """See `Ledger`."""
        outcomes = []
        for each in lost:
            name = each.ref.document_id
            known = name in self._now.documents
            if not known:
                gone = Document(
                    ref=each.ref, arrived_at=each.arrived_at, sha256=b"", size=0, content=b""
                )
                enter(
                    self._now, gone, at, None, evidence=each.evidence or "gone before it was read"
                )
            outcomes.append(outcome_of(self._now, name, known=known))
        return tuple(outcomes)

    def unpublished(self) -> Iterator[Segment]:
        """See `Ledger`."""
        return iter([s for s in self._now.segments.values() if s.name not in self._now.published])

    def published(self, names: Iterable[str], *, at: datetime) -> None:
        """See `Ledger`."""
        self._now.published.update(names)

    def close(self) -> None:
        """See `Ledger`."""

    def missing(self, refs: Sequence[DocumentRef]) -> list[DocumentRef]:
        """See `Books`."""
        there = self._captured()
        return [ref for ref in refs if ref.document_id not in there]

    def captured(self, refs: Sequence[DocumentRef], *, before: datetime) -> list[DocumentRef]:
        """See `Books`."""
        there = self._captured()
        return [
            ref for ref in refs if ref.document_id in there and there[ref.document_id].at < before
        ]

    def totals(self, *, since: date | None = None, until: date | None = None) -> list[Total]:
        """See `Books`."""
        days: dict[tuple[date, str], list[Row]] = {}
        for name in self._now.latest_of.values():
            revision = self._now.revisions[name]
            day = revision.invoice.issue_date
            if (since or date.min) <= day <= (until or date.max):
                days.setdefault((day, revision.invoice.currency), []).append(revision.row[SUMS])
        return [total_of(day, currency, rows) for (day, currency), rows in sorted(days.items())]

    def states(self) -> dict[str, int]:
        """See `Books`."""
        counts = Counter(known.state for known in self._now.documents.values())
        return {state.value: counts[state] for state in State} | {
            "unpublished_segments": len(self._now.segments.keys() - self._now.published)
        }

    def quarantine(
        self, *, document_id: str | None = None, closed: bool = False
    ) -> list[QuarantineEntry]:
        """See `Books`."""
        names = self._now.entries_of if document_id is None else [document_id]
        found = [entry for name in names for entry in self._now.entries(name)]
        asked = [entry for entry in found if closed or entry.waits]
        return sorted(asked, key=lambda entry: entry.id)

    def entry(self, number: int) -> QuarantineEntry | None:
        """See `Decisions`."""
        return next((one for one in self.quarantine(closed=True) if one.id == number), None)

    def decided(
        self,
        *,
        rejected: bool = False,
        customer: str = "",
        limit: int | None = None,
        before: int | None = None,
    ) -> list[QuarantineEntry]:
        """See `Decisions`."""
        ruled = [one for one in self.quarantine(closed=True) if one.decided_at is not None]
        newest = iter(sorted(ruled, key=decided_order, reverse=True))
        if before is not None:
            next((one for one in newest if one.id == before), None)
        kept = (one for one in newest if stays_asked(one, rejected, customer))
        return list(islice(kept, limit))

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        """See `Archive`."""
        known = self._captured()[document_id]
        document = replace(known.document, sequencer=known.sequencer)
        return document, self._twin(known).guideline

    def documents(
        self,
        *,
        match: str = "",
        state: State | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> Iterator[DocumentEntry]:
        """See `Archive`."""
        newest = iter(reversed(self._now.documents.values()))
        if before is not None:
            next((known for known in newest if known.name == before), None)
        found = [
            entry_of(known)
            for known in newest
            if match in known.name or match in known.document.ref.customer
        ]
        return iter([entry for entry in found if state in (None, entry.state)][:limit])

    def invoices(
        self, *, document_id: str | None = None, name: str | None = None
    ) -> Iterator[InvoiceEntry]:
        """See `Archive`."""
        for one in list(self._now.revisions.values()):
            if document_id in (None, one.document) and (
                name is None or one.number == folded(name) or one.name == name.strip()
            ):
                latest = self._now.latest_of[one.key] == one.name
                yield InvoiceEntry(row=one.row, lines=tuple(one.lines), latest=latest)

    def segments(self) -> Iterator[Segment]:
        """See `Archive`."""
        return iter(list(self._now.segments.values()))

    def findings(self, document_id: str) -> list[Finding]:
        """See `Archive`."""
        known = self._now.documents.get(document_id)
        name = self._twin(known).name if known is not None else document_id
        return list(self._now.findings(name))

    def _twin(self, known: Known) -> Known:
        """The document with the same bytes that a duplicate duplicates; else itself."""
        return known if known.twin is None else self._now.documents[known.twin]

    def _captured(self) -> dict[str, Known]:
        return {name: known for name, known in self._now.documents.items() if not known.evidence}

    def _segments(self, recorded: Sequence[Revision], at: datetime) -> tuple[Segment, ...]:
        if not recorded:
            return ()
        at = at.astimezone(UTC)
        segment = Segment(
            name=f"{at:%Y%m%dT%H%M%S%f}Z-{len(self._now.segments) + 1:06d}",
            received=at.date(),
            invoices=[revision.row for revision in recorded],
            lines=[line for revision in recorded for line in revision.lines],
        )
        self._now.segments[segment.name] = segment
        return (segment,)
