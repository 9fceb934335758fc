"""`billdrop sql`."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where


@click.command()
@click.argument("statement", required=False)
@click.option(
    "--file",
    "source",
    type=click.File(encoding="utf-8"),
    help="Read the statement from a file; `-` is stdin.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@where
@options.as_json
def sql(statement: str | None, source: Any, as_csv: bool, where: Where, as_json: bool) -> None:
    """Run Athena SQL over the views `invoices` and `lines`.

    STATEMENT is one SELECT; `-` reads it from stdin.
    """
    options.not_both("as_csv", as_json=as_json)
    text = _statement(statement, source)
    with where.reading() as reading:
        rows = reading.engine.run(text)
        show(rows.columns, rows, as_csv=as_csv, as_json=as_json)


def _statement(statement: str | None, source: Any) -> str:
    if (statement is None) == (source is None):
        raise click.UsageError("give the SELECT as an argument or with --file, one of them")
    if source is not None:
        return str(source.read())
    return sys.stdin.read() if statement == "-" else str(statement)


def show(
    columns: Sequence[str], rows: Iterable[tuple[object, ...]], *, as_csv: bool, as_json: bool
) -> None:
    """Print an answer as a table, CSV, or a list of objects with amounts as strings."""
    from billdrop.cli.output import as_objects, print_csv, print_json_list, table

    if as_json:
        print_json_list(as_objects(columns, rows))
    elif as_csv:
        print_csv(columns, rows)
    else:
        from billdrop.answers.decimals import as_needed

        found = as_needed(list(rows))
        click.echo(table(columns, found, right=_numbers(columns, found)))


def _numbers(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Names of the columns that hold numbers only."""
    return [
        name
        for place, name in enumerate(columns)
        if all(_is_number(row[place]) for row in rows if row[place] is not None)
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
