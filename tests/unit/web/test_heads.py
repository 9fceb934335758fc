"""What one client sends costs no more than a bounded head, and leaves room for the others."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from billdrop.web.connection import HEAD_BYTES, HEAD_LINES
from billdrop.web.server import HttpServer, serve
from tests.unit.web.conftest import House

START = b"GET /status HTTP/1.1\r\nHost: localhost\r\n"
PUT = b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\n"


def lines(count: int) -> bytes:
    return b"".join(b"X%d: y\r\n" % number for number in range(count))


@pytest.mark.parametrize(
    "head",
    [
        START + b"X: " + b"a" * HEAD_BYTES,
        START + b"X: " + b"a" * HEAD_BYTES + b"\r\n\r\n",
        b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n",
        START + lines(HEAD_LINES) + b"\r\n",
    ],
    ids=["unending", "one piece", "path", "lines"],
)
def test_head_that_is_too_large_is_refused(house: House, head: bytes) -> None:
    assert house.raw(head).startswith(b"HTTP/1.1 431 ")
    assert house.ask("GET", "/status").status == 200


def test_head_within_the_bounds_is_taken(house: House) -> None:
    head = START + lines(HEAD_LINES - 2) + b"Connection: close\r\n"
    assert house.raw(head + b"\r\n").startswith(b"HTTP/1.1 200 ")
    long = b"X: " + b"a" * (HEAD_BYTES - 1_000) + b"\r\n"
    assert house.raw(START + long + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def test_heads_of_one_connection_are_bounded_each_for_itself(house: House) -> None:
    more = b"X: " + b"a" * (HEAD_BYTES // 2) + b"\r\n"
    last = START + more + b"Connection: close\r\n\r\n"
    answers = house.raw(START + more + b"\r\n", START + more + b"\r\n", last)
    assert answers.count(b"HTTP/1.1 200 ") == 3


def test_end_of_a_chunked_body_is_bounded_too(house: House) -> None:
    head = PUT + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: "
    with suppress(ConnectionError):
        assert not house.raw(head, *[b"a" * HEAD_BYTES] * 4).startswith(b"HTTP/1.1 2")
    assert house.documents == []


def test_body_larger_than_a_head_is_taken_to_its_own_limit(house: House) -> None:
    assert house.put("/inbox/acme/a.txt", b"x" * 900).status == 201


@pytest.fixture
def small(house: House) -> Iterator[HttpServer]:
    server = serve(house.app, head_seconds=20, connections=4)
    yield server
    assert server.stop()


def test_connections_beyond_what_can_be_held_are_ended(small: HttpServer) -> None:
    with ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_connection(("127.0.0.1", small.port), timeout=20))
            for _ in range(60)
        ]
        with suppress(ConnectionError):
            assert held[-1].recv(1) == b""
        held[0].sendall(START + b"\r\n")
        assert held[0].recv(100).startswith(b"HTTP/1.1 503 ")
