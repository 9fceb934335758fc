"""The topic's own subscription as an inbox: what it posts is delivered, and answered once durable."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock

from msgspec import Struct, structs

from billdrop.aws.inbox.events import Event, kind, useless
from billdrop.aws.inbox.place import Receipt, delivered
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.way.bell import Bell, first

Fetch = Callable[[Sequence[Delivery]], list[Document | Lost | None]]
"""`fetch` of the inbox whose objects are announced."""

MOST = 1_000


class _Post(Struct, eq=False):
    """One message of the topic, and who waits for what becomes of it."""

    answer: Future[bool | None]
    open: int = 0
    """Deliveries that are not settled."""
    useless: bool = False
    refused: bool = False

    def end(self) -> None:
        self.answer.set_result(False if self.refused else None if self.useless else True)


class TopicDoor:
    """
    Bounded: what does not fit is refused at once, and the topic sends it again.

    Nothing of it is kept here beyond the answer: what the topic gives up on is found by the sweep.
    """

    sources = frozenset({"topic"})
    expires = False

    def __init__(
        self,
        fetch: Fetch,
        *,
        bucket: str,
        now: Callable[[], datetime],
        note: Callable[[str], None],
        most: int = MOST,
    ) -> None:
        """`note` is told of events that are of no use."""
        self.fetch = fetch
        self.counts: Counter[str] = Counter()
        self._bucket = bucket
        self._now = now
        self._note = note
        self._most = most
        self._lock = Lock()
        self._bell = Bell()
        self._waiting: deque[Delivery] = deque()
        self._posts: dict[Receipt, _Post] = {}

    @property
    def held(self) -> int:
        """Deliveries that are not settled."""
        return len(self._posts)

    async def offer(self, events: Sequence[Event]) -> bool | None:
        """As `put`, for an event loop."""
        return await asyncio.wrap_future(self.put(events))

    def put(self, events: Sequence[Event]) -> Future[bool | None]:
        """
        Deliver the events of one message.

        True once the outcome of every one is durable, False when one was refused or there is no
        room, None when one can never be taken in and all the others are durable.
        """
        answer: Future[bool | None] = Future()
        answer.set_running_or_notify_cancel()
        post = _Post(answer)
        deliveries = [one for event in events if (one := self._delivery(event, post))]
        if not (deliveries and self._held(deliveries, post)):
            post.end()
        self._bell.ring()
        return answer

    def hear(self, bell: Bell) -> None:
        """Ring this bell from now on."""
        self._bell = bell

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        return first(self._bell, self.take, limit=limit, wait=wait)

    def take(self, limit: int) -> list[Delivery]:
        """Up to `limit` deliveries that wait, without waiting for one."""
        with self._lock:
            found = [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]
            if self._waiting:
                self._bell.ring()
        return found

    def list(self) -> Iterator[Delivery]:
        """Nothing: the objects are listed by the inbox that they lie in."""
        return iter(())

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`; a message is answered with its last delivery."""
        with self._lock:
            posts = [
                self._settled(delivery.receipt, outcome)
                for delivery, outcome in zip(deliveries, outcomes, strict=True)
            ]
        for post in posts:
            if post is not None:
                post.end()

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """The bucket's own rule forgets them."""
        return 0

    def _held(self, deliveries: Sequence[Delivery], post: _Post) -> bool:
        """Whether there was room for all of them."""
        with self._lock:
            post.refused = len(self._posts) + len(deliveries) > self._most
            if not post.refused:
                post.open = len(deliveries)
                self._posts |= {each.receipt: post for each in deliveries}
                self._waiting.extend(deliveries)
            return not post.refused

    def _settled(self, receipt: Receipt, outcome: Outcome | None) -> _Post | None:
        """The message, when this was its last delivery."""
        post = self._posts.pop(receipt, None)
        if post is None:
            return None
        post.open -= 1
        if outcome is None and not receipt.overtaken:
            post.refused = True
        return None if post.open else post

    def _delivery(self, event: Event, post: _Post) -> Delivery | None:
        reason = useless(event, self._bucket)
        if reason:
            self._note(f"the topic says what is of no use: {reason}")
            post.useless = True
        found = None if reason else delivered(event, None, bucket=self._bucket, at=self._now())
        if found is None or found.receipt.removal:
            self.counts["useless" if reason else kind(event)] += 1
        return structs.replace(found, source="topic") if found else None
