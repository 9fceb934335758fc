"""From an accepted record to what a ledger books: who it is, and its rows but for what the commit adds."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from billdrop.books.columns import INVOICES, LINE_CELLS, LINES, padded
from billdrop.books.csvfile import one_row, unquoted
from billdrop.books.decide import content_of, folded, identity_of
from billdrop.books.likeness import likeness
from billdrop.books.rows import LINE_STEM, STEM, invoice_row, line_rows
from billdrop.model import (
    Booking,
    DocumentRef,
    GuidelineRef,
    Invoice,
    Parsed,
    Record,
    Row,
    counted,
)

_BEFORE, _AFTER, _FURTHER = slice(1, 3), slice(5, STEM.invoices - 1), slice(STEM.invoices, None)
"""The cells of `INVOICES` that a booking has: the others are the commit's."""

_json = msgspec.json.Encoder().encode
_row = msgspec.json.Decoder(tuple[str | None, ...]).decode
_rows = msgspec.json.Decoder(list[tuple[str | None, ...]]).decode
_HEAD, _REST, _LINE = INVOICES[_BEFORE], INVOICES[_AFTER], LINES[LINE_CELLS:]
_DATED = (INVOICES[5], INVOICES[8])
_COMMAS = len(_HEAD) + len(_REST)
_NO_MORE, _NO_MORE_OF_LINE = "," * len(INVOICES[_FURTHER]), "," * (len(_LINE) - LINE_STEM)
_WIDTH, _OWN = len(INVOICES), len(_LINE)


class Added(NamedTuple):
    """What the commit adds to a booking."""

    name: str
    """The invoice id."""
    revision: int
    supersedes: str | None
    recorded_at: str
    """UTC, as the CSV has it."""


def for_books(parsed: Parsed) -> Iterable[Record]:
    """The records as a ledger books them; those of a large document may have their booking alone."""
    shorter: Callable[[DocumentRef], Iterable[Record]] | None
    shorter = getattr(parsed.records, "for_books", None)
    return parsed.records if shorter is None else shorter(parsed.document.ref)


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
    stated = counted(invoice)
    row = invoice_row(
        stated,
        name="",
        revision=0,
        supersedes=None,
        ref=ref,
        guideline=guideline,
        record=record,
        recorded_at="",
    )
    lines = line_rows(stated)
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
        further=f",{_json(further)[1:-1].decode()}" if (further := row[_FURTHER]) else "",
        lines=stored,
        csv=_csv(row, lines, f"{before},{after},{stored}") if written else None,
        likeness=_likeness(ref.customer, number, stated, row) if written else 0,
    )


def _likeness(customer: str, number: str, stated: Invoice, row: Row) -> int:
    series = folded(stated.extra.get("series", ""))
    return likeness(customer, number, row[5] or "", stated.currency, row[11] or "", series)


def _csv(row: Row, lines: Sequence[Row], stored: str) -> tuple[str, str, str, str, str]:
    width = len(lines[0]) if lines else 0
    text = unquoted(stored, _COMMAS + max(len(lines) * width - 1, 0))
    more = _further(row)
    if text is not None:
        customer, number, rest = text.split(",", 2)
        rest, _, many = rest.partition(",[")
        end = _NO_MORE_OF_LINE if width == LINE_STEM else ""
        each = many[1:-2].replace("],[", f"{end}\n") + end
        return f"{customer},{number}", rest, more, f"{row[5]},{row[8]}", each
    return (
        one_row(_HEAD, row[_BEFORE]),
        one_row(_REST, row[_AFTER]),
        more,
        one_row(_DATED, (row[5], row[8])),
        "\n".join([one_row(_LINE, padded(line, _OWN)) for line in lines]),
    )


def _further(row: Row) -> str:
    """The end of a row as CSV, from the comma before it."""
    cells = row[_FURTHER]
    return f",{one_row(INVOICES[_FURTHER], cells)}" if cells else _NO_MORE


def cells(booking: Booking, added: Added) -> str:
    """The cells of an invoice revision as JSON, in the order of `INVOICES`."""
    before, after = booking.cells
    name, revision, supersedes, recorded_at = added
    replaced = "null" if supersedes is None else f'"{supersedes}"'
    return f'["{name}",{before},"{revision}",{replaced},{after},"{recorded_at}"{booking.further}]'


def row_of(stored: str) -> Row:
    """The cells of an invoice out of their JSON."""
    return padded(_row(stored), _WIDTH)


def lines_of(stored: str) -> list[Row]:
    """The cells of its lines, without those that repeat the invoice, out of their JSON."""
    return [padded(row, _OWN) for row in _rows(stored)]


def invoice_text(booking: Booking, added: Added) -> str:
    """The row of an invoice revision as CSV."""
    assert booking.csv is not None, "it is written"
    before, after, more, _, _ = booking.csv
    name, revision, supersedes, recorded_at = added
    return f"{name},{before},{revision},{supersedes or ''},{after},{recorded_at}{more}"


def line_texts(booking: Booking, added: Added) -> list[str]:
    """The rows of its lines as CSV: one text, or none where it has no lines."""
    assert booking.csv is not None, "it is written"
    before, _, _, dated, lines = booking.csv
    if not lines:
        return []
    head = f"{added.name},{before},{added.revision},{dated},"
    return [head + lines.replace("\n", f"\n{head}")]


_NAMES = [column.name for column in INVOICES]
_NAMES_OF_LINE = ["id" if column.name == "line_id" else column.name for column in _LINE]
_SEVERAL = ("taxes", "allowances", "charges", "other_accounts")


def invoice_of(row: Row, lines: Sequence[Row]) -> Invoice:
    """The invoice that cells state, as it is printed; where its lines stood is left off."""
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["extra"] = msgspec.json.decode(values["extra"] or "{}")
    for name in _SEVERAL:
        values[name] = msgspec.json.decode(values[name] or "[]")
    values["lines"] = [
        dict(zip(_NAMES_OF_LINE, line, strict=True)) | {"source_line": 0} for line in lines
    ]
    return counted(msgspec.convert(values, Invoice))


def content(record: Record, booking: Booking) -> bytes:
    """16 bytes, equal for invoices that state the same; see `content_of`."""
    if record.invoice is not None:
        return content_of(record.invoice)
    row = row_of(cells(booking, Added("", 0, None, "")))
    return content_of(invoice_of(row, lines_of(booking.lines)))
