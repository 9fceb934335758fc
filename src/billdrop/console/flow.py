"""What flows: counted and timed at every boundary of the way, for the picture and the metrics."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome, State
from billdrop.ports import Inbox
from billdrop.way.pipeline import Way

KEPT = 2048
"""So many of the last durations stand for all."""
SAMPLED = 50
"""So many of them are told to others."""
RECENT = 40
"""So many of the last documents are named."""
RATE_SECONDS = 10
"""Rates are those of the last so many seconds."""


class Edge(Struct, frozen=True, kw_only=True):
    """What went over one edge of the way: batches and documents, and how long it took."""

    count: int
    """Documents, since the start."""
    rate: float
    """Documents per second, lately."""
    p50: float | None
    """Milliseconds; None where nothing went over it yet."""
    p99: float | None


class Beat(Struct, frozen=True, kw_only=True):
    """What went over one edge, so that it can be added to what went over that of others."""

    count: int
    rate: float
    seen: int
    """How many durations `spent` stands for."""
    spent: tuple[float, ...]
    """Durations in milliseconds, evenly out of all."""


class Passed(Struct, frozen=True, kw_only=True):
    """A document that reached its end just now."""

    document_id: str
    customer: str
    key: str
    state: str
    invoices: int
    code: str
    """Of its first finding; empty where there is none."""
    milliseconds: float
    """From its arrival to its durable outcome."""
    at: datetime
    """When that was."""


class Flow:
    """
    Observes one way; written by the thread of the pump, read by any other.

    What is read may be a moment old, never torn: values are replaced as a whole.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.perf_counter) -> None:
        self._monotonic = monotonic
        self._last = monotonic()
        self._spent: dict[str, deque[float]] = {}
        self._counts: Counter[str] = Counter()
        self._seconds: dict[str, deque[tuple[int, int]]] = {}
        self._under_way = 0
        self.latest: tuple[Passed, ...] = ()
        self.version = 0
        """Counted up with every change."""

    def watch(self, way: Way) -> None:
        """Observe a way from now on."""
        before = way.reached

        def reached(boundary: str) -> None:
            self._reached(boundary)
            before(boundary)

        way.reached = reached
        way.inbox = Observed(way.inbox, self, way.now)

    def edges(self) -> dict[str, Edge]:
        """By the name of the step that the edge leads to."""
        return {name: self._edge(name) for name in sorted(self._counts)}

    def beats(self) -> dict[str, Beat]:
        """The same, to be added to what others say."""
        return {name: self._beat(name) for name in sorted(self._counts)}

    @property
    def under_way(self) -> int:
        """Documents taken and not yet settled."""
        return self._under_way

    def woke(self) -> None:
        """It was waited for deliveries: what is done now, as a redrive, begins now and not before."""
        if not self._under_way:
            self._last = self._monotonic()

    def took(self, count: int) -> None:
        """Documents were delivered."""
        self._last = self._monotonic()
        self._under_way += count
        self._add("delivered", count)

    def fetched(self, count: int) -> None:
        """Documents were read from the inbox."""
        self._add("fetched", count)

    def ended(
        self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None], at: datetime
    ) -> None:
        """A batch is settled."""
        passed = list(_passed(deliveries, outcomes, at))
        self._under_way = max(0, self._under_way - len(deliveries))
        self._add("settled", len(deliveries))
        for one in passed:
            self._counts[f"state.{one.state}"] += 1
        self._add("recorded", sum(one.state == State.RECORDED.value for one in passed))
        self._spent.setdefault("recorded", deque(maxlen=KEPT)).extend(
            one.milliseconds for one in passed
        )
        self.latest = (*reversed(passed[-RECENT:]), *self.latest)[:RECENT]
        self.version += 1

    def _reached(self, boundary: str) -> None:
        now = self._monotonic()
        self._spent.setdefault(boundary, deque(maxlen=KEPT)).append((now - self._last) * 1000)
        self._counts.setdefault(boundary, 0)
        if boundary not in _COUNTED:
            self._add(boundary, 1)
        self._last = now
        self.version += 1

    def _add(self, name: str, count: int) -> None:
        self._counts[name] += count
        second = int(self._monotonic())
        seconds = self._seconds.setdefault(name, deque(maxlen=RATE_SECONDS))
        if seconds and seconds[-1][0] == second:
            seconds[-1] = (second, seconds[-1][1] + count)
        else:
            seconds.append((second, count))

    def _rate(self, name: str) -> float:
        since = int(self._monotonic()) - RATE_SECONDS
        lately = (count for second, count in tuple(self._seconds.get(name, ())) if second > since)
        return sum(lately) / RATE_SECONDS

    def _beat(self, name: str) -> Beat:
        spent = sorted(self._spent.get(name, ()))
        some = [_at(spent, (place + 0.5) / SAMPLED) for place in range(SAMPLED)] if spent else []
        return Beat(
            count=self._counts[name],
            rate=self._rate(name),
            seen=len(spent),
            spent=tuple(one for one in some if one is not None),
        )

    def _edge(self, name: str) -> Edge:
        spent = sorted(self._spent.get(name, ()))
        return Edge(
            count=self._counts[name],
            rate=self._rate(name),
            p50=_at(spent, 0.50),
            p99=_at(spent, 0.99),
        )


_COUNTED = frozenset({"fetched", "settled"})
"""Boundaries whose documents are counted by the inbox."""


def _at(spent: list[float], share: float) -> float | None:
    return round(spent[min(len(spent) - 1, int(len(spent) * share))], 3) if spent else None


def _passed(
    deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None], at: datetime
) -> Iterator[Passed]:
    for delivery, outcome in zip(deliveries, outcomes, strict=True):
        if outcome is not None and not outcome.known:
            yield Passed(
                document_id=outcome.document_id,
                customer=delivery.ref.customer,
                key=delivery.ref.key,
                state=outcome.state.value,
                invoices=outcome.recorded_now,
                code=outcome.findings[0].code if outcome.findings else "",
                milliseconds=max(0.0, (at - delivery.arrived_at).total_seconds() * 1000),
                at=at,
            )


class Observed:
    """An inbox whose deliveries are counted; see `ports.Inbox`."""

    def __init__(self, inbox: Inbox, flow: Flow, now: Callable[[], datetime]) -> None:
        self._inbox, self._flow, self._now = inbox, flow, now

    @property
    def expires(self) -> bool:
        """See `Inbox`."""
        return self._inbox.expires

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        found = self._inbox.listen(limit=limit, wait=wait)
        self._flow.woke()
        return found

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        self._flow.took(len(deliveries))
        found = self._inbox.fetch(deliveries)
        self._flow.fetched(sum(item is not None for item in found))
        return found

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`."""
        return self._inbox.list()

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`."""
        self._inbox.settle(deliveries, outcomes)
        self._flow.ended(deliveries, outcomes, self._now())

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`."""
        return self._inbox.expire(refs)
