"""Paths to look at: those with news at once, those that were not ready after a back-off."""

import heapq
import time
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from billdrop.way.bell import Bell

FIRST_PAUSE = 0.005
LAST_PAUSE = 0.25
_MOST = 250_000


class Pending:
    """Fed by any thread; bounded, and `flooded` once it had to turn a path away."""

    def __init__(self) -> None:
        self.bell = Bell()
        self.flooded = False
        self._lock = Lock()
        self._ready: OrderedDict[str, int] = OrderedDict()
        self._later: dict[str, tuple[float, int]] = {}
        self._order: list[tuple[float, str]] = []

    def add(self, paths: Iterable[str]) -> None:
        """There is news of these paths."""
        with self._lock:
            for path in paths:
                if path in self._later:
                    self._put_off(path, 0)
                elif len(self._ready) < _MOST:
                    self._ready.setdefault(path, 0)
                else:
                    self.flooded = True
        self.bell.ring()

    def later(self, path: str, tries: int) -> None:
        """The path was not ready; look again after 5 ms, and twice as long each time up to 0.25 s."""
        with self._lock:
            self._put_off(path, tries)

    def take(self, limit: int) -> list[tuple[str, int]]:
        """Up to so many paths to look at now, each with how often it was put off."""
        now = time.monotonic()
        with self._lock:
            while self._order and self._order[0][0] <= now:
                due, path = heapq.heappop(self._order)
                if self._later.get(path, (None, 0))[0] == due:
                    self._ready.setdefault(path, self._later.pop(path)[1])
            taken = [self._ready.popitem(last=False) for _ in range(min(limit, len(self._ready)))]
            if self._ready:
                self.bell.ring()
            elif self._order:
                self.bell.ring_at(self._order[0][0])
        return taken

    def _put_off(self, path: str, tries: int) -> None:
        due = time.monotonic() + min(FIRST_PAUSE * 2 ** min(tries, 10), LAST_PAUSE)
        known = self._later.get(path)
        if known is not None and known[0] <= due:
            return
        self._later[path] = (due, tries + 1)
        heapq.heappush(self._order, (due, path))
        self.bell.ring_at(due)
