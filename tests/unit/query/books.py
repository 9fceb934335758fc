"""A small fixed set of invoices, as rows and as a destination."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from billdrop.books.booking import Added, book, cells, lines_of, row_of
from billdrop.books.columns import INVOICES, LINES, Column, line_head
from billdrop.books.csvfile import objects
from billdrop.local.folder_destination import FolderDestination
from billdrop.model import DocumentRef, GuidelineRef, Invoice, Record, Row, Segment


def row(columns: Sequence[Column], **cells: str) -> Row:
    return tuple(cells.get(column.name) for column in columns)


def invoice(name: str, day: str, total: str, currency: str = "EUR", **cells: str) -> Row:
    given = {
        "revision": "1",
        "customer": "acme",
        "number": name,
        "line_count": "0",
        "recorded_at": RECORDED,
    }
    stated = {"invoice_id": name, "issue_date": day, "currency": currency, "total": total}
    return row(INVOICES, **given | stated | cells)


def line(owner: str, position: str, **cells: str) -> Row:
    given = {"invoice_id": owner, "position": position, "revision": "1", "source_line": "1"}
    return row(LINES, **given | cells)


RECORDED = "2026-11-22 10:00:00.000"


FIRST = Segment(
    name="s-1",
    received=date(2026, 11, 22),
    invoices=[
        invoice("a", "2026-11-15", "100.00", net="90.00", tax="10.00", seller="Moon & Sons"),
        invoice("b", "2026-11-15", "50.01", net="45.01", tax="5.00", seller="-Dash, Ltd"),
        invoice("c", "2026-11-30", "-7.5", seller="Moon & Sons", extra='{"cost center": "4\\"2"}'),
        invoice("d", "2026-12-01", "0.0001", "XAU", number="00042"),
    ],
    lines=[
        line("a", "1", name="Phaser", quantity="3", unit_price="30", net="90.00"),
        line("b", "1", name="Damper, inertial", quantity="2.5", unit_price="18.004", net="45.01"),
    ],
)

SECOND = Segment(
    name="s-2",
    received=date(2026, 11, 23),
    invoices=[
        invoice(
            "a2", "2026-11-15", "200", number="a", revision="2", supersedes="a", seller="Moon & Sons",
            net="180", tax="20", recorded_at="2026-11-23 10:00:00.250",
        ),
    ],
    lines=[line("a2", "1", name="Phaser", quantity="7", unit_price="30", net="180")],
)  # fmt: skip


def segment_of(stated: Invoice) -> Segment:
    """An invoice as a ledger books it."""
    record = Record(index=0, first_line=1, last_line=9, invoice=stated)
    ref = DocumentRef(bucket="inbox", key="acme/g.txt", version="1", customer="acme")
    guideline = GuidelineRef(name="plain", version=1, digest="d", text="")
    booking = book(record, ref=ref, guideline=guideline, identity=("number",), written=True)
    invoices = [row_of(cells(booking, Added(stated.number, 1, None, RECORDED)))]
    lines = [(*line_head(invoices[0]), *line) for line in lines_of(booking.lines)]
    return Segment(name="s-3", received=date(2026, 11, 24), invoices=invoices, lines=lines)


def published(root: Path, *more: Invoice) -> FolderDestination:
    destination = FolderDestination(root)
    for segment in (FIRST, SECOND, *map(segment_of, more)):
        for key, body in objects(segment):
            destination.put(key, body)
    destination.flush()
    return destination
