"""The typed views over the CSV, generated from `columns`: the same on Athena and on DuckDB."""

from typing import Literal

from billdrop.columns import INVOICES, LINES, SQL_TYPE, Column
from billdrop.csvfile import TRIGGERS

Engine = Literal["athena", "duckdb"]

TABLES: dict[str, tuple[Column, ...]] = {
    "invoices": INVOICES,
    "invoices_all": INVOICES,
    "lines": LINES,
    "lines_all": LINES,
}
"""What a query may read: the latest revisions, and with `_all` every revision."""

FIRST_TEXT = {"athena": "$1", "duckdb": r"\1"}


def typed(column: Column, engine: Engine) -> str:
    """The expression that gives a column its type: empty is NULL, a text loses its guard."""
    value = f"NULLIF({column.name}, '')"
    if column.kind == "text":
        pattern = f"^''([ '']*[{TRIGGERS}])"
        bare = f"regexp_replace({column.name}, '{pattern}', '{FIRST_TEXT[engine]}')"
        return f"CASE WHEN substr({column.name}, 1, 1) = '''' THEN {bare} ELSE {value} END"
    if column.kind == "timestamp":
        value = f"replace(replace({value}, 'T', ' '), 'Z', '')"
    return f"CAST({value} AS {SQL_TYPE[column.kind]})"


def selection(columns: tuple[Column, ...], engine: Engine) -> str:
    return ",\n  ".join(f"{typed(column, engine)} AS {column.name}" for column in columns)


def every(table: str, engine: Engine) -> str:
    """The body of `invoices_all` or `lines_all` over the raw table of strings."""
    return f"SELECT\n  {selection(TABLES[table], engine)}\nFROM raw_{table}"


def latest(table: str, engine: Engine) -> str:
    """
    The body of `invoices` or `lines`: what no other revision replaces.

    Reads `supersedes` of every invoice once more, and nothing else of it.
    """
    replaced = "(\n  SELECT supersedes FROM raw_invoices WHERE supersedes <> '')"
    return f"{every(table, engine)}\nWHERE invoice_id NOT IN {replaced}"
