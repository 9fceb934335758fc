"""Every dependency of one machine, asked for real and harmlessly: one line each, the fix beside it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from billdrop.doctoring import Line
from billdrop.errors import BilldropError
from billdrop.layout import Layout

LOW_DISK = 1024**3
"""Bytes below which the disk is reported."""


Examine = Callable[[Layout, datetime], Line]


def examine(layout: Layout, at: datetime) -> Iterator[Line]:
    """Ask everything; a check that fails never stops the next."""
    for check in CHECKS:
        try:
            yield check(layout, at)
        except BilldropError as error:
            fact = f"{error.message} ({error.error_code})"
            yield Line(check=_name(check), ok=False, fact=fact, fix=error.hint)
        except OSError as error:
            yield Line(check=_name(check), ok=False, fact=str(error), fix="see the message")


def _name(check: Examine) -> str:
    return check.__name__.strip("_").replace("_", " ")


def _settings(layout: Layout, at: datetime) -> Line:
    from billdrop.settings import Settings, environment, load

    settings, default = load(layout.settings, environment()), Settings()
    names = [name for name in settings.__struct_fields__ if _differs(name, settings, default)]
    changed = f"changed: {', '.join(names)}" if names else "the defaults hold"
    return Line(check="settings", ok=True, fact=f"{layout.settings.name}, environment: {changed}")


def _differs(name: str, one: object, other: object) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _data_directory(layout: Layout, at: datetime) -> Line:
    folders = (
        layout.root,
        layout.inbox,
        layout.guidelines,
        layout.destination,
        layout.ledger.parent,
    )
    absent = [folder for folder in folders if not folder.is_dir()]
    if absent:
        return Line(
            check="data directory",
            ok=False,
            fact=f"{absent[0]} does not exist",
            fix=f"billdrop up --data-dir {layout.root}",
        )
    for folder in folders:
        with tempfile.TemporaryFile(dir=folder):
            pass
    return Line(check="data directory", ok=True, fact=f"{layout.root} can be written")


def _disk(layout: Layout, at: datetime) -> Line:
    free = shutil.disk_usage(layout.root).free
    return Line(
        check="disk",
        ok=free >= LOW_DISK,
        fact=f"{free / 1e9:.1f} GB free",
        fix="" if free >= LOW_DISK else "make room, or move the data directory",
    )


def _writer(layout: Layout, at: datetime) -> Line:
    if not layout.lock.exists():
        return Line(check="writer", ok=True, fact="no process has written here yet")
    with layout.lock.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Line(check="writer", ok=True, fact=f"process {file.read().strip()} writes")
    return Line(check="writer", ok=True, fact="no process writes now")


def _ledger(layout: Layout, at: datetime) -> Line:
    import apsw

    if not layout.ledger.exists():
        return Line(
            check="ledger", ok=False, fact="there is none", fix="`billdrop up` or `ingest` makes it"
        )
    connection = apsw.Connection(str(layout.ledger), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").get
        version = connection.execute("PRAGMA user_version").get
    finally:
        connection.close()
    return Line(
        check="ledger",
        ok=verdict == "ok",
        fact=f"format {version}, {layout.ledger.stat().st_size / 1e6:.1f} MB, SQLite says {verdict}",
        fix="" if verdict == "ok" else "stop writing and restore the ledger from a backup",
    )


def _sqlite(layout: Layout, at: datetime) -> Line:
    import apsw

    version = apsw.sqlite_lib_version()
    numbers = tuple(int(part) for part in version.split("."))
    sound = not (3, 7, 0) <= numbers <= (3, 51, 2)
    return Line(
        check="sqlite",
        ok=sound,
        fact=f"SQLite {version}",
        fix="" if sound else "upgrade apsw: this SQLite can corrupt a WAL when it is reset",
    )


def _guidelines(layout: Layout, at: datetime) -> Line:
    from billdrop.guidelines.library import open_library
    from billdrop.readers import Limits

    library, problems = open_library(layout.guidelines, Limits())
    names = ", ".join(guide.ref.name for guide in library.guides)
    if problems:
        path, found = problems[0]
        return Line(
            check="guidelines",
            ok=False,
            fact=f"{len(problems)} cannot be used; {path}: {found[0].message}",
            fix=f"billdrop guideline lint {path}",
        )
    return Line(check="guidelines", ok=True, fact=f"{len(library.guides)} loaded: {names}")


def _inbox(layout: Layout, at: datetime) -> Line:
    """The oldest file that the ledger has not captured; an hour is too long."""
    from billdrop.local.folder_inbox import FolderInbox
    from billdrop.local.ledger import SqliteBooks
    from billdrop.way.pipeline import batches

    inbox = FolderInbox(layout.inbox, now=lambda: at)
    books = SqliteBooks(layout.ledger)
    oldest, waiting, files = at, 0, 0
    try:
        for batch in batches(inbox.list(), documents=1000):
            files += len(batch)
            missing = set(books.missing([delivery.ref for delivery in batch]))
            late = [one.arrived_at for one in batch if one.ref in missing]
            waiting += len(late)
            oldest = min([oldest, *late])
    finally:
        books.close()
    well = at - oldest < timedelta(hours=1)
    return Line(
        check="inbox",
        ok=well,
        fact=f"{files} files, {waiting} not captured, the oldest of them {(at - oldest).seconds // 60} min old",
        fix="" if well else f"billdrop sweep --data-dir {layout.root}",
    )


def _destination(layout: Layout, at: datetime) -> Line:
    from billdrop.local.ledger import SqliteBooks

    books = SqliteBooks(layout.ledger)
    try:
        waiting = books.states()["unpublished_segments"]
    finally:
        books.close()
    objects = sum(1 for _ in layout.destination.glob("invoices/*/*.csv"))
    return Line(
        check="destination",
        ok=True,
        fact=f"{objects} {'segment' if objects == 1 else 'segments'} published, {waiting} on their way",
    )


def _sql(layout: Layout, at: datetime) -> Line:
    from billdrop.local.duckdb_engine import DuckdbEngine

    rows = list(DuckdbEngine(layout.destination).run("SELECT COUNT(*) AS n FROM invoices"))
    return Line(check="sql", ok=True, fact=f"DuckDB answers: {rows[0][0]} invoices")


def _notifications(layout: Layout, at: datetime) -> Line:
    limit_file = Path("/proc/sys/fs/inotify/max_user_watches")
    if not limit_file.exists():
        return Line(
            check="notifications", ok=True, fact="no inotify here; the system's own is used"
        )
    limit = int(limit_file.read_text(encoding="ascii"))
    folders = sum(1 for _ in os.walk(layout.inbox))
    return Line(
        check="notifications",
        ok=folders * 2 < limit,
        fact=f"{folders} folders to watch, {limit} allowed",
        fix="" if folders * 2 < limit else "sysctl fs.inotify.max_user_watches=1048576",
    )


def _clock(layout: Layout, at: datetime) -> Line:
    from billdrop.local.ledger import SqliteBooks

    books = SqliteBooks(layout.ledger)
    try:
        newest = next(iter(books.documents(limit=1)), None)
    finally:
        books.close()
    ahead = newest is not None and newest.committed_at > at + timedelta(minutes=5)
    return Line(
        check="clock",
        ok=not ahead,
        fact=f"{at:%Y-%m-%d %H:%M:%S} UTC"
        + (
            f", but the last commit says {newest.committed_at:%Y-%m-%d %H:%M:%S}"
            if ahead and newest
            else ""
        ),
        fix="set the clock; expiry and `received` follow it" if ahead else "",
    )


CHECKS: tuple[Examine, ...] = (
    _data_directory,
    _settings,
    _disk,
    _writer,
    _sqlite,
    _ledger,
    _guidelines,
    _inbox,
    _destination,
    _sql,
    _notifications,
    _clock,
)
