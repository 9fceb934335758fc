"""The books themselves: which revision an invoice becomes, and its rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from billdrop.books import booking
from billdrop.books.alike import Told, looks_like, told
from billdrop.books.booking import Added
from billdrop.books.columns import invoice_id
from billdrop.books.decide import (
    Decision,
    Statement,
    conflict,
    content_of,
    decide,
    held_back,
    precedes,
    twice,
)
from billdrop.local.ledger import posting
from billdrop.local.ledger.accounts import Account, Accounts, moment, next_id
from billdrop.local.ledger.intake import Item, Key
from billdrop.local.ledger.kept import Kept
from billdrop.local.ledger.likenesses import Likenesses
from billdrop.local.ledger.posting import HALF, Posted
from billdrop.local.ledger.totals import CURRENCY, ISSUE_DATE, Changes
from billdrop.model import Booking, Finding, Invoice, Row

_json = msgspec.json.Encoder().encode


class Held(Struct):
    """The latest revision of an invoice."""

    id: int
    revision: int
    account: Account
    sequencer: str | None
    ordinal: int
    made: tuple[Booking, Added] | None = None
    """What it was made of, where this commit recorded it."""
    stated: tuple[Row, Invoice] | None = None
    """Its cells and what it states, where that was asked for."""


class Revisions:
    """What one commit looks up and writes of the table `invoices`."""

    def __init__(self, connection: apsw.Connection, accounts: Accounts, *, at: datetime) -> None:
        self._connection = connection
        self._accounts = accounts
        self._recorded_at = at.replace(tzinfo=None).isoformat(" ", "milliseconds")
        self._totals = Changes()
        self._latest: dict[Key, Held] = {}
        self._likenesses = Likenesses(connection)
        self._posted: list[Posted] = []
        self._replaced: list[tuple[int]] = []
        self._restated: list[tuple[str | None, int, int]] = []
        self.first = next_id(connection, "invoices")
        self.next = self.first
        self.kept: Kept | None = Kept()
        """The rows of all that was recorded as CSV, while they are few."""

    def look_up(self, items: Iterable[Item]) -> None:
        """Find the latest revision of each of some invoices, or else of those that look like it."""
        numbers: defaultdict[str, set[str]] = defaultdict(set)
        alike: defaultdict[Key, set[int]] = defaultdict(set)
        for item in (item.would or item for item in items):
            if item.key is not None:
                alike[item.key].add(item.likeness)
                numbers[item.key.customer].add(item.key.number)
        for customer, some in numbers.items():
            bindings = (_json(list(some)).decode(), customer)
            rows: list[Any] = self._connection.execute(_LATEST, bindings).fetchall()
            for number, identity, *held in rows:
                if (key := Key(number, customer, identity)) in alike:
                    self._latest.setdefault(key, self._held(held))
        new = (likenesses for key, likenesses in alike.items() if key not in self._latest)
        self._likenesses.look_up(set().union(*new))

    def _held(self, row: Sequence[Any]) -> Held:
        number, revision, document, sequencer, ordinal = row
        return Held(number, revision, self._accounts.get(document), sequencer, ordinal)

    def _stated(self, known: Held) -> tuple[Row, Invoice]:
        """The cells of a revision, and what it states."""
        if known.stated is None:
            known.stated = self._load(known.id) if known.made is None else _made(*known.made)
        return known.stated

    def _load(self, number: int) -> tuple[Row, Invoice]:
        return _stated(*self._connection.execute(_CELLS, (number,)).get)

    def _content(self, known: Held) -> bytes:
        return content_of(self._stated(known)[1])

    def _statement(self, known: Held) -> Statement:
        content, order = self._content(known), (known.sequencer, known.ordinal)
        return _statement(known.account, content, *order, revision=known.revision)

    def _in_books(self, item: Item) -> bool:
        """Whether an earlier reading of the document put this very record into the books."""
        number = item.intake.before.get(item.record.index)
        return number is not None and content_of(self._load(number)[1]) == item.content

    def forget(self) -> None:
        """Drop what was looked up."""
        self._write_restated()
        self._latest.clear()
        self._likenesses.clear()

    def recorded_from(self, account: Account) -> dict[int, int]:
        """What a document has put into the books before: row id by record index."""
        rows = self._connection.execute(
            "SELECT record, id FROM invoices WHERE document = ? ORDER BY id", (account.id,)
        )
        return dict(iter(rows))

    def standing(self, account: Account) -> list[str]:
        """The identities of the latest revisions that a document put into the books."""
        rows = self._connection.execute(
            "SELECT number, identity FROM invoices WHERE document = ? AND live = 1", (account.id,)
        )
        return [identity or number for number, identity in rows]

    def settle(self, item: Item) -> Finding | None:
        """Decide about one accepted record and put it where it belongs; a finding refuses it."""
        known = self._latest.get(item.key) if item.key is not None else None
        if known is None and item.intake.renamed:
            return twice(item.record, item.printed)
        if known is None and not item.intake.held and item.likeness not in self._likenesses:
            self._record(item, None)
            return None
        if self._in_books(item):
            self._repeat(item, known)
            return None
        decision = self._decide(item, known)
        refusal = self._refusal(item, known, decision)
        if refusal is None:
            self._apply(item, known, decision)
        return refusal

    def preview(self, item: Item) -> tuple[bool, Sequence[Finding]]:
        """Whether a record would change the books, and what is found about it; changes nothing."""
        record = item.record
        if item.key is None:
            return False, (*record.findings, *self.foreseen(item))
        known = self._latest.get(item.key)
        decision = self._decide(item, known)
        refusal = self._refusal(item, known, decision)
        if refusal is not None:
            return False, (*record.findings, refusal)
        if known is not None and decision is Decision.DUPLICATE:
            item.intake.stated.add(known.id)
        return decision is not Decision.DUPLICATE, record.findings

    def foreseen(self, item: Item) -> tuple[Finding, ...]:
        """What else an invoice waits for that policy holds; a person who lets it pass has to see both."""
        would = item.would
        if would is None or self._in_books(would):
            return ()
        known = self._latest.get(would.key) if would.key is not None else None
        reason = self._against_books(would, known, self._decide(would, known))
        return () if reason is None else (reason,)

    def _refusal(self, item: Item, known: Held | None, decision: Decision) -> Finding | None:
        found = self._against_books(item, known, decision)
        held = found is None and item.intake.held
        return held_back(item.record, item.printed) if held else found

    def _against_books(self, item: Item, known: Held | None, decision: Decision) -> Finding | None:
        """Why it must wait for a person: it contradicts an invoice that counts, or looks like one."""
        if decision is Decision.CONFLICT and known is not None:
            return conflict(item.record, item.printed, self._statement(known))
        like = self._likenesses.of(item, self._told) if known is None else None
        if like is None or item.booking is None:
            return None
        return looks_like(item.record, item.booking, like)

    def _told(self, key: Key, number: int) -> Told | None:
        latest = self._latest.get(key)
        if latest is not None and latest.id != number:
            return None
        row, _ = self._load(number) if latest is None else self._stated(latest)
        return told(key.text, row)

    def would_conflict(self, item: Item) -> bool:
        """Whether an accepted record would be refused beside what was looked up."""
        known = self._latest.get(item.key) if item.key is not None else None
        if self._in_books(item):
            return False
        return self._against_books(item, known, self._decide(item, known)) is not None

    def stands(self, twin: Account, item: Item) -> bool:
        """Whether what a document stated is not superseded since; a repetition restates it."""
        known = self._latest.get(item.key) if item.key is not None else None
        if known is not None and self._content(known) == item.content:
            self._restate(known, item.intake.account)
            return True
        return known is None or known.account is twin or known.ordinal < twin.ordinal

    def write(self) -> None:
        """Write what was decided, and forget it."""
        posted, self._posted = self._posted, []
        posting.write(self._connection, posted, self._totals)
        if self.kept is not None and not posting.keep(posted, self.kept):
            self.kept = None
        self._connection.executemany("UPDATE invoices SET live = 0 WHERE id = ?", self._replaced)
        self._replaced = []
        self.forget()

    def finish(self) -> None:
        """Bring the totals up to date."""
        self._write_restated()
        self._totals.write(self._connection)

    def _write_restated(self) -> None:
        if self._restated:
            self._connection.executemany(
                "UPDATE invoices SET sequencer = ?, ordinal = ? WHERE id = ?", self._restated
            )
            self._restated = []

    def _decide(self, item: Item, known: Held | None) -> Decision:
        account, parsed = item.intake.account, item.intake.parsed
        if known is None:
            return Decision.NEW
        there = self._statement(known)
        return decide(
            _statement(account, item.content, account.sequencer, account.ordinal),
            there,
            own=self._own(item) if known.account.object_id != account.object_id else None,
            same_reading=known.id in item.intake.stated
            or (known.account is account and known.id >= item.intake.first),
            latest=parsed.corrections == "latest",
            released=item.intake.corrects(item.record, item.printed, there),
        )

    def _own(self, item: Item) -> Statement | None:
        """The last revision of an invoice from the object that states it now."""
        account = item.intake.account
        rows: list[Any] = self._connection.execute(_ALL, item.key).fetchall()
        for number, sequencer, ordinal in rows:
            other = self._accounts.get(number)
            if other.object_id == account.object_id:
                return _statement(other, b"", sequencer, ordinal)
        return None

    def _apply(self, item: Item, known: Held | None, decision: Decision) -> None:
        account = item.intake.account
        if known is None or decision is Decision.NEW:
            self._record(item, None)
        elif decision is Decision.SUPERSEDE:
            self._replace(known)
            self._record(item, known)
        elif decision is Decision.STALE:
            account.stale += 1
        else:
            self._repeat(item, known)

    def _repeat(self, item: Item, known: Held | None) -> None:
        """The ledger has this content already."""
        account = item.intake.account
        if known is None or self._content(known) != item.content:
            return
        item.intake.stated.add(known.id)
        if known.account is not account:
            account.duplicate_of = account.duplicate_of or known.account.name
            self._restate(known, account)

    def _restate(self, known: Held, account: Account) -> None:
        if known.account.object_id == account.object_id and precedes(
            known.sequencer, known.ordinal, account.sequencer, account.ordinal
        ):
            known.sequencer, known.ordinal = account.sequencer, account.ordinal
            self._restated.append((known.sequencer, known.ordinal, known.id))

    def _replace(self, known: Held) -> None:
        """Take the latest revision out of the totals."""
        row, _ = self._stated(known)
        known.account.live -= 1
        self._replaced.append((known.id,))
        self._totals.of(row[CURRENCY] or "", row[ISSUE_DATE] or "").take_away(row)

    def _record(self, item: Item, known: Held | None) -> None:
        """Put an invoice into the books, after the revision it supersedes."""
        record, key, booked, account = item.record, item.key, item.booking, item.intake.account
        if key is None or booked is None:
            raise ValueError(f"{account.name}: an accepted record has a booking")
        revision, replaced = (
            (1, None) if known is None else (known.revision + 1, self._stated(known)[0][0])
        )
        name = invoice_id(account.customer, key.text, revision)
        more = Added(name, revision, replaced, self._recorded_at)
        number, self.next = self.next, self.next + 1
        held = Held(number, revision, account, account.sequencer, account.ordinal, (booked, more))
        self._latest[key] = held
        self._likenesses.add(item, key, number)
        self._posted.append(Posted(number, account, record.index, key, booked, more, item.likeness))
        account.invoices += 1
        account.added += 1
        account.live += 1


def _made(booked: Booking, added: Added) -> tuple[Row, Invoice]:
    return _stated(booking.cells(booked, added), booked.lines)


def _stated(cells: str, lines: str) -> tuple[Row, Invoice]:
    row = booking.row_of(cells)
    return row, booking.invoice_of(row, booking.lines_of(lines))


def _statement(
    account: Account, content: bytes, sequencer: str | None, ordinal: int, revision: int = 1
) -> Statement:
    return Statement(
        content=content,
        object_id=account.object_id,
        document_id=account.name,
        sequencer=sequencer,
        ordinal=ordinal,
        arrived_at=moment(account.arrived_at),
        revision=revision,
    )


def name_print(name: str) -> int | None:
    """The fingerprint of an invoice id; None for what is no invoice id."""
    try:
        return int(name[:16], 16) - HALF if len(name) == 20 else None
    except ValueError:
        return None


_LATEST = """
SELECT number, identity, id, revision, document, sequencer, ordinal
FROM (SELECT value FROM json_each(?)) CROSS JOIN invoices WHERE number = value AND customer = ? AND live
"""
_CELLS = "SELECT cells, lines FROM invoices WHERE id = ?"
_ALL = """
SELECT document, sequencer, ordinal
FROM invoices WHERE number = ? AND customer = ? AND identity = ? ORDER BY revision DESC
"""
