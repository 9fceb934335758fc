"""One document on its way into the books in memory, one record after the other."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from billdrop.booking import Added, booked, cells, content, invoice_of, lines_of, row_of
from billdrop.columns import invoice_id, line_head
from billdrop.decide import (
    Decision,
    Statement,
    conflict,
    decide,
    held_back,
    precedes,
    renamed,
    twice,
)
from billdrop.memory.state import (
    Contents,
    Known,
    Revision,
    capped,
    captured,
    enter,
    errors_of,
    recorded_in,
    state_in,
    twin_in,
)
from billdrop.memory.waiting import Waiting
from billdrop.model import Booking, Finding, Intent, Parsed, Record, RecordedInvoice, State


class Reading:
    """One document on its way into the books."""

    def __init__(
        self, now: Contents, parsed: Parsed, at: datetime, recorded: list[Revision]
    ) -> None:
        self.now = now
        self.parsed = parsed
        self.at = at
        self.recorded = recorded
        self.name = parsed.document.ref.document_id
        self.customer = parsed.document.ref.customer
        self.found: list[Finding] = []
        self.stated: set[str] = set()
        self.before: set[tuple[int, bytes]] = set()
        self.renamed = False
        self.waiting = Waiting(now, parsed, at)

    @property
    def known(self) -> Known:
        return self.now.documents[self.name]

    def run(self) -> bool:
        """Take the document in; False when it was there already."""
        known = self.now.documents.get(self.name)
        if known is None or known.evidence:
            enter(self.now, captured(self.parsed.document), self.at, self.parsed.guideline)
            twin = self._standing()
            if twin is not None:
                self._set(duplicate_of=twin.name)
                self._restate_document(twin)
            else:
                self.found.clear()
                self.stated.clear()
                self._read()
            return True
        if self.parsed.intent is Intent.ARRIVAL or twin_in(self.now, known) is not None:
            return False
        self._reopen()
        self._read()
        self.waiting.close()
        return True

    def _reopen(self) -> None:
        self.before = {(r.record, r.content) for r in recorded_in(self.now, self.name)}
        self.waiting = Waiting(self.now, self.parsed, self.at)
        if self.before and not errors_of(self.parsed.findings):
            records = list(self.parsed.records)
            now = {self._key(record)[1] for record in records if record.accepted}
            lacking = sum(not record.accepted for record in records)
            standing = [r.key[1] for r in recorded_in(self.now, self.name) if self._is_live(r)]
            self.renamed = renamed(standing, now, lacking)
        self._set(stale=0, guideline=self.parsed.guideline)

    def _read(self) -> None:
        self.found.extend(self.parsed.findings)
        if errors_of(self.parsed.findings):
            self.waiting.add(None, self.parsed.findings)
        else:
            held = self.parsed.atomic and self._refuses()
            for record in self.parsed.records:
                self._settle(record, held=held)
        self.now.findings[self.name] = capped(self.found)

    def _settle(self, record: Record, *, held: bool) -> None:
        findings = record.findings
        if record.accepted:
            findings = (*findings, *self._decide(record, held=held))
        self.found.extend(findings)
        if errors_of(findings):
            self.waiting.add(record, findings)

    def _decide(self, record: Record, *, held: bool) -> tuple[Finding, ...]:
        """Put an accepted record where it belongs, or say why it must wait."""
        if (record.index, self._statement(record).content) in self.before:
            self._repeat(record)
            return ()
        decision = self._decision(record)
        refusal = self._refusal(record, decision, held=held)
        if refusal is not None:
            return (refusal,)
        if decision is Decision.STALE:
            self._set(stale=self.known.stale + 1)
        elif decision is Decision.DUPLICATE:
            self._repeat(record)
        else:
            self._record(record)
        return ()

    def _refusal(self, record: Record, decision: Decision, *, held: bool) -> Finding | None:
        latest = self._latest(record)
        if latest is None and self.renamed:
            return twice(record, self._booked(record).printed)
        if decision is Decision.CONFLICT and latest is not None:
            return conflict(record, self._booked(record).printed, self._as_statement(latest))
        return held_back(record, self._booked(record).printed) if held else None

    def _decision(self, record: Record) -> Decision:
        latest, new = self._latest(record), self._statement(record)
        if latest is None:
            return Decision.NEW
        return decide(
            new,
            self._as_statement(latest),
            own=self._own(record, new.object_id),
            same_reading=latest.invoice.invoice_id in self.stated,
            latest=self.parsed.corrections == "latest",
            released=self.waiting.released(record.index),
        )

    def _own(self, record: Record, object_id: str) -> Statement | None:
        """The last revision of an invoice from the object that states it now."""
        key = self._key(record)
        stated = [self._as_statement(r) for r in self.now.revisions.values() if r.key == key]
        own = [statement for statement in stated if statement.object_id == object_id]
        return own[-1] if own else None

    def _repeat(self, record: Record) -> None:
        latest, new = self._latest(record), self._statement(record)
        if latest is None or latest.content != new.content:
            return
        self.stated.add(latest.invoice.invoice_id)
        if latest.document != self.name:
            self._set(duplicate_of=self.known.duplicate_of or latest.document)
        self._restate(latest)

    def _record(self, record: Record) -> None:
        known, booking, latest, key = (
            self.known,
            self._booked(record),
            self._latest(record),
            self._key(record),
        )
        number = 1 if latest is None else latest.number + 1
        name = invoice_id(*key, number)
        at = self.at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
        added = Added(name, number, latest.invoice.invoice_id if latest else None, at)
        row, lines = row_of(cells(booking, added)), lines_of(booking.lines)
        stated = invoice_of(row, lines)
        revision = Revision(
            key=key,
            number=number,
            document=self.name,
            record=record.index,
            content=content(record, booking),
            sequencer=known.sequencer,
            ordinal=known.stated,
            invoice=RecordedInvoice(
                invoice_id=name,
                number=stated.number,
                revision=number,
                issue_date=stated.issue_date,
                currency=stated.currency,
                total=stated.total,
            ),
            row=row,
            lines=tuple((*line_head(row), *line) for line in lines),
        )
        self.now.revisions[name] = revision
        self.now.latest[key] = name
        self.stated.add(name)
        self.recorded.append(revision)

    def _standing(self) -> Known | None:
        """The document of the customer that has the same bytes and still stands, if there is one."""
        same = [
            known
            for known in self.now.documents.values()
            if known.document.sha256 == self.parsed.document.sha256
            and known.document.ref.customer == self.customer
            and state_in(self.now, known) in (State.RECORDED, State.QUARANTINED)
            and not known.stale
        ]
        if not same:
            return None
        twin = same[-1]
        if state_in(self.now, twin) is State.QUARANTINED and not self._refused_again():
            return None
        return twin if self._stands(twin) else None

    def _refused_again(self) -> bool:
        """Whether known bytes are refused and bring nothing new; the outcome says why."""
        self.found.extend(errors_of(self.parsed.findings))
        if self.found:
            return True
        held = self.parsed.atomic and self._refuses()
        for record in self.parsed.records:
            is_new, findings = self._preview(record, held=held)
            if is_new:
                return False
            self.found.extend(errors_of(findings))
        return bool(self.found)

    def _preview(self, record: Record, *, held: bool) -> tuple[bool, Sequence[Finding]]:
        """Whether a record would change the books, and what is found about it; changes nothing."""
        if not record.accepted:
            return False, record.findings
        decision = self._decision(record)
        refusal = self._refusal(record, decision, held=held)
        if refusal is not None:
            return False, (*record.findings, refusal)
        latest = self._latest(record)
        if latest is not None and decision is Decision.DUPLICATE:
            self.stated.add(latest.invoice.invoice_id)
        return decision is not Decision.DUPLICATE, record.findings

    def _stands(self, twin: Known) -> bool:
        """Whether nothing that a document stated was superseded since; it is restated meanwhile."""
        if errors_of(self.parsed.findings):
            return True
        for record in self._accepted():
            latest = self._latest(record)
            if latest is None:
                continue
            if latest.content == self._statement(record).content:
                self._restate(latest)
            elif latest.document != twin.name and latest.ordinal > twin.stated:
                return False
        return True

    def _refuses(self) -> bool:
        """Whether any record of the document would be refused."""
        stated: dict[tuple[str, str], bytes] = {}
        for record in self.parsed.records:
            if not record.accepted:
                return True
            content = self._statement(record).content
            if stated.setdefault(self._key(record), content) != content:
                return True
            known = (record.index, content) in self.before
            if not known and self._decision(record) is Decision.CONFLICT:
                return True
        return False

    def _accepted(self) -> Iterator[Record]:
        return (record for record in self.parsed.records if record.accepted)

    def _restate(self, latest: Revision) -> None:
        """The object states an invoice again, in a later version."""
        known = self.known
        ref = self.now.documents[latest.document].document.ref
        if ref.object_id == known.document.ref.object_id and precedes(
            latest.sequencer, latest.ordinal, known.sequencer, known.stated
        ):
            self.now.revisions[latest.invoice.invoice_id] = replace(
                latest, sequencer=known.sequencer, ordinal=known.stated
            )

    def _restate_document(self, twin: Known) -> None:
        known = self.known
        if twin.document.ref.object_id == known.document.ref.object_id and precedes(
            twin.sequencer, twin.stated, known.sequencer, known.stated
        ):
            self.now.documents[twin.name] = replace(
                twin, sequencer=known.sequencer, stated=known.stated
            )

    def _set(self, **changes: Any) -> None:
        self.now.documents[self.name] = replace(self.known, **changes)

    def _is_live(self, revision: Revision) -> bool:
        return self.now.latest.get(revision.key) == revision.invoice.invoice_id

    def _booked(self, record: Record) -> Booking:
        return booked(record, self.parsed)

    def _key(self, record: Record) -> tuple[str, str]:
        booking = self._booked(record)
        return self.customer, booking.identity or booking.number

    def _latest(self, record: Record) -> Revision | None:
        name = self.now.latest.get(self._key(record))
        return None if name is None else self.now.revisions[name]

    def _statement(self, record: Record) -> Statement:
        known = self.known
        return Statement(
            content=content(record, self._booked(record)),
            object_id=known.document.ref.object_id,
            document_id=self.name,
            sequencer=known.sequencer,
            ordinal=known.stated,
            arrived_at=known.document.arrived_at,
        )

    def _as_statement(self, revision: Revision) -> Statement:
        document = self.now.documents[revision.document].document
        return Statement(
            content=revision.content,
            object_id=document.ref.object_id,
            document_id=revision.document,
            sequencer=revision.sequencer,
            ordinal=revision.ordinal,
            arrived_at=document.arrived_at,
        )
