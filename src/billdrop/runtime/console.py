"""The console of a running service: its desk, and who may sit at it."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from billdrop import __version__
from billdrop.console.access import Access, read
from billdrop.console.app import Console
from billdrop.console.desk import Desk, Part
from billdrop.console.flow import Flow
from billdrop.console.sessions import Sessions
from billdrop.errands import Errands
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.runtime import Reading, examine, monotonic, now

PARTS = (
    ("A customer uploads", "{inbox}/<customer>/, or PUT /inbox/<customer>/<name>", "", ""),
    (
        "An event says so",
        "file-system notification, or the request itself",
        "delivered",
        "documents",
    ),
    ("The program gets the event", "in process", "fetched", "documents"),
    ("It checks its access and reads", "file permissions, upload tokens", "parsed", "batches"),
    ("It parses and saves the original", "SQLite: {ledger}", "committed", "batches"),
    ("It writes the CSV", "{destination}", "put", "objects"),
    ("SQL shows the expenses", "DuckDB, in Athena's words", "recorded", "documents"),
)
"""The seven steps on one machine: what each is, what does it, and the edge that is measured."""


def console(
    reading: Reading,
    *,
    flow: Flow,
    errands: Errands,
    trouble: Callable[[], BilldropError | None],
    library: Callable[[], Library],
    waiting: Callable[[], int],
    oldest: Callable[[], float | None],
    access: "Keeper",
    read_only: bool,
    incognito: bool,
) -> Console:
    """The console of a data directory."""
    layout = reading.layout
    desk = Desk(
        books=reading.books,
        archive=reading.archive,
        engine=reading.engine,
        library=library,
        settings=reading.settings,
        flow=flow,
        write=errands.ask,
        now=now,
        trouble=trouble,
        doctor=lambda: list(examine(layout.root)),
        waiting=waiting,
        oldest=oldest,
        guidelines_folder=str(layout.guidelines),
        parts=tuple(_parts(layout.inbox, layout.ledger, layout.destination)),
        place=str(layout.root),
        version=__version__,
        read_only=read_only,
        incognito=incognito,
    )
    return Console(desk, Sessions(access, monotonic=monotonic))


def _parts(inbox: Path, ledger: Path, destination: Path) -> list[Part]:
    return [
        Part(
            number=number,
            name=name,
            what=what.format(inbox=inbox, ledger=ledger, destination=destination),
            edge=edge,
            unit=unit,
        )
        for number, (name, what, edge, unit) in enumerate(PARTS, 1)
    ]


class Keeper:
    """Who may do what, as the file says it now; from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._stamp: object = None
        self._held = Access()

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
            return self._held
