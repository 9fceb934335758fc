"""Documents and adapters for the promises of the ledger."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from billdrop.local.ledger import open_ledger
from billdrop.memory import MemoryLedger
from billdrop.model import (
    Document,
    DocumentRef,
    Finding,
    GuidelineRef,
    Intent,
    Invoice,
    Line,
    Lost,
    Parsed,
    Record,
    Segment,
    State,
)
from billdrop.plan import ByArrival
from billdrop.ports import Archive, Books, Ledger

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GUIDELINE = GuidelineRef("plain", 1, "d" * 64, 'guideline = "plain"')


class View(Books, Archive, Protocol):
    """Both sides that answer."""


class Kept(Ledger, Protocol):
    """A ledger with the side that answers."""

    @property
    def books(self) -> View: ...


Open = Callable[[], Kept]
"""Opens the ledger; again after `close`, it is the same one."""


def memory_by_arrival(folder: Path) -> Open:
    """The same with the order and the ids of a fleet."""
    ledger = MemoryLedger(ByArrival())
    return lambda: ledger


def sqlite(folder: Path) -> Open:
    """The ledger in one SQLite file."""
    return lambda: open_ledger(folder / "ledger.db")


def memory(folder: Path) -> Open:
    """The ledger in memory; it stays when it is closed."""
    ledger = MemoryLedger()
    return lambda: ledger


def dynamo(folder: Path) -> Open:
    """The ledger on a table of its own, on the stand-in."""
    from tests.aws.standin import fresh
    from tests.aws.tables import ledger_table, open_table

    table = ledger_table(fresh())
    return lambda: open_table(table)


ADAPTERS: dict[str, Callable[[Path], Open]] = {
    "memory": memory,
    "sqlite": sqlite,
    "dynamo": dynamo,
}


_arrivals = count()


def at(minutes: float = 0) -> datetime:
    """A moment, counted from the start of the test."""
    return START + timedelta(minutes=minutes)


def ref(name: str = "a.txt", version: str = "1", customer: str = "acme") -> DocumentRef:
    """One version of one object."""
    return DocumentRef(bucket="inbox", key=f"{customer}/{name}", version=version, customer=customer)


def invoice(number: str = "INV-1", total: str = "12.00", **more: Any) -> Invoice:
    """An invoice with one line."""
    values: dict[str, Any] = {
        "issue_date": date(2026, 11, 20),
        "currency": "EUR",
        "total": Decimal(total),
        "lines": (Line(id="1", name="Widget", net=Decimal(total), source_line=4),),
    }
    return Invoice(number=number, **(values | more))


def good(*invoices: Invoice) -> tuple[Record, ...]:
    """Accepted records, one after the other."""
    return tuple(
        Record(index=index, first_line=10 * index + 1, last_line=10 * index + 9, invoice=each)
        for index, each in enumerate(invoices)
    )


def bad(index: int = 0, code: str = "BD2014") -> Record:
    """A refused record."""
    finding = Finding(code=code, message="total 3 is not net 1 + tax 1 = 2", line=7, column=3)
    return Record(
        index=index,
        first_line=10 * index + 1,
        last_line=10 * index + 9,
        invoice=None,
        findings=(finding,),
    )


def document(
    where: DocumentRef,
    content: bytes,
    *,
    sequencer: str | None = None,
    arrived: datetime = START,
) -> Document:
    """A document with its bytes."""
    return Document(
        ref=where,
        arrived_at=arrived,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
        sequencer=sequencer,
    )


def read(
    where: DocumentRef,
    records: Iterable[Record] = (),
    *,
    content: bytes | None = None,
    sequencer: str | None = None,
    arrived: datetime | None = None,
    **more: Any,
) -> Parsed:
    """
    A document as it was read; its bytes follow from its name when they are not given.

    It arrives a microsecond after the one before, unless its time is given.
    """
    arrived = arrived or START + timedelta(microseconds=next(_arrivals))
    text = where.document_id.encode() if content is None else content
    return Parsed(
        document=document(where, text, sequencer=sequencer, arrived=arrived),
        guideline=more.pop("guideline", GUIDELINE),
        records=records,
        **more,
    )


def again(parsed: Parsed, **changes: Any) -> Parsed:
    """The same document, read another time."""
    values = {name: getattr(parsed, name) for name in parsed.__struct_fields__}
    return Parsed(**(values | {"intent": Intent.REDRIVE} | changes))


def gone(where: DocumentRef) -> Lost:
    """A document that was gone."""
    return Lost(ref=where, arrived_at=START, evidence="12 bytes announced; no such file")


def rows(segments: Sequence[Segment]) -> tuple[list[Any], list[Any]]:
    """All rows of some segments."""
    return (
        [row for segment in segments for row in segment.invoices],
        [row for segment in segments for row in segment.lines],
    )


def states(books: Books) -> dict[str, int]:
    """How many documents are in each state that has any."""
    return {
        state: count
        for state, count in books.states().items()
        if count and state != "unpublished_segments"
    }


def sums(books: Books) -> list[tuple[str, str, int, Decimal]]:
    """The totals, short."""
    return [
        (total.issue_date.isoformat(), total.currency, total.invoices, total.total)
        for total in books.totals()
    ]


def latest(books: Archive) -> dict[str, tuple[str, str | None]]:
    """Revision and total of the latest revision of every number."""
    return {
        str(entry.row[2]): (str(entry.row[3]), entry.row[11])
        for entry in books.invoices()
        if entry.latest
    }


def commit(ledger: Kept, *parsed: Parsed, minutes: float = 0) -> list[State]:
    """Commit one after the other, each in a commit of its own."""
    return [ledger.commit([each], at=at(minutes)).outcomes[0].state for each in parsed]
