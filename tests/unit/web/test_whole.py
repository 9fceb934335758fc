"""An upload that came whole is answered in a shorter way; nobody can tell it from the longer one."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import msgspec
import pytest

from billdrop.model import Outcome
from billdrop.web.server import serve
from tests.unit.web.conftest import House, Judge, quarantined, recorded

HEAD = b"PUT /inbox/acme/%b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
LAST = b"Connection: close\r\n"


def upload(name: bytes, body: bytes, further: bytes = b"") -> bytes:
    return HEAD % (name, len(body)) + further + b"\r\n" + body


def chunked(name: bytes, body: bytes) -> bytes:
    head = b"PUT /inbox/acme/%b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head % name + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


@contextmanager
def connected(house: House) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", house.server.port), timeout=20) as line:
        yield line


def answer(line: socket.socket) -> tuple[bytes, dict[str, str], bytes]:
    """Status line, headers and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += line.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    start, *lines = head.decode().lower().split("\r\n")
    headers = dict(each.split(": ", 1) for each in lines)
    assert len(headers) == len(lines)
    while len(body) < int(headers["content-length"]):
        body += line.recv(65_536)
    return start.encode(), headers, body


def comparable(found: tuple[bytes, dict[str, str], bytes]) -> object:
    start, headers, body = found
    return start, headers | {"date": ""}, re.sub(rb"@[^\"]+", b"@", body)


def broken(*_: object) -> Outcome:
    return Outcome(document_id=object(), state="?")  # type: ignore[arg-type]


@pytest.mark.parametrize("judge", [recorded, quarantined, lambda *_: None, broken])
@pytest.mark.filterwarnings("error")
def test_answer_is_the_same_as_to_a_body_in_chunks(house: House, judge: Judge) -> None:
    house.judge = judge
    with connected(house) as line:
        line.sendall(upload(b"a", b"text"))
        whole = answer(line)
        line.sendall(chunked(b"a", b"text"))
        assert comparable(answer(line)) == comparable(whole)
    assert "date" in whole[1]


def test_surprise_is_answered_with_500(house: House) -> None:
    house.judge = broken
    reply = house.put("/inbox/acme/a")
    assert (reply.status, reply.json["detail"]) == (500, "billdrop failed; its log says why")
    house.judge = recorded
    assert house.put("/inbox/acme/a").status == 201


TWO_LENGTHS = HEAD % (b"b", 4) + b"Content-Length: 4\r\n\r\ntext"


@pytest.mark.parametrize("first", [upload, chunked])
@pytest.mark.parametrize("second", [TWO_LENGTHS, b"nonsense\r\n\r\n"])
def test_refusal_is_never_taken_for_the_answer_to_an_earlier_request(
    house: House, first: Callable[[bytes, bytes], bytes], second: bytes
) -> None:
    with house.paused:
        assert house.raw(first(b"a", b"text") + second) == b""
    assert house.raw(second).startswith(b"HTTP/1.1 400 ")


def test_body_that_cannot_be_read_is_refused_in_its_turn(house: House) -> None:
    wrong = chunked(b"b", b"text").replace(b"\r\n0\r\n", b"\r\nzz\r\n")
    assert house.raw(wrong).startswith(b"HTTP/1.1 400 ")
    with house.paused:
        assert house.raw(upload(b"a", b"text") + wrong) == b""


def test_uploads_over_one_connection_are_answered_one_by_one(house: House) -> None:
    with connected(house) as line:
        for number in range(3):
            line.sendall(upload(b"%d" % number, b"text %d" % number))
            assert answer(line)[0] == b"http/1.1 201 created"
    assert [one.content for one in house.documents] == [b"text 0", b"text 1", b"text 2"]


