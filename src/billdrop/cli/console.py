"""`billdrop console`."""

import signal
from threading import Event

import click

from billdrop.cli import stacks


@click.command()
@stacks.stack
@click.option(
    "--port", default=8081, show_default=True, type=click.IntRange(0, 65535), metavar="N",
    help="0 takes any free one.",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="To answer on; any other needs a person who can log in, see `billdrop access`.",
)  # fmt: skip
@click.option("--read-only", is_flag=True, help="Nobody changes anything from the console.")
@click.option("--incognito", is_flag=True, help="Blur amounts and names in the console.")
def console(*, stack: str, host: str, port: int, read_only: bool, incognito: bool) -> None:
    """Serve the console of a stack on this machine, with the rights of who runs it.

    `billdrop up` serves its own.
    """
    from billdrop.cli.output import talk
    from billdrop.runtime.console import Mode
    from billdrop.runtime.stack_console import console_of_stack

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    mode = Mode(host=host, read_only=read_only, incognito=incognito)
    with console_of_stack(stack, port=port, mode=mode) as url:
        talk(f"the console of {stack} is at {url}")
        stop.wait()
