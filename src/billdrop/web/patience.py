"""How long those who wait for an outcome wait at most: one timer for all of them."""

import asyncio

from billdrop.web.door import Waiter, tell


class Patience:
    """Everyone waits equally long, in one event loop; then they are told None."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Waiter, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, waiter: Waiter) -> None:
        """This one waits from now on."""
        self._due[waiter] = due = waiter.loop.time() + self._seconds
        if self._timer is None:
            self._timer = waiter.loop.call_at(due, self._look, waiter.loop)

    def over(self, waiter: Waiter) -> None:
        """This one waits no more."""
        self._due.pop(waiter, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for waiter in [waiter for waiter, due in self._due.items() if due <= now]:
            self.over(waiter)
            tell(waiter, None)
        first = min(self._due.values(), default=None)
        self._timer = None if first is None else loop.call_at(first, self._look, loop)
