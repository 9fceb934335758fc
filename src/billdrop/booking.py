"""From an accepted record to what a ledger books: who it is, and its rows but for what the commit adds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from billdrop.columns import INVOICES, LINE_CELLS, LINES, invoice_row, line_cells
from billdrop.csvfile import one_row, unquoted
from billdrop.decide import content_of, folded, identity_of
from billdrop.model import Booking, DocumentRef, GuidelineRef, Invoice, Parsed, Record, Row

_BEFORE, _AFTER = slice(1, 3), slice(5, -1)
"""The cells of `INVOICES` that a booking has: the others are the commit's."""

_json = msgspec.json.Encoder().encode
_row = msgspec.json.Decoder(tuple[str | None, ...]).decode
_rows = msgspec.json.Decoder(list[tuple[str | None, ...]]).decode
_HEAD, _REST, _LINE = INVOICES[_BEFORE], INVOICES[_AFTER], LINES[LINE_CELLS:]
_DATED = (INVOICES[5], INVOICES[8])
_COMMAS, _LINE_COMMAS = len(_HEAD) + len(_REST), len(_LINE)


class Added(NamedTuple):
    """What the commit adds to a booking."""

    name: str
    """The invoice id."""
    revision: int
    supersedes: str | None
    recorded_at: str
    """UTC, as the CSV has it."""


def booked(record: Record, parsed: Parsed) -> Booking:
    """The booking of an accepted record, as it was made ahead, or made now; raises `ValueError` for another."""
    if record.booking is not None:
        return record.booking
    if parsed.guideline is None:
        raise ValueError(f"{parsed.document.ref.document_id}: an accepted record has a guideline")
    return book(
        record,
        ref=parsed.document.ref,
        guideline=parsed.guideline,
        identity=parsed.identity,
        written=isinstance(parsed.records, tuple | list),
    )


def book(
    record: Record,
    *,
    ref: DocumentRef,
    guideline: GuidelineRef,
    identity: Sequence[str],
    written: bool,
) -> Booking:
    """Work out a booking; `written`: its CSV too, which for very many is cheaper when it is asked for."""
    invoice = record.invoice
    if invoice is None:
        raise ValueError(f"{ref.document_id}: an accepted record has an invoice")
    number, whole = folded(invoice.number), identity_of(invoice, identity)
    row = invoice_row(
        invoice,
        name="",
        revision=0,
        supersedes=None,
        ref=ref,
        guideline=guideline,
        record=record,
        recorded_at="",
    )
    lines = [line_cells(place, line) for place, line in enumerate(invoice.lines, 1)]
    before, after = _json(row[_BEFORE])[1:-1].decode(), _json(row[_AFTER])[1:-1].decode()
    stored = _json(lines).decode()
    return Booking(
        number=number,
        identity="" if whole == number else whole,
        printed=invoice.number,
        issue_date=row[5] or "",
        currency=invoice.currency,
        net=row[9],
        tax=row[10],
        total=row[11] or "",
        cells=(before, after),
        lines=stored,
        csv=_csv(row, lines, f"{before},{after},{stored}") if written else None,
    )


def _csv(row: Row, lines: Sequence[Row], stored: str) -> tuple[str, str, str, tuple[str, ...]]:
    text = unquoted(stored, _COMMAS + max(len(lines) * _LINE_COMMAS - 1, 0))
    if text is not None:
        customer, number, rest = text.split(",", 2)
        rest, _, many = rest.partition(",[")
        texts = tuple(many[1:-2].split("],[")) if lines else ()
        return f"{customer},{number}", rest, f"{row[5]},{row[8]}", texts
    return (
        one_row(_HEAD, row[_BEFORE]),
        one_row(_REST, row[_AFTER]),
        one_row(_DATED, (row[5], row[8])),
        tuple([one_row(_LINE, line) for line in lines]),
    )


def cells(booking: Booking, added: Added) -> str:
    """The cells of an invoice revision as JSON, in the order of `INVOICES`."""
    before, after = booking.cells
    name, revision, supersedes, recorded_at = added
    replaced = "null" if supersedes is None else f'"{supersedes}"'
    return f'["{name}",{before},"{revision}",{replaced},{after},"{recorded_at}"]'


def row_of(stored: str) -> Row:
    """The cells of an invoice out of their JSON."""
    return _row(stored)


def lines_of(stored: str) -> list[Row]:
    """The cells of its lines, without those that repeat the invoice, out of their JSON."""
    return _rows(stored)


def invoice_text(booking: Booking, added: Added) -> str:
    """The row of an invoice revision as CSV."""
    assert booking.csv is not None, "it is written"
    before, after, _, _ = booking.csv
    name, revision, supersedes, recorded_at = added
    return f"{name},{before},{revision},{supersedes or ''},{after},{recorded_at}"


def line_texts(booking: Booking, added: Added) -> list[str]:
    """The rows of its lines as CSV."""
    assert booking.csv is not None, "it is written"
    before, _, dated, lines = booking.csv
    head = f"{added.name},{before},{added.revision},{dated},"
    return [head + line for line in lines]


_NAMES = [column.name for column in INVOICES]
_NAMES_OF_LINE = [
    "id" if column.name == "line_id" else column.name for column in LINES[LINE_CELLS:-1]
]


def invoice_of(row: Row, lines: Sequence[Row]) -> Invoice:
    """The invoice that cells state; where its lines stood is left off."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["extra"] = msgspec.json.decode(values["extra"] or "{}")
    values["lines"] = [dict(zip(_NAMES_OF_LINE, line[:-1], strict=True)) for line in lines]
    return msgspec.convert(values, Invoice)


def content(record: Record, booking: Booking) -> bytes:
    """16 bytes, equal for invoices that state the same; see `content_of`."""
    if record.invoice is not None:
        return content_of(record.invoice)
    row = row_of(cells(booking, Added("", 0, None, "")))
    return content_of(invoice_of(row, lines_of(booking.lines)))
