"""What others want done to the books, handed to the one thread that writes."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from billdrop.errors import UnavailableError
from billdrop.way.pipeline import Way

T = TypeVar("T")

WAIT_SECONDS = 30.0


def ended() -> UnavailableError:
    """What is said to whoever asks too late."""
    return UnavailableError("the program is ending", hint="ask again once it runs")


class Errands:
    """A queue that the pump empties between two batches."""

    def __init__(self, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._closed = False
        self._waiting: deque[tuple[Callable[[Way], Any], Future[Any]]] = deque()

    def ask(self, work: Callable[[Way], T], /) -> T:
        """
        Have it done, from any thread but the pump's own, and wait; raises what it raises.

        Raises `UnavailableError` when nobody came to it in time, or will come; then it will not be done.
        """
        answer: Future[T] = Future()
        self._waiting.append((work, answer))
        if self._closed:
            self._refuse()
        try:
            return answer.result(self._wait_seconds)
        except TimeoutError:
            if answer.cancel():
                raise UnavailableError(
                    f"the books are busy: nobody came to it in {self._wait_seconds:.0f} seconds",
                    hint="try again; `billdrop doctor` says whether something is amiss",
                ) from None
            return answer.result()

    def close(self) -> None:
        """Nobody comes any more: whoever waits, or asks later, is told so."""
        self._closed = True
        self._refuse()

    def _refuse(self) -> None:
        while self._waiting:
            _, answer = self._waiting.popleft()
            if answer.set_running_or_notify_cancel():
                answer.set_exception(ended())

    def run(self, way: Way) -> int:
        """Do what waits; what one raises is for whoever asked. Returns how many were done."""
        done = 0
        while self._waiting:
            work, answer = self._waiting.popleft()
            if answer.set_running_or_notify_cancel():
                done += 1
                try:
                    answer.set_result(work(way))
                except Exception as error:  # noqa: BLE001  whoever asked is told
                    answer.set_exception(error)
        return done
