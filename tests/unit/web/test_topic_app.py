"""What a worker answers: the topic, and whether it is well. Nothing is taken in that nobody signed."""

import asyncio
import http.client
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from billdrop.errors import BilldropError, UnavailableError
from billdrop.web.app import create_topic_app
from billdrop.web.server import HttpServer, serve
from billdrop.web.sns import Envelope, Sns


class Deaf:
    """A topic that believes nothing."""

    def open(self, body: bytes) -> Envelope | None:
        return None

    def confirm(self, token: str) -> None:
        raise AssertionError(token)

    def done(self, message_id: str) -> None:
        raise AssertionError(message_id)


async def offer(events: Sequence[Any]) -> bool | None:
    await asyncio.sleep(0)
    return True


class Door:
    """A running door."""

    def __init__(self) -> None:
        self.trouble: BilldropError | None = None
        self.sns = Sns(Deaf(), offer, note=lambda text: None)
        app = create_topic_app(
            self.sns, ready=lambda: self.trouble, version="1.2.3", work=lambda: {"swept": 7}
        )
        self.server: HttpServer = serve(app, drain_seconds=5)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)) as line:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()

    def close(self) -> None:
        assert self.server.stop()
        self.sns.close()


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


@pytest.mark.parametrize("method", ["PUT", "POST", "GET", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/inbox/acme/a.txt", "/inbox", "/inbox/acme", "/expenses", "/status", "/openapi.json"]
)
def test_nothing_can_be_uploaded_and_no_figure_asked_for(
    door: Door, method: str, path: str
) -> None:
    assert door.ask(method, path, b"text")[0] == 404


def test_what_no_topic_signed_is_refused(door: Door) -> None:
    assert door.ask("POST", "/sns", b"{}")[0] == 403
    assert door.ask("GET", "/sns")[0] == 405


def test_load_balancer_asks_for_the_health_by_address(door: Door) -> None:
    assert door.ask("GET", "/readyz", Host="10.83.0.7:8080")[0] == 200
    assert door.ask("GET", "/healthz", Host="10.83.0.7:8080") == (200, '{"alive":true}\n')
    assert door.ask("GET", "/version", Host="books.example") == (200, '{"version":"1.2.3"}\n')


def test_worker_that_records_nothing_is_not_ready_but_lives(door: Door) -> None:
    door.trouble = UnavailableError("the table did not answer")
    assert door.ask("GET", "/readyz")[0] == 503
    assert door.ask("GET", "/healthz")[0] == 200
    assert "billdrop_ready 0\n" in door.ask("GET", "/metrics")[1]


def test_metrics_count_the_work_and_ask_no_ledger(door: Door) -> None:
    page = door.ask("GET", "/metrics")[1]
    assert 'billdrop_work_total{done="swept"} 7\n' in page
    assert 'billdrop_build_info{version="1.2.3"} 1\n' in page
    assert "billdrop_documents" not in page
