"""What is taken from the inbox: lost if it never was in the books, and nothing new if it was."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.inbox.events import Removed
from billdrop.aws.inbox.place import delivered
from billdrop.aws.inbox.read import read
from billdrop.memory import MemoryDestination, MemoryLedger
from billdrop.model import Delivery, DocumentRef, Lost, Outcome, State
from billdrop.way.pipeline import Way, process
from tests.aws.mailed import Mailed, mailed, now
from tests.aws.scripted import scripted
from tests.aws.test_s3_inbox import message, record, settled, took, working
from tests.aws.test_s3_read import entry, listing
from tests.process import eventually
from tests.unit.rig import Here

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Books:
    """A worker's ledger beside its inbox."""

    def __init__(self, clients: Clients) -> None:
        self.ledger = MemoryLedger()
        self.where = mailed(clients, versions=True, missing=self.ledger.missing)
        self.way = Way(
            inbox=self.where.inbox,
            ledger=self.ledger,
            books=self.ledger,
            destination=MemoryDestination(),
            read=Here(),
            now=now,
            reached=lambda boundary: None,
            unconfirmed=[],
        )

    def process(self, deliveries: Sequence[Delivery]) -> list[Outcome | None]:
        return process(deliveries, self.way)


@pytest.fixture
def books(clients: Clients) -> Books:
    return Books(clients)


def expire(where: Mailed, key: str) -> None:
    """As the lifecycle rule does it, a day apart: a mark hides the object, then the object goes."""
    (version,) = where.objects.versions(key)
    where.objects.remove(key)
    where.clients.s3.delete_object(Bucket=where.bucket, Key=key, VersionId=version.version_id)


def expired(where: Mailed, key: str, version: str, kind: str = "Delete") -> str:
    facts = record(where.bucket, key, versionId=version, etag="")
    return message(facts | {"eventName": f"LifecycleExpiration:{kind}"})


def test_version_that_was_never_taken_is_lost_once_with_the_event_and_its_time(
    books: Books,
) -> None:
    with working(books.where) as inbox:
        books.where.say(expired(books.where, "acme/a", "v1"))
        books.where.put("acme/a", b"newer")
        found = took(inbox, 2)
        removal = next(each for each in found if each.ref.version == "v1")
        (outcome,) = books.process([removal])
        assert outcome
        assert outcome.state is State.LOST
        (entry,) = books.ledger.documents(state=State.LOST)
        assert entry.document_id == f"{books.where.bucket}/acme/a@v1"
        assert entry.arrived_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
        assert "LifecycleExpiration:Delete of 2026-11-22T10:00:00.000+00:00" in entry.evidence
        books.process([each for each in found if each is not removal])
        settled(books.where)


def test_version_that_is_in_the_books_stays_as_it_is_and_nobody_is_told(books: Books) -> None:
    with working(books.where) as inbox:
        books.where.put("acme/a", b"one")
        (before,) = books.process(took(inbox, 1))
        expire(books.where, "acme/a")
        gone = took(inbox, 1)
        assert books.process(gone) == [None]
        assert before
        assert [each.state for each in books.ledger.documents()] == [before.state]
        assert inbox.counts["removed"] == 2
        settled(books.where)


def test_removal_that_comes_before_the_event_of_the_upload_is_told_once(books: Books) -> None:
    with working(books.where) as inbox:
        books.where.put("acme/a", b"one")
        upload = took(inbox, 1)
        expire(books.where, "acme/a")
        outcomes = books.process(took(inbox, 1)) + books.process(upload)
        assert [each and (each.state, each.known) for each in outcomes] == [
            (State.LOST, False),
            (State.LOST, True),
        ]
        settled(books.where)


@pytest.mark.parametrize("kind", ["Delete", "DeleteMarkerCreated"])
def test_mark_of_deletion_that_the_rule_makes_or_takes_is_no_document(
    books: Books, kind: str
) -> None:
    with working(books.where) as inbox:
        books.where.say(expired(books.where, "acme/a", "mark", kind))
        eventually(lambda: inbox.counts["expired"], lambda count: count == 1)
        assert books.process(inbox.listen(limit=10, wait=0.2)) in ([], [None])
        assert list(books.ledger.documents()) == []
        settled(books.where)


def removed(name: str, **facts: str) -> Removed:
    about = {"bucket": "b", "key": "acme/a", "version_id": "v1", **facts}
    return Removed(event_name=name, event_time=AT, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "event",
    [
        removed("ObjectRemoved:DeleteMarkerCreated"),
        removed("ObjectRemoved:Delete", bucket="another"),
        removed("ObjectRemoved:Delete", key="acme/folder/"),
        Removed(bucket="b", key="acme/a", event_name="ObjectRemoved:Delete"),
    ],
    ids=["a mark", "of another bucket", "a folder", "without a version"],
)
def test_removal_that_takes_no_version_of_ours_is_counted_only(event: Removed) -> None:
    assert delivered(event, None, bucket="b", at=AT) is None


LEFT = {
    "ObjectRemoved:Delete": [(), True],
    "LifecycleExpiration:Delete": [(), False],
    "LifecycleExpiration:Delete with a mark left": [(entry("m", 1, kind="DeleteMarker"),), True],
    "LifecycleExpiration:Delete with another key left": [(entry("v", 1, key="acme/ab"),), False],
}


@pytest.mark.parametrize("case", LEFT)
def test_what_the_rule_takes_last_of_an_object_is_a_mark(case: str) -> None:
    left, is_lost = LEFT[case]
    delivery = delivered(removed(case.partition(" ")[0]), None, bucket="b", at=AT)
    assert delivery
    with scripted(listing(*left)) as objects:  # type: ignore[misc]
        found = read(delivery, objects, limit=10, at=AT + timedelta(hours=1))
    assert isinstance(found, Lost) is is_lost
    assert delivery.receipt.overtaken is not is_lost


def test_books_that_cannot_be_asked_hold_the_removal_up(clients: Clients) -> None:
    def silent(refs: Sequence[DocumentRef]) -> list[DocumentRef]:
        raise TimeoutError

    where = mailed(clients, versions=True, missing=silent)
    with working(where) as inbox:
        where.say(expired(where, "acme/a", "v1"))
        found = took(inbox, 1)
        with pytest.raises(TimeoutError):
            inbox.fetch(found)
        inbox.settle(found, [None])
    assert where.waiting()
