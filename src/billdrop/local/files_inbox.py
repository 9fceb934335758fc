"""The files and folders given to `ingest`: an inbox that ends."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from billdrop.errors import PermissionDeniedError, UsageError
from billdrop.local.ahead import Ahead
from billdrop.local.complete import Completeness, Not, Seen, version_of
from billdrop.local.read import Place, read, unread
from billdrop.local.walk import walk
from billdrop.model import Delivery, Document, DocumentRef, Finding, Lost, Outcome
from billdrop.names import customer_refused, key_of, keyed

DOCUMENT_BYTES = 256 * 1024 * 1024
PATIENCE = 10.0
"""Seconds that files that are still being written are waited for, all together."""

_LOOK_AGAIN = 0.05


class _Folder(Struct, frozen=True):
    """A folder of which files keep their names."""

    path: str
    bucket: str
    start: int
    """Where names begin in the paths of its files."""


class _Given(Struct, frozen=True, gc=False):
    """A file, and the folder of which it keeps its name."""

    path: str
    folder: _Folder
    regular: bool = False
    """Whether it was just seen to be a regular file."""


class FilesInbox:
    """An inbox whose documents are the files named, and those in and below the folders named."""

    sources = frozenset({"ingest"})
    expires = False

    def __init__(
        self,
        paths: Sequence[Path],
        customer: str,
        now: Callable[[], datetime],
        *,
        document_bytes: int = DOCUMENT_BYTES,
        patience: float = PATIENCE,
    ) -> None:
        """Raises `UsageError` for a path that is not there, or a customer that cannot be."""
        reason = customer_refused(customer)
        if reason is not None:
            raise UsageError(reason, hint="name another with --customer", code="BD1006")
        self._customer = customer
        self._now = now
        self._limit = document_bytes
        self._patience = patience
        self._files = Completeness(now)
        self._given = [_resolved(path) for path in paths]
        self._folders = {given.folder.path: given.folder for given in self._given}
        self._source = self._all()
        self._ended = False
        self._again: deque[_Given] = deque()
        self._owed: dict[str, Delivery] = {}
        self._unfinished: dict[str, str] = {}

    @property
    def exhausted(self) -> bool:
        """Whether every document was delivered, and none has to be delivered again."""
        return self._ended and not self._again

    @property
    def unfinished(self) -> dict[str, str]:
        """What was named and not taken, by path: still being written, not readable, not a file."""
        return dict(self._unfinished)

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`; empty when it is exhausted. Waits for files that are being written."""
        found: list[Delivery] = []
        at = self._now()
        with Ahead(at, largest=self._limit) as ahead:
            while len(found) < limit:
                given = self._next(again=not found)
                if given is None:
                    break
                delivery = self._delivery(given, at, ahead, patient=not found)
                if delivery is not None:
                    found.append(delivery)
        return found

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        at = self._now()
        found = [read(delivery, limit=self._limit, at=at) for delivery in deliveries]
        for delivery, document in zip(deliveries, found, strict=True):
            if document is None:
                self._owe(delivery)
        return found

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`."""
        at = self._now()
        for given in self._all():
            delivery = self._delivery(given, at, None, patient=False)
            if delivery is not None:
                yield delivery

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`."""
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            if outcome is None:
                self._owe(delivery)

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """Files that were not dropped into an inbox are never removed."""
        return 0

    def _all(self) -> Iterator[_Given]:
        for given in self._given:
            folder = given.folder
            if given.path != folder.path:
                yield given
                continue
            for entry in walk(folder.path, self._skip, ordered=True):
                yield _Given(entry.path, folder, regular=True)

    def _next(self, *, again: bool) -> _Given | None:
        """The next file; those that have to be looked at again come last, and alone."""
        given = next(self._source, None)
        if given is None:
            self._ended = True
            given = self._again.popleft() if again and self._again else None
        return given

    def _delivery(
        self, given: _Given, at: datetime, ahead: Ahead | None, *, patient: bool
    ) -> Delivery | None:
        path = given.path
        seen = (self._files.opened if given.regular else self._files.look)(path, ahead)
        while patient and seen is Not.COMPLETE and self._patience > 0:
            time.sleep(_LOOK_AGAIN)
            self._patience -= _LOOK_AGAIN
            seen, at = self._files.look(path), self._now()
        owed = self._owed.pop(path, None)
        if isinstance(seen, Seen):
            self._unfinished.pop(path, None)
            return self._made(given, seen, at)
        if seen is Not.THERE and owed is not None:
            return owed
        if seen is Not.COMPLETE and not patient:
            self._again.append(_Given(path, given.folder))
        else:
            self._skip(path, seen)
        return None

    def _made(self, given: _Given, seen: Seen, at: datetime) -> Delivery:
        folder = given.folder
        name = given.path[folder.start :].replace(os.sep, "/")
        key, reason = keyed(name)
        findings = () if reason is None else (Finding(code="BD1006", message=reason),)
        return Delivery(
            ref=DocumentRef(
                bucket=folder.bucket,
                key=f"{self._customer}/{key}",
                version=version_of(seen.status),
                customer=self._customer,
            ),
            arrived_at=at,
            source="ingest",
            size=seen.status.st_size,
            receipt=Place(given.path, findings, folder.path, seen.content),
        )

    def _owe(self, delivery: Delivery) -> None:
        place = delivery.receipt
        if place.path not in self._owed:
            self._owed[place.path] = unread(delivery)
            self._again.append(_Given(place.path, self._folders[place.folder]))

    def _skip(self, path: str, reason: Not) -> None:
        if reason is not Not.THERE or path not in self._unfinished:
            self._unfinished[path] = reason.value


def _resolved(path: Path) -> _Given:
    try:
        real = path.resolve(strict=True)
    except FileNotFoundError as error:
        raise UsageError(f"{path} is not there", hint="check the spelling") from error
    except PermissionError as error:
        raise PermissionDeniedError(
            f"{path} may not be read", hint="correct the mode of its folders"
        ) from error
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"{path} cannot be followed: {error}", hint="name the file itself"
        ) from error
    folder = str(real if real.is_dir() else real.parent)
    start = len(folder.rstrip("/")) + 1
    return _Given(str(real), _Folder(folder, _printable(folder), start))


def _printable(folder: str) -> str:
    name = folder.strip("/")
    return folder.replace(name, key_of(name)) if name else folder
