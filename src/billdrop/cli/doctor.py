"""`billdrop doctor`."""

from pathlib import Path

import click

from billdrop.cli import options


@click.command()
@options.data_dir
@options.as_json
def doctor(data_dir: Path, as_json: bool) -> int:
    """Look at everything it depends on, one line each, the fix beside it.

    Exit code 1 when something needs a hand.
    """
    from billdrop.cli.output import print_json_list
    from billdrop.cli.render import visible
    from billdrop.runtime import examine

    lines = []
    for line in examine(data_dir):
        lines.append(line)
        if not as_json:
            mark = click.style("ok  ", fg="green") if line.ok else click.style("FIX ", fg="red")
            click.echo(f"{mark} {line.check:<15} {visible(line.fact)}")
            if line.fix:
                click.echo(f"     {'':<15} = {visible(line.fix)}")
    if as_json:
        print_json_list(lines)
    return 0 if all(line.ok for line in lines) else 1
