"""What waits in quarantine and can be read now is read again by itself, once guidelines have changed."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from billdrop import operations
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.model import QuarantineEntry
from billdrop.operations import Progress, Summary
from billdrop.ports import Archive
from billdrop.way.pipeline import Way
from billdrop.way.pump import Log

STEP_DOCUMENTS = 50
STEP_BYTES = 4 * 1024 * 1024
"""So much is looked at between two batches, so that those who wait for theirs do not notice."""

PAUSE_ROUNDS = 25
"""Rounds of the pump, of some 0.2 s where nothing comes, before what failed is tried again."""

LONGEST_PAUSE = 64 * PAUSE_ROUNDS
"""Between two tries at originals that cannot be read; it is twice as long after each of them."""

UNKNOWN = ("BD2001", "BD2002", "BD2510")
"""No guideline read it, or several would have, or none was to."""

DECIDED = "BD3"
"""What such codes hold is no matter of reading: two invoices that contradict each other."""


class Redriving:
    """Stands between the pump and what renews its guidelines; called by the pump's thread alone."""

    def __init__(
        self, renew: Callable[[], Library | None], way: Way, archive: Archive, log: Log
    ) -> None:
        self._renew, self._way, self._archive, self._log = renew, way, archive, log
        self._waiting: deque[str] = deque()
        self._looked_at = self._redriven = 0
        self._asked = True
        """Whether it is still to be asked what waits; at the start, what no guideline had read."""
        self._changed = False
        self._pause = 0
        self._unread: dict[str, None] = {}
        """Documents whose originals could not be read; they are looked at after all others."""
        self._noted: set[str] = set()
        self._longer = PAUSE_ROUNDS

    @property
    def rests(self) -> bool:
        """Whether nothing is left to look at."""
        return not self._asked and not self._waiting and not self._unread

    def __call__(self) -> Library | None:
        """
        New guidelines, if there are any; else some of what waits is looked at.

        They are handed out whatever else fails: what waits is asked again in the next round.
        """
        library = self._renew()
        if library is not None:
            self._changed |= library.digests != self._way.read.library.digests
            self._asked = self._asked or self._changed
            if self._asked:
                with suppress(Exception):
                    self._begin()
        elif self._pause:
            self._pause -= 1
        elif self._asked:
            self._begin()
        elif self._waiting:
            self._step()
        elif self._unread:
            self._look_again()
        return library

    def _begin(self) -> None:
        """
        Choose what may be read by guidelines that came or were changed, or since others are gone.

        At the start nobody knows which those are; then it is what no guideline had read.
        """
        entries = self._way.books.quarantine()
        mine = [one.document_id for one in entries if _may_be_read(one, changed=self._changed)]
        self._waiting = deque(dict.fromkeys([*self._waiting, *self._unread, *mine]))
        self._unread.clear()
        self._longer = PAUSE_ROUNDS
        self._asked = self._changed = False

    def _step(self) -> None:
        """Look at a few; those that are read without errors leave quarantine."""
        before, held = len(self._waiting), deque(self._waiting)
        try:
            outcomes = operations.redrive_readable(
                self._waiting,
                self._archive,
                self._way,
                documents=STEP_DOCUMENTS,
                size=STEP_BYTES,
                unread=self._pass_over,
            )
        except Exception:
            self._waiting, self._pause = held, PAUSE_ROUNDS
            self._unread = {name: None for name in self._unread if name not in held}
            raise
        self._looked_at += before - len(self._waiting)
        self._redriven += len(outcomes)
        if not self._waiting:
            if self._redriven:
                self._log("redriven", documents=self._redriven, looked_at=self._looked_at)
            self._looked_at = self._redriven = 0

    def _pass_over(self, name: str, error: BilldropError) -> None:
        if name not in self._noted:
            self._noted.add(name)
            self._log("not read again", document=name, detail=str(error))
        self._unread[name] = None

    def _look_again(self) -> None:
        self._waiting, self._unread = deque(self._unread), {}
        self._pause, self._longer = self._longer, min(2 * self._longer, LONGEST_PAUSE)


def redrive(way: Way, archive: Archive, summary: Summary, progress: Progress) -> None:
    """
    Redrive all that waits and is read without errors now; counted with what else was done.

    What cannot be read at the moment counts as undecided.
    """
    entries = way.books.quarantine()
    mine = [one.document_id for one in entries if _may_be_read(one, changed=True)]
    waiting = deque(dict.fromkeys(mine))
    while waiting:
        outcomes = operations.redrive_readable(
            waiting,
            archive,
            way,
            documents=STEP_DOCUMENTS,
            size=STEP_BYTES,
            unread=lambda name, error: summary.add([None]),
        )
        summary.add(outcomes)
        progress(outcomes)


def _may_be_read(entry: QuarantineEntry, *, changed: bool) -> bool:
    return not entry.code.startswith(DECIDED) if changed else entry.code in UNKNOWN
