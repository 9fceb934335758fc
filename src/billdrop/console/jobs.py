"""What takes longer than a request: begun by a form, watched on a page of its own."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Lock

from msgspec import Struct

from billdrop.errors import BilldropError
from billdrop.operations import Summary

KEPT = 50
"""So many are remembered, those begun last."""

Step = Callable[[Summary], int]
"""Does a part, adds to the summary, and says how many documents that were."""


class Job(Struct, kw_only=True):
    """One of them; written by its own thread, read by any other, and never shown to be further than it is."""

    id: int
    what: str
    total: int
    """Documents."""
    began: float
    summary: Summary
    done: int = 0
    ended: float | None = None
    error: BilldropError | None = None

    def seconds(self, now: float) -> float:
        """How long it has taken so far."""
        return (self.ended or now) - self.began

    def left(self, now: float) -> float | None:
        """How many seconds it will still take at the pace so far; None where nobody can tell."""
        if self.ended is not None or not self.done:
            return None
        return self.seconds(now) / self.done * max(0, self.total - self.done)


class Jobs:
    """One after the other: each gives way to the batches that come meanwhile."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._numbers = count(1)
        self._held: dict[int, Job] = {}
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="job")

    def begin(self, what: str, total: int, steps: Iterable[Step]) -> Job:
        """Begin when those before have ended; the steps are done in order, until one raises."""
        with self._lock:
            job = Job(
                id=next(self._numbers),
                what=what,
                total=total,
                began=self.monotonic(),
                summary=Summary(),
            )
            self._held[job.id] = job
            while len(self._held) > KEPT:
                del self._held[next(iter(self._held))]
        self._threads.submit(self._run, job, steps)
        return job

    def named(self, number: int) -> Job | None:
        """The one with that number, as long as it is remembered."""
        return self._held.get(number)

    def _run(self, job: Job, steps: Iterable[Step]) -> None:
        try:
            for step in steps:
                job.done += step(job.summary)
        except BilldropError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001  the page that watches it says so
            fact = f"it stopped with {type(error).__name__}: {error}"
            job.error = BilldropError(fact, hint="the log of the service says more")
        finally:
            job.ended = self.monotonic()
