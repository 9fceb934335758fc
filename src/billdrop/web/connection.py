"""One connection: bounded, never waiting for ever, and quick with an upload that came whole."""

import asyncio
import time
from itertools import chain
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from billdrop.web.gate import Gate
from billdrop.web.replies import Reply
from billdrop.web.rules import Asked

HEAD_BYTES = 64 * 1024
HEAD_LINES = 100
SPARE = 32
"""Connections beyond those that are served, so that they can be told to come again."""

_ASKS = frozenset({b"GET", b"HEAD"})
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _TooLargeError(Exception):
    """The head of a request is larger than what is held of one."""


class _Silent:
    """In the place of an event that nobody waits for."""

    def set(self) -> None:
        """Nothing happens."""


class Whole:
    """
    An upload of a declared, small length: read as it comes, and answered without a task.

    Stands where uvicorn has its cycle of a request and its answer, with what it looks at there.
    """

    message_event = _Silent()

    def __init__(self, asked: Asked, connection: "Connection") -> None:
        self.asked = asked
        self.connection = connection
        self.body = b""
        self.more_body = self.keep_alive = True
        self.response_started = self.response_complete = self.disconnected = False

    def answer(self, reply: Reply) -> None:
        """Send it, unless nobody is there any more."""
        self.response_complete = True
        self.connection.answer(reply, close=not self.keep_alive)


class Connection(HttpToolsProtocol):
    """Knows since when it waits for a request to arrive, and how much of its head it holds."""

    waiting_since: float | None = None
    head_complete = False
    idle = False
    """Whether it waits for a further request, not for the rest of one."""
    held = 0
    """Bytes since something was last complete: a head, a piece of a body, a message."""
    too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting_since = time.monotonic()
        most = self.limit_concurrency
        if most is not None and len(self.connections) > most + SPARE:
            transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """
        Whether a sender who ended his half of the connection is still to be answered.

        He is when what he sent came whole, and the connection ends with the answer. Whoever only
        asked has left: what is shown as it happens would go on for nobody.
        """
        has_sent = self.waiting_since is None and self.parser.get_method() not in _ASKS
        if has_sent:
            self.cycle.keep_alive = False
        return has_sent

    def data_received(self, data: bytes) -> None:
        self.held += len(data)
        super().data_received(data)
        if self.held > HEAD_BYTES:
            self.too_large = True
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """Refuse what is read now, unless it would be taken for the answer to what came before."""
        if self._is_next():
            if self.too_large:
                self.transport.write(_TOO_LARGE)
            else:
                super().send_400_response(msg)
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.waiting_since = time.monotonic()
        self.head_complete = self.idle = False

    def on_headers_complete(self) -> None:
        size = sum(map(len, chain.from_iterable(self.headers)))
        self._bound(len(self.headers) <= HEAD_LINES and len(self.url) + size <= HEAD_BYTES)
        self.head_complete, self.held = True, 0
        asked = self._whole()
        if asked is not None:
            self.cycle = Whole(asked, self)  # type: ignore[assignment]
            return
        super().on_headers_complete()
        if b"#" in self.url.partition(b"?")[0]:
            # uvicorn drops it with all that follows; it is there to be refused
            self.scope["raw_path"] += b"#"

    def on_body(self, body: bytes) -> None:
        self.held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.waiting_since, self.held = None, 0
        super().on_message_complete()
        cycle: Any = self.cycle
        if isinstance(cycle, Whole):
            self.app.take(cycle.asked, cycle.body, cycle.answer)
        elif cycle.response_complete:
            self._rest()

    def on_response_complete(self) -> None:
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        if self.waiting_since is None:
            self._rest()

    def answer(self, reply: Reply, *, close: bool) -> None:
        """Send a whole answer."""
        if self.transport.is_closing():
            return
        self.transport.write(reply.wire(self.server_state.default_headers, close=close))
        if close:
            self.transport.close()
        self.on_response_complete()

    def _whole(self) -> Asked | None:
        """What is asked, when it is an upload that can be taken as soon as its body is there."""
        parser = self.parser
        cycle: Any = self.cycle
        plain = (
            parser.get_method() == b"PUT"
            and isinstance(self.app, Gate)
            and (cycle is None or cycle.response_complete)
            and not self.expect_100_continue
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and parser.get_http_version() == "1.1"
            and self._has_room()
        )
        return self.app.whole(self.url, self.headers) if plain else None

    def _has_room(self) -> bool:
        return self.limit_concurrency is None or len(self.connections) < self.limit_concurrency

    def _is_next(self) -> bool:
        """Whether nothing that came before what is read now has yet to be answered."""
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            return True
        is_of_what_is_read = self.head_complete and self.waiting_since is not None
        return is_of_what_is_read and not self.pipeline and not cycle.response_started

    def _rest(self) -> None:
        self.waiting_since, self.idle = time.monotonic(), True

    def _bound(self, holds: bool) -> None:
        if not holds:
            self.too_large, self.held = True, 0
            raise _TooLargeError
