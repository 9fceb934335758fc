"""The inbox as a folder: `inbox/<customer>/…`, told of changes by the operating system."""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from billdrop.local.ahead import Ahead
from billdrop.local.complete import Completeness, Not, Seen, version_of
from billdrop.local.expire import Aside, remove_empty
from billdrop.local.pending import Pending
from billdrop.local.place import BUCKET, name_of, placed
from billdrop.local.plain import link_in
from billdrop.local.read import Place, read, unread
from billdrop.local.walk import walk
from billdrop.local.watch import Watch
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.names import is_temporary
from billdrop.way.bell import Bell, first

DOCUMENT_BYTES = 256 * 1024 * 1024

_REMEMBERED = 65_536
_REFUSED = 10_000
_BURST = 2_000
_BURST_TRIES = 8
_FOLDER_TRIES = 6
_REFUSED_TRIES = 4


class FolderInbox:
    """An inbox whose documents are the files of a folder."""

    sources = frozenset({"folder", "sweep"})
    expires = True

    def __init__(
        self,
        root: Path,
        now: Callable[[], datetime],
        *,
        aside: Path | None = None,
        document_bytes: int = DOCUMENT_BYTES,
        completeness: Completeness | None = None,
    ) -> None:
        """`aside`: a folder out of reach of customers, on the file system of the inbox."""
        self._root = root.resolve()
        self._aside = Aside(self._root, (aside or root.absolute().parent / "expiring").resolve())
        self._prefix = len(str(self._root)) + 1
        self._now = now
        self._limit = document_bytes
        self._files = completeness or Completeness(now)
        self._pending = Pending()
        self._watch: Watch | None = None
        self._taken: OrderedDict[str, str] = OrderedDict()
        self._complete: OrderedDict[str, str] = OrderedDict()
        self._owed: dict[str, Delivery] = {}
        self._refused: dict[str, str] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """From now on every change is seen; what lies there already is for the sweep."""
        self._watch = Watch(self._root, self._news)
        self._watch.start()

    def stop(self) -> None:
        """See no more changes."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def hear(self, bell: Bell) -> None:
        """Ring this bell from now on."""
        self._pending.bell = bell

    def refused(self) -> dict[str, str]:
        """What lies in the inbox and cannot be a document, by path below it (BD1009, BD5005)."""
        with self._lock:
            return dict(self._refused)

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`; hears of changes between `start` and `stop`."""
        return first(self._pending.bell, self.take, limit=limit, wait=wait)

    def take(self, limit: int) -> list[Delivery]:
        """Up to `limit` deliveries that wait, without waiting for one."""
        found: list[Delivery] = []
        at = self._now()
        with Ahead(at, largest=self._limit) as ahead:
            while len(found) < limit:
                paths = self._pending.take(limit - len(found))
                if not paths:
                    break
                looked = (self._looked(path, tries, ahead, at) for path, tries in paths)
                found.extend(delivery for delivery in looked if delivery is not None)
        if not found and self._pending.flooded:
            self._pending.flooded = False
            self._expand(str(self._root), _FOLDER_TRIES)
        return found

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        at = self._now()
        found = [read(delivery, limit=self._limit, at=at) for delivery in deliveries]
        for delivery, document in zip(deliveries, found, strict=True):
            if document is None:
                self._owe(delivery, 0)
        return found

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`; a file that is not complete yet is looked at again by `listen`."""
        if self._watch is not None:
            self._pending.add(self._aside.put_back(self._left))
        at = self._now()
        for entry in walk(str(self._root), self._skip):
            seen = self._settled(entry)
            if isinstance(seen, Seen):
                version = self._complete[entry.path]
                yield self._delivery(entry.path, seen, version, at, "sweep")
            elif seen is Not.COMPLETE:
                self._pending.later(entry.path, 0)
            else:
                self._skip(entry.path, seen)

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`; the files stay until they expire."""
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            if outcome is None:
                self._owe(delivery, _REFUSED_TRIES)

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`; the folder of a customer stays, empty folders in it may go."""
        gone = [path for ref in refs if (path := self._path(ref)) and self._gone(path, ref.version)]
        for folder in {path.parent for path in gone} - {self._root}:
            customer = self._root / folder.relative_to(self._root).parts[0]
            remove_empty(folder, below=customer)
        return len(gone)

    def _gone(self, path: Path, version: str) -> bool:
        """Whether it expired; a file that the system keeps is left, and counted."""
        try:
            return self._aside.expire(path, version)
        except OSError as error:
            self._left(str(path), error)
        return False

    def _left(self, path: str, error: OSError) -> None:
        self._refuse(path, f"cannot be removed: {error.strerror}")

    def _news(self, paths: Iterable[str]) -> None:
        below = [path for path in paths if self._is_ours(path)]
        self._pending.add(below)
        if len(below) >= _BURST:
            self._pending.later(str(self._root), _BURST_TRIES)

    def _is_ours(self, path: str) -> bool:
        return not any(map(is_temporary, path[self._prefix :].split("/")))

    def _looked(self, path: str, tries: int, ahead: Ahead, at: datetime) -> Delivery | None:
        seen = self._files.look(path, ahead)
        if isinstance(seen, Seen):
            return self._new(path, seen, at)
        if seen is Not.THERE:
            return self._owed.pop(path, None)
        if seen is Not.COMPLETE:
            self._pending.later(path, tries)
        elif seen is Not.FILE:
            self._expand(path, tries)
        else:
            self._skip(path, seen)
            self._look_behind(path)
        return None

    def _look_behind(self, path: str) -> None:
        """The system tells of a folder by one path, and that may be by a link to it."""
        real = os.path.realpath(path)
        if real != path and real.startswith(f"{self._root}/") and link_in(path) != path:
            self._news([real])

    def _new(self, path: str, seen: Seen, at: datetime) -> Delivery | None:
        """A delivery, unless this version was delivered already."""
        version = version_of(seen.status)
        self._owed.pop(path, None)
        if self._taken.get(path) == version:
            return None
        _remember(self._taken, path, version)
        return self._delivery(path, seen, version, at, "folder")

    def _owe(self, delivery: Delivery, tries: int) -> None:
        """Deliver again: this version, a newer one, or that there is none any more."""
        path = delivery.receipt.path
        self._taken.pop(path, None)
        self._owed[path] = unread(delivery)
        self._pending.later(path, tries)

    def _expand(self, folder: str, tries: int) -> None:
        """A new folder is looked at again: what came before it was watched was not announced."""
        self._pending.add(entry.path for entry in walk(folder, self._skip))
        if tries < _FOLDER_TRIES:
            self._pending.later(folder, max(tries, _FOLDER_TRIES - 2))

    def _settled(self, entry: os.DirEntry[str]) -> Seen | Not:
        """As `Completeness.look`, which is asked only once about each version."""
        path = entry.path
        known = self._complete.get(path)
        if known is not None:
            status = _status(entry)
            if status is not None and version_of(status) == known:
                return Seen(status)
        seen = self._files.opened(path)
        if isinstance(seen, Seen):
            _remember(self._complete, path, version_of(seen.status))
        return seen

    def _delivery(self, path: str, seen: Seen, version: str, at: datetime, source: str) -> Delivery:
        relative = path[self._prefix :]
        ref, findings = placed(relative, version)
        return Delivery(
            ref=ref,
            arrived_at=min(at, datetime.fromtimestamp(seen.status.st_ctime, UTC)),
            source=source,
            size=seen.status.st_size,
            receipt=Place(path, findings, content=seen.content),
        )

    def _skip(self, path: str, reason: Not) -> None:
        if reason is Not.THERE or path == str(self._root):
            return
        link = link_in(path) if reason is Not.REGULAR else None
        self._refuse(link or path, reason.value)

    def _refuse(self, path: str, reason: str) -> None:
        below = path[self._prefix :] if path.startswith(f"{self._root}/") else path
        with self._lock:
            if len(self._refused) < _REFUSED:
                self._refused[below] = reason

    def _path(self, ref: DocumentRef) -> Path | None:
        name = name_of(ref.key) if ref.bucket == BUCKET else None
        return None if name is None else self._root / name


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _remember(memory: OrderedDict[str, str], path: str, version: str) -> None:
    memory[path] = version
    memory.move_to_end(path)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
