"""From the signed message over HTTP to the delivery, and back to the answer."""

import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from billdrop.aws.inbox.events import Created, Event, Garbage, Removed, Test
from billdrop.aws.topic.door import TopicDoor
from billdrop.model import Delivery, Outcome, State
from billdrop.web.app import create_app
from billdrop.web.door import HttpDoor
from billdrop.web.server import HttpServer, serve
from billdrop.web.sns import Sns
from tests.unit.aws.signer import ARN, NOW, House, body, confirmation, notification, signed
from tests.unit.aws.test_sns import CERTIFICATES, CHANGED, RAW
from tests.unit.web.conftest import FewBooks


def created(key: str = "acme/a.txt", **facts: Any) -> Created:
    return Created(
        **{
            "bucket": "inbox-1",
            "key": key,
            "version_id": "v1",
            "sequencer": "0A",
            "size": 5,
            "event_name": "ObjectCreated:Put",
            "event_time": datetime(2026, 11, 22, 11, 59, tzinfo=UTC),
            **facts,
        }
    )


def removed() -> Removed:
    return Removed(bucket="inbox-1", key="a", event_name="LifecycleExpiration:Delete")


def recorded(delivery: Delivery) -> Outcome:
    return Outcome(document_id=delivery.ref.document_id, state=State.RECORDED)


class Desk:
    """A door, and what it noted."""

    def __init__(self, most: int = 10) -> None:
        self.notes: list[str] = []
        self.door = TopicDoor(
            lambda deliveries: [None] * len(deliveries),
            bucket="inbox-1",
            now=lambda: NOW,
            note=self.notes.append,
            most=most,
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_event_is_the_delivery_of_the_document_that_it_announces(desk: Desk) -> None:
    desk.door.put([created()])
    (delivery,) = desk.door.listen(limit=10, wait=0)
    assert delivery.ref.document_id == "inbox-1/acme/a.txt@v1"
    assert (delivery.ref.customer, delivery.source, delivery.sequencer) == ("acme", "topic", "0A")
    assert delivery.source in desk.door.sources


def test_message_is_answered_with_its_last_delivery(desk: Desk) -> None:
    answer = desk.door.put([created("a/1"), created("a/2"), removed()])
    one, two = desk.door.take(10)
    desk.door.settle([two], [recorded(two)])
    assert not answer.done()
    desk.door.settle([one], [recorded(one)])
    assert answer.result(0) is True
    assert (desk.door.held, desk.door.counts) == (0, {"expired": 1})


def test_message_comes_again_when_one_of_its_deliveries_is_refused(desk: Desk) -> None:
    answer = desk.door.put([created("a/1"), created("a/2")])
    one, two = desk.door.take(10)
    desk.door.settle([one, two], [None, recorded(two)])
    assert answer.result(0) is False
    assert desk.door.held == 0


def test_version_that_was_overtaken_is_settled(desk: Desk) -> None:
    answer = desk.door.put([created()])
    (delivery,) = desk.door.take(10)
    delivery.receipt.overtaken = True
    desk.door.settle([delivery], [None])
    assert answer.result(0) is True


def test_what_brings_no_document_is_counted_by_its_kind(desk: Desk) -> None:
    desk.door.put([Test(bucket="inbox-1"), removed(), created("acme/", size=0)])
    assert desk.door.counts == {"test": 1, "expired": 1, "folder": 1}


@pytest.mark.parametrize(
    "events", [[Test(bucket="inbox-1")], [removed()], [created("acme/", size=0)], []]
)
def test_message_without_a_document_is_answered_at_once(
    desk: Desk, events: Sequence[Event]
) -> None:
    assert desk.door.put(events).result(0) is True
    assert desk.door.take(10) == []


@pytest.mark.parametrize(
    "event", [Garbage(reason="no event"), created(bucket="other"), created(version_id=None)]
)
def test_event_of_no_use_holds_up_none_of_the_others_and_is_told_at_the_end(
    desk: Desk, event: Event
) -> None:
    assert desk.door.put([event]).result(0) is None
    answer = desk.door.put([event, created()])
    (delivery,) = desk.door.take(10)
    desk.door.settle([delivery], [recorded(delivery)])
    assert answer.result(0) is None
    assert len(desk.notes) == 2


def test_more_than_there_is_room_for_comes_again() -> None:
    desk = Desk(most=2)
    first = desk.door.put([created("a/1"), created("a/2")])
    assert desk.door.put([created("a/3")]).result(0) is False
    deliveries = desk.door.take(10)
    desk.door.settle(deliveries, [recorded(one) for one in deliveries])
    assert first.result(0) is True
    assert not desk.door.put([created("a/3")]).done()


def test_delivery_that_is_settled_twice_is_answered_once(desk: Desk) -> None:
    answer = desk.door.put([created()])
    (delivery,) = desk.door.take(10)
    for _ in range(2):
        desk.door.settle([delivery], [recorded(delivery)])
    assert answer.result(0) is True


class Street:
    """Everything but S3 and the ledger: server, signatures, door, and a thread that settles."""

    def __init__(self) -> None:
        self.house = House()
        self.desk = Desk()
        self.delivered: list[str] = []
        self._end = threading.Event()
        self._settler = threading.Thread(target=self._settle)
        self._settler.start()
        self.sns = Sns(self.house.topic, self.desk.door.offer, note=self.house.notes.append)
        self.server: HttpServer = serve(
            create_app(
                HttpDoor(),
                FewBooks(),
                now=lambda: NOW,
                ready=lambda: None,
                version="1",
                routes=[self.sns.route()],
            ),
            drain_seconds=5,
        )

    def _settle(self) -> None:
        while not self._end.is_set():
            for delivery in self.desk.door.listen(limit=10, wait=0.02):
                self.delivered.append(delivery.ref.document_id)
                self.desk.door.settle([delivery], [recorded(delivery)])

    def post(self, raw: bytes) -> int:
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        ) as connection:
            connection.request("POST", "/sns", body=raw)
            return connection.getresponse().status

    def close(self) -> None:
        assert self.server.stop()
        self.sns.close()
        self._end.set()
        self._settler.join()


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    street = Street()
    yield street
    street.close()


