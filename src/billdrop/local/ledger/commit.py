"""One commit, from what was read to the rows of the tables, inside a transaction that is open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import apsw

from billdrop.books.alike import likeness_of
from billdrop.books.booking import booked, for_books
from billdrop.books.decide import renamed
from billdrop.local.ledger.accounts import SHOWN, Account, Accounts, micros
from billdrop.local.ledger.answers import outcome
from billdrop.local.ledger.entries import Entries
from billdrop.local.ledger.intake import Intake, Item, Key
from billdrop.local.ledger.packs import Packer
from billdrop.local.ledger.revisions import Revisions
from billdrop.model import GuidelineRef, Intent, Outcome, Parsed, Record, State, errors_of

CHUNK = 2_000
"""How many records are looked up, decided and written together."""


class Commit:
    """What stands between BEGIN and COMMIT."""

    def __init__(self, connection: apsw.Connection, *, at: datetime) -> None:
        self._connection = connection
        self._at = at.astimezone(UTC)
        self._accounts = Accounts(connection, at=at)
        self._revisions = Revisions(connection, self._accounts, at=self._at)
        self._entries = Entries(connection, at=micros(at))
        self._packer = Packer(connection)
        self._guidelines: dict[str, int] = {}
        self._queue: list[Item] = []

    @property
    def revisions(self) -> Revisions:
        """What it put into the books."""
        return self._revisions

    def run(self, parsed: Sequence[Parsed]) -> tuple[Outcome, ...]:
        """Take all of it in; returns the outcomes in order."""
        names = self._accounts.load([each.document for each in parsed])
        taken = [self._take(name, each) for name, each in zip(names, parsed, strict=True)]
        self._flush()
        self._packer.finish()
        self._accounts.write()
        self._revisions.finish()
        self._entries.finish()
        connection = self._connection
        return tuple([outcome(connection, account, known=not done) for account, done in taken])

    def _take(self, name: str, parsed: Parsed) -> tuple[Account, bool]:
        """Take one document in; its account, and False when the ledger has it already."""
        account = self._accounts.named(name)
        if account is None or account.evidence:
            return self._arrive(name, parsed), True
        if parsed.intent is Intent.ARRIVAL:
            return account, False
        self._flush()
        if self._bytes_known(account) or self._gone(account, parsed):
            return account, False
        account.guideline = self._guideline(parsed.guideline)
        parsed = self._entries.reopen(account, parsed)
        intake = Intake(account, parsed, self._revisions.next)
        intake.before = self._revisions.recorded_from(account)
        if intake.before and not _refused(parsed):
            items = [self._item(intake, record) for record in parsed.records]
            now = {item.key.text for item in items if item.key is not None}
            lacking = sum(item.key is None for item in items)
            intake.renamed = renamed(self._revisions.standing(account), now, lacking)
        account.stale = 0
        self._read(intake)
        return account, True

    def _gone(self, account: Account, parsed: Parsed) -> bool:
        """Whether what a person rejects, or takes back, has left quarantine meanwhile."""
        return parsed.bars and not self._entries.decides(account, parsed)

    def _bytes_known(self, account: Account) -> bool:
        """Whether it is a duplicate by its bytes, so that it has no reading of its own."""
        if account.state is not State.DUPLICATE or account.duplicate_of is None:
            return False
        other = self._accounts.find(account.duplicate_of)
        return other is not None and other.sha256 == account.sha256

    def _arrive(self, name: str, parsed: Parsed) -> Account:
        document = parsed.document
        same = self._accounts.same_bytes(document)
        start = same[0].start if same else None
        account = self._accounts.add(
            document,
            name,
            start=self._packer.add(document) if start is None else start,
            guideline=self._guideline(parsed.guideline),
        )
        intake = Intake(account, parsed, self._revisions.next)
        twin = self._twin(intake, same) if same else None
        if twin is None:
            if same:
                account.findings.clear()
                intake.stated.clear()
            self._read(intake)
        else:
            account.duplicate_of = twin.name
            twin.restate(account)
        return account

    def _guideline(self, ref: GuidelineRef | None) -> int | None:
        if ref is None:
            return None
        number = self._guidelines.get(ref.digest)
        if number is None:
            self._connection.execute(
                "INSERT OR IGNORE INTO guidelines (digest, name, version, text) VALUES (?, ?, ?, ?)",
                (ref.digest, ref.name, ref.version, ref.text),
            )
            found: int = self._connection.execute(
                "SELECT id FROM guidelines WHERE digest = ?", (ref.digest,)
            ).get
            number = self._guidelines[ref.digest] = found
        return number

    def _read(self, intake: Intake) -> None:
        """Queue every record of a document, or quarantine all of it."""
        parsed = intake.parsed
        if parsed.findings:
            self._entries.note(intake.account, parsed.findings)
            if _refused(parsed):
                self._entries.add(intake.account, None, parsed.findings)
                return
        intake.held = parsed.atomic and self._refuses(intake)
        for record in for_books(parsed):
            self._queue.append(self._item(intake, record))
            if len(self._queue) >= CHUNK:
                self._flush()

    def _item(self, intake: Intake, record: Record) -> Item:
        if not record.accepted:
            would = self._accepted(intake.undecided, record) if record.waits else None
            return Item(intake, record, None, None, would=would)
        if (out := self._entries.barred(intake.account, record)) is not None:
            return Item(intake, out, None, None)
        return self._accepted(intake, record)

    def _accepted(self, intake: Intake, record: Record) -> Item:
        booking = booked(record, intake.parsed)
        key = Key(booking.number, intake.account.customer, booking.identity)
        return Item(intake, record, key, booking, likeness_of(key.customer, booking))

    def _flush(self) -> None:
        """Decide about what is queued, and write it."""
        if self._queue:
            queue, self._queue = self._queue, []
            self._revisions.look_up(queue)
            for item in queue:
                self._settle(item)
            self._revisions.write()
            self._entries.write()

    def _settle(self, item: Item) -> None:
        account, record = item.intake.account, item.record
        if item.key is None:
            reasons = (*record.findings, *self._revisions.foreseen(item))
            self._entries.refuse(account, record, reasons)
            return
        refusal = self._revisions.settle(item)
        if refusal is not None:
            self._entries.refuse(account, record, (*record.findings, refusal))
        elif record.findings:
            self._entries.note(account, record.findings)

    def _refuses(self, intake: Intake) -> bool:
        """Whether any record of a document would be refused; reads all of them ahead."""
        if isinstance(intake.parsed.records, tuple | list) and len(intake.parsed.records) < 2:
            return False
        self._flush()
        stated: dict[Key, Item] = {}
        for item in self._ahead(intake):
            if item.key is None or self._revisions.would_conflict(item):
                return True
            first = stated.setdefault(item.key, item)
            if first is not item and first.content != item.content:
                return True
        return False

    def _twin(self, intake: Intake, same: Iterable[Account]) -> Account | None:
        """The document of the customer that has the same bytes and still stands, if there is one."""
        self._flush()
        standing = [
            other
            for other in same
            if other.customer == intake.account.customer
            and other.state in (State.RECORDED, State.QUARANTINED)
            and not other.stale
        ]
        if not standing:
            return None
        twin = standing[-1]
        if twin.waiting and not self._refused_again(intake):
            return None
        return twin if self._stands(twin, intake) else None

    def _refused_again(self, intake: Intake) -> bool:
        """Whether known bytes are refused and bring nothing new; the outcome says why."""
        parsed, found = intake.parsed, intake.account.findings
        found.extend(errors_of(parsed.findings))
        if not found:
            intake.held = parsed.atomic and self._refuses(intake)
            for item in self._ahead(intake):
                is_new, findings = self._revisions.preview(item)
                if is_new:
                    return False
                if len(found) < SHOWN:
                    found.extend(errors_of(findings))
        del found[SHOWN:]
        return bool(found)

    def _stands(self, twin: Account, intake: Intake) -> bool:
        """Whether nothing that a document states was superseded since; it is restated meanwhile."""
        if _refused(intake.parsed):
            return True
        return all(self._revisions.stands(twin, item) for item in self._ahead(intake))

    def _ahead(self, intake: Intake) -> Iterator[Item]:
        """Every record of a document with its latest revision looked up, nothing decided."""
        records = iter(intake.parsed.records)
        while chunk := [self._item(intake, record) for record in islice(records, CHUNK)]:
            self._revisions.look_up(chunk)
            yield from chunk
            self._revisions.forget()


def _refused(parsed: Parsed) -> bool:
    """Whether what was found about the document as a whole keeps all of it out of the books."""
    return bool(parsed.findings) and bool(errors_of(parsed.findings))