def test_body_that_comes_in_pieces_is_one_document(house: House) -> None:
    whole = upload(b"a", b"abcdefgh")
    with connected(house) as line:
        for at in range(0, len(whole), 3):
            line.sendall(whole[at : at + 3])
            time.sleep(0.001)
        assert answer(line)[0] == b"http/1.1 201 created"
    assert [one.content for one in house.documents] == [b"abcdefgh"]


def test_uploads_sent_at_once_are_answered_in_their_order(house: House) -> None:
    got = house.raw(upload(b"a", b"1") + upload(b"b", b"2") + upload(b"c", b"3", LAST))
    assert re.findall(rb"inbox/acme/(.)@", got) == [b"a", b"b", b"c"]
    assert [one.content for one in house.documents] == [b"1", b"2", b"3"]


def test_sender_who_waits_to_be_told_to_go_on_is_told(house: House) -> None:
    with connected(house) as line:
        line.sendall(HEAD % (b"a", 4) + b"Expect: 100-continue\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"text")
        assert answer(line)[0] == b"http/1.1 201 created"


def test_connection_is_closed_for_a_sender_who_asks_for_it(house: House) -> None:
    assert b"\r\nconnection: close\r\n" in house.raw(upload(b"a", b"text", LAST)).lower()


def test_sender_who_leaves_does_not_keep_the_others_from_their_answers(house: House) -> None:
    with house.paused, connected(house) as line:
        line.sendall(upload(b"a", b"text"))
        while house.door.held == 0:
            time.sleep(0.001)
    assert house.put("/inbox/acme/b").status == 201
    assert house.door.held == 0


@pytest.mark.parametrize("sent", [upload, chunked])
def test_sender_who_ends_his_half_is_answered(
    house: House, sent: Callable[[bytes, bytes], bytes]
) -> None:
    with connected(house) as line:
        with house.paused:
            line.sendall(sent(b"a", b"text"))
            line.shutdown(socket.SHUT_WR)
            while house.door.held == 0:
                time.sleep(0.001)
        start, headers, _ = answer(line)
        assert (start, headers["connection"]) == (b"http/1.1 201 created", "close")
        assert line.recv(1) == b""


def test_each_upload_of_a_sender_who_ends_his_half_is_answered(house: House) -> None:
    with connected(house) as line:
        line.sendall(chunked(b"a", b"1") + upload(b"b", b"2") + upload(b"c", b"3"))
        line.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: line.recv(65_536), b""))
    assert answers.count(b"HTTP/1.1 201 ") == 3
    assert [one.ref.key for one in house.documents] == ["acme/a", "acme/b", "acme/c"]


@pytest.mark.parametrize("part", [HEAD % (b"a", 9), HEAD % (b"a", 9) + b"\r\nabc"])
def test_sender_who_ends_his_half_too_soon_is_not_waited_for(house: House, part: bytes) -> None:
    with connected(house) as line:
        line.sendall(part)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
    assert house.documents == []


def test_upload_under_way_at_the_end_is_answered(house: House) -> None:
    with connected(house) as line, ThreadPoolExecutor(1) as pool:
        line.sendall(HEAD % (b"a", 4) + b"\r\nte")
        while not any(each.head_complete for each in house.connections()):
            time.sleep(0.001)
        ended = pool.submit(house.server.stop)
        while any(each.cycle.keep_alive for each in house.connections()):
            time.sleep(0.001)
        line.sendall(b"xt")
        start, headers, _ = answer(line)
        assert (start, headers["connection"]) == (b"http/1.1 201 created", "close")
        assert ended.result()


def test_connection_that_asks_for_nothing_more_is_ended(house: House) -> None:
    server = serve(house.app, idle_seconds=0.2)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(upload(b"a", b"text"))
        assert answer(line)[0] == b"http/1.1 201 created"
        assert line.recv(1) == b""
    assert server.stop()


def test_amounts_are_text(house: House) -> None:
    with connected(house) as line:
        line.sendall(upload(b"a", b"text"))
        assert msgspec.json.decode(answer(line)[2])["invoices"][0]["total"] == "10.10"
