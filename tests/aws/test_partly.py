"""A document that was cut off between two transactions is finished from its original."""

import signal
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from billdrop import operations
from billdrop.aws.inbox.partly import GIVEN, FinishingInbox, examined
from billdrop.aws.ledger import DynamoLedger
from billdrop.aws.owed import Owed
from billdrop.errors import BilldropError, UnavailableError
from billdrop.memory import MemoryInbox
from billdrop.model import Delivery, Document, Lost, Outcome, State
from billdrop.settings import Settings
from billdrop.way.answering import AnsweringInbox
from tests.aws.faults_of_dynamo import Faults
from tests.aws.standin import fresh
from tests.aws.tables import ledger_table, open_table
from tests.aws.test_ledger_large import MANY, Lazily, many
from tests.aws.worked import Site, worker
from tests.conformance.ledger_rigs import at, read, ref
from tests.process import eventually
from tests.samples import docproc
from tests.unit.rig import Rig

WRITE = "TransactWriteItems"
INVOICES = 110
STRETCHES = 3
"""How many transactions they take; after the last one the document is whole, and not published."""


def cut_off(stopped_at: int = 1) -> DynamoLedger:
    """A ledger with a document of which only so many stretches were written."""
    faults = Faults(patient=False)
    ledger = open_table(ledger_table(fresh()), faults.clients)
    faults.next(WRITE, [""] * stopped_at + ["unsent"])
    with pytest.raises(UnavailableError):
        ledger.commit([read(ref(), Lazily(*many()))], at=at())
    return ledger


def test_what_is_in_the_books_in_part_is_named_until_it_is_whole() -> None:
    ledger = cut_off()
    books = ledger.books
    assert books.unfinished() == {ref().document_id: at()}
    assert books.states()["unfinished_documents"] == 1
    (entry,) = books.documents()
    assert (entry.unfinished, entry.state) == (True, State.RECORDED)
    line = examined(books, "books", at() + GIVEN + timedelta(seconds=1))
    assert (line.ok, line.fix.startswith("`billdrop sweep --stack books`")) == (False, True)
    assert examined(books, "books", at() + GIVEN).ok

    ledger.commit([read(ref(), Lazily(*many()))], at=at(1))
    assert books.unfinished() == {}
    assert books.states()["unfinished_documents"] == 0
    (entry,) = books.documents()
    assert (entry.unfinished, entry.invoices) == (False, MANY)


def test_who_goes_on_with_a_document_says_since_when_anew() -> None:
    faults = Faults(patient=False)
    ledger = open_table(ledger_table(fresh()), faults.clients)
    for minute in (0, 7):
        faults.next(WRITE, ["", "unsent"])
        with pytest.raises(UnavailableError):
            ledger.commit([read(ref(), Lazily(*many()))], at=at(minute))
        assert ledger.books.unfinished() == {ref().document_id: at(minute)}


class Gone(MemoryInbox):
    """An inbox in which nothing lies any more."""

    def deliver(self) -> Delivery:
        """The event of the document that is gone."""
        return Delivery(ref=ref(), arrived_at=at(), source="queue", sequencer="0A")


def finishing(ledger: DynamoLedger, inbox: MemoryInbox, now: datetime) -> FinishingInbox:
    return FinishingInbox(inbox, ledger.books, age=timedelta(minutes=10), now=lambda: now)


def test_what_is_in_part_is_listed_once_it_is_old_enough_and_read_from_its_original() -> None:
    ledger = cut_off()
    assert list(finishing(ledger, Gone(), at(9)).list()) == []
    inbox = finishing(ledger, Gone(), at(10))
    (delivery,) = inbox.list()
    (document,) = inbox.fetch([delivery])
    original, _ = ledger.books.original(ref().document_id)
    assert document == structs.replace(original, unannounced=True)
    assert (delivery.ref, delivery.size) == (ref(), original.size)
    inbox.settle([delivery], [None])


def test_what_lies_in_the_inbox_is_listed_there_and_not_twice() -> None:
    ledger, inbox = cut_off(), MemoryInbox()
    lying = Delivery(ref=ref(), arrived_at=at(), source="sweep")
    inbox._objects[ref().object_id] = (lying, b"")
    assert list(finishing(ledger, inbox, at(99)).list()) == [lying]


def test_event_of_what_is_in_part_and_gone_finishes_it_and_any_other_is_lost() -> None:
    ledger, inbox = cut_off(), Gone()
    other = Delivery(ref=ref("never.txt"), arrived_at=at(), source="queue")
    part, lost = finishing(ledger, inbox, at()).fetch([inbox.deliver(), other])
    assert isinstance(part, Document)
    assert (part.ref, isinstance(lost, Lost)) == (ref(), True)


class Damaged:
    """Books of which one original cannot be read; `gone`: nor is there anything else of it."""

    def __init__(self, ledger: DynamoLedger, *, gone: bool = False) -> None:
        self.unfinished, self.owed = ledger.books.unfinished, ledger.books.owed
        self.came = ledger.books.came if not gone else self.original

    def original(self, name: str) -> Any:
        raise UnavailableError("originals/ab.zst: AccessDenied")


