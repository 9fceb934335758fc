"""`billdrop replay`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.answers.replay import Counted, Replay

Totals = Mapping[tuple[str, str], Decimal]
"""Total by date and currency, as in the books."""


@click.command()
@click.option("--dry-run", is_flag=True, help="Show it and write nothing; the one way there is.")
@click.option("--guideline", default="", metavar="NAME", help="Only documents of this guideline.")
@where
@options.as_json
def replay(dry_run: bool, guideline: str, where: Where, as_json: bool) -> None:
    """Show what today's guidelines would change in which date's total.

    Reads every stored original again and compares with the books.
    """
    from billdrop.answers import replay as core
    from billdrop.cli.output import print_json, talk
    from billdrop.errors import UsageError
    from billdrop.runtime import limits_of

    if not dry_run:
        raise click.UsageError("replay writes nothing; say so with --dry-run")
    with where.reading() as reading:
        library, problems = reading.guidelines()
        for problem in problems:
            talk(problem)
        limits = limits_of(reading.settings)
        if guideline and library.named(guideline) is None:
            raise UsageError(
                f"there is no guideline of the name {guideline!r}",
                hint="`billdrop guideline list` shows the names",
            )
        found = core.replay(reading.archive, library, limits, guideline=guideline)
        totals = {
            (total.issue_date.isoformat(), total.currency): total.total
            for total in reading.books.totals()
        }
    if as_json:
        print_json(_as_object(found, totals))
    else:
        _tell(found, totals)


def _as_object(found: "Replay", totals: Totals) -> dict[str, object]:
    names = ("date", "currency", "before", "after", "difference", "invoices")
    return {
        "documents": found.documents,
        "totals": [dict(zip(names, row, strict=True)) for row in _shifts(found, totals)],
        "changes": found.changes,
    }


def _shifts(
    found: "Replay", totals: Totals
) -> list[tuple[str, str, Decimal, Decimal, Decimal, int]]:
    rows = []
    for shift in found.shifts:
        before = totals.get((shift.issue_date, shift.currency), Decimal(0))
        after = before + shift.difference
        facts = (shift.issue_date, shift.currency, before, after)
        rows.append((*facts, shift.difference, shift.invoices))
    return rows


def _tell(found: "Replay", totals: Totals) -> None:
    from billdrop.cli.output import counted, table, talk

    shifts = _shifts(found, totals)
    if shifts:
        header = ("date", "currency", "before", "after", "difference", "invoices")
        rows = [(*row[:5], f"{row[5]:+}" if row[5] else "0") for row in shifts]
        click.echo(table(header, rows, right=header[2:]) + "\n")
    if found.changes:
        changes = [
            (c.number, _sums(c.before), _sums(c.after), c.reason, c.document_id)
            for c in found.changes
        ]
        click.echo(table(("invoice", "before", "after", "reason", "document"), changes))
    changed = counted(len(found.changes), "change") if found.changes else "no change"
    talk(f"{counted(found.documents, 'document')} read again, {changed}, nothing written")


def _sums(counted: "Counted | None") -> str:
    if counted is None:
        return "not in the books"
    return f"{counted.issue_date} {counted.currency} {counted.total}"
