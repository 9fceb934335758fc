"""`billdrop up`."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from billdrop.cli import options

if TYPE_CHECKING:
    from billdrop.runtime.service import Service


@click.command()
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), metavar="N",
    help="Of the HTTP door on 127.0.0.1; 0 takes any free one.",
)  # fmt: skip
@click.option("--demo", is_flag=True, help="Drop made-up invoices into the inbox.")
@click.option(
    "--count", default=300, show_default=True, type=click.IntRange(1), metavar="N",
    help="How many documents the demo drops.",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="To answer on; any other needs a person who can log in, see `billdrop access`.",
)  # fmt: skip
@click.option("--read-only", is_flag=True, help="Nobody changes anything from the console.")
@click.option("--incognito", is_flag=True, help="Blur amounts and names in the console.")
@click.option("--until-idle", is_flag=True, help="Stop once everything that waits is taken.")
@options.data_dir
@options.as_json
def up(
    *,
    port: int,
    host: str,
    demo: bool,
    count: int,
    until_idle: bool,
    read_only: bool,
    incognito: bool,
    data_dir: Path,
    as_json: bool,
) -> int:
    """Run the pipeline: folder and HTTP door in, expenses out.

    Watches DIR/inbox/<customer>/ and takes `PUT /inbox/<customer>/<name>`. SIGTERM and Ctrl-C
    finish what is under way and exit with 0. With --json the log is lines of JSON on a terminal too.
    """
    from billdrop.cli.demonstrating import demonstrate, prepare
    from billdrop.cli.log import besides, logger
    from billdrop.cli.output import talk
    from billdrop.layout import Layout
    from billdrop.runtime.console import Mode
    from billdrop.runtime.service import running

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if demo:
        prepare(Layout(data_dir))
    log = logger(as_json=as_json)
    shown = Event()
    if demo and sys.stderr.isatty() and not as_json:
        log = besides(log, lambda: not shown.is_set())
    mode = Mode(host=host, read_only=read_only, incognito=incognito)
    with running(data_dir, port=port, log=log, mode=mode) as service:
        layout = service.reading.layout
        talk(f"billdrop answers on {service.url} and watches {layout.inbox}/<customer>/")
        talk(f"the console is at {service.url}/console")
        if demo:
            demonstrate(service, count, stop, ends=until_idle, as_json=as_json)
        shown.set()
        if until_idle:
            _wait(stop, service, lambda: service.quiet)
        _wait(stop, service, stop.is_set if not until_idle else lambda: True)
        talk("finishing what is under way")
    return 1 if service.ended.is_set() and not stop.is_set() and not until_idle else 0


def _wait(stop: Event, service: "Service", done: Callable[[], bool]) -> None:
    while not (done() or service.ended.is_set() or stop.wait(0.1)):
        pass
