"""
The typed views over the CSV, generated from `columns`: the same words on Athena and on DuckDB.

Where nothing matches, `regexp_extract` gives NULL there and an empty text here: both are taken.
"""

from billdrop.books.columns import INVOICES, LINES, SQL_TYPE, Column
from billdrop.books.csvfile import TRIGGERS

TABLES: dict[str, tuple[Column, ...]] = {
    "invoices": INVOICES,
    "invoices_all": INVOICES,
    "lines": LINES,
    "lines_all": LINES,
}
"""What a query may read: the latest revisions, and with `_all` every revision."""


def typed(column: Column) -> str:
    """The expression that gives a column its type: empty is NULL, a text loses its guard."""
    value = f"NULLIF({column.name}, '')"
    if column.kind == "text":
        guarded = f"regexp_extract({column.name}, '^''([ '']*[{TRIGGERS}].*)$', 1)"
        bare = f"COALESCE(NULLIF({guarded}, ''), {column.name})"
        return f"CASE WHEN substr({column.name}, 1, 1) = '''' THEN {bare} ELSE {value} END"
    if column.kind == "timestamp":
        value = f"replace(replace({value}, 'T', ' '), 'Z', '')"
    return f"CAST({value} AS {SQL_TYPE[column.kind]})"


def selection(columns: tuple[Column, ...]) -> str:
    return ",\n  ".join(f"{typed(column)} AS {column.name}" for column in columns)


def body(view: str) -> str:
    """The SELECT over the raw tables of strings that a view of `TABLES` stands for."""
    table = view.removesuffix("_all")
    return latest(table) if view == table else every(table)


def every(table: str) -> str:
    """The body of `invoices_all` or `lines_all`."""
    return f"SELECT\n  {selection(TABLES[table])}\nFROM raw_{table}"


def latest(table: str) -> str:
    """
    The body of `invoices` or `lines`: what no other revision replaces.

    Reads `supersedes` of every invoice once more, and nothing else of it.
    """
    replaced = "(\n  SELECT supersedes FROM raw_invoices WHERE supersedes <> '')"
    return f"{every(table)}\nWHERE invoice_id NOT IN {replaced}"
