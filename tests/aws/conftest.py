"""AWS as its stand-in, for the tests of the AWS family."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest

from billdrop.aws.calls.clients import Clients
from tests.aws.standin import StandIn, fresh, root, standin


@pytest.fixture
def clients() -> Clients:
    """Clients of the root of an account, of a server that enforces no rights."""
    return root()


@pytest.fixture
def endpoint() -> str:
    """The URL of that server."""
    return standin().endpoint


@pytest.fixture
def guarded() -> StandIn:
    """A server that enforces rights: `guarded.clients(key, secret)` are those of a user or role."""
    return standin(auth=True)


@pytest.fixture
def unique() -> str:
    """A name that nothing else has."""
    return fresh()


class _Ear(BaseHTTPRequestHandler):
    heard: SimpleQueue[bytes]

    def do_POST(self) -> None:
        self.heard.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[tuple[str, "SimpleQueue[bytes]"]]:
    """The URL of a server on 127.0.0.1, and what is posted there."""
    _Ear.heard = SimpleQueue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Ear)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sns", _Ear.heard
    server.shutdown()
    thread.join()
    server.server_close()
