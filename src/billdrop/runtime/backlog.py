"""What waits for the workers of a stack: what the queue says, what CloudWatch says, what the workers say."""

from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from billdrop.aws.inbox.lengths import Lengths, age_of_oldest, dead_letters, lengths
from billdrop.console.fleet import FRESH, Pulse
from billdrop.errors import BilldropError
from billdrop.model.backlog import Backlog
from billdrop.runtime import monotonic, now
from billdrop.runtime.aws import Site
from billdrop.runtime.pulses import heard, pulses_of

T = TypeVar("T")

LOOK_SECONDS = 5.0
"""Between two looks at the queue, however many pages are open."""
METRIC_SECONDS = 60.0
"""Between two looks at what CloudWatch counts, which it does each minute."""


class Backlogs:
    """
    What waits now, as far as whoever runs it may know; from any thread.

    `workers`: what they said lately. `metrics`: whether CloudWatch is asked, which the role of a
    worker may not; where it is not, or says nothing, the oldest message is the oldest that a worker
    holds.
    """

    def __init__(
        self, here: Site, workers: Callable[[], Iterable[Pulse]], *, metrics: bool = True
    ) -> None:
        clients, url = here.clients, here.stack.queue_url
        self._workers = workers
        self._lengths = _Kept(lambda: lengths(clients, url), LOOK_SECONDS)
        self._dead = _Kept(lambda: dead_letters(clients, url), LOOK_SECONDS)
        self._age = _Kept(lambda: age_of_oldest(clients, url, now()), METRIC_SECONDS)
        self._metrics = metrics

    def __call__(self) -> Backlog:
        """What cannot be asked now is not known; nothing is raised."""
        queue, workers = self._lengths(), list(_asked(self._workers) or ())
        swept = [one.waits for one in workers if one.waits.uncaptured is not None]
        uploaded = min((one.uploaded for one in swept if one.uploaded), default=None)
        return Backlog(
            waiting=None if queue is None else queue.waiting,
            in_flight=None if queue is None else queue.in_flight,
            dead=self._dead(),
            oldest_message_seconds=self._oldest(queue, workers),
            uncaptured=max((one.uncaptured or 0 for one in swept), default=None),
            oldest_uncaptured_seconds=_age(uploaded),
        )

    def _oldest(self, queue: Lengths | None, workers: Iterable[Pulse]) -> float | None:
        if queue is not None and queue.waiting == queue.in_flight == 0:
            return None
        age = self._age() if self._metrics else None
        if age is not None:
            return age
        came = min((one.waits.event for one in workers if one.waits.event), default=None)
        return _age(came)


def backlog_of(here: Site) -> Backlog:
    """What waits now, for somebody who asks once."""

    def lately() -> Iterable[Pulse]:
        return [one for one in heard(pulses_of(here)) if now() - one.at <= FRESH]

    return Backlogs(here, lately)()


class _Kept(Generic[T]):
    """What was answered last, for a while; None where nothing is."""

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._lock = Lock()
        self._until = 0.0
        self._known: T | None = None

    def __call__(self) -> T | None:
        with self._lock:
            if monotonic() >= self._until:
                self._known = _asked(self._ask)
                self._until = monotonic() + self._seconds
            return self._known


def _age(since: datetime | None) -> float | None:
    return None if since is None else (now() - since).total_seconds()


def _asked(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except BilldropError:
        return None
