"""`PUT /inbox/{customer}/{name}`: the body goes through the door, the answer is what became of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from billdrop.errors import BilldropError
from billdrop.model import Outcome
from billdrop.web.door import HttpDoor, refused, resolve
from billdrop.web.metrics import Metrics
from billdrop.web.replies import (
    CLOSE,
    Extra,
    Receive,
    Scope,
    Send,
    reply_error,
    reply_outcome,
    reply_problem,
)
from billdrop.web.rules import RefusedError, target


class _GoneError(Exception):
    """The sender went away before the body was whole."""


class _TooLargeError(Exception):
    """More bytes came than are taken."""


class Upload:
    """Answers once what happened is durable."""

    def __init__(
        self,
        door: HttpDoor,
        *,
        now: Callable[[], datetime],
        ready: Callable[[], BilldropError | None],
        body_bytes: int,
        answer_seconds: float,
        metrics: Metrics,
    ) -> None:
        self._door = door
        self._now = now
        self._ready = ready
        self._most = body_bytes
        self._seconds = answer_seconds
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        try:
            customer, key = target(scope["billdrop.parts"])
        except RefusedError as error:
            detail, hint = str(error), error.hint
            await reply_problem(send, scope, 400, detail, code="BD1006", hint=hint, extra=CLOSE)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, detail, extra = refusal
            await reply_problem(send, scope, status, detail, extra=[*CLOSE, *extra])
            return
        try:
            outcome = await self._taken(customer, key, receive)
        except BilldropError as error:
            await reply_error(send, scope, error)
        except _TooLargeError:
            await self._reply_too_large(scope, send)
        except _GoneError:
            return
        else:
            self._metrics.uploads[outcome.state] += 1
            await reply_outcome(send, scope, outcome)

    def _refusal(self, scope: Scope) -> tuple[int, str, Extra] | None:
        """Why the body need not be read: status, detail, further headers."""
        headers = scope["billdrop.headers"]
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            return 415, "a body is taken as it is, without Content-Encoding", [_IDENTITY]
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            return 411, "the request says neither Content-Length nor Transfer-Encoding", []
        if length is not None and int(length) > self._most:
            return 413, f"the body has {int(length)} bytes, {self._most} are taken", []
        return None

    async def _reply_too_large(self, scope: Scope, send: Send) -> None:
        detail = f"the body has more than {self._most} bytes"
        await reply_problem(send, scope, 413, detail, extra=CLOSE)

    async def _taken(self, customer: str, key: str, receive: Receive) -> Outcome:
        """The outcome of one upload; raises one of our errors when there is none."""
        body = await self._body(receive)
        self._metrics.bytes += len(body)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome | None] = loop.create_future()
        self._door.offer(customer, key, body, self._now(), future)
        late = loop.call_later(self._seconds, resolve, [(future, None)])
        outcome = await future
        late.cancel()
        if outcome is None:
            raise self._ready() or refused()
        return outcome

    async def _body(self, receive: Receive) -> bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        if not message.get("more_body", False):
            return self._fitting(message["body"])
        return await self._rest(message["body"], receive)

    async def _rest(self, start: bytes, receive: Receive) -> bytes:
        """A body that comes in pieces, counted by the door as they come."""
        pieces, size, more = [], 0, True
        piece = start
        try:
            while True:
                self._door.reserve(len(piece))
                size += len(piece)
                pieces.append(piece)
                if size > self._most:
                    raise _TooLargeError
                if not more:
                    return b"".join(pieces)
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                piece, more = message["body"], message.get("more_body", False)
        finally:
            self._door.release(size)

    def _fitting(self, body: bytes) -> bytes:
        if len(body) > self._most:
            raise _TooLargeError
        return body


_IDENTITY = (b"accept-encoding", b"identity")
