"""One document on its way into the books, one record after the other."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec.structs import replace

from billdrop.books.booking import Added, cells
from billdrop.books.columns import invoice_id
from billdrop.books.decide import (
    Decision,
    Statement,
    conflict,
    decide,
    held_back,
    older,
    renamed,
    twice,
)
from billdrop.model import (
    Booking,
    Finding,
    Intent,
    Parsed,
    RecordedInvoice,
    errors_of,
)
from billdrop.plan.contents import Contents, Key, Known, Revision
from billdrop.plan.items import Item, items_of
from billdrop.plan.likes import against_books, foreseen
from billdrop.plan.outcomes import SHOWN, capped
from billdrop.plan.placing import enter, placed, put_right
from billdrop.plan.twins import twin_of
from billdrop.plan.waiting import Waiting


class Booked(NamedTuple):
    """What came into the books just now."""

    revision: Revision
    booking: Booking
    added: Added


class Intake:
    """
    One document on its way into the books.

    `run` takes it whole. A ledger that cannot write so much at once calls `begin`, then `settle`
    for each item and `end`, and writes what has come together in between.
    """

    def __init__(
        self,
        now: Contents,
        parsed: Parsed,
        at: datetime,
        recorded: list[Booked],
        items: Iterable[Item] | None = None,
    ) -> None:
        self.now = now
        self.parsed = parsed
        self.at = at
        self.recorded = recorded
        self.name = parsed.document.ref.document_id
        self.object_id = parsed.document.ref.object_id
        self.items = items_of(parsed) if items is None else items
        self.refused = bool(errors_of(parsed.findings))
        self.reads = False
        """Whether its records are read; not those of a duplicate by its bytes."""
        self.held = False
        self.found: list[Finding] = []
        self.stated: set[str] = set()
        self.before: set[tuple[int, bytes]] = set()
        self.renamed = False
        self.waiting = Waiting(now, parsed, at)

    @property
    def known(self) -> Known:
        """The document, as it stands now."""
        known = self.now.document(self.name)
        assert known is not None, "it is entered"
        return known

    def run(self) -> bool:
        """Take the document in; False when it was there already."""
        if not self.begin():
            return False
        if self.reads:
            for item in self.items if not self.refused else ():
                self.settle(item)
            self.end()
        return True

    def begin(self) -> bool:
        """Enter the document, or open it again; False when there is nothing to do."""
        known = self.now.document(self.name)
        if known is None or known.evidence:
            enter(self.now, self.parsed.document, self.at, self.parsed.guideline)
            twin = twin_of(self)
            if twin is not None:
                self.set(duplicate_of=twin.name, same_bytes=True)
                return True
            self.now.list_bytes(self.known)
        elif self._is_settled(known):
            if self.parsed.intent is not Intent.ARRIVAL or not self._was_late(known):
                return False
            self._reopen(self.known)
        else:
            self._reopen(known)
        self.found.clear()
        self.stated.clear()
        self.reads = True
        self.found.extend(self.parsed.findings)
        if self.refused:
            self.waiting.add(None, self.parsed.findings)
        else:
            self.held = self.parsed.atomic and self.refuses()
        return True

    def settle(self, item: Item) -> None:
        """Put one record where it belongs."""
        item = self.waiting.kept_out(item)
        findings = (*item.record.findings, *foreseen(self, item))
        if item.booking is not None and (refusal := self._decide(item)) is not None:
            findings = (*findings, refusal)
        if findings:
            self.found.extend(findings)
            if errors_of(findings):
                self.waiting.add(item.record, findings)

    def end(self) -> None:
        """File what was found and what waits, once every record is settled."""
        entries = self.waiting.close()
        self.set(waiting=sum(entry.closed_at is None for entry in entries), unfinished=False)
        self.now.file(self.name, entries, capped(self.found))

    def _is_settled(self, known: Known) -> bool:
        arrives = self.parsed.intent is Intent.ARRIVAL and not known.unfinished
        return arrives or known.twin is not None or self._is_gone()

    def _was_late(self, known: Known) -> bool:
        """Whether its event puts its place right, and what came too late is to be decided anew."""
        right = put_right(self.now, known, self.parsed.document)
        return right is not known and known.stale > 0 and known.twin is None

    def _is_gone(self) -> bool:
        """Whether what a person rejects, or takes back, has left quarantine meanwhile."""
        parsed = self.parsed
        return parsed.bars and not any(
            parsed.decides(entry.record)
            for entry in self.now.entries(self.name)
            if entry.closed_at is None
        )

    def _reopen(self, known: Known) -> None:
        standing = []
        for revision in self.now.recorded_in(self.name) if known.invoices else ():
            self.before.add((revision.record, revision.content))
            if self._is_live(revision):
                standing.append(revision.key[1])
        self.waiting = Waiting(self.now, self.parsed, self.at, self.now.entries(self.name))
        self.parsed = replace(self.parsed, findings=self.waiting.keep_out())
        self.refused = bool(errors_of(self.parsed.findings))
        if self.before and not self.refused:
            now, lacking = set[str](), 0
            for item in map(self.waiting.kept_out, self.items):
                if item.key is None:
                    lacking += 1
                else:
                    now.add(item.key[1])
            self.renamed = renamed(standing, now, lacking) and not known.unfinished
        self.set(stale=0, guideline=self.parsed.guideline)

    def _is_live(self, revision: Revision) -> bool:
        latest = self.now.latest(revision.key)
        return latest is not None and latest.name == revision.name

    def _decide(self, item: Item) -> Finding | None:
        """Put an accepted record where it belongs, or say why it must wait."""
        if self.has_recorded(item):
            self._repeat(item)
            return None
        decision = self.decision(item)
        refusal = self.refusal(item, decision)
        if refusal is not None:
            return refusal
        if decision is Decision.STALE:
            self.set(stale=self.known.stale + 1)
        elif decision is Decision.DUPLICATE:
            self._repeat(item)
        else:
            self._record(item)
        return None

    def has_recorded(self, item: Item) -> bool:
        """Whether an earlier reading of the document put this very record into the books."""
        return (item.record.index, item.content) in self.before

    def refusal(self, item: Item, decision: Decision) -> Finding | None:
        """Why an accepted record must wait."""
        printed = _accepted(item)[0].printed
        if self.renamed and self.latest(item) is None:
            return twice(item.record, printed)
        found = against_books(self, item, decision)
        return held_back(item.record, printed) if found is None and self.held else found

    def decision(self, item: Item, *, decided: bool = True) -> Decision:
        """What an accepted record is beside what is known; `decided`: by what a person decides now, too."""
        latest = self.latest(item)
        if latest is None:
            return Decision.NEW
        if latest.content == item.content:
            return Decision.DUPLICATE
        same_reading = latest.name in self.stated
        elsewhere = latest.object_id != self.object_id and not same_reading
        own = self.now.from_object(latest, self.object_id) if elsewhere else None
        return decide(
            self._statement(item),
            self._placed(latest),
            own=None if own is None else self._placed(own),
            same_reading=same_reading,
            latest=self.parsed.corrections == "latest",
            released=decided and self._corrects(item, latest),
        )

    def _corrects(self, item: Item, latest: Revision) -> bool:
        """Whether a person decided that a record corrects this very revision."""
        if not self.waiting.corrects(item.record.index):
            return False
        now = conflict(item.record, _accepted(item)[0].printed, latest.statement)
        return self.parsed.against in (None, now.message)

    def _repeat(self, item: Item) -> None:
        latest = self.latest(item)
        if latest is None or latest.content != item.content:
            return
        self.stated.add(latest.name)
        if latest.document != self.name and self.known.duplicate_of is None:
            same = latest.sha256 == self.parsed.document.sha256
            self.set(duplicate_of=latest.document, same_bytes=same)
        self.restate(latest)

    def _record(self, item: Item) -> None:
        booking, key = _accepted(item)
        latest = self.latest(item)
        number = 1 if latest is None else latest.invoice.revision + 1
        at = self.at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")
        added = Added(invoice_id(*key, number), number, latest.name if latest else None, at)
        revision = self._revision(item, booking, key, added)
        if latest is not None:
            before = self.now.document(latest.document)
            assert before is not None, "what is in the books came from a document"
            self.now.put(replace(before, live=before.live - 1))
        known = self.known
        shown = (revision.invoice,) if len(known.recorded) < SHOWN else ()
        self.set(
            invoices=known.invoices + 1, live=known.live + 1, recorded=(*known.recorded, *shown)
        )
        self.now.record(revision)
        self.stated.add(revision.name)
        self.recorded.append(Booked(revision, booking, added))

    def _revision(self, item: Item, booking: Booking, key: Key, added: Added) -> Revision:
        known = self.known
        return Revision(
            key=key,
            document=self.name,
            object_id=self.object_id,
            sha256=known.document.sha256,
            arrived_at=known.document.arrived_at,
            record=item.record.index,
            content=item.content,
            sequencer=known.sequencer,
            ordinal=known.stated,
            over=known.over,
            by=known.by,
            number=booking.number,
            invoice=RecordedInvoice(
                invoice_id=added.name,
                number=booking.printed,
                revision=added.revision,
                issue_date=date.fromisoformat(booking.issue_date),
                currency=booking.currency,
                total=Decimal(booking.total),
            ),
            cells=cells(booking, added),
            own_lines=booking.lines,
        )

    def refuses(self) -> bool:
        """Whether any record of the document would be refused; reads all of them ahead."""
        stated: dict[Key, bytes] = {}
        for item in map(self.waiting.kept_out, self.items):
            if item.key is None or stated.setdefault(item.key, item.content) != item.content:
                return True
            if self.has_recorded(item):
                continue
            if against_books(self, item, self.decision(item)) is not None:
                return True
        return False

    def latest(self, item: Item) -> Revision | None:
        """The revision with the identity of a record that counts."""
        return self.now.latest(_accepted(item)[1])

    def restate(self, latest: Revision) -> None:
        """The object states an invoice again, in a later version."""
        known = self.known
        if latest.object_id == self.object_id and older(self._placed(latest), known.statement):
            place = {"sequencer": known.sequencer, "ordinal": known.stated, "over": known.over}
            self.now.restate(replace(latest, by=known.by or known.name, **place))

    def set(self, **changes: Any) -> None:
        """Change what is known of the document."""
        self.now.put(replace(self.known, **changes))

    def _placed(self, revision: Revision) -> Statement:
        """What a revision states; its place matters beside that of a version which an event placed."""
        here = revision.object_id == self.object_id and self.known.sequencer is not None
        return placed(self.now, revision) if here else revision.statement

    def _statement(self, item: Item) -> Statement:
        return replace(self.known.statement, content=item.content)


def _accepted(item: Item) -> tuple[Booking, Key]:
    assert item.booking is not None, "a refused record has no place in the books"
    assert item.key is not None, "an accepted record has an identity"
    return item.booking, item.key
