"""Running the HTTP interface: on loopback alone, in a thread of its own, with an orderly end."""

import asyncio
import logging
import resource
import socket
import time
from threading import Event, Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from billdrop.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
HEAD_SECONDS = 10.0
REQUEST_SECONDS = 60.0
HEAD_BYTES = 64 * 1024
HEAD_LINES = 100

_BACKLOG = 2048
_START_SECONDS = 30.0
_SPARE = 32
"""Connections beyond those that are served, so that they can be told to come again."""
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _TooLargeError(Exception):
    """The head of a request is larger than what is held of one."""


class _Protocol(HttpToolsProtocol):
    """Knows since when it waits for a request to arrive, and how much of its head it holds."""

    waiting_since: float | None = None
    head_complete = False
    held = 0
    """Bytes since something was last complete: a head, a piece of a body, a message."""
    too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting_since = time.monotonic()
        most = self.limit_concurrency
        if most is not None and len(self.connections) > most + _SPARE:
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.held += len(data)
        super().data_received(data)
        if self.held > HEAD_BYTES:
            self.too_large = True
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        if not self.too_large:
            super().send_400_response(msg)
            return
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            self.transport.write(_TOO_LARGE)
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.waiting_since = time.monotonic()
        self.head_complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._bound(len(self.headers) <= HEAD_LINES)

    def on_headers_complete(self) -> None:
        self._bound(
            len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            <= HEAD_BYTES
        )
        self.head_complete, self.held = True, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.waiting_since, self.held = None, 0
        super().on_message_complete()

    def _bound(self, holds: bool) -> None:
        if not holds:
            self.too_large, self.held = True, 0
            raise _TooLargeError


class _Server(uvicorn.Server):
    """Ends connections whose request does not arrive in time."""

    def __init__(self, config: uvicorn.Config, head: float, request: float) -> None:
        super().__init__(config)
        self._head = head
        self._request = request
        self.up = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def on_tick(self, counter: int) -> bool:
        now = time.monotonic()
        for connection in list(self.server_state.connections):
            if isinstance(connection, _Protocol) and self._is_late(connection, now):
                connection.transport.close()
        return await super().on_tick(counter)

    def _is_late(self, connection: _Protocol, now: float) -> bool:
        patience = self._request if connection.head_complete else self._head
        since = connection.waiting_since
        return since is not None and now - since > patience


class HttpServer:
    """
    One running HTTP interface.

    `begin_drain` may be called from a signal handler; then `join` waits until every request that
    came in is answered. Uploads have to be settled by another thread until `join` returns.
    """

    def __init__(
        self,
        app: Starlette,
        *,
        port: int = 0,
        head_seconds: float = HEAD_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
        drain_seconds: float = 8.0,
        connections: int | None = None,
    ) -> None:
        """`connections`: how many are served at a time; without it half of the files it may open."""
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._drain_seconds = drain_seconds
        self._server = _Server(
            _config(app, drain_seconds, connections or _room()), head_seconds, request_seconds
        )
        self._thread = Thread(target=self._run, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """When it returns, requests are answered."""
        self._thread.start()
        if not self._server.up.wait(_START_SECONDS):
            raise ConfigurationError(f"{self.url} did not come up", hint="the log says why")

    def begin_drain(self) -> None:
        """Take no new connections, and close each after the request that is under way."""
        self._server.should_exit = True

    def join(self) -> bool:
        """Wait until all is answered, or the time to drain is over; whether it has ended."""
        self._thread.join(self._drain_seconds + 2)
        return not self._thread.is_alive()

    def stop(self) -> bool:
        """Drain and wait."""
        self.begin_drain()
        return self.join()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(app: Starlette, *, port: int = 0, **options: Any) -> HttpServer:
    """Start answering on 127.0.0.1; port 0 is any free one, told by `port` of what is returned."""
    server = HttpServer(app, port=port, **options)
    server.start()
    return server


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"port {port} of {LOOPBACK} cannot be used: {error.strerror}",
            hint="name another with --port; 0 takes any free one",
        ) from error
    return listening


def _room() -> int:
    """Connections are files, and so are uploads; ledger, folders and CSV need some too."""
    return max(_SPARE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def _config(app: Starlette, drain_seconds: float, connections: int) -> uvicorn.Config:
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        http=_Protocol,
        loop="auto",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        limit_concurrency=connections,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=max(1, round(drain_seconds)),
    )
