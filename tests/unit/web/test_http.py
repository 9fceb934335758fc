import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from billdrop.errors import ConfigurationError, StorageFullError
from billdrop.model import Outcome, State
from billdrop.web.server import HttpServer
from tests.unit.web.conftest import House, quarantined


def test_upload_is_answered_with_what_was_recorded(house: House) -> None:
    reply = house.put("/inbox/acme/2026/a%20b.txt", b"\x00\xff")
    assert reply.status == 201
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["state"] == "recorded"
    assert reply.json["invoices"][0]["total"] == "10.10"
    (document,) = house.documents
    assert document.ref.customer == "acme"
    assert document.ref.key == "acme/2026/a b.txt"
    assert document.content == b"\x00\xff"
    assert reply.json["document_id"] == document.ref.document_id


@pytest.mark.parametrize("state", [State.DUPLICATE, State.SUPERSEDED])
def test_upload_that_changes_nothing_is_answered_with_200(house: House, state: State) -> None:
    house.judge = lambda delivery, _: Outcome(document_id=delivery.ref.document_id, state=state)
    assert house.put("/inbox/acme/a.txt").status == 200


def test_quarantined_upload_is_a_problem_with_line_and_column(house: House) -> None:
    house.judge = quarantined
    reply = house.put("/inbox/acme/a.txt")
    assert reply.status == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["code"] == "BD2014"
    assert reply.json["title"] == "Net plus tax is not total"
    assert reply.json["status"] == 422
    assert reply.json["instance"] == "/inbox/acme/a.txt"
    (finding,) = reply.json["findings"]
    assert (finding["line"], finding["column"], finding["offset"]) == (7, 12, 7)
    assert reply.json["document_id"].startswith("inbox/acme/a.txt@")


@pytest.mark.parametrize("state", [State.RECORDED, State.QUARANTINED])
def test_reply_says_nothing_of_changes_that_its_ledger_does_not_count(
    house: House, state: State
) -> None:
    house.judge = lambda delivery, document: replace(quarantined(delivery, document), state=state)
    uncounted = house.put("/inbox/acme/a.txt").json
    house.judge = lambda delivery, document: replace(
        quarantined(delivery, document), state=state, change=3
    )
    counted = house.put("/inbox/acme/b.txt").json
    assert ("change" in uncounted, counted["change"]) == (False, 3)


def test_upload_of_bytes_that_wait_already_is_refused_as_they_were(house: House) -> None:
    house.judge = lambda delivery, document: replace(
        quarantined(delivery, document), state=State.DUPLICATE, duplicate_of="inbox/acme/b.txt@1"
    )
    reply = house.put("/inbox/acme/a.txt")
    assert (reply.status, reply.json["code"], reply.json["state"]) == (422, "BD2014", "duplicate")


@pytest.mark.parametrize(
    "path",
    [
        "/inbox/acme/..%2f..%2fetc",
        "/inbox/acme/../x",
        "/inbox/acme/%2e%2e/x",
        "/inbox/../acme/x",
        "/inbox/acme/%00",
        "/inbox/acme/a%0Ab",
        "/inbox/acme/%c0%ae",
        "/inbox/acme//x",
        "/inbox/acme/",
        "/inbox/a%20b/x",
        "/inbox/acme/a%5cb",
        "/inbox/acme/%e2%80%ae",
        "/inbox/acme/a#1.txt",
        "/inbox/acme/a#1.txt?b",
        "/inbox/acme/#",
        "/inbox/acme/" + "a" * 1025,
    ],
)
def test_name_that_is_not_allowed_is_refused(house: House, path: str) -> None:
    reply = house.put(path)
    assert reply.status == 400
    assert reply.json["code"] == "BD1006"
    assert house.documents == []


def test_sign_that_would_cut_the_name_is_refused_with_how_to_write_it(house: House) -> None:
    chunks = b"Host: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
    refused = house.raw(b"PUT /inbox/acme/a#1.txt HTTP/1.1\r\n" + chunks)
    assert refused.startswith(b"HTTP/1.1 400 ")
    assert b"%23" in refused
    assert house.put("/inbox/acme/a%231.txt").status == 201
    assert [one.ref.key for one in house.documents] == ["acme/a#1.txt"]


