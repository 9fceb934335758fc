"""Expenses: what was spent, by date, month, customer, seller or currency, and how sure the sums are."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import get_args

from msgspec import Struct

from billdrop.answers import expenses
from billdrop.answers.expenses import Expense, Grouping
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet

MOST_BARS = 400


class Bar(Struct, frozen=True, kw_only=True):
    """One group of the chart."""

    group: str
    invoices: int
    net: str | None
    tax: str | None
    total: str
    height: float
    """Share of the tallest, from -1 to 1."""
    place: int


class Chart(Struct, frozen=True, kw_only=True):
    """The bars of one currency: amounts of several are never added."""

    currency: str
    bars: tuple[Bar, ...]
    total: str
    net: str | None
    tax: str | None
    invoices: int


def show(desk: Desk, ask: Ask) -> Sheet:
    """The sums, one chart for each currency."""
    by = _grouping(ask)
    since, until = _day(ask, "since"), _day(ask, "until")
    found = _found(desk, by, since, until)
    states = desk.books.states()
    return Sheet(
        title="Expenses",
        template="expenses.html",
        values={
            "by": by,
            "groupings": get_args(Grouping),
            "since": ask.query.get("since", ""),
            "until": ask.query.get("until", ""),
            "charts": _charts(found),
            "waiting": _waiting(desk),
            "unpublished": states.get("unpublished_segments", 0),
            "through": _through(desk),
            "sql": expenses.filled(expenses.query(by), since, until),
        },
        rows=[expenses.as_json(one, by) for one in found],
    )


def _found(desk: Desk, by: Grouping, since: date | None, until: date | None) -> list[Expense]:
    """From the totals where the ledger keeps them, else by SQL."""
    if by in ("date", "month", "currency"):
        return expenses.from_totals(desk.books.totals(since=since, until=until), by)
    return expenses.from_sql(desk.engine, by, since, until)


def _charts(found: Sequence[Expense]) -> list[Chart]:
    by_currency: dict[str, list[Expense]] = {}
    for one in found:
        by_currency.setdefault(one.currency, []).append(one)
    return [_chart(currency, many) for currency, many in sorted(by_currency.items())]


def _chart(currency: str, many: Sequence[Expense]) -> Chart:
    shown = many[-MOST_BARS:]
    tallest = max((abs(one.total) for one in shown), default=Decimal(0)) or Decimal(1)
    return Chart(
        currency=currency,
        bars=tuple(
            Bar(
                group=one.group,
                invoices=one.invoices,
                net=expenses.written(one.net),
                tax=expenses.written(one.tax),
                total=expenses.written(one.total) or "0",
                height=float(one.total / tallest),
                place=place,
            )
            for place, one in enumerate(shown)
        ),
        total=expenses.written(expenses.added(one.total for one in many)) or "0",
        net=expenses.written(expenses.added(one.net for one in many)),
        tax=expenses.written(expenses.added(one.tax for one in many)),
        invoices=sum(one.invoices for one in many),
    )


def _through(desk: Desk) -> datetime:
    """Nothing that came before is still to be captured."""
    return desk.now() - timedelta(seconds=desk.oldest() or 0)


def _waiting(desk: Desk) -> Counter[str]:
    """What is not in the sums: quarantine entries by customer."""
    return Counter(entry.customer for entry in desk.books.quarantine())


def _grouping(ask: Ask) -> Grouping:
    given = ask.query.get("by", "date")
    return next((one for one in get_args(Grouping) if one == given), "date")


def _day(ask: Ask, name: str) -> date | None:
    try:
        return date.fromisoformat(ask.query.get(name, ""))
    except ValueError:
        return None


PAGE = Page(show=show, roles=("finance",), title="Expenses")
