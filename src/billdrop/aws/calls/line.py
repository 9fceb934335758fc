"""Connections to one host of AWS that are kept open: a request, and a whole answer or an error."""

import select
import socket
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from weakref import finalize

from httptools import HttpParserError, HttpResponseParser

if TYPE_CHECKING:
    from boto3.session import Session

CONNECTING = 5.0
"""Seconds until a connection is there."""

READING = 30.0
"""Seconds until the next bytes of an answer; a call to the queue waits up to 20 for messages."""

IDLE = 20.0
"""Seconds after which a connection is not used again; AWS lets go of one after 20 to 60."""

REST = 5.0
"""Seconds that a line is left alone after an answer that was no good; the SDK knows how to try again."""

FINAL = 200
"""The lowest status of an answer that no other follows."""

MOST = 1 << 30
PIECE = 1 << 16
PORTS = {"http": 80, "https": 443}


class Request(NamedTuple):
    """What is sent, signed."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    most: int = MOST
    """Bytes of an answer that are heard; of one that is longer only what it says of itself."""


class Answer:
    """What came back, as it was heard."""

    def __init__(self, most: int = MOST) -> None:
        self._parser = HttpResponseParser(self)
        self._most = most
        self.status = 0
        self.headers: dict[str, str] = {}
        """By lower-case name."""
        self.whole = False
        """Whether there is a body; not where it has more bytes than were asked for."""
        self.kept = False
        """Whether the connection may be used again."""
        self.messages = 0
        """How many answers were begun; more than one belong to more than one request, or say `wait`."""
        self._pieces: list[bytes] = []

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)

    @property
    def size(self) -> int:
        """How many bytes its body has, as it says of itself."""
        return int(self.headers.get("content-length", 0))

    def heard(self, piece: bytes) -> bool:
        """Whether that was all of it; raises `ConnectionError` when it is not one whole answer."""
        if not piece:
            raise ConnectionResetError("the answer ends too early")
        try:
            self._parser.feed_data(piece)
            if not self.whole and self.size <= self._most:
                return False
        except (HttpParserError, ValueError) as error:
            raise ConnectionError(f"the answer is no HTTP: {error}") from error
        self.status = self._parser.get_status_code()
        if self.status < FINAL or self.messages > 1:
            raise ConnectionError(f"more than one answer, the last of them {self.status}")
        ends = "close" in self.headers.get("connection", "").lower()
        self.kept = self.whole and not ends and self._parser.get_http_version() == "1.1"
        return True

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self.messages += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        """Called by the parser."""
        self._pieces.append(piece)

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
        self.host = parts.netloc
        self._name = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._tls = ssl.create_default_context(cafile=bundle) if parts.scheme == "https" else None
        self._monotonic = monotonic
        self._idle: deque[tuple[socket.socket, float]] = deque()
        self._rested = 0.0
        finalize(self, _close, self._idle)

    @property
    def rests(self) -> bool:
        """Whether it is left alone now."""
        return self._monotonic() < self._rested

    def rest(self) -> None:
        """Leave it alone for a while."""
        self._rested = self._monotonic() + REST

    def ask(self, request: Request) -> Answer:
        """
        Send a request once and hear the whole answer, or that it is longer than wanted.

        Raises `OSError` when there is none; whether anything was done is not known then.
        """
        connection = self.begin(request)
        answer = Answer(request.most)
        try:
            while not answer.heard(connection.recv(PIECE)):
                pass
        except BaseException:
            connection.close()
            raise
        self.end(connection, answer)
        return answer

    def begin(self, request: Request) -> socket.socket:
        """Send a request; the connection that its answer comes by."""
        connection = self._connection()
        try:
            connection.sendall(_written(request))
        except BaseException:
            connection.close()
            raise
        return connection

    def end(self, connection: socket.socket, answer: Answer) -> None:
        """Keep a connection for the next request, if its answer lets us."""
        if answer.kept:
            self._idle.append((connection, self._monotonic()))
        else:
            connection.close()

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
        connection = socket.create_connection((self._name, self._port), CONNECTING)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_hostname=self._name)
            connection.settimeout(READING)
        except BaseException:
            connection.close()
            raise
        return connection


def line_to(session: "Session", url: str) -> Line | None:
    """By the certificates that the SDK trusts; None where the SDK would go through a proxy."""
    from botocore.httpsession import get_cert_path
    from botocore.utils import get_environ_proxies

    if get_environ_proxies(url):
        return None
    named = session._session.get_config_variable("ca_bundle")  # noqa: SLF001 - nothing public says it
    return Line(url, bundle=get_cert_path(named or True))


def _written(request: Request) -> bytes:
    method, target, headers, body, _ = request
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    lines += ["Accept-Encoding: identity", f"Content-Length: {len(body)}", "", ""]
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) - 1 or not head.isascii():
        raise ConnectionError("a header is no plain line")
    return head.encode() + body


def _has_spoken(connection: socket.socket) -> bool:
    """Whether there is anything to be read, which before a request is but the end."""
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return True
    if sys.platform == "win32":
        return bool(select.select([connection], [], [], 0)[0])
    look = select.poll()
    look.register(connection, select.POLLIN)
    return bool(look.poll(0))


def _close(idle: deque[tuple[socket.socket, float]]) -> None:
    while idle:
        idle.pop()[0].close()