def test_body_over_the_limit_is_refused_before_it_is_read(house: House) -> None:
    assert house.put("/inbox/acme/a.txt", b"x" * 1_001).status == 413
    assert house.put("/inbox/acme/a.txt", b"x" * 1_000).status == 201


def test_body_of_unknown_length_is_counted_as_it_comes(house: House) -> None:
    head = b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"190\r\n" + b"x" * 400 + b"\r\n"
    answer = house.raw(head, chunk, chunk, chunk)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert house.documents == []
    assert house.door.held_bytes == 0


def test_body_in_chunks_is_one_document(house: House) -> None:
    head = b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = house.raw(
        head, b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert [one.content for one in house.documents] == [b"abcde"]


def test_body_without_a_stated_length_is_refused(house: House) -> None:
    assert house.raw(b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(
        b"HTTP/1.1 411 "
    )


def test_compressed_body_is_refused(house: House) -> None:
    assert house.put("/inbox/acme/a.txt", Content_Encoding="gzip").status == 415


def test_body_that_ends_too_soon_is_no_document(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.server.port)) as line:
        line.sendall(
            b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"
        )
    assert house.put("/inbox/acme/b.txt").status == 201
    assert [one.ref.key for one in house.documents] == ["acme/b.txt"]


def test_empty_body_is_a_document(house: House) -> None:
    assert house.put("/inbox/acme/a.txt", b"").status == 201


def test_uploads_beyond_what_can_be_held_are_told_to_come_again(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        with house.paused:
            replies = [pool.submit(house.put, f"/inbox/acme/{number}") for number in range(8)]
            while sum(reply.done() for reply in replies) < 4:
                time.sleep(0.01)
        found = [reply.result() for reply in replies]
    busy = [reply for reply in found if reply.status == 429]
    assert len(busy) == 4
    assert all(reply.headers["retry-after"] == "1" for reply in busy)
    assert all(reply.json["code"] == "BD7002" for reply in busy)
    assert {reply.status for reply in found} == {201, 429}
    assert house.door.held == 0


def test_upload_that_cannot_be_recorded_is_tried_again_before_its_sender_is_told(
    house: House,
) -> None:
    house.judge = lambda delivery, document: None
    reply = house.put("/inbox/acme/a.txt")
    assert reply.status == 503
    assert reply.headers["retry-after"] == "5"
    assert len(house.documents) == 3


def test_full_disk_is_said_to_be_one(house: House) -> None:
    house.trouble = StorageFullError("no room is left", hint="make room")
    house.judge = lambda delivery, document: None
    reply = house.put("/inbox/acme/a.txt")
    assert reply.status == 507
    assert reply.json["code"] == "BD5007"
    assert house.ask("GET", "/readyz").status == 507
    assert house.ask("GET", "/healthz").status == 200


def test_host_of_another_site_is_not_answered(house: House) -> None:
    assert house.ask("GET", "/expenses", Host="evil.example").status == 421


def test_page_of_another_site_may_not_write(house: House) -> None:
    assert house.put("/inbox/acme/a", Sec_Fetch_Site="cross-site").status == 403
    assert house.put("/inbox/acme/a", Origin="http://evil.example").status == 403
    assert house.documents == []


def test_every_answer_has_the_security_headers(house: House) -> None:
    for reply in (
        house.ask("GET", "/status"),
        house.put("/inbox/acme/.."),
        house.put("/x"),
        house.put("/inbox/acme/a.txt"),
    ):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
        assert "server" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/inbox/acme/a.txt", 405),
        ("DELETE", "/inbox/acme/a.txt", 405),
        ("POST", "/expenses", 405),
        ("PUT", "/inbox/acme", 404),
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
    ],
)
def test_what_is_not_there_is_a_problem(house: House, method: str, path: str, status: int) -> None:
    reply = house.ask(method, path)
    assert reply.status == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert ("allow" in reply.headers) == (status == 405)


def test_expenses_are_sums_by_date_month_or_currency(house: House) -> None:
    sums = {"currency": "EUR", "net": None}
    assert house.ask("GET", "/expenses?since=2026-11-22").json == [
        {
            "date": "2026-11-22",
            **sums,
            "invoices": 2,
            "tax": "1.50",
            "total": "10.10",
        }
    ]
    assert house.ask("GET", "/expenses?by=month").json == [
        {"month": "2026-11", **sums, "invoices": 4, "tax": "3.00", "total": "20.20"}
    ]
    assert house.ask("GET", "/expenses?by=currency").json == [
        {**sums, "invoices": 4, "tax": "3.00", "total": "20.20"}
    ]


