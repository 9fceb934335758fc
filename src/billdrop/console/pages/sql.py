"""The SQL box: Athena's SQL over the recorded invoices, with the linting of the command."""

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
    rows: list[dict[str, object]] = []
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
            "found": rows,
            "error": error,
            "most": MOST,
        },
        rows=rows,
        status=422 if error else 200,
    )


def _run(desk: Desk, statement: str) -> tuple[list[str], list[dict[str, object]]]:
    answer = desk.engine.run(statement)
    rows: list[dict[str, object]] = []
    for row in answer:
        if len(rows) == MOST:
            break
        rows.append(
            {
                name: None if cell is None else str(cell)
                for name, cell in zip(answer.columns, row, strict=True)
            }
        )
    return list(answer.columns), rows


PAGE = Page(show=show, roles=("finance",), title="SQL")
