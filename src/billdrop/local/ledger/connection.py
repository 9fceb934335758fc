"""Opening the SQLite file, bringing it to the current format, and naming its errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import apsw

from billdrop.books.alike import likeness_of_cells
from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    LedgerFormatError,
    PermissionDeniedError,
    StorageFullError,
    UnavailableError,
)
from billdrop.local.ledger.accounts import micros
from billdrop.local.ledger.entries import rulings_of

APPLICATION_ID = 0x62646C67
"""`bdlg`: what tells our file from any other SQLite file."""

_FULL = "make room; what waits is taken again by itself"
_RIGHTS = "correct its owner or mode"
_AGAIN = "it is tried again"
_OTHER = "name another data directory, or restore the ledger from a backup"

ERRORS: tuple[tuple[type[apsw.Error], type[BilldropError], str, str], ...] = (
    (apsw.FullError, StorageFullError, "no room is left for the ledger {path}", _FULL),
    (apsw.ReadOnlyError, PermissionDeniedError, "the ledger {path} may not be written", _RIGHTS),
    (apsw.PermissionsError, PermissionDeniedError, "the ledger {path} may not be read", _RIGHTS),
    (apsw.AuthError, PermissionDeniedError, "the ledger {path} may not be read", _RIGHTS),
    (apsw.CantOpenError, PermissionDeniedError, "the ledger {path} cannot be opened", _RIGHTS),
    (apsw.NotADBError, LedgerFormatError, "{path} is not a ledger", _OTHER),
    (apsw.CorruptError, LedgerFormatError, "the ledger {path} is damaged", _OTHER),
    (apsw.BusyError, UnavailableError, "the ledger {path} is held by another process", _AGAIN),
    (apsw.LockedError, UnavailableError, "the ledger {path} is held by another process", _AGAIN),
    (apsw.IOError, UnavailableError, "the ledger {path} cannot be read or written", _AGAIN),
)
"""What SQLite says, what we call it, and the remedy. Anything else is a surprise and stays one."""


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Give SQLite's errors our names."""
    try:
        yield
    except apsw.Error as error:
        for foreign, ours, message, hint in ERRORS:
            if isinstance(error, foreign):
                cause = f"{message.format(path=path)}: {error}"
                raise ours(cause, hint=hint, path=path) from error
        raise


def open_writer(path: Path, *, vfs: str | None = None) -> apsw.Connection:
    """
    Open the ledger to write, bringing it to the current format; makes it when there is none.

    With a `vfs` of one's own, the file is held exclusively: such a file system has no shared memory.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise PermissionDeniedError(
            f"{path.parent} cannot be made: {error}", hint=_RIGHTS
        ) from error
    with named(path):
        connection = apsw.Connection(str(path), vfs=vfs)
        try:
            _prepare(connection, path, exclusive=vfs is not None)
        except BaseException:
            connection.close()
            raise
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open the ledger to read, beside whoever writes; an older one is brought to the current format."""
    if not path.is_file():
        raise ConfigurationError(
            f"there is no ledger at {path}",
            hint="name the data directory, or start with `billdrop up` or `billdrop ingest`",
            path=path,
        )
    with named(path):
        connection, version = _reading(path)
        if version < len(migrations()):
            connection.close()
            open_writer(path).close()
            connection, _ = _reading(path)
    return connection


def _reading(path: Path) -> tuple[apsw.Connection, int]:
    """A connection that only reads, and the format of the file."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        connection.set_busy_timeout(5_000)
        return connection, _answers(connection, path)
    except BaseException:
        connection.close()
        raise


def migrations() -> list[str]:
    """The SQL that leads from each format to the next, the first from an empty file to format 1."""
    folder = files(__package__) / "schema"
    scripts = sorted((script for script in folder.iterdir()), key=lambda script: script.name)
    return [script.read_text("utf-8") for script in scripts if script.name.endswith(".sql")]


def _prepare(connection: apsw.Connection, path: Path, *, exclusive: bool) -> None:
    connection.set_busy_timeout(5_000)
    if exclusive:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    _format(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 8000")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("BEGIN IMMEDIATE")
    try:
        _migrate(connection, _format(connection, path))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _migrate(connection: apsw.Connection, version: int) -> None:
    connection.create_scalar_function("likeness_of", _likeness_of, 3, deterministic=True)
    connection.create_scalar_function("decided_at_of", _decided_at_of, 3, deterministic=True)
    for number, script in enumerate(migrations()[version:], version + 1):
        connection.execute(script)
        connection.execute(f"PRAGMA user_version = {number}")


def _decided_at_of(*given: "apsw.SQLiteValue") -> int | None:
    closed_at, by, rulings = given
    times = [micros(each.at) for each in rulings_of(str(rulings))]
    if by and isinstance(closed_at, int):
        times.append(closed_at)
    return max(times, default=None)


def _likeness_of(*given: "apsw.SQLiteValue") -> int:
    customer, number, cells = map(str, given)
    return likeness_of_cells(customer, number, cells)


def _answers(connection: apsw.Connection, path: Path) -> int:
    """The format of a ledger; raises `LedgerFormatError` where the file is none."""
    version = _format(connection, path)
    if version == 0:
        raise LedgerFormatError(f"{path} is not a ledger", hint=_OTHER, path=path)
    return version


def _format(connection: apsw.Connection, path: Path) -> int:
    """The format of the file, 0 for an empty one."""
    current = len(migrations())
    mark = connection.execute("PRAGMA application_id").get
    version = int(connection.execute("PRAGMA user_version").get)
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if mark != APPLICATION_ID and (mark or version or tables):
        raise LedgerFormatError(
            f"{path} is a file of another program", hint="name another data directory", path=path
        )
    if version > current:
        raise LedgerFormatError(
            f"the ledger {path} has format {version}, and this billdrop knows up to {current}",
            hint="upgrade billdrop",
            path=path,
            format=version,
        )
    return version
