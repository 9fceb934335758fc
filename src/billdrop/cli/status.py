"""`billdrop status`."""

from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billdrop.model.backlog import Backlog

WAITS = {
    "waiting": "in the queue",
    "in_flight": "in flight",
    "oldest_message_seconds": "oldest message",
    "dead": "dead letters",
    "uncaptured": "uncaptured",
    "oldest_uncaptured_seconds": "oldest uncaptured, of 24 h",
}
"""What is said of each."""


@click.command()
@where
@options.as_json
def status(where: Where, as_json: bool) -> None:
    """Count the documents by state; of a stack, say what waits in its queue, and since when."""
    with where.reading() as reading:
        states = reading.books.states()
        backlog = reading.backlog() if reading.backlog else None
    if as_json:
        _print_json(states, backlog)
    else:
        _print(states, backlog)


def _print_json(states: "Mapping[str, int]", backlog: "Backlog | None") -> None:
    from msgspec.structs import asdict

    from billdrop.cli.output import print_json

    print_json({**states, **({"queue": asdict(backlog)} if backlog else {})})


def _print(states: "Mapping[str, int]", backlog: "Backlog | None") -> None:
    from billdrop.cli.output import table

    rows = [(name.replace("_", " "), f"{count:,}") for name, count in states.items()]
    click.echo(table(("state", "documents"), rows, right=("documents",)))
    if backlog:
        waits = [(said, backlog.texts[name]) for name, said in WAITS.items()]
        click.echo()
        click.echo(table(("on the way", "now"), waits, right=("now",)))
