"""Running the HTTP interface: on loopback unless told otherwise, in a thread of its own, with an orderly end."""

import logging
import resource
import socket
import time
from threading import Event, Thread
from typing import Any

import uvicorn

from billdrop.errors import ConfigurationError
from billdrop.web.connection import SPARE, Connection
from billdrop.web.gate import App

LOOPBACK = "127.0.0.1"
HEAD_SECONDS = 10.0
REQUEST_SECONDS = 60.0
IDLE_SECONDS = 75.0

_BACKLOG = 2048
_START_SECONDS = 30.0


class _Server(uvicorn.Server):
    """Ends connections whose request does not arrive in time."""

    def __init__(self, config: uvicorn.Config, head: float, request: float, idle: float) -> None:
        super().__init__(config)
        self._head = head
        self._request = request
        self._idle = idle
        self.up = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def on_tick(self, counter: int) -> bool:
        now = time.monotonic()
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection) and self._is_late(connection, now):
                connection.transport.close()
        return await super().on_tick(counter)

    def _is_late(self, connection: Connection, now: float) -> bool:
        if connection.idle:
            patience = self._idle
        else:
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
        app: App,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        head_seconds: float = HEAD_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        drain_seconds: float = 8.0,
        connections: int | None = None,
    ) -> None:
        """`connections`: how many are served at a time; without it half of the files it may open."""
        self._host = host
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._drain_seconds = drain_seconds
        self._server = _Server(
            _config(app, drain_seconds, connections or _room()),
            head_seconds,
            request_seconds,
            idle_seconds,
        )
        self._thread = Thread(target=self._run, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self._host}:{self.port}"

    def connections(self) -> list[Connection]:
        """Those that are open."""
        held = list(self._server.server_state.connections)
        return [each for each in held if isinstance(each, Connection)]

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


def serve(app: App, *, port: int = 0, **options: Any) -> HttpServer:
    """Start answering, on 127.0.0.1 unless `host` says otherwise; port 0 is any free one, told by `port` of what is returned."""
    server = HttpServer(app, port=port, **options)
    server.start()
    return server


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"port {port} of {host} cannot be used: {error.strerror}",
            hint="name another with --port or --listen; 0 takes any free one",
        ) from error
    return listening


def _room() -> int:
    """Connections are files, and so are uploads; ledger, folders and CSV need some too."""
    return max(SPARE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def _config(app: App, drain_seconds: float, connections: int) -> uvicorn.Config:
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    return uvicorn.Config(
        app,
        http=Connection,
        loop="auto",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        limit_concurrency=connections,
        timeout_graceful_shutdown=max(1, round(drain_seconds)),
    )
