"""How long those who wait for an outcome wait at most: one timer for all of them."""

import asyncio

from billdrop.model import Outcome
from billdrop.web.door import resolve

Waiting = asyncio.Future[Outcome | None]


class Patience:
    """Everyone waits equally long, so whoever came first is the first whose time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Waiting, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def future(self) -> Waiting:
        """A future of the running loop that is None when the time is over."""
        loop = asyncio.get_running_loop()
        future: Waiting = loop.create_future()
        self._due[future] = due = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(due, self._look, loop)
        return future

    def over(self, future: Waiting) -> None:
        """Nobody waits for this one any more."""
        self._due.pop(future, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        late = [future for future, due in self._due.items() if due <= now]
        resolve((future, None) for future in late)
        first = min(self._due.values(), default=None)
        self._timer = None if first is None else loop.call_at(first, self._look, loop)