@pytest.mark.parametrize("gone", [False, True])
def test_one_whose_original_cannot_be_read_holds_up_no_other(gone: bool) -> None:
    lying = Delivery(ref=ref("never.txt"), arrived_at=at(), source="sweep")
    rig, lies, noted = Rig(), MemoryInbox(), list[str]()
    lies._objects[lying.ref.object_id] = (lying, b"nothing")
    kept = Damaged(cut_off(), gone=gone)
    rig.way.inbox = FinishingInbox(
        lies, kept, age=timedelta(), now=lambda: at(1), note=noted.append
    )
    summary = operations.sweep(rig.way, Settings(), lambda outcomes: None)
    assert (summary.states, summary.undecided) == ({State.QUARANTINED: 1}, not gone)
    assert noted == [f"{ref().document_id}: originals/ab.zst: AccessDenied (BD5008)"]


def large(folder: str) -> str:
    """Invoices of a document of several transactions."""
    return "".join(docproc(f"{folder}-{number}") for number in range(INVOICES))


def take_away(site: Site, key: str) -> None:
    """Everything that S3 has of an object, and every event about it."""
    bucket = site.stack.inbox_bucket
    for one in site.clients.s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]:
        site.clients.s3.delete_object(Bucket=bucket, Key=key, VersionId=one["VersionId"])
    site.clients.sqs.purge_queue(QueueUrl=site.stack.queue_url)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("stretch", range(1, STRETCHES + 1))
def test_killed_after_any_transaction_a_document_that_is_gone_is_finished(stretch: int) -> None:
    site, is_part = Site(auth=True), stretch < STRETCHES
    with worker(site, failpoint=f"stretch:{stretch}") as victim:
        name = site.upload("acme/many.txt", large("m"))
        assert victim.ended() == -signal.SIGKILL, victim.said
    take_away(site, "acme/many.txt")
    assert site.answer("status")["unfinished_documents"] == is_part
    assert ("only a part of it" in site.run("why", name).stdout) == is_part
    assert site.run("verify").stdout.count("part: expected all of its invoices") == is_part

    with worker(site) as last:
        eventually(site.books.unfinished, lambda left: not left, 40)
        site.until(recorded=1, lost=0, unpublished_segments=0)
        assert last.stop() == 0
    numbers = sorted(row["number"] for row in site.rows("invoices"))
    assert numbers == sorted(f"m-{number}" for number in range(INVOICES))
    expenses = site.answer("expenses", "--by", "currency")
    assert [Decimal(one["total"]) for one in expenses] == [3050 * INVOICES]
    if is_part:
        assert site.receipt("acme/many.txt")["invoice_count"] == INVOICES
    assert site.run("verify", "--deep").returncode == 0
    assert site.run("doctor").stdout.count("no document stays in the books only in part") == 1


@pytest.mark.timeout(120)
def test_sweep_by_hand_finishes_what_is_gone() -> None:
    site = Site(auth=False)
    with worker(site, failpoint="stretch") as victim:
        site.upload("acme/many.txt", large("m"))
        assert victim.ended() == -signal.SIGKILL, victim.said
    take_away(site, "acme/many.txt")
    assert 0 < len(list(site.books.invoices())) < INVOICES
    swept = site.answer("sweep")
    assert (swept["documents"], swept["recorded"]) == (1, 1)
    assert len(list(site.books.invoices())) == INVOICES
    assert site.receipt("acme/many.txt")["invoice_count"] == INVOICES


class Unannounced(MemoryInbox):
    """As a sweep reads: no message about it comes again."""

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        found = super().fetch(deliveries)
        return [structs.replace(one, unannounced=True) for one in found if one is not None]


@pytest.mark.parametrize("again", ["sweep", "ingest"])
def test_sender_of_what_a_sweep_recorded_is_told_once_it_can_be(again: str) -> None:
    ledger, lies, rig, told = open_table(ledger_table(fresh())), Unannounced(), Rig(), list[str]()
    refuses = [True]

    def answer(settled: Sequence[tuple[Delivery, Outcome]]) -> list[BilldropError | None]:
        if refuses:
            return [UnavailableError("the topic is away") for _ in settled]
        told.extend(outcome.state for _, outcome in settled)
        return [None for _ in settled]

    finishes = FinishingInbox(lies, ledger.books, age=timedelta(), now=rig.way.now)
    rig.way.inbox = AnsweringInbox(finishes, Owed(answer, ledger.told, told.append))
    rig.way.ledger, rig.way.books = ledger, ledger.books
    lies.upload("acme", "a.txt", docproc("r-1").encode(), at=at())
    with pytest.raises(UnavailableError):
        operations.sweep(rig.way, Settings(), lambda outcomes: None)
    assert ledger.books.states()["recorded"] == len(ledger.books.owed()) == 1
    refuses.clear()
    if again == "sweep":
        operations.sweep(rig.way, Settings(), lambda outcomes: None)
    else:
        summary = operations.take_in(rig.way, ledger.books, Settings(), lambda outcomes: None)
        assert (summary.documents, summary.known) == (1, 1)
    assert (told, ledger.books.owed()) == (["recorded"], {})
