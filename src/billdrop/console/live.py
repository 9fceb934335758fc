"""What flows, told to every open page by server-sent events: one look at the way serves them all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

EVERY_SECONDS = 0.5
QUIET_SECONDS = 15.0
"""So long without a change, and a comment keeps the stream open."""
STREAMS = 2000
"""Open at a time; more are told to come again."""


class Live:
    """
    One task looks, as long as anybody listens; every stream sends what it saw last.

    A stream holds nothing but a number: a slow reader misses states, and never the newest one.
    """

    def __init__(self, look: Callable[[], object]) -> None:
        """`look` is called in another thread, and answers what JSON can say."""
        self._look = look
        self._seen, self._number = b"", 0
        self._changed: asyncio.Condition | None = None
        self._looking: asyncio.Task[None] | None = None
        self.streams = 0

    @property
    def full(self) -> bool:
        """Whether no further stream is taken."""
        return self.streams >= STREAMS

    def response(self) -> StreamingResponse:
        """A stream for one page."""
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=headers)

    async def _events(self) -> AsyncIterator[bytes]:
        self.streams += 1
        try:
            changed = self._begin()
            yield b"retry: 1000\n\n"
            sent = -1
            while True:
                if sent == self._number or not self._seen:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._next(changed, sent), QUIET_SECONDS)
                if sent == self._number:
                    yield b": still here\n\n"
                else:
                    sent = self._number
                    yield b"id: %d\ndata: %s\n\n" % (sent, self._seen)
        finally:
            self.streams -= 1

    async def _next(self, changed: asyncio.Condition, sent: int) -> None:
        async with changed:
            await changed.wait_for(lambda: self._seen and self._number != sent)

    def _begin(self) -> asyncio.Condition:
        if self._changed is None:
            self._changed = asyncio.Condition()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._watch(self._changed))
        return self._changed

    async def _watch(self, changed: asyncio.Condition) -> None:
        while self.streams:
            seen = msgspec.json.encode(await run_in_threadpool(self._look), enc_hook=str)
            if seen != self._seen:
                async with changed:
                    self._seen, self._number = seen, self._number + 1
                    changed.notify_all()
            await asyncio.sleep(EVERY_SECONDS)
