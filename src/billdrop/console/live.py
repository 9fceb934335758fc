"""What flows, told to every open page by server-sent events: one look at the way serves them all."""

import asyncio
from collections.abc import AsyncIterator, Callable

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

    def __init__(self, look: Callable[[], object], *, every: float = EVERY_SECONDS) -> None:
        """`look` is called in another thread, and answers what JSON can say; every so many seconds."""
        self._look, self._every = look, every
        self._seen, self._number = b"", 0
        self._changed = asyncio.Event()
        """Of the next state; each has its own, so that one call wakes everybody."""
        self._looking: asyncio.Task[None] | None = None
        self.streams = 0

    @property
    def full(self) -> bool:
        """Whether no further stream is taken."""
        return self.streams >= STREAMS

    def response(self, still: Callable[[], bool]) -> StreamingResponse:
        """A stream for one page; `still` says before each event whether it may see another."""
        headers = {"x-accel-buffering": "no"}
        events = self._events(still)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    async def _events(self, still: Callable[[], bool]) -> AsyncIterator[bytes]:
        self.streams += 1
        try:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._watch())
            yield b"retry: 1000\n\n"
            sent = 0
            while True:
                changed, number = self._changed, self._number
                quiet = sent == number
                if quiet and await _set(changed):
                    continue
                if not still():
                    return
                sent = number
                yield (
                    b": still here\n\n" if quiet else b"id: %d\ndata: %s\n\n" % (number, self._seen)
                )
        finally:
            self.streams -= 1

    async def _watch(self) -> None:
        while self.streams:
            seen = msgspec.json.encode(await run_in_threadpool(self._look), enc_hook=str)
            if seen != self._seen or not self._number:
                self._seen, self._number = seen, self._number + 1
                changed, self._changed = self._changed, asyncio.Event()
                changed.set()
            await asyncio.sleep(self._every)


async def _set(changed: asyncio.Event) -> bool:
    """Whether it was set before it was time to say that the stream is alive."""
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            return await changed.wait()
    except TimeoutError:
        return False
