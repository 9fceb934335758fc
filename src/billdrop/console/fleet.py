"""What flows through all workers of a stack: what each said of itself last, added up."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from threading import Lock

import msgspec
from msgspec import Struct

from billdrop.console.flow import RECENT, Beat, Edge, Flow, Passed

FRESH = timedelta(seconds=90)
"""A worker that said nothing for longer is gone."""
LOOK_SECONDS = 2.0
"""Between two looks at what the workers say, however many pages are open."""


class Waits(Struct, frozen=True, kw_only=True):
    """What a worker knows of what waits."""

    event: datetime | None = None
    """When the oldest message that it holds came to the queue."""
    uncaptured: int | None = None
    """Documents that its last sweep missed and that are missing still; None before the first."""
    uploaded: datetime | None = None
    """When the oldest of them was."""


class Pulse(Struct, frozen=True, kw_only=True):
    """What one worker says of itself."""

    worker: str
    since: datetime
    """When it began."""
    at: datetime
    """When it said this."""
    edges: dict[str, Beat]
    under_way: int
    latest: tuple[Passed, ...] = ()
    trouble: str = ""
    """What keeps it from recording documents now."""
    waits: Waits = Waits()


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Pulse).decode


def pulse(
    flow: Flow,
    worker: str,
    *,
    since: datetime,
    at: datetime,
    trouble: str = "",
    waits: Waits = Waits(),  # noqa: B008  frozen
    shown: int = 12,
) -> Pulse:
    """What a worker says of itself now."""
    return Pulse(
        worker=worker,
        since=since,
        at=at,
        edges=flow.beats(),
        under_way=flow.under_way,
        latest=flow.latest[:shown],
        trouble=trouble,
        waits=waits,
    )


class Fleet:
    """
    Implements `desk.Flowing`: one's own flow and the pulses of all others; from any thread.

    `others` is asked every few seconds at most; what it raises is raised to who looks.
    """

    def __init__(
        self,
        own: Callable[[], Pulse],
        others: Callable[[], Iterable[Pulse]],
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._own, self._others = own, others
        self._now, self._monotonic = now, monotonic
        self._lock = Lock()
        self._until = 0.0
        self._heard: tuple[Pulse, ...] = ()

    def workers(self) -> list[Pulse]:
        """Everybody who said something lately, oneself first."""
        own = self._own()
        oldest = self._now() - FRESH
        others = [one for one in self._hear() if one.at >= oldest and one.worker != own.worker]
        return [own, *sorted(others, key=lambda one: one.worker)]

    def edges(self) -> dict[str, Edge]:
        """See `Flowing`."""
        pulses = self.workers()
        names = sorted({name for one in pulses for name in one.edges})
        return {
            name: added([one.edges[name] for one in pulses if name in one.edges]) for name in names
        }

    @property
    def under_way(self) -> int:
        """See `Flowing`."""
        return sum(one.under_way for one in self.workers())

    @property
    def latest(self) -> tuple[Passed, ...]:
        """See `Flowing`; of all workers, the last ones first."""
        passed = [each for one in self.workers() for each in one.latest]
        return tuple(sorted(passed, key=lambda one: one.at, reverse=True)[:RECENT])

    def _hear(self) -> Sequence[Pulse]:
        with self._lock:
            if self._monotonic() >= self._until:
                self._heard = tuple(self._others())
                self._until = self._monotonic() + LOOK_SECONDS
            return self._heard


def added(beats: Sequence[Beat]) -> Edge:
    """Counts and rates are sums; a duration of one that has seen many stands for as many."""
    spent = sorted(
        (duration, beat.seen / len(beat.spent)) for beat in beats for duration in beat.spent
    )
    return Edge(
        count=sum(beat.count for beat in beats),
        rate=sum(beat.rate for beat in beats),
        p50=_within(spent, 0.50),
        p99=_within(spent, 0.99),
    )


def _within(spent: Sequence[tuple[float, float]], share: float) -> float | None:
    """The duration that a share of all does not exceed."""
    wanted = sum(weight for _, weight in spent) * share
    for duration, weight in spent:
        wanted -= weight
        if wanted < 0:
            return duration
    return spent[-1][0] if spent else None
