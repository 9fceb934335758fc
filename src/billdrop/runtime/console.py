"""The console of a running service: its desk, and who may sit at it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Lock

from msgspec import Struct, structs

from billdrop import __version__
from billdrop.console.access import Access, read
from billdrop.console.app import Console
from billdrop.console.desk import Desk, parts
from billdrop.console.flow import Flow
from billdrop.console.sessions import Sessions
from billdrop.doctoring import Examined, Line
from billdrop.errors import BilldropError, ConfigurationError
from billdrop.guidelines.library import Library
from billdrop.layout import Layout
from billdrop.ports import Books, Inbox
from billdrop.runtime import Reading, examine, monotonic, now
from billdrop.runtime.folder_shelf import FolderShelf
from billdrop.way.errands import Errands
from billdrop.way.pipeline import batches
from billdrop.web.server import LOOPBACK


class Mode(Struct, frozen=True, kw_only=True):
    """How the pages are served."""

    host: str = LOOPBACK
    read_only: bool = False
    incognito: bool = False


class Behind(Struct, frozen=True, kw_only=True):
    """What of a running service the pages look at."""

    flow: Flow
    errands: Errands
    trouble: Callable[[], BilldropError | None]
    library: Callable[[], Library]
    waiting: Callable[[], int]
    oldest: Callable[[], float | None]


def console(reading: Reading, behind: Behind, sessions: Sessions, mode: Mode) -> Console:
    """The console of a data directory."""
    layout = reading.layout
    desk = Desk(
        books=reading.books,
        archive=reading.archive,
        engine=reading.engine,
        library=behind.library,
        settings=reading.settings,
        flow=behind.flow,
        write=behind.errands.ask,
        now=now,
        trouble=behind.trouble,
        doctor=Lately(lambda: list(examine(layout.root))),
        waiting=behind.waiting,
        oldest=behind.oldest,
        parts=parts(_done_by(layout)),
        place=str(layout.root),
        version=__version__,
        read_only=mode.read_only,
        incognito=mode.incognito,
        shelf=FolderShelf(layout.guidelines),
    )
    return Console(desk, sessions)


def seated(access: "Keeper", mode: Mode) -> Sessions:
    """
    Who may sit there; raises `ConfigurationError` where strangers could reach it and nobody is asked.
    """
    if mode.host != LOOPBACK and not access().people:
        raise ConfigurationError(
            f"{mode.host} can be reached by others, and nobody has to log in",
            hint="`billdrop access add NAME --role operator` first",
        )
    access.closed = access.closed or mode.host != LOOPBACK
    return Sessions(access, monotonic=monotonic)


class Lately:
    """What the doctor said last, and when; what is older than some seconds is not shown any more."""

    KEPT_SECONDS = 15.0

    def __init__(
        self, ask: Callable[[], list[Line]], clock: Callable[[], float] = monotonic
    ) -> None:
        self._ask, self._clock, self._lock = ask, clock, Lock()
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="doctor")
        self._next = self._asking.submit(self._told)
        self._until = clock() + self.KEPT_SECONDS

    def __call__(self) -> Examined:
        """The lines; whoever is the first to ask for so long waits for them."""
        with self._lock:
            if self._clock() >= self._until:
                self._next = self._asking.submit(self._told)
                self._until = self._clock() + self.KEPT_SECONDS
            asked = self._next
        return asked.result()

    def _told(self) -> Examined:
        return Examined(at=now(), lines=self._lines())

    def _lines(self) -> list[Line]:
        """What he says; where he cannot, that."""
        try:
            return self._ask()
        except Exception as error:  # noqa: BLE001  a page about health answers whatever is ill
            fact = f"the doctor stopped: {type(error).__name__}: {error}"
            return [Line(check="doctor", ok=False, fact=fact, fix="run `billdrop doctor`")]


class Oldest:
    """How long the oldest document of an inbox waits to be in the books; looked at now and then."""

    EVERY_SECONDS = 60.0

    def __init__(self, inbox: Inbox, books: Books) -> None:
        self._inbox, self._books = inbox, books
        self._next = 0.0
        self._since: datetime | None = None
        self._lock = Lock()

    def __call__(self) -> float | None:
        """Seconds; None when none waits."""
        with self._lock:
            if monotonic() >= self._next:
                self._next = monotonic() + self.EVERY_SECONDS
                self._since = self._look()
            return None if self._since is None else (now() - self._since).total_seconds()

    def _look(self) -> datetime | None:
        found = None
        for batch in batches(self._inbox.list(), documents=1000):
            missing = set(self._books.missing([delivery.ref for delivery in batch]))
            times = [one.arrived_at for one in batch if one.ref in missing]
            found = min([*times, *([found] if found else [])], default=None)
        return found


def _done_by(layout: Layout) -> tuple[str, ...]:
    """What does each of the seven steps on one machine."""
    return (
        f"{layout.inbox}/<customer>/, or PUT /inbox/<customer>/<name>",
        "file-system notification, or the request itself",
        "in process",
        "file permissions, upload tokens",
        f"SQLite: {layout.ledger}",
        str(layout.destination),
        "DuckDB, in Athena's words",
    )


class Keeper:
    """Who may do what, as the file says it now; from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._stamp: object = None
        self._held = Access()
        self.closed = False
        """Whether nobody may do anything once nobody is named; so since somebody was."""

    def __call__(self) -> Access:
        """Read again when the file has changed."""
        try:
            stat = self._path.stat()
            stamp: object = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            stamp = None
        with self._lock:
            if stamp != self._stamp:
                self._held = read(self._path)
                self._stamp = stamp
                self.closed = self.closed or bool(self._held.people)
            return structs.replace(self._held, closed=self.closed)
