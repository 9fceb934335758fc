"""`billdrop worker`."""

import os
import signal
from threading import Event, Timer
from typing import TYPE_CHECKING

import click

from billdrop.cli import stacks
from billdrop.errors import UnavailableError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from billdrop.runtime.worker import Worker


class _Address(click.ParamType[tuple[str, int]]):
    """`PORT` on loopback, or `HOST:PORT`."""

    name = "address"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65535:
            self.fail(f"{value} is not [HOST:]PORT, such as 8080 or 0.0.0.0:8080", param, ctx)
        return host or "127.0.0.1", int(port)


@click.command()
@stacks.stack
@click.option(
    "--listen", type=_Address(), metavar="[HOST:]PORT",
    help="Also take what the topic posts to /sns there, on 127.0.0.1 when no host is named.",
)  # fmt: skip
@click.option(
    "--console", type=_Address(), metavar="[HOST:]PORT",
    help="Also serve the console there, on 127.0.0.1 when no host is named; any other needs a person "
    "who can log in, see `billdrop access`; 0 takes any free port.",
)  # fmt: skip
def worker(stack: str, listen: tuple[str, int] | None, console: tuple[str, int] | None) -> int:
    """Run the program as it runs on EC2: events in, ledger and CSV out.

    Looks at its rights first. SIGTERM and Ctrl-C finish what is under way, give the rest back to
    the queue and exit with 0; where AWS does not answer within ten seconds, it exits with 5, and
    what was not finished comes again.
    """
    from billdrop.cli.log import logger
    from billdrop.runtime.worker import working

    return until_told(working(stack, listen=listen, console=console, log=logger()))


def until_told(worker: "AbstractContextManager[Worker]") -> int:
    """Let it work until a signal says that it is enough; the exit code."""
    from billdrop.cli.output import talk

    stop = _Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with worker as running:
        stop.patience = running.patience
        where = f" and answers on {running.url}" if running.url else ""
        talk(f"billdrop takes what comes to {running.stack.inbox_bucket}{where}")
        if running.pages:
            talk(f"its console is at {running.pages}")
        while not (running.ended.is_set() or stop.said.wait(0.2)):
            pass
        talk("finishing what is under way")
    return 0 if stop.said.is_set() else 1


class _Stop:
    """From the first signal on the process has so many seconds, whether or not the network answers."""

    def __init__(self) -> None:
        from billdrop.runtime.worker import PATIENCE

        self.said = Event()
        self.patience = PATIENCE

    def __call__(self, *_: object) -> None:
        """As `signal.signal` wants it."""
        if not self.said.is_set():
            self.said.set()
            deadline = Timer(self.patience, self._end)
            deadline.daemon = True
            deadline.start()

    def _end(self) -> None:
        """Threads that wait for an answer cannot be ended otherwise; nothing depends on their end."""
        from billdrop.cli.output import talk

        talk(f"no answer within {self.patience:g} s: what was not finished comes again")
        os._exit(UnavailableError.exit_code)
