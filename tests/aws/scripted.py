"""A server that answers as it is told, for what no stand-in does: cut bodies, throttles, races."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from billdrop.aws.calls.clients import Clients
from billdrop.aws.store.objects import Objects
from tests.aws.standin import ACCOUNT, StandIn


class Scripted(BaseHTTPRequestHandler):
    """Answers as it was told, and remembers what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, str, dict[str, str]]]] = []
    answers: ClassVar[list[tuple[int, bytes, dict[str, str]]]] = []

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers.items())))
        status, content, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        for name, value in {"content-length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.close_connection = True

    do_PUT = do_GET  # noqa: N815 - as the library names it

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def scripted(*answers: tuple[int, bytes, dict[str, str]]) -> Iterator[Objects]:
    """A bucket on a server that gives these answers, the last one for ever."""
    Scripted.asked.clear()
    Scripted.answers[:] = answers
    with ThreadingHTTPServer(("127.0.0.1", 0), Scripted) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = StandIn.pointed(f"http://127.0.0.1:{server.server_port}")
        yield Objects(Clients(session), "b", owner=ACCOUNT, sleep=lambda _: None)
        server.shutdown()


def answer(content: bytes, **headers: Any) -> tuple[int, bytes, dict[str, str]]:
    about = {
        "etag": f'"{hashlib.md5(content).hexdigest()}"',
        "last-modified": "Sun, 22 Nov 2026 14:00:00 GMT",
    }
    return 200, content, about | {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(status: int, code: str) -> tuple[int, bytes, dict[str, str]]:
    return status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(), {}
