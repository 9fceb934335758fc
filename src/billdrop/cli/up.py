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
    from billdrop.layout import Layout
    from billdrop.runtime.service import Service

_DEMO_SEED = 7


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
) -> int:
    """Run the pipeline: folder and HTTP door in, expenses out.

    Watches DIR/inbox/<customer>/ and takes `PUT /inbox/<customer>/<name>`. SIGTERM and Ctrl-C
    finish what is under way and exit with 0.
    """
    from billdrop.cli.log import logger
    from billdrop.cli.output import talk
    from billdrop.layout import Layout
    from billdrop.runtime.console import Mode
    from billdrop.runtime.service import running

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if demo:
        _prepare_demo(Layout(data_dir))
    mode = Mode(host=host, read_only=read_only, incognito=incognito)
    with running(data_dir, port=port, log=logger(), mode=mode) as service:
        layout = service.reading.layout
        talk(f"billdrop answers on {service.url} and watches {layout.inbox}/<customer>/")
        talk(f"the console is at {service.url}/console")
        if demo:
            _demonstrate(service, count, stop)
        if until_idle:
            _wait(stop, service, lambda: service.quiet)
        _wait(stop, service, stop.is_set if not until_idle else lambda: True)
        talk("finishing what is under way")
    return 1 if service.ended.is_set() and not stop.is_set() and not until_idle else 0


def _prepare_demo(layout: "Layout") -> None:
    """The demo has a data directory of its own: made-up invoices never come among real ones."""
    from billdrop.demo import write_guidelines
    from billdrop.errors import UsageError

    mark = layout.root / "demo"
    if layout.ledger.exists() and not mark.exists():
        raise UsageError(
            f"{layout.root} has real documents; the demo would put made-up invoices among them",
            hint="name a new folder: billdrop up --demo --data-dir demo-data",
        )
    layout.root.mkdir(parents=True, exist_ok=True)
    mark.touch()
    write_guidelines(layout.guidelines)


def _wait(stop: Event, service: "Service", done: Callable[[], bool]) -> None:
    while not (done() or service.ended.is_set() or stop.wait(0.1)):
        pass


def _demonstrate(service: "Service", count: int, stop: Event) -> None:
    """Drop the samples by atomic rename, wait until they are taken, and show the sums."""
    from datetime import timedelta

    from billdrop.cli.output import talk
    from billdrop.cli.progress import progress
    from billdrop.demo import invoices
    from billdrop.runtime import now

    talk(f"dropping {count} made-up documents of four customers into the inbox")
    start = now().date() - timedelta(days=14)
    with progress("demo") as told:
        for sample in invoices(count, seed=_DEMO_SEED, start=start):
            folder = service.reading.layout.inbox / sample.customer
            folder.mkdir(parents=True, exist_ok=True)
            temporary = folder / f".{sample.name}"
            temporary.write_bytes(sample.content)
            temporary.rename(folder / sample.name)
            told([None])
            if stop.is_set():
                return
    _wait(stop, service, lambda: service.pump.counters.documents >= count and service.quiet)
    _show(service)


def _show(service: "Service") -> None:
    from billdrop.answers import expenses
    from billdrop.cli.expenses import show
    from billdrop.cli.output import talk
    from billdrop.runtime import open_reading

    root = service.reading.layout.root
    with open_reading(root) as reading:
        found = expenses.from_totals(reading.books.totals(), "date")
        states = reading.books.states()
    show(found, "date", "plot" if sys.stdout.isatty() else "table")
    talk(", ".join(f"{count:,} {state}" for state, count in states.items() if count))
    called = sys.argv[0] if sys.argv[0].endswith("billdrop") else "billdrop"
    for command in (
        "expenses --by month --format plot",
        "quarantine list",
        "why DOCUMENT",
        'sql "SELECT seller, currency, SUM(total) AS total FROM invoices GROUP BY seller, currency"',
        "verify",
    ):
        talk(f"  next: {called} {command} --data-dir {root}")
