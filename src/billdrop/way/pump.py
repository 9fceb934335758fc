"""What keeps documents moving: listen, process, sweep, confirm, expire, until told to stop."""

import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Protocol, TypeVar

from msgspec import Struct

from billdrop.errors import BilldropError, Transient, ours
from billdrop.guidelines.library import Library
from billdrop.model import Delivery, Outcome, State, first_error
from billdrop.settings import Settings
from billdrop.way import pipeline
from billdrop.way.pipeline import Begun, Way
from billdrop.way.sweeping import Sweep

T = TypeVar("T")

DOCUMENTS = "documents"

TOLD = 1000
"""How many documents of a batch the log may name."""

RECOVERED = 5.0
"""Seconds from a batch that failed to a look at what it may have left unpublished."""

Swept = Callable[[Sequence[Delivery]], None]
"""Called at the end of a sweep with the oldest documents that it found, taken by now or not."""


class Log(Protocol):
    """Says what happened, with facts; never with the text of a document."""

    def __call__(self, event: str, /, **facts: object) -> None: ...


class Counters(Struct):
    """What the pump has done since it started, for metrics and the health of the process."""

    batches: int = 0
    documents: int = 0
    swept: int = 0
    expired: int = 0
    failures: int = 0


class Pump:
    """One thread runs `run`; everything that writes happens there."""

    def __init__(
        self,
        way: Way,
        settings: Settings,
        *,
        monotonic: Callable[[], float],
        renew: Callable[[], Library | None],
        log: Log,
        swept: Swept | None = None,
    ) -> None:
        """`swept`: what ends a sweep, where the inbox forgets by itself what was captured."""
        self.way = way
        self.settings = settings
        self.counters = Counters()
        self._troubles: dict[str, BilldropError] = {}
        self._monotonic = monotonic
        self._renew = renew
        self._log = log
        self._ended = swept or self._expire
        self._stop = Event()
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._flushing: tuple[list[str], Future[None]] | None = None
        self._sweep = Sweep(way, settings, monotonic)
        self._next_confirm = 0.0
        self._next_recovery: float | None = None
        self._pause = 0.0
        self._begun: Begun | None = None
        self._rested = False

    @property
    def error(self) -> BilldropError | None:
        """What keeps documents from being recorded or published now; None when nothing does."""
        return next(iter(self._troubles.values()), None)

    @property
    def idle(self) -> bool:
        """Whether the last round found nothing, a sweep has ended, and all is confirmed."""
        return self._rested

    def stop(self) -> None:
        """Ask `run` to finish what is under way and return."""
        self._stop.set()

    def run(self) -> None:
        """Recover, then work until `stop`; on return nothing that was published is unconfirmed."""
        self._guarded("publish", lambda: pipeline.recover(self.way))
        while not self._stop.is_set():
            self.step()
        self._guarded("publish", self._finish)
        self._flusher.shutdown()
        self.way.read.close()

    def step(self) -> None:
        """One round: what is waiting, a piece of the sweep, and the house in order."""
        deliveries = self._listen()
        idle = not deliveries
        self._guarded("guidelines", self._renewed)
        for batch in pipeline.batches(
            deliveries, documents=self.settings.batch_documents, size=self.settings.batch_bytes
        ):
            self._take(batch)
        if idle and self._begun is not None:
            before, self._begun = self._begun, None
            self._end(before)
        if idle or self._overdue():
            self._sweep_on()
        self._confirm(idle=idle)
        self._recover()
        self._rested = (
            idle
            and self._sweep.rests
            and self._begun is None
            and self._flushing is None
            and not self.way.unconfirmed
        )

    def _listen(self) -> Sequence[Delivery]:
        limit, wait = self.settings.batch_documents, self._patience()
        found = self._guarded("inbox", lambda: self.way.inbox.listen(limit=limit, wait=wait))
        if found is None:
            self._back_off()
        return found or ()

    def _renewed(self) -> None:
        """A document is read with the guidelines as they are when it comes."""
        try:
            library = self._renew()
        except Exception:
            self._next_recovery = self._monotonic() + RECOVERED
            raise
        if library is not None:
            self.way.read.library = library

    def _patience(self) -> float:
        if self._sweep.under_way or self._begun is not None:
            return 0.0
        return 0.01 if self._flushing is not None else 0.2

    def _take(self, batch: Sequence[Delivery]) -> None:
        """Begin a batch, and finish the one before it, which was read meanwhile."""
        begun = self._attempt(batch, lambda: pipeline.begin(batch, self.way))
        before, self._begun = self._begun, begun
        if before is not None:
            self._end(before)
        if begun is not None and begun.read.done():
            self._begun = None
            self._end(begun)

    def _end(self, begun: Begun) -> None:
        outcomes = self._attempt(begun.deliveries, lambda: pipeline.finish(begun, self.way))
        if outcomes is not None:
            self._done(outcomes)

    def _done(self, outcomes: Sequence[Outcome | None]) -> None:
        self.counters.batches += 1
        self.counters.documents += len(outcomes)
        self._well(DOCUMENTS)
        self._pause = 0.0
        self._tell(outcomes)

    def _attempt(self, batch: Sequence[Delivery], work: Callable[[], T]) -> T | None:
        """Where it fails for no reason we know, find the document that fails."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001  the outermost loop: one document must not stop the others
            self._next_recovery = self._monotonic() + RECOVERED
            if isinstance(error, BilldropError):
                self._troubled(DOCUMENTS, error)
                self._refuse(batch)
                self._back_off()
            else:
                self._failed(batch, error)
        return None

    def _tell(self, outcomes: Sequence[Outcome | None]) -> None:
        """What became of a batch, and each document that needs a person."""
        new = [outcome for outcome in outcomes if outcome is not None and not outcome.known]
        states = Counter(outcome.state.value for outcome in new)
        if states:
            self._log("taken", **states)
        for outcome in new[:TOLD]:
            if outcome.state in (State.QUARANTINED, State.LOST):
                reason = first_error(outcome.findings)
                code = reason.code if reason else ""
                self._log(outcome.state.value, document=outcome.document_id, code=code)

    def _failed(self, batch: Sequence[Delivery], error: Exception) -> None:
        if len(batch) == 1:
            self.counters.failures += 1
            name = batch[0].ref.document_id
            self._log("document failed", document=name, detail=str(error), trace=_trace(error))
            self._refuse(batch)
            return
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            outcomes = self._attempt(half, partial(pipeline.process, half, self.way))
            if outcomes is not None:
                self._done(outcomes)

    def _refuse(self, batch: Sequence[Delivery]) -> None:
        """Let the inbox deliver the batch again."""
        self._guarded("inbox", lambda: self.way.inbox.settle(batch, [None] * len(batch)))

    def _overdue(self) -> bool:
        """Whether the sweep waits no more for a quiet moment; then what was begun is ended first."""
        late = self._sweep.overdue
        if late and self._begun is not None:
            before, self._begun = self._begun, None
            self._end(before)
        return late

    def _sweep_on(self) -> None:
        """Take the next piece of the sweep, and begin one when it is time."""
        if not self._sweep.due:
            return
        try:
            batch = self._sweep.piece()
            if batch is None:
                self._swept()
        except Exception as error:  # noqa: BLE001  the outermost loop: the service outlives its housekeeping
            self._sweep.end(failed=True)
            self._troubled("sweep", ours(error))
            return
        if batch is None:
            self._sweep.end()
            self._well("sweep")
        elif batch:
            self.counters.swept += len(batch)
            for part in pipeline.batches(
                batch, documents=len(batch), size=self.settings.batch_bytes
            ):
                self._take(part)

    def _swept(self) -> None:
        if self._flushing is None:
            self._guarded("publish", lambda: pipeline.recover(self.way))
        self._ended(self._sweep.missed)

    def _expire(self, missed: Sequence[Delivery]) -> None:
        expired = pipeline.expire(self.way, age=timedelta(hours=self.settings.expire_hours))
        self.counters.expired += expired
        if expired:
            self._log("expired", documents=expired)

    def _confirm(self, *, idle: bool) -> None:
        """Flush in the background, so that no document waits for it; then mark in the ledger."""
        if self._flushing is not None:
            names, flushed = self._flushing
            if flushed.done():
                self._flushing = None
                self._guarded("publish", lambda: self._mark(names, flushed))
            return
        now = self._monotonic()
        if self.way.unconfirmed and (idle or now >= self._next_confirm):
            self._next_confirm = now + self.settings.confirm_seconds
            names, self.way.unconfirmed = self.way.unconfirmed, []
            self._flushing = (names, self._flusher.submit(self.way.destination.flush))

    def _mark(self, names: list[str], flushed: "Future[None]") -> None:
        try:
            flushed.result()
            self.way.reached("flushed")
            self.way.ledger.published(names, at=self.way.now())
            self.way.reached("confirmed")
        except BaseException:
            self.way.unconfirmed = names + self.way.unconfirmed
            raise

    def _recover(self) -> None:
        """A batch that failed may be committed and not published; the next sweep may be far."""
        due, moment = self._next_recovery, self._monotonic()
        if due is None or moment < due or self._flushing is not None:
            return
        self._guarded("publish", lambda: pipeline.recover(self.way))
        passing = isinstance(self._troubles.get("publish"), Transient)
        self._next_recovery = moment + RECOVERED if passing else None

    def _finish(self) -> None:
        if self._begun is not None:
            self._end(self._begun)
        if self._flushing is not None:
            names, flushed = self._flushing
            self._flushing = None
            self._mark(names, flushed)
        pipeline.confirm(self.way)

    def _guarded(self, what: str, work: Callable[[], T]) -> T | None:
        """Housekeeping that fails is tried again later; documents go on."""
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  the outermost loop: the service outlives its housekeeping
            self._troubled(what, ours(error))
            return None
        self._well(what)
        return result

    def _troubled(self, what: str, error: BilldropError) -> None:
        """Remember what does not work, until it does; said once."""
        before = self._troubles.get(what)
        if str(before) != str(error):
            trace = _trace(error.__cause__) if error.__cause__ is not None else ""
            self._log("trouble", what=what, code=error.error_code, detail=str(error), trace=trace)
        self._troubles[what] = error
        self.counters.failures += 1

    def _well(self, what: str) -> None:
        if self._troubles.pop(what, None) is not None:
            self._log("well again", what=what)

    def _back_off(self) -> None:
        """Wait longer after each failure in a row: 0.1 s to 5 s; a stop ends the wait."""
        self._pause = min(max(self._pause * 2, 0.1), 5.0)
        self._stop.wait(self._pause)


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
