"""`billdrop expenses`."""

import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options

if TYPE_CHECKING:
    from billdrop.cli.groups import By, Group
    from billdrop.runtime import Reading

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_BY = click.Choice(["date", "month", "customer", "seller", "currency"])
_FORMAT = click.Choice(["table", "plot", "csv", "json"])
_ENGINE = click.Choice(["ledger", "sql"])


@click.command()
@click.option("--by", type=_BY, default="date", show_default=True, help="What to add up by.")
@click.option("--from", "since", type=_DAY, metavar="DATE", help="First issue date that counts.")
@click.option("--to", "until", type=_DAY, metavar="DATE", help="Last issue date that counts.")
@click.option("--format", "form", type=_FORMAT, default="table", show_default=True)
@click.option(
    "--engine",
    type=_ENGINE,
    help="Who adds up. Default: the ledger, and SQL by customer and seller.",
)
@options.data_dir
@options.as_json
def expenses(
    *,
    by: "By",
    since: datetime | None,
    until: datetime | None,
    form: str,
    engine: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """What was spent, by issue date or otherwise, per currency.

    The latest revision of every recorded invoice counts once. A credit note counts as its
    amounts are printed.
    """
    from billdrop.runtime import open_reading

    with open_reading(data_dir) as reading:
        first, last = since and since.date(), until and until.date()
        found = _groups(reading, by, first, last, engine)
    _print(found, by, "json" if as_json else form)


def _groups(
    reading: "Reading", by: "By", since: date | None, until: date | None, engine: str | None
) -> "list[Group]":
    from billdrop.cli import groups

    named = by in {"customer", "seller"}
    if engine == "sql" or (engine is None and named):
        return groups.of_sql(reading.engine, by, since, until)
    if named:
        return groups.of_invoices(reading.archive, by, since, until)
    return groups.of_totals(reading.books.totals(since=since, until=until), by)


def _print(found: "Sequence[Group]", by: "By", form: str) -> None:
    from billdrop.cli.output import as_objects, print_csv, print_json_list, table
    from billdrop.cli.plot import plot

    header, rows = _rows(found, by)
    if form == "json":
        print_json_list(as_objects(header, rows))
    elif form == "csv":
        print_csv(header, rows)
    elif form == "plot":
        width = shutil.get_terminal_size((80, 24)).columns
        click.echo(plot([(group.key, group.currency, group.total) for group in found], width))
    else:
        right = ("invoices", "net", "tax", "total")
        click.echo(table(header, rows, right=right))


def _rows(found: "Sequence[Group]", by: "By") -> tuple[Sequence[str], list[tuple[object, ...]]]:
    sums = ("currency", "invoices", "net", "tax", "total")
    rows = [(g.currency, g.invoices, g.net, g.tax, g.total) for g in found]
    if by == "currency":
        return sums, list(rows)
    return (by, *sums), [(group.key, *row) for group, row in zip(found, rows, strict=True)]
