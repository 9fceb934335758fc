"""
A document of more records than one transaction takes, stretch by stretch.

Each stretch is one transaction under conditions, the document's own item among them. Until the last
one the document is marked as unfinished; given again, it is read again from its start, and what is
in the books already is known by its record and content. What waits is written with the last.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from billdrop.aws.ledger.actions import Action, Name
from billdrop.aws.ledger.places import of_bytes, of_document
from billdrop.aws.ledger.slice import HELD, Slice, place_of
from billdrop.aws.ledger.stored import Brought
from billdrop.aws.ledger.transactions import Transactions
from billdrop.aws.ledger.wire import Cancelled, Place
from billdrop.aws.ledger.works import Work, things_of
from billdrop.aws.ledger.writer import Done, Writer, is_owed, segment_of
from billdrop.books.columns import invoice_id
from billdrop.model import Segment
from billdrop.plan import Booked, Intake, Item, outcome_of

FULL = 86
"""Items that a stretch has when it is written; one more record brings up to eight."""

TEXTS = 2_500_000
"""Bytes of cells that a stretch has when it is written."""

WINDOW = 48
AHEAD = 400
"""Records whose invoices are read together, when they are written and when they are looked at."""


class Stretches:
    """Writes one large document."""

    def __init__(self, writer: Writer, work: Work, base: str, at: datetime) -> None:
        self._writer = writer
        self._work = work
        self._base = base
        self._at = at
        self._number = 0
        self._added = 0
        self._segments: list[Segment] = []

    def write(self) -> Done:
        """Take it whole; a stretch that others were faster at begins it again."""
        for _ in self._writer.wire.tries():
            try:
                return self._write()
            except Cancelled:
                continue
        raise AssertionError("the last try raises")

    def _write(self) -> Done:
        now, booked = Slice(self._writer.wire, self._writer.parcels), list[Booked]()
        document = self._work.parsed.document
        now.load(
            [
                of_document(document.ref.document_id),
                of_bytes(document.ref.customer, document.sha256),
            ]
        )
        ahead = Ahead(now, self._work.items, AHEAD)
        intake = Intake(now, self._work.parsed, self._at, booked, ahead)
        if not intake.begin():
            change = now.change(intake.name)
            self._flush(now, booked)
            return Done([outcome_of(now, intake.name, known=True, change=change)], self._segments)
        if is_owed(intake.parsed):
            now.owed[intake.name] = None
        now.forget(restated=True)
        if intake.reads:
            for item in Ahead(now, self._work.items, WINDOW) if not intake.refused else ():
                intake.settle(item)
                if now.weight >= FULL or _texts(booked) >= TEXTS:
                    intake.set(unfinished=True)
                    self._flush(now, booked)
            intake.end()
        self._flush(now, booked)
        outcome = outcome_of(
            now,
            intake.name,
            known=False,
            added=self._added,
            said=intake.found,
            change=now.change(intake.name),
        )
        return Done([outcome], self._segments)

    def _flush(self, now: Slice, booked: list[Booked]) -> None:
        self._number += 1
        name = Name(self._base, self._number)
        actions = self._writer.actions(now, name)
        if actions:
            self._writer.transact(actions, name, 0)
            self._writer.reached("stretch")
        if booked:
            self._segments.append(self._segment(booked, str(name)))
            self._added += len(booked)
            booked.clear()
        _settled(now, actions)

    def _segment(self, booked: list[Booked], name: str) -> Segment:
        """With its rows at hand; of very many, read again when they are gone through."""
        if self._added < HELD:
            return segment_of(booked, name, self._at)
        rows = [
            (bytes.fromhex(invoice_id(*one.revision.key, 1)), one.added.revision, 0)
            for one in booked
        ]
        transactions = Transactions(self._writer.wire, self._writer.parcels)
        return transactions.segment(name, Brought([booked[0].revision.document], 0, rows))


class Ahead:
    """Items of a large document; their invoices are read some at a time, and then forgotten."""

    def __init__(self, now: Slice, items: Iterable[Item], window: int) -> None:
        self._now = now
        self._items = items
        self._window = window

    def __iter__(self) -> Iterator[Item]:
        rest = iter(self._items)
        while window := list(islice(rest, self._window)):
            if not self._now.changed_invoices:
                self._now.forget()
            self._now.load(place_of(thing) for item in window for thing in things_of(item))
            yield from window


def _settled(now: Slice, actions: Iterable[Action]) -> None:
    """What was written is what is there."""
    for action in actions:
        for kind, about in action.items():
            key = about.get("Key") or about["Item"]
            place = Place(key["pk"]["S"], key["sk"]["S"])
            if kind == "Put" and place in now.items:
                now.items[place] = about["Item"]
            elif kind == "Update" and place in now.items:
                values = about["ExpressionAttributeValues"]
                now.items[place] = {
                    **(now.items[place] or {}),
                    "b": values[":b"],
                    "v": values[":n"],
                }
    now.settle()


def _texts(booked: Iterable[Booked]) -> int:
    return sum(len(one.revision.cells) + len(one.revision.own_lines) for one in booked)
