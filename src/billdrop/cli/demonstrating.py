"""The demo of `billdrop up`: made-up invoices go in, and what they add up to is shown."""

import shlex
import sys
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

from billdrop.layout import Layout

if TYPE_CHECKING:
    from billdrop.runtime import Reading
    from billdrop.runtime.service import Service

_SEED = 7
_SQL = 'sql "SELECT seller, currency, SUM(total) AS total FROM invoices GROUP BY seller, currency"'


def prepare(layout: Layout) -> None:
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


def demonstrate(
    service: "Service", count: int, stop: Event, *, ends: bool, as_json: bool = False
) -> None:
    """
    Drop the samples by atomic rename, wait until they are taken, and show the sums.

    `ends`: whether the program stops then, and the console with it.
    """
    from billdrop.cli.output import talk

    talk(f"dropping {count} made-up documents of four customers into the inbox")
    _drop(service, count, stop)
    if not stop.is_set():
        _show(service, ends=ends, as_json=as_json)


def _drop(service: "Service", count: int, stop: Event) -> None:
    """The bar goes on as documents are taken, not as they are dropped."""
    from datetime import timedelta

    from billdrop.cli.progress import progress
    from billdrop.demo import invoices
    from billdrop.runtime import now

    start, seen = now().date() - timedelta(days=14), 0
    with progress("taken", total=count) as told:
        for sample in invoices(count, seed=_SEED, start=start):
            folder = service.reading.layout.inbox / sample.customer
            folder.mkdir(parents=True, exist_ok=True)
            temporary = folder / f".{sample.name}"
            temporary.write_bytes(sample.content)
            temporary.rename(folder / sample.name)
            if stop.is_set():
                return
        while not (seen >= count and service.quiet) and not service.ended.is_set():
            taken = service.pump.counters.documents
            told([None] * (taken - seen))
            seen = taken
            if stop.wait(0.1):
                return


def _show(service: "Service", *, ends: bool, as_json: bool) -> None:
    from billdrop.answers import expenses
    from billdrop.cli.expenses import show
    from billdrop.cli.output import talk
    from billdrop.runtime import open_reading

    with open_reading(service.reading.layout.root) as reading:
        found = expenses.from_totals(reading.books.totals(), "date")
        states = reading.books.states()
        commands = list(_next(reading, ends=ends))
    show(found, "date", "json" if as_json else "table")
    talk(", ".join(f"{count:,} {state}" for state, count in states.items() if count))
    called = sys.argv[0] if sys.argv[0].endswith("billdrop") else "billdrop"
    place = shlex.quote(str(service.reading.layout.root))
    for command in commands:
        talk(f"  next: {called} {command} --data-dir {place}")


def _next(reading: "Reading", *, ends: bool) -> Iterator[str]:
    """Commands that work as they stand."""
    from billdrop.cli.lookup import cell

    if ends:
        yield "up"
    yield "expenses --by month --format plot"
    yield "quarantine list"
    for entry in reading.books.quarantine()[:1]:
        yield f"why {shlex.quote(entry.document_id)}"
    for invoice in reading.archive.invoices():
        yield f"explain {shlex.quote(cell(invoice, 'invoice_id'))}"
        break
    yield _SQL
    yield "verify"
