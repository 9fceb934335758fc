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
MOST_AT_ONCE = 64
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
    that. 503: it cannot be told, or not be made durable, now; SNS sends it again.
    """

    def __init__(
        self,
        topic: Topic,
        offer: Offer,
        *,
        note: Callable[[str], None],
        answer_seconds: float = ANSWER_SECONDS,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        """`note` is told what an operator should know; threads of its own look at signatures."""
        self._topic = topic
        self._offer = offer
        self._note = note
        self._seconds = answer_seconds
        self._free = at_once
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="sns")

    def route(self) -> BaseRoute:
        """Where it is."""
        return Route("/sns", self, methods=["POST"])

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        status: int | None = 503
        if self._free:
            self._free -= 1
            try:
                status = await self._status(scope, receive)
            finally:
                self._free += 1
        if status is not None:
            await send_reply(send, _reply(scope["raw_path"], status))

    async def _status(self, scope: Scope, receive: Receive) -> int | None:
        """The answer; None when the sender went away."""
        if dict(scope["headers"]).get(b"content-encoding", b"identity").lower() != b"identity":
            return 415
        body = await _body(receive)
        if body is None or len(body) > BODY_BYTES:
            return None if body is None else 413
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
