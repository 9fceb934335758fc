"""The inbox on S3, beyond what every inbox promises."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.frequent import Call
from billdrop.aws.inbox.queue import Letter, Queue, back_off
from billdrop.aws.inbox.s3_inbox import S3Inbox
from billdrop.aws.store.objects import Objects
from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    PermissionDeniedError,
    UnavailableError,
)
from billdrop.model import Delivery, Document, Lost, Outcome, State
from billdrop.way.merged_inbox import MergedInbox
from tests.aws.mailed import Mailed, mailed, now
from tests.aws.standin import ACCOUNT, REGION, StandIn
from tests.process import eventually


@contextmanager
def working(where: Mailed) -> Iterator[S3Inbox]:
    where.inbox.start()
    try:
        yield where.inbox
    finally:
        where.inbox.close()


def took(inbox: S3Inbox, count: int, *, limit: int = 100) -> list[Delivery]:
    found: list[Delivery] = []
    empty = 0
    while len(found) < count and empty < 100:
        brought = inbox.listen(limit=limit, wait=0.1)
        found.extend(brought)
        empty += not brought
    assert len(found) == count
    return found


def done(inbox: S3Inbox, deliveries: Sequence[Delivery]) -> None:
    inbox.settle(deliveries, [recorded(one) for one in deliveries])


def recorded(delivery: Delivery) -> Outcome:
    return Outcome(document_id=delivery.ref.document_id, state=State.RECORDED)


def record(bucket: str, key: str, *, etag: str = "e", **facts: Any) -> dict[str, Any]:
    """What S3 says of a new object."""
    about = {"key": key, "size": 3, "eTag": etag, "sequencer": "0A", **facts}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": "2026-11-22T10:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bucket}, "object": about},
    }


def message(*records: dict[str, Any]) -> str:
    return json.dumps({"Records": records})


def settled(where: Mailed) -> None:
    """Nothing is in the queue any more."""
    eventually(where.waiting, lambda count: count == 0)


def test_message_with_many_records_is_deleted_when_the_last_is_durable(clients: Clients) -> None:
    where = mailed(clients, versions=False)
    where.say(message(*(record(where.bucket, f"acme/{number}") for number in range(3))))
    with working(where) as inbox:
        first = took(inbox, 2, limit=2)
        done(inbox, first)
        eventually(where.waiting, lambda count: count == 1)
        done(inbox, took(inbox, 1))
        settled(where)


def test_inbox_knows_since_when_the_oldest_message_that_it_holds_waits(clients: Clients) -> None:
    where, before = mailed(clients, versions=False), now() - timedelta(seconds=1)
    where.say(message(record(where.bucket, "acme/0"), record(where.bucket, "acme/1")))
    with working(where) as inbox:
        one, other = took(inbox, 2)
        done(inbox, [one])
        assert before <= (inbox.oldest or before - timedelta.resolution) <= now()
        done(inbox, [other])
        assert inbox.oldest is None


def test_message_with_one_record_refused_comes_again_as_a_whole(clients: Clients) -> None:
    where = mailed(clients, versions=False)
    where.say(message(record(where.bucket, "acme/0"), record(where.bucket, "acme/1")))
    with working(where) as inbox:
        found = took(inbox, 2)
        inbox.settle(found, [None, recorded(found[1])])
        again = took(inbox, 2)
        assert {one.ref.key for one in again} == {"acme/0", "acme/1"}
        done(inbox, again)
        settled(where)


def test_record_settled_twice_counts_once(clients: Clients) -> None:
    where = mailed(clients, versions=False)
    where.say(message(record(where.bucket, "acme/0"), record(where.bucket, "acme/1")))
    with working(where) as inbox:
        one, other = took(inbox, 2)
        for _ in range(2):
            done(inbox, [one])
        eventually(where.waiting, lambda count: count == 1)
        done(inbox, [other])
        settled(where)


def test_what_is_no_document_is_counted_and_acknowledged(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/", b"")
    where.put("acme/a", b"one")
    where.objects.remove("acme/a")
    expired = record(where.bucket, "acme/a")
    expired["eventName"] = "LifecycleExpiration:DeleteMarkerCreated"
    where.say(message(expired))
    with working(where) as inbox:
        done(inbox, took(inbox, 1))
        eventually(lambda: inbox.counts["expired"], lambda count: count == 1)
        settled(where)
        assert inbox.counts == {"test": 1, "folder": 1, "removed": 1, "expired": 1}


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "{}",
        message(record("bucket-of-another", "acme/a")),
        message(record("b", "acme/a", etag="") | {"eventVersion": "3.0"}),
    ],
)
def test_garbage_is_parked_with_the_reason(clients: Clients, body: str) -> None:
    where = mailed(clients, versions=False)
    where.say(body)
    with working(where) as inbox:
        eventually(lambda: inbox.counts["parked"], lambda count: count == 1)
        settled(where)
        ((reason, kept),) = where.parked()
        assert reason
        assert kept == body


def test_garbage_beside_a_good_record_is_parked_and_the_good_one_delivered(
    clients: Clients,
) -> None:
    where = mailed(clients, versions=False)
    where.say(message({"nothing": 1}, record(where.bucket, "acme/a")))
    with working(where) as inbox:
        done(inbox, took(inbox, 1))
        settled(where)
    assert len(where.parked()) == 1


def test_garbage_that_cannot_be_parked_is_kept_and_said(clients: Clients, unique: str) -> None:
    url = clients.sqs.create_queue(QueueName=unique)["QueueUrl"]
    where = Mailed(clients, "b", url, url)
    where.say("no JSON")
    with working(where) as inbox, pytest.raises(ConfigurationError, match="no dead-letter queue"):
        took(inbox, 1)
    eventually(where.waiting, lambda count: count == 1)


@pytest.mark.parametrize(
    ("key", "customer", "code", "name"),
    [
        ("a.txt", "-", "BD1007", "a.txt"),
        ("-x/a.txt", "-", "BD1006", "-x/a.txt"),
        ("acme//a.txt", "acme", "BD1006", "acme//a.txt"),
        ("acme/../a.txt", "acme", "BD1006", "acme/../a.txt"),
        ("acme/\u202ea.txt", "acme", "BD1006", "acme/%E2%80%AEa.txt"),
        ("/a.txt", "-", "BD1006", "/a.txt"),
    ],
)
def test_key_that_no_document_can_have_is_read_and_found_wrong(
    clients: Clients, key: str, customer: str, code: str, name: str
) -> None:
    where = mailed(clients, versions=True)
    where.put(key, b"one")
    with working(where) as inbox:
        (delivery,) = took(inbox, 1)
        (document,) = inbox.fetch([delivery])
        assert isinstance(document, Document)
        assert document.content == b"one"
        assert delivery.ref.customer == customer
        assert document.findings[0].code == code
        assert delivery.ref.key == name
        assert [one.ref for one in inbox.list()] == [delivery.ref]
        done(inbox, [delivery])


def test_keys_are_decoded_once_and_no_two_share_a_name(clients: Clients) -> None:
    keys = [
        "acme/factura ñ+1 (a).txt",
        "acme/a%2Fb",
        "acme/a%252Fb",
        "acme/\u202ea",
        "acme/%E2%80%AEa",
        "acme/a=b:c&d",
        "acme/\U0001f600",
        "acme/" + "ä" * 509,
    ]
    where = mailed(clients, versions=True)
    for key in keys:
        where.put(key, key.encode())
    with working(where) as inbox:
        found = took(inbox, len(keys))
        contents = {
            one.content.decode()
            for one in inbox.fetch(found)
            if isinstance(one, Document) and one.content is not None
        }
        assert contents == set(keys)
        assert len({one.ref.key for one in found}) == len(keys)
        done(inbox, found)


def test_overwritten_version_is_read_too_where_versions_are_kept(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/a", b"one")
    where.put("acme/a", b"two")
    where.objects.remove("acme/a")
    with working(where) as inbox:
        found = took(inbox, 2)
        documents = [one for one in inbox.fetch(found) if isinstance(one, Document)]
        ordered = sorted(documents, key=lambda one: one.sequencer or "")
        assert [one.content for one in ordered] == [b"one", b"two"]
        assert not any(one.unannounced for one in documents)
        assert {one.ref for one in inbox.list()} == {one.ref for one in found}
        done(inbox, found)


def test_event_of_an_overwritten_object_is_done_where_versions_are_not_kept(
    clients: Clients,
) -> None:
    where = mailed(clients, versions=False)
    where.put("acme/a", b"one")
    where.put("acme/a", b"two")
    with working(where) as inbox:
        found = took(inbox, 2)
        fetched = inbox.fetch(found)
        assert sorted(
            one.content or b"" if isinstance(one, Document) else b"" for one in fetched
        ) == [
            b"",
            b"two",
        ]
        inbox.settle(
            found,
            [recorded(one) if got else None for one, got in zip(found, fetched, strict=True)],
        )
        settled(where)
        assert inbox.counts["overtaken"] == 1


def test_sweep_lists_the_versions_of_an_object_in_order_and_says_which_are_older(
    clients: Clients,
) -> None:
    where = mailed(clients, versions=True)
    for key in ("acme/a", "acme/b"):
        for content in (b"one", b"two", b"three"):
            where.put(key, content)
    where.objects.remove("acme/b")
    where.put("acme/", b"")
    listed = list(where.inbox.list())
    fetched = [one for one in where.inbox.fetch(listed) if isinstance(one, Document)]
    assert [one.content for one in fetched] == [b"one", b"two", b"three"] * 2
    assert all(one.unannounced for one in fetched)
    assert [one.listed_at is not None for one in listed] == [False, False, True] * 2
    names = [one.ref.document_id for one in listed]
    assert [one.after for one in listed[:3]] == [(), (names[0],), (names[1], names[0])]
    assert [len(one.after) for one in listed[3:]] == [0, 1, 2]


def test_deleted_object_is_lost_with_the_time_of_its_deletion(clients: Clients) -> None:
    where = mailed(clients, versions=False)
    where.put("acme/a", b"one")
    with working(where) as inbox:
        found = took(inbox, 1)
        where.objects.remove("acme/a")
        (lost,) = inbox.fetch(found)
        assert isinstance(lost, Lost)
        assert "NoSuchKey" in lost.evidence
        assert lost.evidence.endswith("no version of it is left")
        done(inbox, found)


def test_version_that_is_gone_is_lost_though_an_older_one_is_left(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/a", b"old")
    (first,) = where.objects.versions()
    with working(where) as inbox:
        older = took(inbox, 1)
        eventually(now, lambda at: at >= first.modified + timedelta(seconds=1.1))
        event = record(where.bucket, "acme/a", versionId="0" * 32)
        where.say(message(event | {"eventTime": now().isoformat()}))
        (delivery,) = took(inbox, 1)
        (lost,) = inbox.fetch([delivery])
        assert isinstance(lost, Lost)
        assert "what is left is of" in lost.evidence
        done(inbox, [*older, delivery])


def test_document_over_the_limit_is_read_in_pieces_and_again(clients: Clients) -> None:
    where = mailed(clients, versions=True, document_bytes=10)
    where.put("acme/a", b"0123456789")
    where.put("acme/b", b"0123456789a")
    with working(where) as inbox:
        found = took(inbox, 2)
        by_key = {one.ref.key: one for one in inbox.fetch(found) if isinstance(one, Document)}
        assert by_key["acme/a"].content == b"0123456789"
        large = by_key["acme/b"]
        assert (large.content, large.size) == (None, 11)
        assert large.chunks is not None
        for _ in range(2):
            assert b"".join(large.chunks()) == b"0123456789a"
        done(inbox, found)


def test_size_in_an_event_is_not_believed(clients: Clients) -> None:
    where = mailed(clients, versions=True, document_bytes=10)
    where.put("acme/a", b"0123456789a")
    (version,) = where.objects.versions()
    where.say(message(record(where.bucket, "acme/a", versionId=version.version_id, size=1)))
    with working(where) as inbox:
        found = took(inbox, 2)
        documents = [one for one in inbox.fetch(found) if isinstance(one, Document)]
        assert [(one.content, one.size) for one in documents] == [(None, 11)] * 2
        done(inbox, found)


def test_message_stays_ours_while_we_work(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/a", b"one")
    sqs = Failing(clients.sqs)
    inbox = over(sqs, where, visibility=2)
    inbox.start()
    found = took(inbox, 1)
    extended = eventually(
        lambda: [said for name, said in sqs.said if name == "change_message_visibility_batch"],
        lambda calls: len(calls) >= 3,
    )
    assert {one["VisibilityTimeout"] for call in extended for one in call["Entries"]} == {2}
    done(inbox, found)
    inbox.close()
    settled(where)


def test_message_that_is_not_ours_any_more_stops_nobody(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    queue = Queue(clients, where.queue_url, visibility=1)
    where.put("acme/a", b"one")
    where.put("acme/b", b"two")
    lost = received(queue, 2)
    again = received(queue, 2)
    queue.extend([*lost, *again])
    assert [one.ours for one in lost] == [False, False]
    queue.delete([*lost, *again])


def test_document_of_a_message_that_is_not_ours_any_more_is_not_handed_out(
    clients: Clients,
) -> None:
    where = mailed(clients, versions=False)
    where.say(message(record(where.bucket, "acme/0"), record(where.bucket, "acme/1")))
    sqs = Failing(clients.sqs)
    inbox = over(sqs, where, visibility=2)
    sqs.codes = "ReceiptHandleIsInvalid"
    sqs.failures["change_message_visibility_batch"] = [1]
    inbox.start()
    (first,) = took(inbox, 1, limit=1)
    eventually(lambda: inbox.counts["abandoned"], lambda count: count == 1)
    done(inbox, [first])
    (again, _) = took(inbox, 2)
    assert again.receipt.letter is not first.receipt.letter
    inbox.close()


def test_message_is_not_held_for_more_than_twelve_hours(clients: Clients) -> None:
    time = [0.0]
    where = mailed(clients, versions=True)
    queue = Queue(clients, where.queue_url, monotonic=lambda: time[0])
    where.put("acme/a", b"one")
    (letter, *_) = received(queue, 1)
    time[0] = 11 * 3600
    queue.extend([letter])
    assert letter.ours
    time[0] = 12 * 3600 - 100
    queue.extend([letter])
    assert not letter.ours


def test_close_gives_back_what_was_not_handed_out(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    for number in range(5):
        where.put(f"acme/{number}", b"x")
    inbox = where.inbox
    inbox.start()
    found = took(inbox, 1, limit=1)
    inbox.close()
    done(inbox, found)
    other = where.another()
    other.start()
    assert len(took(other, 4)) == 4
    other.close()


def test_more_than_one_call_brings_is_taken_at_once_up_to_the_limit(clients: Clients) -> None:
    where = mailed(clients, versions=False)
    for start in range(0, 60, 10):
        clients.sqs.send_message_batch(
            QueueUrl=where.queue_url,
            Entries=[
                {"Id": str(n), "MessageBody": message(record(where.bucket, f"acme/{start + n}"))}
                for n in range(10)
            ],
        )
    with working(where) as inbox:
        first = inbox.listen(limit=45, wait=10)
        assert len(first) == 45
        rest = took(inbox, 15)
        assert len({one.ref.key for one in (*first, *rest)}) == 60
        done(inbox, [*first, *rest])
        settled(where)


class Failing:
    """An SQS client of which some calls fail: with an error, or for the first so many entries."""

    codes = "InternalError"

    def __init__(self, real: Any, **failures: list[Any]) -> None:
        self.real = real
        self.failures = failures
        self.said: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.said.append((name, dict(arguments)))
            left = self.failures.get(name, [])
            failure = left.pop(0) if left else 0
            if isinstance(failure, Exception):
                raise failure
            failed = arguments["Entries"][:failure] if failure else []
            if failed:
                arguments["Entries"] = arguments["Entries"][failure:]
            asked = "Entries" not in arguments or arguments["Entries"]
            answer = getattr(self.real, name)(**arguments) if asked else {}
            lost = [{"Id": one["Id"], "Code": self.codes} for one in failed]
            return {**answer, "Failed": [*answer.get("Failed", ()), *lost]}

        return call


class Instead:
    """Clients with another SQS client."""

    def __init__(self, sqs: Failing) -> None:
        self.sqs = sqs

    def calls(self, service: str) -> Call:
        return lambda method, request: getattr(self.sqs, method)(**request)


def over(sqs: Failing, where: Mailed, *, visibility: int = 300) -> S3Inbox:
    queue = Queue(
        Instead(sqs),  # type: ignore[arg-type]
        where.queue_url,
        visibility=visibility,
        sleep=lambda _: None,
    )
    return S3Inbox(where.objects, queue, now, bucket=where.bucket, poll_seconds=1)


def received(queue: Queue, count: int) -> list[Letter]:
    """So many messages about new objects, each once."""
    found: dict[str, Letter] = {}
    while len(found) < count:
        letters = queue.receive(10, wait=1)
        found |= {letter.body: letter for letter in letters if "ObjectCreated" in letter.body}
    return list(found.values())


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


def test_entries_that_fail_in_a_batch_are_tried_again(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    sqs = Failing(clients.sqs, delete_message_batch=[2, 1])
    queue = Queue(Instead(sqs), where.queue_url, sleep=lambda _: None)  # type: ignore[arg-type]
    for number in range(3):
        where.put(f"acme/{number}", b"x")
    queue.delete(received(queue, 3))
    eventually(where.waiting, lambda count: count == 1)


def test_entries_that_fail_every_time_are_an_error_and_deleted_later(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/a", b"one")
    sqs = Failing(clients.sqs)
    inbox = over(sqs, where)
    inbox.start()
    (found,) = took(inbox, 1)
    eventually(where.waiting, lambda count: count == 1)
    sqs.failures["delete_message_batch"] = [1] * 4
    with pytest.raises(UnavailableError, match="refused 1 entries"):
        done(inbox, [found])
    inbox.settle([], [])
    inbox.close()
    settled(where)


def test_queue_that_does_not_answer_is_said_and_asked_again(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    where.put("acme/a", b"one")
    failures = [refusal("ServiceUnavailable"), refusal("Throttled")]
    sqs = Failing(clients.sqs, receive_message=failures)
    inbox = over(sqs, where)
    inbox.start()
    with pytest.raises(UnavailableError, match="ServiceUnavailable"):
        inbox.listen(limit=1, wait=10)
    with pytest.raises(UnavailableError, match="Throttled"):
        inbox.listen(limit=1, wait=10)
    done(inbox, inbox.listen(limit=1, wait=10))
    inbox.close()
    assert {said.get("WaitTimeSeconds", 0) for _, said in sqs.said} <= {0, 1}


def test_wave_of_events_that_bring_nothing_stops_no_document(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    for number in range(100):
        expired = record(where.bucket, f"acme/{number}")
        expired["eventName"] = "LifecycleExpiration:DeleteMarkerCreated"
        where.say(message(expired))
        if number % 25 == 0:
            where.say(message(record(where.bucket, f"new/{number}", versionId="v")))
    with working(where) as inbox:
        done(inbox, took(inbox, 4, limit=300))
        settled(where)
        assert inbox.counts["expired"] == 100


@pytest.mark.parametrize("doors", [1, 2])
def test_what_was_taken_is_handed_out_though_the_queue_fails_meanwhile(
    clients: Clients, doors: int
) -> None:
    where = mailed(clients, versions=True)
    sqs = Failing(clients.sqs)
    inbox = over(sqs, where)
    merged = MergedInbox([inbox, *[over(Failing(clients.sqs), where)] * (doors - 1)])
    where.put("acme/a", b"one")
    inbox.start()
    eventually(lambda: bool(inbox._mail._ready), bool)
    sqs.failures["receive_message"] = [refusal("ServiceUnavailable")] * 20
    found = merged.listen(limit=300, wait=5)
    assert [one.ref.key for one in found] == ["acme/a"]
    with pytest.raises(UnavailableError, match="ServiceUnavailable"):
        merged.listen(limit=300, wait=5)
    sqs.failures.clear()
    merged.settle(found, [recorded(one) for one in found])
    inbox.close()
    settled(where)


def test_surprise_ends_no_thread_that_receives_or_keeps(clients: Clients) -> None:
    where = mailed(clients, versions=True)
    late = RuntimeError(
        "Credentials were refreshed, but the refreshed credentials are still expired."
    )
    sqs = Failing(clients.sqs, receive_message=[late, KeyError("Body")])
    inbox = over(sqs, where, visibility=2)
    inbox.start()
    with pytest.raises(UnavailableError, match="still expired"):
        inbox.listen(limit=1, wait=10)
    with pytest.raises(BilldropError, match="KeyError"):
        inbox.listen(limit=1, wait=10)
    where.put("acme/a", b"one")
    (found,) = took(inbox, 1)
    sqs.failures["change_message_visibility_batch"] = [KeyError("Failed")]
    eventually(lambda: sqs.failures["change_message_visibility_batch"], lambda left: not left)
    done(inbox, [found])
    inbox.close()
    settled(where)


def test_queue_is_never_asked_to_wait_longer_than_it_can(clients: Clients) -> None:
    sqs = Failing(clients.sqs, receive_message=[refusal("Throttled")])
    queue = Queue(Instead(sqs), "q")  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        queue.receive(100, wait=60)
    assert (sqs.said[0][1]["WaitTimeSeconds"], sqs.said[0][1]["MaxNumberOfMessages"]) == (20, 10)


@pytest.mark.parametrize(("tries", "longest"), [(1, 1), (2, 2), (5, 16), (10, 512), (99, 900)])
def test_refused_message_comes_back_later_the_more_often_it_came(tries: int, longest: int) -> None:
    waits = [back_off(tries) for _ in range(200)]
    assert longest / 2 <= min(waits)
    assert max(waits) <= longest
    assert len(set(waits)) > 1 or longest <= 2


def test_denied_object_stops_no_other_and_is_named_until_it_can_be_read(
    guarded: StandIn, unique: str
) -> None:
    root = guarded.clients()
    where = mailed(root, versions=True)
    worker = limited(guarded, unique, where, denied="acme/secret")
    objects = Objects(worker, where.bucket, owner=ACCOUNT)
    inbox = S3Inbox(objects, Queue(worker, where.queue_url), now, bucket=where.bucket)
    where.put("acme/secret", b"one")
    where.put("acme/open", b"two")
    found = list(inbox.list())
    fetched = [one.content if isinstance(one, Document) else None for one in inbox.fetch(found)]
    assert fetched == [b"two", None]
    assert list(inbox.refused()) == ["acme/secret"]
    with pytest.raises(PermissionDeniedError, match="acme/secret"):
        inbox.fetch([one for one in found if one.ref.key == "acme/secret"])
    root.iam.delete_user_policy(UserName=unique, PolicyName="deny")
    assert all(isinstance(one, Document) for one in inbox.fetch(found))
    assert inbox.refused() == {}


def limited(guarded: StandIn, user: str, where: Mailed, *, denied: str) -> Clients:
    """A user who may read the bucket, but for one object."""
    root = guarded.clients()
    root.iam.create_user(UserName=user)
    arn = f"arn:aws:s3:::{where.bucket}"
    rights = {
        "allow": {"Effect": "Allow", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]},
        "deny": {"Effect": "Deny", "Action": "s3:GetObject*", "Resource": f"{arn}/{denied}"},
    }
    for name, statement in rights.items():
        policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
        root.iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=policy)
    key = root.iam.create_access_key(UserName=user)["AccessKey"]
    return guarded.clients(key["AccessKeyId"], key["SecretAccessKey"])
