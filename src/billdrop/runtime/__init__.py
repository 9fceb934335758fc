"""The one module that names adapters, clocks and the environment; everything else receives."""

import fcntl
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    DataDirectoryBusyError,
    PermissionDeniedError,
)
from billdrop.layout import Layout
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.local.folder_destination import FolderDestination
from billdrop.local.ledger import SqliteBooks, open_ledger
from billdrop.ports import Archive, Books, Destination, Inbox, Ledger, QueryEngine
from billdrop.readers import Limits
from billdrop.settings import Settings, environment, load
from billdrop.way.answering import Answer, nobody

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from billdrop.doctoring import Line
    from billdrop.guidelines.library import Library
    from billdrop.local.files_inbox import FilesInbox
    from billdrop.local.folder_inbox import FolderInbox
    from billdrop.model.backlog import Backlog
    from billdrop.way.pipeline import Way


class Reading(Struct, kw_only=True):
    """What answers questions; works beside a process that writes."""

    layout: Layout
    settings: Settings
    books: Books
    archive: Archive
    destination: Destination
    engine: QueryEngine
    guidelines: "Callable[[], tuple[Library, list[str]]]"
    """The guidelines that can be used now, and a line for each that cannot."""
    backlog: "Callable[[], Backlog] | None" = None
    """What waits for the workers of a stack."""
    bill: Callable[[], str] = str
    """What its queries have cost so far, for a person; empty where they cost nothing."""


class Writing(Struct, kw_only=True):
    """What changes a data directory, which one process at a time holds, or a stack."""

    reading: Reading
    ledger: Ledger
    library: "Library | Callable[[], Library]"
    """The guidelines, or what opens them."""
    limits: Limits
    reached: Callable[[str], None]
    own_inbox: Callable[[], AbstractContextManager[Inbox]]
    """Opens the inbox that belongs to it, to list and read; events are left to who listens."""
    answer: Answer = nobody
    """Tells customers what became of documents that were read again."""
    apart: bool = True
    """Whether large batches are read in a process of their own."""
    second: "ProcessPoolExecutor | None" = None
    """A process that can read, where one was started already: it opens the guidelines by itself."""

    def way(self, inbox: Inbox) -> "Way":
        """The way of the documents of one inbox."""
        from billdrop.parsing.apart import WORTH, Apart
        from billdrop.way.pipeline import Way

        library = self.library
        if callable(library) and self.second is None:
            library = library()
        return Way(
            inbox=inbox,
            ledger=self.ledger,
            books=self.reading.books,
            destination=self.reading.destination,
            read=Apart(
                library,
                self.limits,
                self.second,
                folder=self.reading.layout.guidelines if self.second else None,
                worth=WORTH if self.apart else sys.maxsize,
            ),
            now=now,
            reached=self.reached,
            unconfirmed=[],
            answer=self.answer,
        )


def now() -> datetime:
    """The time, aware UTC."""
    return datetime.now(UTC)


monotonic = time.monotonic


def settings_of(data_dir: Path, **flags: object) -> Settings:
    """The settings that hold for a data directory."""
    return load(Layout(data_dir).settings, environment(), **flags)


def limits_of(settings: Settings) -> Limits:
    """The bounds of reading one document."""
    return Limits(line_chars=settings.line_chars)


def open_guidelines(layout: Layout, settings: Settings) -> "tuple[Library, list[str]]":
    """The guidelines that can be used now, and a line for each file that cannot."""
    from billdrop.guidelines.library import open_library

    library, problems = open_library(layout.guidelines, limits_of(settings))
    return library, [
        f"{path}:{problem.line}:{problem.column}: {problem.message} ({problem.code})"
        for path, found in problems
        for problem in found
    ]


@contextmanager
def open_reading(data_dir: Path, **flags: object) -> Iterator[Reading]:
    """Open a data directory for questions; raises `ConfigurationError` when there is none."""
    layout = Layout(data_dir)
    if not layout.ledger.exists():
        raise ConfigurationError(
            f"{data_dir} is not a data directory: it has no ledger",
            hint="`billdrop up` or `billdrop ingest` makes one; --data-dir names another",
        )
    books = SqliteBooks(layout.ledger)
    try:
        yield _reading(layout, settings_of(data_dir, **flags), books)
    finally:
        books.close()


