"""`PUT /inbox/{customer}/{name}`: the body goes through the door, the answer is what became of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from billdrop.errors import BilldropError
from billdrop.model import Outcome
from billdrop.web.door import HttpDoor, Waiter, refused
from billdrop.web.metrics import Metrics
from billdrop.web.patience import Patience
from billdrop.web.replies import (
    CLOSE,
    Receive,
    Reply,
    Send,
    error_reply,
    failed,
    outcome_reply,
    problem,
    send_reply,
)
from billdrop.web.rules import Asked, RefusedError, target


class _GoneError(Exception):
    """The sender went away before the body was whole."""


class _TooLargeError(Exception):
    """More bytes came than are taken."""


class _Sender(Waiter):
    """Who sent an upload."""

    def __init__(self, upload: "Upload", asked: Asked, answer: Callable[[Reply], None]) -> None:
        super().__init__(asyncio.get_running_loop())
        self._upload = upload
        self._asked = asked
        self._answer = answer

    def told(self, outcome: Outcome | None) -> None:
        self._upload.patience.over(self)
        try:
            reply = self._upload.ended(self._asked, outcome)
        except Exception as error:  # noqa: BLE001  outermost: the sender waits for an answer
            reply = failed(self._asked.path, error)
        self._answer(reply)


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
        self.patience = Patience(answer_seconds)
        self._metrics = metrics

    async def __call__(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Read the body, and answer."""
        reply = self.refusal(asked)
        if reply is None:
            try:
                reply = await self._taken(asked, await self._body(receive))
            except BilldropError as error:
                reply = error_reply(asked.path, error)
            except _TooLargeError:
                detail = f"the body has more than {self._most} bytes"
                reply = problem(asked.path, 413, detail, extra=CLOSE)
            except _GoneError:
                return
        await send_reply(send, reply)

    def refusal(self, asked: Asked) -> Reply | None:
        """What is answered when the body need not be read."""
        path, headers = asked.path, asked.headers
        try:
            target(asked.parts)
        except RefusedError as error:
            return problem(path, 400, str(error), code="BD1006", hint=error.hint, extra=CLOSE)
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            detail = "a body is taken as it is, without Content-Encoding"
            return problem(path, 415, detail, extra=(*CLOSE, _IDENTITY))
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            detail = "the request says neither Content-Length nor Transfer-Encoding"
            return problem(path, 411, detail, extra=CLOSE)
        if length is not None and int(length) > self._most:
            detail = f"the body has {int(length)} bytes, {self._most} are taken"
            return problem(path, 413, detail, extra=CLOSE)
        return None

    def take(self, asked: Asked, body: bytes, answer: Callable[[Reply], None]) -> None:
        """Put the document in; `answer` is called once, in this event loop, whatever happens."""
        self._metrics.bytes += len(body)
        sender = _Sender(self, asked, answer)
        try:
            self._door.offer(asked.parts[1], asked.key, body, self._now(), sender)
        except Exception as error:  # noqa: BLE001  outermost: the sender waits for an answer
            answer(failed(asked.path, error))
        else:
            self.patience.begin(sender)

    def ended(self, asked: Asked, outcome: Outcome | None) -> Reply:
        """The answer to an upload, by what became of it."""
        if outcome is None:
            return error_reply(asked.path, self._ready() or refused())
        self._metrics.uploads[outcome.state] += 1
        return outcome_reply(asked.path, outcome)

    async def _taken(self, asked: Asked, body: bytes) -> Reply:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.take(asked, body, lambda reply: None if future.done() else future.set_result(reply))
        return await future

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