@pytest.mark.parametrize("query", ["by=seller", "since=yesterday", "until=2026-02-30", "x=1"])
def test_question_that_is_not_understood_is_refused(house: House, query: str) -> None:
    assert house.ask("GET", f"/expenses?{query}").status == 400


def test_small_pages_answer(house: House) -> None:
    assert house.ask("GET", "/version").json == {"version": "1.2.3"}
    assert house.ask("GET", "/readyz").json == {"ready": True}
    assert house.ask("GET", "/status").json["recorded"] == 1
    assert "/inbox/{customer}/{name}" in house.ask("GET", "/openapi.json").json["paths"]


def test_metrics_count_uploads_and_requests(house: House) -> None:
    house.put("/inbox/acme/a.txt", b"12345")
    page = house.ask("GET", "/metrics").body.decode()
    assert 'billdrop_uploads_total{state="recorded"} 1' in page
    assert 'billdrop_http_requests_total{method="PUT",status="201"} 1' in page
    assert "billdrop_upload_bytes_total 5" in page
    assert "billdrop_ready 1" in page


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"PUT /inbox/acme/a HTTP/1.1\r\nHost: local",
        b"PUT /inbox/acme/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc",
    ],
)
def test_request_that_does_not_arrive_in_time_is_ended(house: House, start: bytes) -> None:
    assert house.raw(start) == b""
    assert house.documents == []


def test_bytes_that_are_no_request_are_refused(house: House) -> None:
    assert house.raw(b"\x16\x03\x01\x02\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert house.raw(b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_drain_answers_what_came_in_and_takes_nothing_new(house: House) -> None:
    with ThreadPoolExecutor(1) as pool:
        with house.paused:
            reply = pool.submit(house.put, "/inbox/acme/a.txt")
            while house.door.held == 0:
                time.sleep(0.01)
            house.server.begin_drain()
            time.sleep(0.3)
            with pytest.raises(OSError, match=r"refused|reset"):
                house.put("/inbox/acme/b.txt")
        assert reply.result().status == 201
    assert house.server.join()


def test_port_in_use_is_said_with_the_remedy(house: House) -> None:
    with pytest.raises(ConfigurationError, match="--port"):
        HttpServer(object(), port=house.server.port)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"),
        ("GET", "/nothing"),
        ("PUT", "/inbox/acme/a.txt"),
        ("PUT", "/inbox/a b/x"),
    ],
)
def test_every_answer_ends_with_a_line_end(house: House, method: str, path: str) -> None:
    request = f"{method} {path.replace(' ', '%20')} HTTP/1.1\r\nHost: localhost\r\n"
    answer = house.raw(f"{request}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
    assert answer.endswith(b"}\n")


def test_a_customer_that_cannot_be_is_told_so(house: House) -> None:
    problem = house.put("/inbox/a%20b/x.txt").json
    assert problem["detail"].startswith("customer 'a b' is not a name of letters")
    assert problem["hint"] == "name the customer otherwise"


@pytest.mark.parametrize("path", ["/inbox", "/inbox/acme"])
def test_an_upload_without_a_name_is_told_the_whole_path(house: House, path: str) -> None:
    reply = house.put(path)
    assert reply.status == 404
    assert reply.json["detail"].endswith("PUT /inbox/<customer>/<name>")


@pytest.mark.parametrize("length", [b"Content-Length: 4", b"Transfer-Encoding: chunked"])
def test_body_that_would_be_dropped_for_another_protocol_is_refused(
    house: House, length: bytes
) -> None:
    asks = b"Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    body = b"text" if length.startswith(b"Content") else b"4\r\ntext\r\n0\r\n\r\n"
    got = house.raw(b"PUT /inbox/acme/a HTTP/1.1\r\n" + asks + length + b"\r\n\r\n" + body)
    assert got.startswith(b"HTTP/1.1 400 ")
    assert b"without that header" in got
    assert house.documents == []
    assert house.ask("GET", "/status", Connection="Upgrade", Upgrade="h2c").status == 200
