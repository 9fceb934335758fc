"""Connections to one host of AWS that are kept open: a request, and a whole answer or an error."""

import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from weakref import finalize

from httptools import HttpParserError, HttpResponseParser

CONNECTING = 5.0
"""Seconds until a connection is there."""

READING = 30.0
"""Seconds until the next bytes of an answer; a call to the queue waits up to 20 for messages."""

IDLE = 20.0
"""Seconds after which a connection is not used again; AWS lets go of one after 20 to 60."""

PIECE = 1 << 16
PORTS = {"http": 80, "https": 443}


class Answer:
    """What came back, as it was heard."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        """By lower-case name."""
        self.body = b""
        self.whole = False
        self.kept = False
        """Whether the connection may be used again."""

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        """Called by the parser."""
        self.body = self.body + piece if self.body else piece

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.whole = True


class Line:
    """One host, without a proxy; safe to share among threads."""

    def __init__(
        self,
        url: str,
        *,
        bundle: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`bundle`: the file with the certificates that are trusted, for `https`."""
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._tls = ssl.create_default_context(cafile=bundle) if parts.scheme == "https" else None
        self._monotonic = monotonic
        self._idle: deque[tuple[socket.socket, float]] = deque()
        finalize(self, _close, self._idle)

    def post(self, path: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        """
        Send a request once and hear the whole answer.

        Raises `OSError` when there is none; whether anything was done is not known then.
        """
        connection = self._connection()
        try:
            connection.sendall(_written(path, headers, body))
            answer = _heard(connection)
        except BaseException:
            connection.close()
            raise
        if answer.kept:
            self._idle.append((connection, self._monotonic()))
        else:
            connection.close()
        return answer

    def _connection(self) -> socket.socket:
        """The one that was used last, if the other side holds it open; else a new one."""
        while self._idle:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                break
            if self._monotonic() - since < IDLE and not _has_spoken(connection):
                return connection
            connection.close()
        return self._connected()

    def _connected(self) -> socket.socket:
        connection = socket.create_connection((self._host, self._port), CONNECTING)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_hostname=self._host)
            connection.settimeout(READING)
        except BaseException:
            connection.close()
            raise
        return connection


def _written(path: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}", "Accept-Encoding: identity", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _heard(connection: socket.socket) -> Answer:
    answer = Answer()
    parser = HttpResponseParser(answer)
    try:
        while not answer.whole:
            piece = connection.recv(PIECE)
            if not piece:
                raise ConnectionResetError("the answer ends too early")
            parser.feed_data(piece)
    except HttpParserError as error:
        raise ConnectionError(f"the answer is no HTTP: {error}") from error
    answer.status = parser.get_status_code()
    ends = answer.headers.get("connection", "").lower() == "close"
    answer.kept = not ends and parser.get_http_version() == "1.1"
    return answer


def _has_spoken(connection: socket.socket) -> bool:
    """Whether there is anything to be read, which before a request is but the end."""
    look = select.poll()
    look.register(connection, select.POLLIN)
    return bool(look.poll(0))


def _close(idle: deque[tuple[socket.socket, float]]) -> None:
    while idle:
        idle.pop()[0].close()
