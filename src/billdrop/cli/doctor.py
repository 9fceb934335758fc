"""`billdrop doctor`."""

from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.doctoring import Line


@click.command()
@where
@options.as_json
def doctor(where: Where, as_json: bool) -> int:
    """Look at everything it depends on, one line each, the fix beside it.

    Exit code 1 when something needs a hand. A line with `?` could not be looked at.
    """
    from billdrop.cli.output import print_json_list
    from billdrop.cli.render import visible

    lines = []
    for line in where.examined():
        lines.append(line)
        if not as_json:
            click.echo(f"{_mark(line)} {line.check:<15} {visible(line.fact)}")
            if line.fix:
                click.echo(f"     {'':<15} = {visible(line.fix)}")
    if as_json:
        print_json_list(lines)
    return 0 if all(line.ok for line in lines) else 1


def _mark(line: "Line") -> str:
    if not line.known:
        return "?   "
    return click.style("ok  ", fg="green") if line.ok else click.style("FIX ", fg="red")
