"""The embedded pipeline as one running service: folder and HTTP door in, ledger and CSV out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from msgspec import Struct, structs

from billdrop import __version__
from billdrop.console.app import Console
from billdrop.console.flow import Flow
from billdrop.console.guard import Guard
from billdrop.guidelines.library import Library, fingerprint
from billdrop.local.folder_inbox import FolderInbox
from billdrop.local.ledger import SqliteBooks
from billdrop.quarantine.redriving import Redriving
from billdrop.runtime import (
    Reading,
    Writing,
    folder_inbox,
    monotonic,
    now,
    open_guidelines,
    open_writing,
)
from billdrop.runtime.console import Behind, Keeper, Mode, Oldest, console, seated
from billdrop.runtime.pumping import pumping
from billdrop.settings import Settings
from billdrop.way.errands import Errands
from billdrop.way.merged_inbox import MergedInbox
from billdrop.way.pipeline import Way
from billdrop.way.pump import Log, Pump
from billdrop.web.app import create_app
from billdrop.web.door import HttpDoor
from billdrop.web.gate import Gate
from billdrop.web.server import HttpServer, serve


class Service(Struct, kw_only=True):
    """A running `billdrop up`."""

    url: str
    reading: Reading
    pump: Pump
    ended: Event
    """Set when the pump has stopped, asked or not."""
    redriving: Redriving

    @property
    def quiet(self) -> bool:
        """Whether nothing waits, nothing is under way and nothing is unconfirmed."""
        return self.pump.idle and self.redriving.rests


@contextmanager
def running(
    data_dir: Path,
    *,
    port: int,
    log: Log,
    mode: Mode = Mode(),  # noqa: B008  frozen
    **flags: object,
) -> Iterator[Service]:
    """
    Run the service in threads of its own as long as the block lasts; port 0 takes any free one.

    Leaving the block answers what has come in, finishes what is under way and closes the ledger.
    """
    with open_writing(data_dir, takes_in=True, **flags) as writing:
        reading = writing.reading
        access = Keeper(reading.layout.access)
        sessions = seated(access, mode)
        folder = folder_inbox(reading.layout, reading.settings)
        door = HttpDoor(most_bytes=reading.settings.upload_waiting_bytes)
        errands, flow = Errands(), Flow()
        way = writing.way(MergedInbox((folder, door)))
        redriving = Redriving(Renewal(writing, log), way, reading.archive, log)
        pump = _pump(way, reading.settings, errands, redriving, log)
        flow.watch(pump.way)
        books = SqliteBooks(reading.layout.ledger)
        folder.start()
        try:
            with pumping(pump, log) as ended:
                behind = Behind(
                    flow=flow,
                    errands=errands,
                    trouble=lambda: pump.error,
                    library=lambda: pump.way.read.library,
                    waiting=lambda: door.held,
                    oldest=Oldest(folder_inbox(reading.layout, reading.settings), books),
                )
                asked = structs.replace(reading, books=books, archive=books)
                pages = console(asked, behind, sessions, mode)
                guard = Guard(access, sessions)
                app = _app(asked, door=door, pump=pump, folder=folder, pages=pages, guard=guard)
                options = {"host": mode.host, "drain_seconds": reading.settings.drain_seconds}
                server = serve(app, port=port, **options)
                try:
                    yield Service(
                        url=server.url, reading=reading, pump=pump, ended=ended, redriving=redriving
                    )
                finally:
                    drained(server, log)
                    errands.close()
        finally:
            folder.stop()
            books.close()


def _pump(way: Way, settings: Settings, errands: Errands, renew: Redriving, log: Log) -> Pump:
    def between() -> Library | None:
        """What is done between two batches."""
        errands.run(way)
        return renew()

    return Pump(way, settings, monotonic=monotonic, renew=between, log=log)


def _app(
    reading: Reading,
    *,
    door: HttpDoor,
    pump: Pump,
    folder: FolderInbox,
    pages: Console,
    guard: Guard,
) -> Gate:
    settings = reading.settings
    return create_app(
        door,
        reading.books,
        now=now,
        ready=lambda: pump.error,
        version=__version__,
        hosts=settings.hosts,
        body_bytes=settings.upload_bytes,
        work=lambda: _work(pump, folder),
        routes=pages.routes(),
        guard=guard,
    )


class Renewal:
    """Loads the guidelines again when their files have changed."""

    def __init__(self, writing: Writing, log: Log) -> None:
        self._writing = writing
        self._log = log
        self._seen: object = None

    def __call__(self) -> Library | None:
        """A new library, or None when nothing changed."""
        reading = self._writing.reading
        seen = fingerprint(reading.layout.guidelines)
        if seen == self._seen:
            return None
        self._seen = seen
        library, problems = open_guidelines(reading.layout, reading.settings)
        for problem in problems:
            self._log("guideline refused", problem=problem)
        self._log("guidelines loaded", names=[guide.ref.name for guide in library.guides])
        return library


def _work(pump: Pump, folder: FolderInbox) -> dict[str, int]:
    counters = pump.counters
    return {
        "batches": counters.batches,
        "documents": counters.documents,
        "swept": counters.swept,
        "expired": counters.expired,
        "failures": counters.failures,
        "refused": len(folder.refused()),
    }


def drained(server: HttpServer, log: Log) -> None:
    """Answer what came in, and end."""
    if not server.stop():
        log("some requests were not answered in time")
