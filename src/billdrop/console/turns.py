"""Work that takes much memory, a few at a time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")


class Turns:
    """So many at a time, and so many that wait for their turn; for one event loop."""

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._room = at_once + waiting

    async def taken(self, work: Callable[[], T]) -> T | None:
        """What came of it, done in another thread; None, and nothing done, where too many wait."""
        if not self._room:
            return None
        self._room -= 1
        try:
            async with self._free:
                return await run_in_threadpool(work)
        finally:
            self._room += 1
