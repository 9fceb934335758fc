"""A server between the worker and the stand-in that throttles, hangs up after the effect, and does half of a batch."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

HOP = frozenset(["connection", "transfer-encoding", "content-length", "keep-alive"])


class Asked(NamedTuple):
    """One call to AWS."""

    service: str
    """As the signature names it: `dynamodb`, `sqs`, `sns`, `s3` and so on."""
    action: str
    """`TransactWriteItems`, `PUT` and so on."""
    path: str
    body: bytes
    token: str
    """Of the session that signed it."""


class Answer(NamedTuple):
    """What came back, or is made up."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


Pass = Callable[[bytes], Answer]
"""Does what was asked, perhaps with another body."""

Fault = Callable[[Asked, Pass], Answer | None]
"""The answer to a call, None for no answer at all."""


class Plan:
    """Every so many calls of a kind one fault; the first call of a kind is always spared."""

    def __init__(self, faults: dict[tuple[str, str], list[Fault]], *, every: int = 3) -> None:
        self.happened: Counter[str] = Counter()
        self._faults = faults
        self._every = every
        self._seen: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def answer(self, asked: Asked, forward: Pass) -> Answer | None:
        """One after another of the faults that fit."""
        kind = (asked.service, asked.action)
        faults = self._faults.get(kind, ())
        with self._lock:
            self._seen[kind] += 1
            turn, rest = divmod(self._seen[kind], self._every)
        if not faults or rest:
            return forward(asked.body)
        fault = faults[(turn - 1) % len(faults)]
        self.happened[f"{asked.action} {fault.__name__}"] += 1
        return fault(asked, forward)


def throttled(asked: Asked, forward: Pass) -> Answer | None:
    """Refused before anything happened."""
    if asked.service == "s3":
        body = b"<Error><Code>SlowDown</Code><Message>Please reduce your rate.</Message></Error>"
        return Answer(503, [("Content-Type", "application/xml")], body)
    names = {
        "dynamodb": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
        "sqs": "com.amazonaws.sqs#RequestThrottled",
    }
    body = json.dumps({"__type": names[asked.service], "message": "Rate exceeded"}).encode()
    return Answer(400, [("Content-Type", "application/x-amz-json-1.0")], body)


def hung_up(asked: Asked, forward: Pass) -> Answer | None:
    """It happened, and nobody says so."""
    forward(asked.body)
    return None


def half_done(asked: Asked, forward: Pass) -> Answer | None:
    """The second half of a batch of the queue is told to have failed."""
    given = json.loads(asked.body)
    entries = given["Entries"]
    done, left = entries[: len(entries) // 2], entries[len(entries) // 2 :]
    answer = forward(json.dumps({**given, "Entries": done}).encode()) if done else None
    found: dict[str, Any] = json.loads(answer.body) if answer is not None else {"Successful": []}
    found["Failed"] = [
        {"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in left
    ]
    return Answer(200, [("Content-Type", "application/x-amz-json-1.0")], json.dumps(found).encode())


@contextmanager
def faulty(endpoint: str, plan: Plan) -> Iterator[str]:
    """The URL of such a server before the endpoint."""
    target = urlsplit(endpoint).netloc
    handler = type("_Planned", (_Handler,), {"target": target, "plan": plan})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target: str
    plan: Plan

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = self.plan.answer(self._asked(body), self._forward)
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP:
                self.send_header(name, value)
        length = dict(answer.headers).get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815 - as its parent names them

    def _asked(self, body: bytes) -> Asked:
        scope = self.headers.get("authorization", "").partition(",")[0].split("/")
        return Asked(
            service=scope[3] if len(scope) > 3 else "",
            action=self.headers.get("x-amz-target", "").rpartition(".")[2] or self.command,
            path=self.path,
            body=body,
            token=self.headers.get("x-amz-security-token", ""),
        )

    def _forward(self, body: bytes) -> Answer:
        line = http.client.HTTPConnection(self.target, timeout=60)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            line.request(self.command, self.path, body=body, headers=headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            line.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its parent has it
        """Nothing."""
