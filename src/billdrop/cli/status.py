"""`billdrop status`."""

from pathlib import Path

import click

from billdrop.cli import options


@click.command()
@options.data_dir
@options.as_json
def status(data_dir: Path, as_json: bool) -> None:
    """Count the documents by state."""
    from billdrop.cli.output import print_json, table
    from billdrop.runtime import open_reading

    with open_reading(data_dir) as reading:
        states = reading.books.states()
    if as_json:
        print_json(states)
    else:
        rows = [(name.replace("_", " "), f"{count:,}") for name, count in states.items()]
        click.echo(table(("state", "documents"), rows, right=("documents",)))
