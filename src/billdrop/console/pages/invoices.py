"""The invoices behind one bar: what the sum is made of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from billdrop.answers.expenses import trimmed, written
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet

MOST = 500
NAMES = ("invoice_id", "number", "revision", "issue_date", "customer", "seller", "currency", "net", "tax", "total", "guideline")  # fmt: skip
CONDITIONS = {
    "date": "issue_date = {}",
    "month": "CAST(issue_date AS VARCHAR) LIKE {}",
    "customer": "customer = {}",
    "seller": "seller = {}",
    "currency": "currency = {}",
}
"""What a group of each kind is, in Athena's SQL."""


def show(desk: Desk, ask: Ask) -> Sheet:
    """The latest revisions of a group, the largest first."""
    by, group, currency = (ask.query.get(name, "") for name in ("by", "group", "currency"))
    where = " AND ".join(_conditions(by, group, currency))
    sql = f"SELECT {', '.join(NAMES)} FROM invoices{f' WHERE {where}' if where else ''} ORDER BY total DESC, number LIMIT {MOST}"  # noqa: S608  quoted by `_text`
    rows: list[dict[str, Any]] = [
        dict(zip(NAMES, row, strict=True)) for row in desk.engine.run(sql)
    ]
    for row in rows:
        row |= {name: written(trimmed(row[name])) for name in ("net", "tax", "total")}
    return Sheet(
        title="Invoices",
        template="invoices.html",
        values={
            "rows": rows,
            "by": by,
            "group": group,
            "currency": currency,
            "most": MOST,
            "sql": sql,
        },
        rows=rows,
    )


def _conditions(by: str, group: str, currency: str) -> Iterator[str]:
    if by in CONDITIONS:
        if not group:
            yield f"{by} IS NULL" if by in ("seller", "customer") else "1 = 0"
        elif by == "date":
            yield CONDITIONS[by].format(f"DATE {_text(_day(group))}")
        else:
            yield CONDITIONS[by].format(_text(f"{group}-%" if by == "month" else group))
    if currency:
        yield f"currency = {_text(currency)}"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return "0001-01-01"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


PAGE = Page(show=show, roles=("finance",))
