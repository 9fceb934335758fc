"""Credentials expire while a worker is at work: it takes new ones, and each document counts once."""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from tests.aws.faulty import Answer, Asked, Pass, Plan, faulty
from tests.aws.standin import ACCOUNT
from tests.aws.worked import Site, worker
from tests.process import eventually
from tests.samples import docproc

SERVICES = {"dynamodb", "s3", "sns", "sqs"}
RENEWED = timedelta(minutes=15)
"""The SDK asks for new credentials when those it has are good for less."""

JSON = [("Content-Type", "application/x-amz-json-1.0")]
XML = [("Content-Type", "application/xml")]
WORDS = {
    "dynamodb": (JSON, b'{"__type": "com.amazon.coral.service#ExpiredTokenException"}'),
    "s3": (XML, b"<Error><Code>ExpiredToken</Code><Message>expired</Message></Error>"),
    "sns": (
        XML,
        b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>no</Message></Error></ErrorResponse>",
    ),
    "sqs": (JSON, b'{"__type": "com.amazon.coral.service#ExpiredTokenException"}'),
}


class Issuer(BaseHTTPRequestHandler):
    """Gives credentials that have to be renewed after two seconds, each with a token of its own."""

    issued: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.issued.append(f"token-{len(self.issued) + 1}")
        until = datetime.now(UTC) + RENEWED + timedelta(seconds=2)
        body = json.dumps(
            {
                "AccessKeyId": ACCOUNT,
                "SecretAccessKey": "test",
                "Token": self.issued[-1],
                "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def issuing() -> Iterator[str]:
    """The URL of the issuer."""
    Issuer.issued.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Issuer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Gate(Plan):
    """Takes the last two tokens, and of each service one call in between is told that they expired."""

    def __init__(self) -> None:
        super().__init__({})
        self.tokens: dict[str, set[str]] = defaultdict(set)
        self.refused: Counter[str] = Counter()

    def answer(self, asked: Asked, forward: Pass) -> Answer | None:
        """See `Plan`."""
        good, kind = Issuer.issued[-2:], asked.service
        early = len(self.tokens[kind]) == 2 and not self.refused[kind]
        if kind in SERVICES and (early or asked.token not in good):
            self.refused[kind] += 1
            headers, body = WORDS[kind]
            return Answer(400, headers, body)
        self.tokens[kind].add(asked.token)
        return forward(asked.body)


@pytest.mark.timeout(180)
def test_credentials_that_expire_at_work_are_renewed_and_each_document_counts_once() -> None:
    site, gate, count = Site(auth=False), Gate(), 0
    with issuing() as issuer, faulty(site.server.endpoint, gate) as endpoint:
        environment = {
            **site.server.environment(),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": issuer,
        }
        with worker(site, environment=environment) as running:
            for known in range(2, 7):
                eventually(lambda: len(Issuer.issued), known.__le__, 30)
                for _ in range(7):
                    count += 1
                    site.upload(f"acme/{count}.txt", docproc(f"N-{count}"))
                site.until(recorded=count, unpublished_segments=0)
            eventually(site.waiting, lambda left: left == 0, 30)
            assert running.stop() == 0
    assert gate.refused.keys() == SERVICES
    assert min(len(gate.tokens[service]) for service in SERVICES) >= 4
    numbers = [row["number"] for row in site.rows("invoices")]
    assert sorted(numbers) == sorted(f"N-{number}" for number in range(1, count + 1))
    assert sum(site.books.states().values()) == count
    answered = {entry.key for entry in site.books.documents() if site.receipt(entry.key)}
    assert len(answered) == count
