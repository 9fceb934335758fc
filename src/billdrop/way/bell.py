"""How those who bring deliveries wake the one who takes them."""

import math
import time
from collections.abc import Callable, Sequence
from threading import Condition

from billdrop.model import Delivery


class Bell:
    """Rung by any thread, waited for by one."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._rung = False
        self._alarm = math.inf

    def ring(self) -> None:
        """There is something to take. What was put there before a ring is seen by who looks after it."""
        if self._rung:
            return
        with self._changed:
            self._rung = True
            self._changed.notify()

    def ring_at(self, moment: float) -> None:
        """There may be something to take at that moment of the monotonic clock."""
        with self._changed:
            if moment < self._alarm:
                self._alarm = moment
                self._changed.notify()

    def clear(self) -> None:
        """Forget every ring up to now; to be called before looking."""
        with self._changed:
            self._rung = False
            self._alarm = math.inf

    def wait(self, until: float) -> None:
        """Wait for a ring or alarm, but not beyond that moment of the monotonic clock."""
        with self._changed:
            while not self._rung:
                left = min(until, self._alarm) - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)


def first(
    bell: Bell, take: Callable[[int], Sequence[Delivery]], *, limit: int, wait: float
) -> Sequence[Delivery]:
    """What `take` has, or what it has first within `wait` seconds."""
    until = time.monotonic() + wait
    while True:
        bell.clear()
        found = take(limit)
        if found or time.monotonic() >= until:
            return found
        bell.wait(until)
