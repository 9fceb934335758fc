"""The comparison of the inbox with the ledger, taken piece by piece between two batches."""

from collections.abc import Callable, Iterator, Sequence
from heapq import nsmallest
from operator import attrgetter

from billdrop.model import Delivery
from billdrop.settings import Settings
from billdrop.way import pipeline
from billdrop.way.pipeline import Way

OLDEST = 1000
"""Of so many that a sweep found, the oldest, it is looked whether they were taken."""

AGAIN = 5.0
"""Seconds from a sweep that failed to the next; twice as many after each further one, up to a period."""


class Sweep:
    """One sweep after the other, each begun when it is time."""

    def __init__(self, way: Way, settings: Settings, monotonic: Callable[[], float]) -> None:
        self._way = way
        self._settings = settings
        self._monotonic = monotonic
        self._batches: Iterator[list[Delivery]] | None = None
        self._again = AGAIN
        self._started = self._next = monotonic()
        self.missed: Sequence[Delivery] = ()
        """The oldest documents that the sweep under way has found."""

    @property
    def under_way(self) -> bool:
        """Whether there is more of it."""
        return self._batches is not None

    @property
    def rests(self) -> bool:
        """Whether one has ended, and the next is not begun."""
        return not self.under_way and self._next > self._started

    @property
    def overdue(self) -> bool:
        """Whether it has waited a whole period for a quiet moment; then it waits no more."""
        return self._monotonic() >= self._next + self._settings.sweep_seconds

    @property
    def due(self) -> bool:
        """Whether there is a piece to take."""
        return self.under_way or self._monotonic() >= self._next

    def piece(self) -> list[Delivery] | None:
        """The next documents that the ledger does not have; None at the end."""
        if self._batches is None:
            self._batches = pipeline.sweep(self._way, limit=self._settings.batch_documents)
            self.missed = ()
        batch = next(self._batches, None)
        if batch:
            self.missed = nsmallest(OLDEST, [*self.missed, *batch], key=attrgetter("arrived_at"))
        return batch

    def end(self, *, failed: bool = False) -> None:
        """It has ended, or cannot go on: the next one begins in its time."""
        self._batches = None
        period = self._settings.sweep_seconds
        self._next = self._monotonic() + (min(period, self._again) if failed else period)
        self._again = self._again * 2 if failed else AGAIN
