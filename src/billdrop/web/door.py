"""The HTTP door: an inbox whose documents are the bodies of requests, held until they are settled."""

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event, Lock

from msgspec import Struct

from billdrop.errors import Transient, UnavailableError
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.way.bell import Bell, first

Answer = Callable[[Outcome | None], None]
"""Told once what became of an upload; None: it was refused, and is forgotten."""

_HANDOVER = 0.1
_ATTEMPTS = 3
_PAUSE = 0.05
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BusyError(Transient):
    """More uploads wait than can be held."""

    code = "BD7002"


class Waiter:
    """Who waits in an event loop, and is told there once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waits = True

    def told(self, outcome: Outcome | None) -> None:
        """What became of the upload; None: it was refused, or took too long."""
        raise NotImplementedError


class Upload(Struct, eq=False):
    """One body, and whom to tell."""

    body: bytes
    digest: bytes
    answer: Answer | Waiter
    attempts: int = 0


class HttpDoor:
    """
    Bounded in number and bytes.

    A refused upload is delivered again as long as its sender may still wait: three times in all.
    Then the sender is told, and has to send it again: nothing of it was kept.
    """

    sources = frozenset({"http"})
    expires = False

    def __init__(self, *, most: int = 10_000, most_bytes: int = 256 * 1024 * 1024) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._bell = Bell()
        self._waiting: deque[Delivery] = deque()
        self._later: list[tuple[float, int, Delivery]] = []
        self._count = itertools.count()
        self._held = 0
        self._held_bytes = 0

    @property
    def held(self) -> int:
        """Uploads that are not settled."""
        return self._held

    @property
    def held_bytes(self) -> int:
        """Bytes of uploads that are not settled, those still arriving included."""
        return self._held_bytes

    def submit(
        self, customer: str, key: str, body: bytes, arrived_at: datetime
    ) -> Future[Outcome | None]:
        """
        Put a document in; the future has its outcome once it is durable, None once it is refused.

        `key` begins with the customer. Raises `BusyError` when no more can be held.
        """
        future: Future[Outcome | None] = Future()
        future.set_running_or_notify_cancel()
        self.offer(customer, key, body, arrived_at, future.set_result)
        return future

    def offer(
        self,
        customer: str,
        key: str,
        body: bytes,
        arrived_at: datetime,
        answer: Answer | Waiter,
    ) -> None:
        """As `submit`; those who wait in one event loop are told together, in one call to it."""
        with self._lock:
            self._hold(len(body), 1)
            number = next(self._count)
        digest = sha256(body).digest()
        delivery = Delivery(
            ref=DocumentRef(
                bucket="inbox",
                key=key,
                version=f"{_nanoseconds(arrived_at):x}-{number:x}-{digest[:8].hex()}",
                customer=customer,
            ),
            arrived_at=arrived_at,
            source="http",
            size=len(body),
            receipt=Upload(body, digest, answer),
        )
        self._waiting.append(delivery)
        self._bell.ring()

    def reserve(self, size: int) -> None:
        """Count bytes of a body that is still arriving; raises `BusyError` when it is too many."""
        with self._lock:
            self._hold(size, 0)

    def release(self, size: int) -> None:
        """Count reserved bytes no more."""
        with self._lock:
            self._held_bytes -= size

    def hear(self, bell: Bell) -> None:
        """Ring this bell from now on."""
        self._bell = bell

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        return first(self._bell, self.take, limit=limit, wait=wait)

    def take(self, limit: int) -> list[Delivery]:
        """Up to `limit` deliveries that wait, without waiting for one."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._waiting.append(heapq.heappop(self._later)[2])
        if self._later:
            self._bell.ring_at(self._later[0][0])
        found = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
        if self._waiting:
            self._bell.ring()
        return found

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`; every body is there."""
        return [_document(delivery) for delivery in deliveries]

    def list(self) -> Iterator[Delivery]:
        """Nothing: what is not settled has a sender who waits, and is delivered by `listen`."""
        return iter(())

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """
        See `Inbox`; tells those who sent the uploads.

        They are answered before it returns, unless their event loop has no time for it: what they
        send next comes in together, and one commit serves all of it.
        """
        ended: list[tuple[Upload, Outcome | None]] = []
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            upload = delivery.receipt
            upload.attempts += 1
            if outcome is None and upload.attempts < _ATTEMPTS:
                self._again(delivery, upload.attempts)
            else:
                ended.append((upload, outcome))
        with self._lock:
            self._held -= len(ended)
            self._held_bytes -= sum(len(upload.body) for upload, _ in ended)
        _tell(ended)

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """Nothing: a settled upload is forgotten at once."""
        return 0

    def _hold(self, size: int, count: int) -> None:
        if self._held + count > self._most or self._held_bytes + size > self._most_bytes:
            raise BusyError(
                f"{self._held} uploads with {self._held_bytes} bytes wait for their commit",
                hint="send it again in a moment",
            )
        self._held += count
        self._held_bytes += size

    def _again(self, delivery: Delivery, attempts: int) -> None:
        due = time.monotonic() + _PAUSE * 2**attempts
        heapq.heappush(self._later, (due, next(self._count), delivery))
        self._bell.ring_at(due)


def refused() -> UnavailableError:
    """What a sender is told whose upload was refused, when no better reason is known."""
    return UnavailableError("the upload could not be recorded now", hint="send it again")


def _nanoseconds(moment: datetime) -> int:
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000_000 + passed.microseconds * 1_000


def _document(delivery: Delivery) -> Document:
    upload = delivery.receipt
    return Document(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        sha256=upload.digest,
        size=len(upload.body),
        content=upload.body,
    )


def _tell(ended: Iterable[tuple[Upload, Outcome | None]]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiter, Outcome | None]]] = {}
    for upload, outcome in ended:
        if isinstance(upload.answer, Waiter):
            by_loop.setdefault(upload.answer.loop, []).append((upload.answer, outcome))
        else:
            upload.answer(outcome)
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            handed = Event()
            loop.call_soon_threadsafe(_hand_over, loop, answers, handed)
            handed.wait(_HANDOVER)


def _hand_over(
    loop: asyncio.AbstractEventLoop,
    answers: Iterable[tuple[Waiter, Outcome | None]],
    handed: Event,
) -> None:
    """Tell them, and let the loop look once for what they send next."""
    loop.call_soon(handed.set)
    for waiter, outcome in answers:
        tell(waiter, outcome)


def tell(waiter: Waiter, outcome: Outcome | None) -> None:
    """Tell who waits, unless that was done; in the thread of the loop."""
    if not waiter.waits:
        return
    waiter.waits = False
    try:
        waiter.told(outcome)
    except Exception as error:  # noqa: BLE001  one who cannot be told does not keep the others waiting
        waiter.loop.call_exception_handler({"message": "no answer was sent", "exception": error})
