"""`billdrop expenses`."""

import shutil
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.answers.expenses import Expense, Grouping
    from billdrop.runtime import Reading

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_BY = click.Choice(["date", "month", "customer", "seller", "currency"])
_FORMAT = click.Choice(["table", "plot", "csv", "json"])
_ENGINE = click.Choice(["ledger", "sql"])
_SUMS = ("currency", "invoices", "net", "tax", "total")
_Table = tuple[Sequence[str], Sequence[tuple[object, ...]]]
_PARTIAL = (
    "(n of m): so many of the invoices state it, and the sum is theirs alone; the total is of all"
)


@click.command()
@click.option("--by", type=_BY, default="date", show_default=True, help="What to add up by.")
@click.option("--from", "since", type=_DAY, metavar="DATE", help="First issue date that counts.")
@click.option("--to", "until", type=_DAY, metavar="DATE", help="Last issue date that counts.")
@click.option("--format", "form", type=_FORMAT, default="table", show_default=True)
@click.option(
    "--engine",
    type=_ENGINE,
    help="Who adds up. Default: the ledger; by customer and seller, and on AWS, SQL.",
)
@where
@options.as_json
def expenses(
    *,
    by: "Grouping",
    since: datetime | None,
    until: datetime | None,
    form: str,
    engine: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """What was spent, by issue date or otherwise, per currency.

    The latest revision of every recorded invoice counts once. A credit note counts as its
    amounts are printed.
    """
    options.not_both("form", as_json=as_json, beside="json")
    asked = engine or ("sql" if where.stack else None)
    with where.reading() as reading:
        found = _asked(reading, by, since and since.date(), until and until.date(), asked)
    show(found, by, "json" if as_json else form)


def _asked(
    reading: "Reading", by: "Grouping", since: date | None, until: date | None, engine: str | None
) -> "list[Expense]":
    from billdrop.answers import expenses as core
    from billdrop.errors import UsageError

    kept = by not in {"customer", "seller"}
    if engine == "sql" or not (kept or engine):
        return core.from_sql(reading.engine, by, since, until)
    if not kept:
        raise UsageError(f"the ledger keeps no sums by {by}", hint="leave --engine out, or say sql")
    return core.from_totals(reading.books.totals(since=since, until=until), by)


def show(found: "Sequence[Expense]", by: "Grouping", form: str) -> None:
    from billdrop.answers.expenses import as_json
    from billdrop.cli.output import print_csv, print_json_list, table, talk
    from billdrop.cli.plot import plot

    header, rows = _for_table(found, by) if form == "table" else _rows(found, by)
    if form == "json":
        print_json_list(as_json(expense, by) for expense in found)
    elif form == "csv":
        print_csv(header, rows)
    elif form == "plot":
        width = shutil.get_terminal_size((80, 24)).columns
        click.echo(plot([(one.group, one.currency, one.total) for one in found], width))
    else:
        click.echo(table(header, rows, right=("invoices", "net", "tax", "total")))
        if any(_partial(one) for one in found):
            talk(_PARTIAL)


def _for_people(one: "Expense") -> "Expense":
    """Broken amounts with all the minor units of their currency, which SQL does not keep: not 33.3."""
    from msgspec.structs import replace

    from billdrop.values.currencies import MINOR_UNITS

    units = MINOR_UNITS.get(one.currency) or 0
    sums = {"net": one.net, "tax": one.tax, "total": one.total}
    return replace(
        one, **{name: amount and _broken(amount, units) for name, amount in sums.items()}
    )


def _broken(amount: Decimal, units: int) -> Decimal:
    missing = units - len(f"{amount:f}".partition(".")[2])
    return Decimal(f"{amount:f}" + "0" * missing) if 0 < missing < units else amount


def _partial(one: "Expense") -> bool:
    """Whether a sum leaves out an invoice that does not state the amount."""
    return 0 < one.with_net < one.invoices or 0 < one.with_tax < one.invoices


def _for_table(found: "Sequence[Expense]", by: "Grouping") -> _Table:
    shown = [_for_people(one) for one in found]
    rows = [(e.currency, e.invoices, *_stated(e), e.total) for e in shown]
    return _by_group(by, found, _SUMS, rows)


def _stated(one: "Expense") -> tuple[object, object]:
    """Net and tax, with how many invoices state them where that is not all."""
    return _sum(one.net, one.with_net, one.invoices), _sum(one.tax, one.with_tax, one.invoices)


def _sum(amount: Decimal | None, stated: int, invoices: int) -> object:
    from billdrop.cli.output import grouped

    whole = amount is None or stated == invoices
    return amount if whole else f"{grouped(amount)} ({stated:,} of {invoices:,})"


def _rows(found: "Sequence[Expense]", by: "Grouping") -> _Table:
    rows = [(e.currency, e.invoices, e.net, e.tax, e.total, e.with_net, e.with_tax) for e in found]
    return _by_group(by, found, (*_SUMS, "with_net", "with_tax"), rows)


def _by_group(
    by: "Grouping",
    found: "Sequence[Expense]",
    header: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> _Table:
    """With the group before each row; a currency is its own."""
    if by == "currency":
        return header, rows
    return (by, *header), [(one.group, *row) for one, row in zip(found, rows, strict=True)]
