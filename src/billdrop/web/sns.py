"""`POST /sns`: what the topic announces is put in, and answered once its effect is durable."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from starlette.routing import BaseRoute, Route

from billdrop.errors import BilldropError
from billdrop.web.replies import (
    CLOSE,
    Receive,
    Reply,
    Scope,
    Send,
    problem,
    send_reply,
    value_reply,
)

BODY_BYTES = 256 * 1024
ANSWER_SECONDS = 12.0
"""SNS waits for 15."""
BODY_SECONDS = 5.0
"""A message is posted in one go."""
MOST_AT_ONCE = 64
MOST_READ = 128
"""Messages on their way in at once; of more, the oldest gives way."""
_THREADS = 4
_Given = TypeVar("_Given")
_Got = TypeVar("_Got")


class Envelope(Protocol):
    """A message that is believed."""

    @property
    def kind(self) -> str:
        """`Notification`, `SubscriptionConfirmation` or `UnsubscribeConfirmation`."""

    @property
    def message_id(self) -> str:
        """Its name."""

    @property
    def token(self) -> str:
        """What confirms a subscription."""

    @property
    def repeated(self) -> bool:
        """Whether its effect is known to be durable."""

    @property
    def events(self) -> Sequence[Any]:
        """What it says."""


class Topic(Protocol):
    """Whose messages are believed."""

    def open(self, body: bytes) -> Envelope | None:
        """The message, None when it is not believed; raises when that cannot be told now."""

    def confirm(self, token: str) -> None:
        """Confirm the subscription."""

    def done(self, message_id: str) -> None:
        """The effect of the message is durable."""


Offer = Callable[[Sequence[Any]], Awaitable[bool | None]]
"""
Puts the events of one message in.

True once the effect of every one is durable, False when the message has to come again,
None when coming again cannot help.
"""


class Sns:
    """
    An ASGI application.

    200: the effect is durable. 403: the message is not believed, and nobody is told why but the
    log. 422: it is genuine and of no use; SNS puts it aside where the subscription has a queue for
    that. 408: it came too slowly, or was the oldest of too many that were on their way in. 503: it
    cannot be told, or not be made durable, now. After these SNS sends it again.

    A message has a place among those that are looked at once it is here whole: who sends half of one
    takes none from others.
    """

    def __init__(
        self,
        topic: Topic,
        offer: Offer,
        *,
        note: Callable[[str], None],
        answer_seconds: float = ANSWER_SECONDS,
        body_seconds: float = BODY_SECONDS,
        at_once: int = MOST_AT_ONCE,
        read: int = MOST_READ,
    ) -> None:
        """`note` is told what an operator should know; threads of its own look at signatures."""
        self._topic = topic
        self._offer = offer
        self._note = note
        self._seconds = answer_seconds
        self._body_seconds = body_seconds
        self._free = at_once
        self._most_read = read
        self._reading: dict[asyncio.Timeout, None] = {}
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sns")

    def route(self) -> BaseRoute:
        """Where it is."""
        return Route("/sns", self, methods=["POST"])

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        status = await self._status(scope, receive)
        if status is not None:
            await send_reply(send, _reply(scope["raw_path"], status))

    async def _status(self, scope: Scope, receive: Receive) -> int | None:
        """The answer; None when the sender went away."""
        if dict(scope["headers"]).get(b"content-encoding", b"identity").lower() != b"identity":
            return 415
        try:
            body = await self._whole(receive)
        except TimeoutError:
            return 408
        if body is None or len(body) > BODY_BYTES:
            return None if body is None else 413
        if not self._free:
            return 503
        self._free -= 1
        try:
            return await self._answered(body)
        finally:
            self._free += 1

    async def _whole(self, receive: Receive) -> bytes | None:
        """As `_body`; raises `TimeoutError` when it took too long, or had to give way."""
        if len(self._reading) >= self._most_read:
            oldest = next(iter(self._reading))
            del self._reading[oldest]
            oldest.reschedule(0)
        async with asyncio.timeout(self._body_seconds) as limit:
            self._reading[limit] = None
            try:
                return await _body(receive)
            finally:
                self._reading.pop(limit, None)

    async def _answered(self, body: bytes) -> int:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._taken(body)
        except BilldropError as error:
            self._note(f"a message of the topic has to be sent again: {error}")
        except TimeoutError:
            self._note(f"a message of the topic took more than {self._seconds:g} s; it comes again")
        return 503

    async def _taken(self, body: bytes) -> int:
        envelope = await self._apart(self._topic.open, body)
        if envelope is None:
            return 403
        durable = True if envelope.repeated else await self._done(envelope)
        if durable:
            self._topic.done(envelope.message_id)
        return _STATUS[durable]

    async def _done(self, envelope: Envelope) -> bool | None:
        match envelope.kind:
            case "Notification":
                return await self._offer(envelope.events)
            case "SubscriptionConfirmation":
                await self._apart(self._topic.confirm, envelope.token)
                self._note("the subscription to the topic is confirmed")
            case _:
                self._note("the subscription to the topic was removed: no more will come here")
        return True

    async def _apart(self, call: Callable[[_Given], _Got], given: _Given) -> _Got:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, given)


_STATUS = {True: 200, False: 503, None: 422}
_DETAIL = {
    408: "the message did not come whole in time",
    403: "the message is not taken",
    413: "the message is too long",
    415: "a message is taken as it is, without Content-Encoding",
    422: "the message is of no use",
    503: "the message cannot be taken now",
}


def _reply(path: bytes, status: int) -> Reply:
    if status == 200:
        return value_reply({"taken": True})
    return problem(path, status, _DETAIL[status], extra=CLOSE)


async def _body(receive: Receive) -> bytes | None:
    """The body, or more of it than is taken; None when the sender went away."""
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        held += message.get("body", b"")
        if len(held) > BODY_BYTES or not message.get("more_body", False):
            return bytes(held)
