"""The SQL box: Athena's SQL over the recorded invoices, with the linting of the command."""

from collections.abc import Iterable, Sequence
from itertools import islice

from billdrop.answers.decimals import as_needed
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet
from billdrop.errors import BilldropError

MOST = 1000
START = "SELECT seller, currency, COUNT(*) AS invoices, SUM(total) AS total\nFROM invoices\nGROUP BY seller, currency\nORDER BY total DESC"


def show(desk: Desk, ask: Ask) -> Sheet:
    """The rows of a statement, or why it is not run."""
    statement = ask.query.get("q", "").strip()
    columns: list[str] = []
    rows: list[tuple[object, ...]] = []
    error = None
    if statement:
        try:
            columns, rows = _run(desk, statement)
        except BilldropError as refusal:
            error = refusal
    return Sheet(
        title="SQL",
        template="sql.html",
        values={
            "q": statement or START,
            "asked": bool(statement),
            "columns": columns,
            "found": _texts(columns, as_needed(rows)),
            "error": error,
            "most": MOST,
        },
        rows=_texts(columns, rows),
        status=422 if error else 200,
    )


def _run(desk: Desk, statement: str) -> tuple[list[str], list[tuple[object, ...]]]:
    answer = desk.engine.run(statement)
    return list(answer.columns), list(islice(answer, MOST))


def _texts(columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> list[dict[str, object]]:
    return [
        {name: None if cell is None else str(cell) for name, cell in zip(columns, row, strict=True)}
        for row in rows
    ]


PAGE = Page(show=show, roles=("finance",), title="SQL")
