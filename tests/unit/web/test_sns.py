"""A message of the topic is answered with 200 only after its effect, and a forged one has none."""

import asyncio
import http.client
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, TypeVar

import pytest
from msgspec import Struct

from billdrop.errors import PermissionDeniedError, UnavailableError
from billdrop.web.app import create_app
from billdrop.web.door import HttpDoor
from billdrop.web.server import serve
from billdrop.web.sns import BODY_BYTES, Sns
from tests.unit.web.conftest import NOW, FewBooks

T = TypeVar("T")


class Letter(Struct):
    kind: str = "Notification"
    message_id: str = "1"
    token: str = ""
    repeated: bool = False
    events: Sequence[Any] = ("an event",)


class Post:
    """A topic that believes what it is told to, behind a running server."""

    def __init__(self, body_seconds: float = 20) -> None:
        self.opened: list[bytes] = []
        self.offered: list[Sequence[Any]] = []
        self.confirmed: list[str] = []
        self.remembered: list[str] = []
        self.notes: list[str] = []
        self.letter: Letter | Exception | None = Letter()
        self.outcome: bool | Exception | None = True
        self.held = threading.Event()
        self.held.set()
        self.sns = Sns(
            self,
            self.offer,
            note=self.notes.append,
            answer_seconds=10,
            body_seconds=body_seconds,
            at_once=2,
            read=3,
        )
        app = create_app(
            HttpDoor(),
            FewBooks(),
            now=lambda: NOW,
            ready=lambda: None,
            version="1",
            hosts=["billdrop.example"],
            routes=[self.sns.route()],
        )
        self.server = serve(app, drain_seconds=5)

    def open(self, body: bytes) -> Letter | None:
        self.opened.append(body)
        return _told(self.letter)

    def confirm(self, token: str) -> None:
        _told(self.outcome)
        self.confirmed.append(token)

    def done(self, message_id: str) -> None:
        self.remembered.append(message_id)

    async def offer(self, events: Sequence[Any]) -> bool | None:
        self.offered.append(events)
        await asyncio.to_thread(self.held.wait, 20)
        return _told(self.outcome)

    def send(self, body: bytes = b"{}", method: str = "POST", **headers: str) -> int:
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        ) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, "/sns", body=body, headers=named)
            response = connection.getresponse()
            self.answer = response.read()
            return response.status

    def close(self) -> None:
        self.held.set()
        assert self.server.stop()
        self.sns.close()


def _told(what: T | Exception) -> T:
    if isinstance(what, Exception):
        raise what
    return what


@pytest.fixture
def post() -> Iterator[Post]:
    post = Post()
    yield post
    post.close()


def test_message_is_answered_once_its_effect_is_durable(post: Post) -> None:
    post.held.clear()
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(post.send(b"text")))
    sender.start()
    while not post.offered:
        sender.join(0.005)
    assert answers == []
    assert post.remembered == []
    post.held.set()
    sender.join()
    assert answers == [200]
    assert (post.opened, post.offered, post.remembered) == ([b"text"], [("an event",)], ["1"])


def test_message_that_is_not_believed_has_no_effect_and_is_told_no_reason(post: Post) -> None:
    post.letter = None
    assert post.send() == 403
    assert (post.offered, post.confirmed, post.remembered) == ([], [], [])
    assert b"not taken" in post.answer
    assert b"sign" not in post.answer


@pytest.mark.parametrize("letter", [UnavailableError("no certificate"), None])
def test_message_that_cannot_be_told_now_comes_again(post: Post, letter: Exception | None) -> None:
    post.letter = letter or Letter()
    post.outcome = letter is not None
    assert post.send() == 503
    assert post.remembered == []


def test_message_whose_effect_fails_comes_again(post: Post) -> None:
    post.outcome = UnavailableError("the ledger does not answer")
    assert post.send() == 503
    assert post.remembered == []
    assert "the ledger does not answer" in post.notes[0]


def test_message_whose_effect_takes_too_long_comes_again(post: Post) -> None:
    post.sns._seconds = 0.1
    post.held.clear()
    assert post.send() == 503
    assert post.remembered == []
    assert "took more than" in post.notes[0]


def test_genuine_message_of_no_use_is_put_aside_by_sns(post: Post) -> None:
    post.outcome = None
    assert post.send() == 422
    assert post.remembered == []


def test_repeated_message_is_answered_without_another_effect(post: Post) -> None:
    post.letter = Letter(repeated=True)
    assert post.send() == 200
    assert post.offered == []


def test_subscription_is_confirmed_by_its_token(post: Post) -> None:
    post.letter = Letter(kind="SubscriptionConfirmation", token="secret", events=())
    assert post.send() == 200
    assert (post.confirmed, post.offered, post.remembered) == (["secret"], [], ["1"])
    assert "secret" not in repr(post.notes)


def test_subscription_that_may_not_be_confirmed_is_offered_again(post: Post) -> None:
    post.letter = Letter(kind="SubscriptionConfirmation", token="secret")
    post.outcome = PermissionDeniedError("sns:ConfirmSubscription")
    assert post.send() == 503
    assert post.remembered == []


def test_farewell_is_noted_and_nothing_else(post: Post) -> None:
    post.letter = Letter(kind="UnsubscribeConfirmation", token="secret")
    assert post.send() == 200
    assert (post.confirmed, post.offered) == ([], [])
    assert "removed" in post.notes[0]


@pytest.mark.parametrize(("size", "status"), [(BODY_BYTES, 200), (BODY_BYTES + 1, 413)])
def test_message_that_is_too_long_is_not_looked_at(post: Post, size: int, status: int) -> None:
    assert post.send(b"x" * size) == status
    assert len(post.opened) == (status == 200)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_is_taken(post: Post, method: str) -> None:
    assert post.send(method=method) == 405
    assert post.opened == []


def test_packed_message_is_refused(post: Post) -> None:
    assert post.send(Content_Encoding="gzip") == 415
    assert post.opened == []


def test_headers_of_sns_are_of_no_weight(post: Post) -> None:
    post.letter = None
    assert post.send(x_amz_sns_message_type="SubscriptionConfirmation") == 403
    assert post.send(x_amz_sns_topic_arn="arn:aws:sns:eu-west-1:111122223333:invoices") == 403
    assert post.send(Host="billdrop.example") == 403
    assert post.send(Host="evil.example") == 421


def test_more_messages_at_once_than_are_looked_at_come_again(post: Post) -> None:
    post.held.clear()
    senders = [threading.Thread(target=post.send) for _ in range(2)]
    for sender in senders:
        sender.start()
    while len(post.offered) < 2:
        senders[0].join(0.005)
    assert post.send() == 503
    assert len(post.opened) == 2
    post.held.set()
    for sender in senders:
        sender.join()


def half(post: Post) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", post.server.port, timeout=20)
    connection.putrequest("POST", "/sns")
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"half")
    return connection


def test_half_sent_messages_keep_no_whole_one_out_and_the_oldest_gives_way(post: Post) -> None:
    slow = [half(post) for _ in range(4)]
    assert slow[0].getresponse().status == 408
    assert [post.send() for _ in range(3)] == [200] * 3
    for connection in slow:
        connection.close()
    assert post.opened == [b"{}"] * 3


def test_message_that_does_not_come_whole_in_time_is_let_go() -> None:
    post = Post(body_seconds=0.05)
    with closing(half(post)) as connection:
        assert connection.getresponse().status == 408
    assert post.send() == 200
    post.close()


def test_sender_who_goes_away_leaves_no_trace(post: Post) -> None:
    half(post).close()
    assert post.send() == 200
    assert post.opened == [b"{}"]
