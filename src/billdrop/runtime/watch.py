"""What a worker looks after between two batches: guidelines, and what it says of itself."""

from collections.abc import Sequence
from datetime import datetime

from billdrop.aws.inbox.s3_inbox import S3Inbox
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.model import Delivery
from billdrop.ports import Books
from billdrop.runtime import monotonic, now
from billdrop.runtime.aws import Guidelines
from billdrop.way.pump import Log

RENEWED = 30.0
"""Seconds between two looks at the guidelines of the bucket."""

TOLD = 60.0
"""Seconds between two words about documents that are not taken."""


class Watch:
    """Called by the pump's thread alone; whatever fails here keeps no document waiting."""

    def __init__(self, books: Books, inbox: S3Inbox, guidelines: Guidelines, log: Log) -> None:
        self._books = books
        self._inbox = inbox
        self._guidelines = guidelines
        self._log = log
        self._renewal = monotonic() + RENEWED
        self._word = 0.0
        self._denied: set[str] = set()
        self._parked = 0
        self._missed: Sequence[Delivery] = ()
        self.uncaptured: tuple[int | None, datetime | None] = (None, None)
        """How many documents the last sweep missed that still are, and when the oldest was uploaded."""
        self._trouble = ""

    def __call__(self) -> Library | None:
        """The guidelines, when they have changed."""
        moment = monotonic()
        self._told()
        if self._missed and moment >= self._word:
            self._say_oldest(self._missed)
        if moment < self._renewal:
            return None
        self._renewal = moment + RENEWED
        return self._renewed()

    def swept(self, missed: Sequence[Delivery]) -> None:
        """Of what a sweep found missing, say since when the oldest is that still is."""
        self._say_oldest(missed)

    def _renewed(self) -> Library | None:
        try:
            changed = self._guidelines.renew()
        except BilldropError as error:
            if str(error) != self._trouble:
                self._log("trouble", what="guidelines", code=error.error_code, detail=str(error))
            self._trouble = str(error)
            return None
        if self._trouble:
            self._log("well again", what="guidelines")
            self._trouble = ""
        if not changed:
            return None
        library, problems = self._guidelines.opened()
        for problem in problems:
            self._log("guideline refused", problem=problem)
        self._log("guidelines loaded", names=[guide.ref.name for guide in library.guides])
        return library

    def _told(self) -> None:
        """Each object that may not be read, once, and messages that nobody can read."""
        denied = self._inbox.refused()
        for key in denied.keys() - self._denied:
            self._log("denied", document=key, code="BD5005", detail=denied[key])
        self._denied = set(denied)
        parked = self._inbox.counts["parked"]
        if parked > self._parked:
            self._log("parked", messages=parked - self._parked)
            self._parked = parked

    def _say_oldest(self, missed: Sequence[Delivery]) -> None:
        still = set(self._books.missing([delivery.ref for delivery in missed]))
        self._missed = [delivery for delivery in missed if delivery.ref in still]
        oldest = min((each.arrived_at for each in self._missed), default=None)
        age = 0.0 if oldest is None else (now() - oldest).total_seconds()
        self._word = monotonic() + TOLD
        self.uncaptured = (len(self._missed), oldest)
        self._log("inbox", uncaptured=len(self._missed), oldest_uncaptured_seconds=round(age))
