"""The messages that we hold: received ahead of need, kept ours, settled record by record."""

import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import ceil
from threading import Condition, Event, Thread

from billdrop.aws.inbox.events import Event as Announcement
from billdrop.aws.inbox.events import kind, unwrap, useless
from billdrop.aws.inbox.place import delivered
from billdrop.aws.inbox.queue import AT_ONCE, PARALLEL, Letter, Queue, guarded
from billdrop.errors import BilldropError
from billdrop.model import Delivery, Outcome
from billdrop.way.bell import Bell

FIRST_PAUSE = 0.5
LAST_PAUSE = 20.0


class Mail:
    """
    Holds at most one call's messages that nobody asked for yet.

    One thread waits for messages while none is here; another keeps ours what is here.
    """

    def __init__(
        self,
        queue: Queue,
        bucket: str,
        now: Callable[[], datetime],
        *,
        poll_seconds: int,
    ) -> None:
        self.bell = Bell()
        self.counts: Counter[str] = Counter()
        self._queue = queue
        self._bucket = bucket
        self._now = now
        self._poll_seconds = poll_seconds
        self._changed = Condition()
        self._ready: deque[Delivery] = deque()
        self._held: dict[str, Letter] = {}
        self._done: list[Letter] = []
        self._refused: list[Letter] = []
        self._trouble: BilldropError | None = None
        self._closed = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin to receive."""
        self._threads = [
            Thread(target=self._poll, name="queue", daemon=True),
            Thread(target=self._keep, name="heartbeat", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def leave_off(self) -> None:
        """Receive no more from now on; a call that waits already is waited for by `close`."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Receive no more; what was not handed out is anybody's at once."""
        self.leave_off()
        for thread in self._threads:
            thread.join()
        with self._changed:
            unopened = [letter for letter in self._held.values() if not letter.started]
            self._ready.clear()
            self._held.clear()
        guarded(lambda: self._queue.give_back(unopened))
        guarded(self._sweep_up)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest message that we hold came to the queue."""
        with self._changed:
            sent = min((letter.sent for letter in self._held.values() if letter.sent), default=0)
        return datetime.fromtimestamp(sent / 1000, UTC) if sent else None

    def take(self, limit: int) -> list[Delivery]:
        """Up to so many deliveries that wait; raises what receiving failed with, once."""
        found = self._handed(limit)
        asked = bool(found)
        while asked and len(found) < limit and not self._closed.is_set():
            asked = self._more(limit - len(found))
            found.extend(self._handed(limit - len(found)))
        self._raise(bool(found))
        return found

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """Delete the messages whose records are all durable; let the others come again."""
        with self._changed:
            ended = [
                delivery.receipt.letter
                for delivery, outcome in zip(deliveries, outcomes, strict=True)
                if self._ends(delivery, outcome)
            ]
            self._done.extend(letter for letter in ended if not letter.refused)
        refused = [letter for letter in ended if letter.refused and letter.ours]
        trouble = guarded(lambda: self._queue.put_back(refused))
        self._sweep_up()
        if trouble is not None:
            raise trouble

    def _ends(self, delivery: Delivery, outcome: Outcome | None) -> bool:
        """Whether this was the last open record of its message."""
        receipt = delivery.receipt
        letter = receipt.letter
        if letter is None or receipt.settled:
            return False
        receipt.settled = True
        letter.open -= 1
        if outcome is None and receipt.overtaken:
            self.counts["overtaken"] += 1
        elif outcome is None:
            letter.refused = True
        if letter.open == 0:
            self._held.pop(letter.handle, None)
        return bool(letter.open == 0)

    def _sweep_up(self) -> None:
        """Delete what is done; what could not be deleted is tried again with the next."""
        with self._changed:
            done, self._done = self._done, []
        try:
            self._queue.delete([letter for letter in done if letter.ours])
        except BilldropError:
            with self._changed:
                self._done.extend(done)
            raise

    def _handed(self, limit: int) -> list[Delivery]:
        with self._changed:
            taken = [self._ready.popleft() for _ in range(min(limit, len(self._ready)))]
            for delivery in taken:
                delivery.receipt.letter.started = True
            if self._ready:
                self.bell.ring()
            else:
                self._changed.notify_all()
        return taken

    def _more(self, need: int) -> bool:
        """Receive what is there besides; whether there may be yet more."""
        calls = min(PARALLEL, ceil(need / AT_ONCE))
        most = min(need, AT_ONCE)
        full = list(self._queue.pool.map(lambda _: self._receive(most, 0), range(calls)))
        self._tidy()
        return all(full)

    def _receive(self, most: int, wait: int) -> bool:
        """Whether as many came as were asked for."""
        letters: list[Letter] = []
        failed = guarded(lambda: letters.extend(self._queue.receive(most, wait=wait)))
        self._trouble = failed or self._trouble
        for letter in letters:
            self._open(letter)
        return failed is None and len(letters) == most

    def _open(self, letter: Letter) -> None:
        events = unwrap(letter.body)
        deliveries = [found for event in events if (found := self._opened(event, letter))]
        letter.open = len(deliveries)
        if deliveries:
            with self._changed:
                self._held[letter.handle] = letter
                self._ready.extend(deliveries)
            self.bell.ring()
            return
        with self._changed:
            (self._refused if letter.refused else self._done).append(letter)

    def _tidy(self) -> None:
        """Put back and delete the messages that bring nothing to hand out."""
        with self._changed:
            refused, self._refused = self._refused, []
        self._trouble = guarded(lambda: self._queue.put_back(refused)) or self._trouble
        self._trouble = guarded(self._sweep_up) or self._trouble

    def _opened(self, event: Announcement, letter: Letter) -> Delivery | None:
        reason = useless(event, self._bucket)
        if reason:
            self._park(letter, reason)
            return None
        found = delivered(event, letter, bucket=self._bucket, at=self._now())
        if found is None or found.receipt.removal:
            self._count(kind(event))
        return found

    def _park(self, letter: Letter, reason: str) -> None:
        """Where it cannot be parked it comes again, and the queue's own rule parks it in the end."""
        failed = guarded(lambda: self._queue.park(letter, reason))
        if failed is not None:
            letter.refused = True
            self._trouble = failed
        self._count("unparked" if failed else "parked")

    def _count(self, what: str) -> None:
        with self._changed:
            self.counts[what] += 1

    def _raise(self, found: bool) -> None:
        """Say what failed, but never instead of handing out what came."""
        if self._trouble is not None and not found:
            trouble, self._trouble = self._trouble, None
            raise trouble

    def _poll(self) -> None:
        """Wait for messages while nothing is here; after a failure longer each time."""
        pause = FIRST_PAUSE
        while self._hungry():
            self._receive(AT_ONCE, self._poll_seconds)
            self._tidy()
            if self._trouble is None:
                pause = FIRST_PAUSE
                continue
            self.bell.ring()
            self._closed.wait(random.uniform(0.5, 1.0) * pause)  # noqa: S311 - no secret
            pause = min(pause * 2, LAST_PAUSE)

    def _hungry(self) -> bool:
        """Wait until nothing is here to be handed out; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed.is_set() or not self._ready)
        return not self._closed.is_set()

    def _keep(self) -> None:
        """At half its time, a message that we hold is made ours again."""
        while not self._closed.wait(self._queue.visibility / 4):
            due = self._queue.monotonic() - self._queue.visibility / 2
            with self._changed:
                old = [letter for letter in self._held.values() if letter.extended_at <= due]
            failed = guarded(lambda old=old: self._queue.extend(old))  # type: ignore[misc]
            self._trouble = failed or guarded(self._sweep_up) or self._trouble
            self._abandon([letter for letter in old if not letter.ours])

    def _abandon(self, letters: Sequence[Letter]) -> None:
        """Another has them now: what of them was not handed out is his."""
        with self._changed:
            for letter in letters:
                self.counts["abandoned"] += 1
                self._held.pop(letter.handle, None)
            kept = [one for one in self._ready if one.receipt.letter.ours]
            self._ready.clear()
            self._ready.extend(kept)
