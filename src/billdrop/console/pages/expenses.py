"""Expenses: what was spent, by date, month, customer, seller or currency, and how sure the sums are."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import get_args

from billdrop.answers import expenses
from billdrop.answers.expenses import Expense, Grouping
from billdrop.console.asking import Ask, Page
from billdrop.console.chart import charts
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet


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
            "charts": charts(found, by),
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
