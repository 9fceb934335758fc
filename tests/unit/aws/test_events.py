"""What a message says does not depend on what it is wrapped in, and nothing that comes is an error."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.aws.inbox.events import (
    MOST_CHARS,
    Created,
    Event,
    Garbage,
    Other,
    Removed,
    Test,
    unwrap,
)
from tests.corpus import corpus

MOMENT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def created(key: str = "acme/a.txt", **facts: Any) -> Created:
    return Created(
        **{
            "bucket": "inbox-1",
            "key": key,
            "version_id": "v.1_a",
            "etag": "d41d8cd98f00b204e9800998ecf8427e",
            "sequencer": "0055AED6DCD90281E5",
            "size": 512,
            "event_name": "ObjectCreated:Put",
            "event_time": MOMENT,
            **facts,
        }
    )


def record(event: Created | Removed | Other, written: str | None = None, **facts: Any) -> Any:
    about = {
        "key": quote_plus(event.key) if written is None else written,
        "size": event.size,
        "eTag": event.etag,
        "versionId": event.version_id,
        "sequencer": event.sequencer,
    }
    assert event.event_time
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": event.event_time.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventName": event.event_name,
        "s3": {"bucket": {"name": event.bucket}, "object": about},
        **facts,
    }


def raw(*records: Any) -> str:
    return json.dumps({"Records": records})


def sns(text: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "1", "Message": text, "Subject": "S"})


def lambda_sqs(text: str) -> str:
    return json.dumps({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": text}]})


def lambda_sns(text: str) -> str:
    return json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]})


WRAPS: list[Callable[[str], str]] = [sns, lambda_sqs, lambda_sns, json.dumps, lambda text: text]


def bridged(event: Created) -> str:
    reasons = {"Put": "PutObject", "Post": "POST Object", "Copy": "CopyObject"}
    _, kind = event.event_name.split(":")
    assert event.event_time
    about = {
        "key": event.key,
        "size": event.size,
        "etag": event.etag,
        "version-id": event.version_id,
        "sequencer": event.sequencer,
    }
    detail = {"bucket": {"name": event.bucket}, "object": about, "reason": reasons.get(kind, kind)}
    return json.dumps(
        {
            "version": "0",
            "detail-type": "Object Created",
            "source": "aws.s3",
            "time": event.event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detail": detail,
        }
    )


def only(body: str | bytes) -> Event:
    (event,) = unwrap(body)
    return event


def reason(body: str | bytes) -> str:
    event = only(body)
    assert isinstance(event, Garbage)
    return event.reason


KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
EVENTS = st.builds(
    created,
    KEYS,
    bucket=st.from_regex(r"[a-z0-9.-]{3,20}", fullmatch=True),
    version_id=st.none() | st.from_regex(r"[A-Za-z0-9._]{8,32}", fullmatch=True),
    etag=st.from_regex(r"[0-9a-f]{32}(-[0-9]{1,4})?", fullmatch=True),
    sequencer=st.none() | st.from_regex(r"[0-9A-F]{16,20}", fullmatch=True),
    size=st.integers(0, 5 * 2**40),
    event_name=st.sampled_from(["Put", "Post", "Copy", "CompleteMultipartUpload"]).map(
        lambda kind: f"ObjectCreated:{kind}"
    ),
    event_time=st.datetimes(datetime(2006, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis wants naive bounds
        lambda moment: moment.replace(microsecond=0)
    ),
)


@given(event=EVENTS, wraps=st.lists(st.sampled_from(WRAPS), max_size=4))
def test_any_wrap_of_an_event_gives_the_same_event(
    event: Created, wraps: list[Callable[[str], str]]
) -> None:
    for body in (raw(record(event)), bridged(event)):
        wrapped = body
        for wrap in wraps:
            wrapped = wrap(wrapped)
        assert unwrap(wrapped) == [event]
        assert unwrap(wrapped.encode()) == [event]


WORDS = ["Records", "Message", "Type", "body", "Sns", "bucket", "object", "name", "detail-type"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*WORDS, *record(created()), *record(created())["s3"]["object"]])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(body=st.binary(max_size=200) | st.text(max_size=200) | JSON.map(json.dumps))
def test_nothing_that_comes_is_an_error_or_says_nothing(body: str | bytes) -> None:
    events = unwrap(body)
    assert events
    assert all(len(one.reason) <= 200 for one in events if isinstance(one, Garbage))
    assert all(one.reason.isascii() for one in events if isinstance(one, Garbage))


@given(event=EVENTS, part=JSON, data=st.data())
def test_event_with_any_part_exchanged_is_no_error(
    event: Created, part: Any, data: st.DataObject
) -> None:
    value = record(event)
    places = [value, value["s3"], value["s3"]["bucket"], value["s3"]["object"]]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from(sorted(place)))] = part
    assert len(unwrap(raw(value))) >= 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("this+im+%2B+age.txt", "this im + age.txt"),
        ("a%2Bb%252B.txt", "a+b%2B.txt"),
        ("dt%3D2026-11-22/a%3Ab.txt", "dt=2026-11-22/a:b.txt"),
        ("in/factura+%C3%B1%2B1+%28a%29.txt", "in/factura ñ+1 (a).txt"),
        ("in%2Ffactura+%C3%B1%2B1.txt", "in/factura ñ+1.txt"),
        ("in/factura%20%C3%B1%2B1.txt", "in/factura ñ+1.txt"),
        ("%F0%9F%A7%BE.txt", "🧾.txt"),
        ("acme/..%2F%00", "acme/../\x00"),
        ("100%.txt", "100%.txt"),
    ],
)
def test_key_is_decoded_once(written: str, key: str) -> None:
    assert only(raw(record(created(key), written))) == created(key)


def test_key_of_eventbridge_is_taken_as_it_is() -> None:
    event = created("a+b%2B c.txt")
    assert only(bridged(event)) == event


def test_key_that_is_not_utf_8_is_garbage() -> None:
    assert "names no bucket and key" in reason(raw(record(created(), "a%FF.txt")))


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.6", "2.17"])
def test_every_minor_version_is_accepted_with_fields_unknown(version: str) -> None:
    value = record(created(), eventVersion=version, glacierEventData={"x": [1]}, new=None)
    assert only(raw(value)) == created()


@pytest.mark.parametrize("version", ["1.0", "3.0", "2", "2.x", "", "20.1", "2.1\n"])
def test_other_major_version_is_garbage(version: str) -> None:
    assert "version" in reason(raw(record(created(), eventVersion=version)))


@pytest.mark.parametrize(
    ("name", "expired"),
    [
        ("ObjectRemoved:Delete", False),
        ("ObjectRemoved:DeleteMarkerCreated", False),
        ("LifecycleExpiration:Delete", True),
        ("LifecycleExpiration:DeleteMarkerCreated", True),
        ("s3:LifecycleExpiration:Delete", True),
    ],
)
def test_removal_is_told_from_expiry(name: str, expired: bool) -> None:
    event = only(raw(record(created(event_name=name))))
    assert isinstance(event, Removed)
    assert (event.expired, event.sequencer) == (expired, "0055AED6DCD90281E5")


@pytest.mark.parametrize(
    ("why", "how", "name"),
    [
        ("DeleteObject", "Permanently Deleted", "ObjectRemoved:Delete"),
        ("DeleteObject", "Delete Marker Created", "ObjectRemoved:DeleteMarkerCreated"),
        ("Lifecycle Expiration", "Permanently Deleted", "LifecycleExpiration:Delete"),
        (
            "Lifecycle Expiration",
            "Delete Marker Created",
            "LifecycleExpiration:DeleteMarkerCreated",
        ),
    ],
)
def test_removal_through_eventbridge_has_the_name_that_s3_gives_it(
    why: str, how: str, name: str
) -> None:
    value = json.loads(bridged(created()))
    value["detail-type"] = "Object Deleted"
    value["detail"] |= {"reason": why, "deletion-type": how}
    event = only(json.dumps(value))
    assert isinstance(event, Removed)
    assert event.event_name == name


@pytest.mark.parametrize("name", ["ObjectTagging:Put", "ObjectRestore:Completed", "New:Thing"])
def test_event_of_another_kind_is_neither_creation_nor_garbage(name: str) -> None:
    assert isinstance(only(raw(record(created(event_name=name)))), Other)
    value = json.loads(bridged(created())) | {"detail-type": "Object Tags Added"}
    assert isinstance(only(json.dumps(value)), Other)


@pytest.mark.parametrize("wrap", WRAPS)
def test_test_event_is_told_after_unwrapping(wrap: Callable[[str], str]) -> None:
    body = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbox-1"})
    assert unwrap(wrap(body)) == [Test(bucket="inbox-1")]


def test_records_of_one_message_are_kept_apart_and_in_order() -> None:
    one, two = created("a"), created("b", event_name="ObjectCreated:Copy")
    events = unwrap(sns(raw(record(one), {"eventVersion": "2.1"}, record(two), None)))
    assert [type(event) for event in events] == [Created, Garbage, Created, Garbage]
    assert events[::2] == [one, two]


def test_folder_marker_and_empty_object_are_events() -> None:
    events = [created("acme/", size=0), created("acme/empty.txt", size=0)]
    assert unwrap(raw(*map(record, events))) == events


def test_same_object_announced_twice_under_two_ids_gives_equal_events() -> None:
    first = json.loads(sns(raw(record(created()))))
    assert unwrap(json.dumps(first)) == unwrap(json.dumps(first | {"MessageId": "2"}))


@pytest.mark.parametrize("version", [None, "", "null"])
def test_bucket_without_versions_names_none(version: str | None) -> None:
    assert only(raw(record(created(version_id=version)))) == created(version_id=None)


def test_what_an_event_need_not_say_may_be_missing() -> None:
    value = record(created())
    value["s3"]["object"] = {"key": "a", "sequencer": "no hex", "size": -1}
    del value["eventTime"]
    bare = Created(bucket="inbox-1", key="a", event_name="ObjectCreated:Put")
    assert only(raw(value)) == bare


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ("\ud800", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("null", "none of the forms"),
        ("[]", "none of the forms"),
        ("{}", "none of the forms"),
        ('{"Records":[]}', "none of the forms"),
        ('{"Records":"x"}', "none of the forms"),
        ('{"Type":"SubscriptionConfirmation","Message":"x"}', "a SubscriptionConfirmation of SNS"),
        (" " * (MOST_CHARS + 1), "longer than"),
        (sns(sns(sns(sns(sns(raw()))))), "wrapped more than 4 times"),
        (raw(record(created(), eventSource="aws:sqs")), "does not come from S3"),
        (bridged(created()).replace("aws.s3", "evil"), "does not come from S3"),
        (raw(record(created(""))), "names no bucket and key"),
        (bridged(created("")), "names no bucket and key"),
        (json.dumps("\x1b[31m"), "not JSON"),
    ],
)
def test_garbage_says_what_it_is_not(body: str | bytes, part: str) -> None:
    assert part in reason(body)


def test_genuine_messages_are_understood() -> None:
    folder = corpus("events")
    event = only((folder / "sns-s3-object-created-ff21171f.json").read_bytes())
    assert event == Created(
        bucket="glsource",
        key="docproc-invoice.txt",
        etag="2fafdc4705f330664733b544dbcabc43",
        sequencer="005FB0E315901245E5",
        size=572,
        event_name="ObjectCreated:Put",
        event_time=datetime(2020, 11, 15, 8, 13, 4, 536000, tzinfo=UTC),
    )
    test = only((folder / "sns-s3-test-event-35e278f1.json").read_bytes())
    assert test == Test(bucket="glsource")


def test_written_key_of_the_other_stand_ins_means_the_same() -> None:
    key = "in/factura ñ+1 (a).txt"
    for written in (quote_plus(key), quote(key), quote(key, safe="")):
        assert only(raw(record(created(key), written))) == created(key)