def announcement(key: str) -> str:
    about = {"key": key, "size": 5, "eTag": "e", "versionId": "v1", "sequencer": "0A"}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "inbox-1"}, "object": about},
    }
    return json.dumps({"Records": [record]})


def test_signed_message_ends_as_a_delivery_and_is_answered_after_it(street: Street) -> None:
    message = signed(notification(announcement("acme/a+b.txt"), MessageId="m-1"))
    assert street.post(body(message)) == 200
    assert street.delivered == ["inbox-1/acme/a b.txt@v1"]
    assert street.post(body(message)) == 200
    assert street.delivered == ["inbox-1/acme/a b.txt@v1"]


def test_signed_offer_of_a_subscription_is_confirmed_once_and_its_url_never_called(
    street: Street,
) -> None:
    offer = confirmation(MessageId="m-2", SubscribeURL="http://169.254.169.254/")
    for _ in range(2):
        assert street.post(body(signed(offer))) == 200
    assert street.house.confirmed == ["2336412f37" * 20]
    assert all("169.254" not in url for url in street.house.web.asked)


HOSTILE = [
    *(body(signed(notification(SigningCertURL=url))) for url in CERTIFICATES),
    *(body(signed(notification() | change)) for change in CHANGED),
    *(body(signed(confirmation() | change)) for change in CHANGED if "Subject" not in change),
    *RAW[:-1],
    body(notification(Signature="FAKE")),
    announcement("acme/a.txt").encode(),
]


def test_no_hostile_message_has_an_effect_or_makes_us_call_anybody(street: Street) -> None:
    before = list(street.delivered), list(street.house.confirmed), list(street.house.web.asked)
    answers = {street.post(raw) for raw in HOSTILE}
    assert answers == {403}
    after = list(street.delivered), list(street.house.confirmed), list(street.house.web.asked)
    assert before == after


def test_topic_of_another_account_cannot_offer_its_subscription(street: Street) -> None:
    other = confirmation(TopicArn=ARN.replace("111122223333", "444455556666"), MessageId="m-3")
    before = list(street.house.confirmed)
    assert street.post(body(signed(other))) == 403
    assert street.house.confirmed == before
