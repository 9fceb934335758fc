"""Athena SQL over the CSV of a folder, answered by DuckDB behind a locked door."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billdrop.books.columns import FORMATS, INVOICES, LINES, Column
from billdrop.errors import (
    BilldropError,
    PermissionDeniedError,
    QueryRefusedError,
    SegmentConflictError,
    StorageFullError,
    UnavailableError,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RAW: dict[str, tuple[Column, ...]] = {"invoices": INVOICES, "lines": LINES}

LIMITS = {
    "memory_limit": "'2GB'",
    "temp_directory": "''",
    "TimeZone": "'UTC'",
    "preserve_insertion_order": "false",
}

LOCKS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "lock_configuration": "true",
}
"""Set last: from then on a query reads the folder of the CSV and nothing else, and cannot change that."""

FORM = {
    "auto_detect": "false",
    "header": "true",
    "delim": "','",
    "quote": "'\"'",
    "escape": "'\"'",
    "new_line": "'\\n'",
    "hive_partitioning": "false",
    "max_line_size": str(8 * 1024 * 1024),
    "null_padding": "true",
}
"""How `csvfile` writes: said in full, for what DuckDB finds out by itself it finds out slowly, or wrong.

The longest row: 1 MiB of characters (see the check of their length), each of up to 6 bytes.
"""

OBJECTS = "received=????-??-??/[!.]*.csv"
"""Below `invoices` and `lines`: what lies elsewhere, or is hidden, is no object of theirs."""

BATCH = 1024


class DuckdbEngine:
    """
    See `ports.QueryEngine`. Every run looks at the folder anew, through a connection of its own.

    A folder without objects, or that is not there yet, is a table without rows.
    """

    def __init__(self, destination_root: Path) -> None:
        self._root = destination_root.absolute()

    def run(self, sql: str) -> "Answer":
        """See `ports.QueryEngine`. The rows can be taken once."""
        from billdrop.query.athena import to_duckdb

        rewritten = to_duckdb(sql)
        with ours():
            connection = self._connect()
            connection.execute(rewritten)
            return Answer(connection)

    def _connect(self) -> "DuckDBPyConnection":
        import duckdb

        from billdrop.query.casts import MACROS
        from billdrop.query.views import TABLES, body

        connection = duckdb.connect()
        for macro in MACROS:
            connection.execute(macro)
        for table, columns in RAW.items():
            connection.execute(f"CREATE VIEW raw_{table} AS {self._raw(table, columns)}")
        for view in TABLES:
            connection.execute(f"CREATE VIEW {view} AS {body(view)}")
        folder = f"{self._root}/"
        allowed = f"[{text(folder)}, {text(escaped(folder))}]"
        settings = {**LIMITS, "allowed_directories": allowed, **LOCKS}
        connection.execute(";".join(f"SET {name} = {value}" for name, value in settings.items()))
        return connection

    def _raw(self, table: str, columns: Sequence[Column]) -> str:
        if next((self._root / table).glob(OBJECTS), None) is None:
            nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {column.name}" for column in columns)
            return f"SELECT {nothing} WHERE false"
        names = ", ".join(f"{text(column.name)}: 'VARCHAR'" for column in columns)
        files = text(escaped(f"{self._root}/{table}") + f"/{OBJECTS}")
        form = ", ".join(f"{name} = {value}" for name, value in FORM.items())
        return (
            f"FROM read_csv({files}, columns = {{{names}}}, {form}) WHERE {whole(table, columns)}"
        )


class Answer:
    """See `ports.Rows`."""

    def __init__(self, connection: "DuckDBPyConnection") -> None:
        self._connection = connection
        described = connection.description or []
        self.columns: Sequence[str] = [column[0] for column in described]
        self._times = [
            index for index, column in enumerate(described) if str(column[1]) == "TIMESTAMP"
        ]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        with ours():
            try:
                while rows := self._connection.fetchmany(BATCH):
                    yield from map(self._aware, rows) if self._times else rows
            finally:
                self._connection.close()

    def _aware(self, row: tuple[Any, ...]) -> tuple[object, ...]:
        """Every time in the CSV is UTC."""
        return tuple(
            cell.replace(tzinfo=UTC) if isinstance(cell, datetime) else cell for cell in row
        )


def whole(table: str, columns: Sequence[Column]) -> str:
    """
    An error where a row is cut off.

    Objects of before have fewer columns. The last one that all of them have is never empty.
    """
    last = columns[getattr(FORMATS[0], table) - 1].name
    return f"{last} IS NOT NULL OR error('a row of the CSV of {table} is cut off')"


def text(value: str) -> str:
    """As a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def escaped(path: str) -> str:
    """A path in which no character is a pattern."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


@contextmanager
def ours() -> Iterator[None]:
    """Errors of DuckDB as ours; those the table has no name for go through."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        fact = " ".join(str(error).split("\n\n")[0].split())
        if "division by zero" in fact:
            raise QueryRefusedError(fact, code="BD6002", hint="divide by NULLIF(…, 0)") from error
        if fact.startswith("CSV Error"):
            raise SegmentConflictError(fact, code="BD5006", hint=BROKEN) from error
        for kind, (become, code, hint) in errors().items():
            if isinstance(error, kind):
                raise become(fact, code=code, hint=hint) from error
        raise
    except UnicodeDecodeError as error:
        fact = (
            "a row of the CSV is too long, or is not UTF-8: DuckDB cut its text within a character"
        )
        raise SegmentConflictError(fact, hint=BROKEN) from error


BROKEN = "run `billdrop verify`, then `billdrop rebuild`"


def errors() -> dict[type[Exception], tuple[type[BilldropError], str, str]]:
    import duckdb

    return {
        duckdb.InvalidInputException: (SegmentConflictError, "BD5006", BROKEN),
        duckdb.ConversionException: (SegmentConflictError, "BD5006", BROKEN),
        duckdb.OutOfMemoryException: (StorageFullError, "BD5007", "ask for fewer rows or groups"),
        duckdb.PermissionException: (PermissionDeniedError, "BD5005", "correct the folder's mode"),
        duckdb.IOException: (UnavailableError, "BD5008", "an object went away or cannot be read"),
        duckdb.OutOfRangeException: (QueryRefusedError, "BD6002", "cast to more digits"),
        duckdb.ProgrammingError: (QueryRefusedError, "BD6002", "docs/sql.md says what is taken"),
    }