@contextmanager
def open_writing(data_dir: Path, *, takes_in: bool = False, **flags: object) -> Iterator[Writing]:
    """
    Open a data directory to change it, and finish what a crash left.

    `takes_in`: whether it is for documents, which the process that has it could take as well.
    Raises `DataDirectoryBusyError` while another process has it.
    """
    layout = Layout(data_dir)
    settings = settings_of(data_dir, **flags)
    _make(layout)
    calm()
    with _locked(layout, takes_in=takes_in):
        ledger = open_ledger(layout.ledger)
        try:
            reading = _reading(layout, settings, ledger.books)
            writing = Writing(
                reading=reading,
                ledger=ledger,
                library=lambda: reading.guidelines()[0],
                limits=limits_of(settings),
                reached=failpoint(environment().get("BILLDROP_FAILPOINT", "")),
                own_inbox=lambda: nullcontext(folder_inbox(layout, settings)),
            )
            yield writing
        finally:
            ledger.close()


@contextmanager
def on_the_way(writing: Writing, inbox: Inbox) -> "Iterator[Way]":
    """A way that begins with nothing unpublished and ends with nothing unconfirmed."""
    from billdrop.way.pipeline import confirm, recover

    way = writing.way(inbox)
    recover(way)
    try:
        yield way
    finally:
        way.read.close()
    confirm(way)


def files_inbox(paths: Sequence[Path], customer: str, settings: Settings) -> "FilesInbox":
    """The finite inbox of the files and folders that a person names."""
    from billdrop.local.files_inbox import FilesInbox

    return FilesInbox(paths, customer, now, document_bytes=settings.document_bytes)


def folder_inbox(layout: Layout, settings: Settings) -> "FolderInbox":
    """The inbox of a data directory."""
    from billdrop.local.folder_inbox import FolderInbox

    return FolderInbox(
        layout.inbox, now, aside=layout.expiring, document_bytes=settings.document_bytes
    )


def examine(data_dir: Path) -> "Iterator[Line]":
    """Every dependency of a data directory, one line each."""
    from billdrop.local.doctor import examine as lines

    return lines(Layout(data_dir), now())


def calm() -> None:
    """Let the garbage collector look for cycles rarely: a batch makes many values and no cycle."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def failpoint(text: str) -> Callable[[str], None]:
    """
    A hook that kills this process at a boundary: `committed` at its first, `committed:3` at its third.

    `*:N` counts every boundary. Empty: never.
    """
    name, _, number = text.partition(":")
    left = int(number or 1)

    def reached(boundary: str) -> None:
        nonlocal left
        if name in (boundary, "*"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return reached if text else lambda boundary: None


def _reading(layout: Layout, settings: Settings, books: SqliteBooks) -> Reading:
    return Reading(
        layout=layout,
        settings=settings,
        books=books,
        archive=books,
        destination=FolderDestination(layout.destination),
        engine=DuckdbEngine(layout.destination),
        guidelines=lambda: open_guidelines(layout, settings),
    )


def _make(layout: Layout) -> None:
    try:
        for folder in (layout.inbox, layout.guidelines, layout.destination, layout.ledger.parent):
            folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise PermissionDeniedError(
            f"{error.filename} cannot be made: {error.strerror}", hint="correct its owner or mode"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename} cannot be made: {error.strerror}", hint="name another --data-dir"
        ) from error


@contextmanager
def _locked(layout: Layout, *, takes_in: bool) -> Iterator[None]:
    with layout.lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(layout, file, takes_in=takes_in) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _busy(layout: Layout, file: IO[str], *, takes_in: bool) -> BilldropError:
    file.seek(0)
    holder = file.read().strip()
    return DataDirectoryBusyError(
        f"{layout.root} is in use by process {holder or 'unknown'}",
        hint=f"drop files into {layout.inbox}/<customer>/, which it takes in, or stop it first"
        if takes_in
        else "its console settles what waits, where it is `billdrop up`; or stop it first",
        holder=holder,
    )
