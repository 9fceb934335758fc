import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from billdrop.errors import BilldropError
from billdrop.model import (
    Delivery,
    Document,
    DocumentRef,
    Finding,
    Outcome,
    QuarantineEntry,
    RecordedInvoice,
    State,
    Total,
)
from billdrop.web.app import create_app
from billdrop.web.connection import Connection
from billdrop.web.door import HttpDoor
from billdrop.web.server import HttpServer, serve

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FewBooks:
    """Two dates in the books."""

    def missing(self, refs: Any) -> list[DocumentRef]:
        return list(refs)

    def captured(self, refs: Any, *, before: datetime) -> list[DocumentRef]:
        return []

    def totals(self, *, since: date | None = None, until: date | None = None) -> list[Total]:
        days = [date(2026, 11, 21), date(2026, 11, 22)]
        return [
            Total(
                issue_date=day,
                currency="EUR",
                invoices=2,
                net=None,
                tax=Decimal("1.50"),
                total=Decimal("10.10"),
                with_tax=2,
            )
            for day in days
            if (since is None or day >= since) and (until is None or day <= until)
        ]

    def states(self) -> dict[str, int]:
        return {state.value: 1 for state in State} | {"unpublished_segments": 0}

    def entry(self, number: int) -> QuarantineEntry | None:
        return None

    def decided(self, **_: Any) -> list[QuarantineEntry]:
        return []

    def quarantine(
        self, *, document_id: str | None = None, closed: bool = False
    ) -> list[QuarantineEntry]:
        return []


class Reply(Struct, frozen=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


Judge = Callable[[Delivery, Document], Outcome | None]


def recorded(delivery: Delivery, document: Document) -> Outcome:
    invoice = RecordedInvoice(
        invoice_id="a" * 20,
        number="INV-1",
        revision=1,
        issue_date=date(2026, 11, 22),
        currency="EUR",
        total=Decimal("10.10"),
    )
    return Outcome(
        document_id=delivery.ref.document_id,
        state=State.RECORDED,
        invoices=(invoice,),
        invoice_count=1,
    )


def quarantined(delivery: Delivery, document: Document) -> Outcome:
    finding = Finding(
        code="BD2014",
        message="total 8150.00 is not 8050.00",
        line=7,
        column=12,
        excerpt="Total: 8150.00",
        offset=7,
        hint="correct the file",
    )
    return Outcome(
        document_id=delivery.ref.document_id, state=State.QUARANTINED, findings=(finding,)
    )


class House:
    """A running server, and a thread that settles what comes through its door."""

    def __init__(self) -> None:
        self.door = HttpDoor(most=4, most_bytes=10_000)
        self.judge: Judge = recorded
        self.trouble: BilldropError | None = None
        self.documents: list[Document] = []
        self.paused = threading.Lock()
        self._end = threading.Event()
        self._settler = threading.Thread(target=self._settle)
        self._settler.start()
        self.server = self._served()

    def _served(self) -> HttpServer:
        self.app = create_app(
            self.door,
            FewBooks(),
            now=lambda: NOW,
            ready=lambda: self.trouble,
            version="1.2.3",
            body_bytes=1_000,
            answer_seconds=5,
        )
        return serve(self.app, head_seconds=0.3, request_seconds=0.6, drain_seconds=5)

    def _settle(self) -> None:
        while not self._end.is_set():
            with self.paused:
                for delivery in self.door.listen(limit=100, wait=0.02):
                    (document,) = self.door.fetch([delivery])
                    assert isinstance(document, Document)
                    self.documents.append(document)
                    self.door.settle([delivery], [self.judge(delivery, document)])
            time.sleep(0.001)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection.request(method, path, body=body, headers=named)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())

    def connections(self) -> list[Connection]:
        """Those that are open."""
        return self.server.connections()

    def put(self, path: str, body: bytes = b"text", **headers: str) -> Reply:
        return self.ask("PUT", path, body, **headers)

    def raw(self, *pieces: bytes) -> bytes:
        """What comes back for bytes sent as they are, until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as line:
            for piece in pieces:
                line.sendall(piece)
            return b"".join(iter(lambda: line.recv(65_536), b""))

    def close(self) -> None:
        assert self.server.stop()
        self._end.set()
        self._settler.join()


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    house.close()
