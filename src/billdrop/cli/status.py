"""`billdrop status`."""

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where


@click.command()
@where
@options.as_json
def status(where: Where, as_json: bool) -> None:
    """Count the documents by state."""
    from billdrop.cli.output import print_json, table

    with where.reading() as reading:
        states = reading.books.states()
    if as_json:
        print_json(states)
    else:
        rows = [(name.replace("_", " "), f"{count:,}") for name, count in states.items()]
        click.echo(table(("state", "documents"), rows, right=("documents",)))
