"""The inbox as a bucket, told of by a queue."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import attrgetter
from threading import Lock

from billdrop.aws.inbox.mail import Mail
from billdrop.aws.inbox.place import is_folder, listed
from billdrop.aws.inbox.queue import Queue
from billdrop.aws.inbox.read import read, wanted
from billdrop.aws.store.objects import Content, Objects
from billdrop.errors import BilldropError, PermissionDeniedError
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.way.bell import Bell, first

DOCUMENT_BYTES = 256 * 1024 * 1024
READERS = 32
"""Objects asked about at once that could not be read together: the network is what is waited for."""

_REFUSED = 10_000

Missing = Callable[[Sequence[DocumentRef]], Sequence[DocumentRef]]
"""As `Books.missing`: of what the books have, nothing is said again when it goes."""


class S3Inbox:
    """An inbox whose documents are the versions of the objects of a bucket."""

    sources = frozenset({"queue", "sweep"})
    expires = False

    def __init__(
        self,
        objects: Objects,
        queue: Queue,
        now: Callable[[], datetime],
        *,
        bucket: str,
        document_bytes: int = DOCUMENT_BYTES,
        poll_seconds: int = 5,
        missing: Missing = list,
        listed_age: timedelta = timedelta(),
        prefixes: Sequence[str] = ("",),
    ) -> None:
        """
        `poll_seconds`: how long one call to the queue waits, and so does `close`.

        `listed_age`: younger objects are not listed; their events are on their way.
        `prefixes`: how the keys begin that are listed.
        """
        self._prefixes = prefixes
        self._listed_age = listed_age
        self._objects = objects
        self._bucket = bucket
        self._now = now
        self._limit = document_bytes
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="s3")
        self._mail = Mail(queue, bucket, now, poll_seconds=poll_seconds)
        self._missing = missing
        self._denied: dict[str, str] = {}
        self._lock = Lock()

    def start(self) -> None:
        """From now on messages are received, and those that we hold are kept ours."""
        self._mail.start()

    def leave_off(self) -> None:
        """Receive no more from now on, without waiting for it."""
        self._mail.leave_off()

    def close(self) -> None:
        """Receive no more; what was not handed out goes back to the queue."""
        self._mail.close()

    def hear(self, bell: Bell) -> None:
        """Ring this bell from now on."""
        self._mail.bell = bell

    @property
    def oldest(self) -> datetime | None:
        """When the oldest message that we hold came to the queue."""
        return self._mail.oldest

    @property
    def counts(self) -> Counter[str]:
        """What came and was no document: by kind, since the start."""
        return Counter(self._mail.counts)

    def refused(self) -> dict[str, str]:
        """What lies in the inbox and may not be read, by key (BD5005)."""
        with self._lock:
            return dict(self._denied)

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`; receives messages between `start` and `close`."""
        return first(self._mail.bell, self.take, limit=limit, wait=wait)

    def take(self, limit: int) -> list[Delivery]:
        """Up to `limit` deliveries that wait, without waiting for one."""
        return self._mail.take(limit)

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """
        See `Inbox`; one that fails does not stop the others: it is None, and comes again.

        Raises when all of them fail.
        """
        self._let_go([each for each in deliveries if each.receipt.removal])
        ahead = self._ahead(deliveries)
        left = [each for each, content in zip(deliveries, ahead, strict=True) if content is None]
        rest = self._pool.map(self._read, left)
        found = [
            next(rest) if content is None else self._read(each, content)
            for each, content in zip(deliveries, ahead, strict=True)
        ]
        failures = [each for each in found if isinstance(each, BilldropError)]
        if failures and len(failures) == len(found):
            raise failures[0]
        return [None if isinstance(each, BilldropError) else each for each in found]

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`; every version, those of one object in the order in which they came."""
        at = self._now()
        found = chain.from_iterable(map(self._objects.versions, self._prefixes))
        documents = (
            each for each in found if not each.deleted and not is_folder(each.key, each.size)
        )
        for _, same in groupby(documents, key=attrgetter("key")):
            yield from listed(self._bucket, [*same], until=at - self._listed_age, at=at)

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`; the objects stay until they expire."""
        self._mail.settle(deliveries, outcomes)

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """The bucket's own rule forgets them."""
        return 0

    def _let_go(self, removed: Sequence[Delivery]) -> None:
        """What is in the books may go; nothing is to be done."""
        missing = set(self._missing([each.ref for each in removed]) if removed else ())
        for each in removed:
            each.receipt.overtaken = each.ref not in missing

    def _ahead(self, deliveries: Sequence[Delivery]) -> Sequence[Content | None]:
        """What can be read at once, by one thread; the rest takes more calls, or has a reason to be said."""
        asked = [wanted(each, self._limit) for each in deliveries]
        given = iter(self._objects.read_quickly([each for each in asked if each is not None]))
        found = [None if each is None else next(given) for each in asked]
        return [each if each and each.body is not None else None for each in found]

    def _read(
        self, delivery: Delivery, ahead: Content | None = None
    ) -> Document | Lost | BilldropError | None:
        try:
            found = read(delivery, self._objects, limit=self._limit, at=self._now(), ahead=ahead)
        except BilldropError as error:
            if isinstance(error, PermissionDeniedError):
                self._deny(delivery.receipt.key, str(error))
            return error
        if self._denied:
            self._deny(delivery.receipt.key, None)
        return found

    def _deny(self, key: str, reason: str | None) -> None:
        with self._lock:
            if reason is None:
                self._denied.pop(key, None)
            elif len(self._denied) < _REFUSED:
                self._denied[key] = reason
