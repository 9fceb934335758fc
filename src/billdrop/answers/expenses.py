"""What was spent: by date, month, customer, seller or currency; from the ledger's totals or by SQL."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Context, Decimal, Inexact
from functools import reduce
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct

from billdrop.model import Total
from billdrop.ports import QueryEngine

Grouping = Literal["date", "month", "customer", "seller", "currency"]

EXACT = Context(prec=200, traps=[Inexact])
"""Sums are exact, however long."""

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)


class Expense(Struct, frozen=True, kw_only=True):
    """The sums of one group in one currency."""

    group: str
    """A date, a month such as `2026-11`, a name, or a currency; empty where the invoices state none."""
    currency: str
    invoices: int
    net: Decimal | None
    """None when no invoice of the group states it."""
    tax: Decimal | None
    total: Decimal
    with_net: int = 0
    """How many of the invoices state a net: the sum is theirs alone."""
    with_tax: int = 0


def from_totals(totals: Iterable[Total], by: Grouping) -> list[Expense]:
    """
    Expenses from what the ledger keeps: by date, month and currency, without reading a CSV.

    By customer and seller the ledger keeps no totals: `ValueError`, ask `from_sql`.
    """
    groups: dict[tuple[str, str], list[Total]] = {}
    for total in totals:
        groups.setdefault((group_of(total, by), total.currency), []).append(total)
    return [
        Expense(
            group=group,
            currency=currency,
            invoices=sum(part.invoices for part in parts),
            net=added(part.net for part in parts),
            tax=added(part.tax for part in parts),
            total=added(part.total for part in parts) or Decimal(0),
            with_net=sum(part.with_net for part in parts),
            with_tax=sum(part.with_tax for part in parts),
        )
        for (group, currency), parts in sorted(groups.items())
    ]


def group_of(total: Total, by: Grouping) -> str:
    match by:
        case "date":
            return total.issue_date.isoformat()
        case "month":
            return total.issue_date.isoformat()[:7]
        case "currency":
            return total.currency
    raise ValueError(f"the ledger keeps no totals by {by}")


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    stated = [amount for amount in amounts if amount is not None]
    return reduce(EXACT.add, stated) if stated else None


def from_sql(
    engine: QueryEngine, by: Grouping, since: date | None = None, until: date | None = None
) -> list[Expense]:
    """Expenses by the query of `queries/`, run over the CSV; both bounds included."""
    rows: Iterable[Sequence[Any]] = engine.run(filled(query(by), since, until))
    expenses = [
        Expense(
            group=group or "",
            currency=currency or "",
            invoices=int(invoices),
            net=trimmed(net),
            tax=trimmed(tax),
            total=trimmed(total) or Decimal(0),
            with_net=int(with_net),
            with_tax=int(with_tax),
        )
        for group, currency, invoices, net, tax, total, with_net, with_tax in rows
    ]
    return sorted(expenses, key=lambda expense: (expense.group, expense.currency))


def query(by: Grouping) -> str:
    """The Athena SQL of a grouping, its two parameters still open."""
    name = f"expenses_by_{by}.sql"
    return (files("billdrop.query") / "queries" / name).read_text(encoding="utf-8")


def filled(sql: str, since: date | None, until: date | None) -> str:
    """The query with its parameters in place, as Athena puts execution parameters there."""
    before, between, after = sql.split("CAST(? AS DATE)")
    first, last = since or FIRST_DAY, until or LAST_DAY
    return f"{before}DATE '{first.isoformat()}'{between}DATE '{last.isoformat()}'{after}"


def trimmed(amount: Decimal | None) -> Decimal | None:
    """Without the zeros that DECIMAL(18,4) adds."""
    if amount is None:
        return None
    text = f"{amount:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else amount


def as_json(expense: Expense, by: Grouping) -> dict[str, str | int | None]:
    """As `--json` shows it; amounts as exact text, and of a sum that is not of all invoices of how many."""
    head: dict[str, str] = {} if by == "currency" else {by: expense.group}
    return {
        **head,
        "currency": expense.currency,
        "invoices": expense.invoices,
        "net": written(expense.net),
        "tax": written(expense.tax),
        "total": written(expense.total),
        **partly(expense.invoices, net=expense.with_net, tax=expense.with_tax),
    }


def partly(invoices: int, *, net: int, tax: int) -> dict[str, int]:
    """How many invoices state what only some of them do; nothing where a sum is of all, or of none."""
    counts = {"with_net": net, "with_tax": tax}
    return {name: count for name, count in counts.items() if 0 < count < invoices}


def written(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
