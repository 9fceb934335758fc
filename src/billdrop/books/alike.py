"""Which invoices of a customer may be one, though their identities differ: pure, the same for every ledger."""

from decimal import Decimal

import msgspec
from msgspec import Struct

from billdrop.books.booking import Added, cells, row_of
from billdrop.books.columns import INVOICES
from billdrop.books.decide import SEPARATOR, folded
from billdrop.books.likeness import likeness
from billdrop.books.sellers import Seller, differ
from billdrop.model import LIKENESS, Booking, Finding, Record, Row

_NAMES = [column.name for column in INVOICES]
_SELLER, _SELLER_ID, _TAX_ID = (
    _NAMES.index(name) for name in ("seller", "seller_id", "seller_tax_id")
)
_EXTRA, _GUIDELINE, _DOCUMENT = (
    _NAMES.index(name) for name in ("extra", "guideline", "document_id")
)
_SERIES = '\\"series\\"'
"""How the cells of an invoice with a series as JSON name it."""

_extra = msgspec.json.Decoder(dict[str, str]).decode


class Told(Struct, frozen=True, array_like=True, gc=False):
    """What tells an invoice of the books from another one that looks like it."""

    identity: str
    document: str
    """The id of the document that stated it last."""
    guideline: str
    """By its name."""
    seller: str | None = None
    seller_id: str | None = None
    seller_tax_id: str | None = None


def likeness_of(customer: str, booking: Booking) -> int:
    """See `likeness`; what is booked in bulk has none worked out yet."""
    if booking.likeness:
        return booking.likeness
    return likeness(
        customer,
        booking.number,
        booking.issue_date,
        booking.currency,
        booking.total,
        _series(_row(booking)) if _SERIES in booking.cells[1] else "",
    )


def likeness_of_cells(customer: str, number: str, stored: str) -> int:
    """The same of an invoice in the books, by its folded number and its cells as JSON."""
    row = row_of(stored)
    issue_date, currency, total = (
        row[_NAMES.index(name)] or "" for name in ("issue_date", "currency", "total")
    )
    return likeness(customer, number, issue_date, currency, total, _series(row))


def told(identity: str, row: Row) -> Told:
    """What tells an invoice from others, by its cells."""
    stated_in, guideline = row[_DOCUMENT] or "", row[_GUIDELINE] or ""
    return Told(identity, stated_in, guideline, row[_SELLER], row[_SELLER_ID], row[_TAX_ID])


def told_of(identity: str, booking: Booking) -> Told:
    """The same of an invoice that is not in the books."""
    return told(identity, _row(booking))


def apart(one: Told, other: Told) -> bool:
    """
    Whether two invoices that look alike are known to be two.

    They are the same entry of the books; or one guideline has told them apart by the fields that it
    names as the identity; or their sellers are stated and differ.
    """
    if one.identity == other.identity:
        return True
    fields = one.identity.count(SEPARATOR) == other.identity.count(SEPARATOR)
    if fields and one.guideline == other.guideline:
        return True
    return differ(_seller(one), _seller(other))


def _seller(one: Told) -> Seller:
    return Seller(one.seller, one.seller_id, one.seller_tax_id)


def looks_like(record: Record, booking: Booking, known: Told) -> Finding:
    """Says that an invoice waits because it may be in the books under another identity."""
    amount = f"{Decimal(booking.total):f} {booking.currency}"
    return Finding(
        code=LIKENESS,
        message=(
            f"invoice {booking.printed} of {booking.issue_date} over {amount} may be the one"
            f" recorded from {known.document}, read by `{known.guideline}`: it would count twice"
        ),
        line=record.first_line,
        column=record.column or None,
        hint="if it is another invoice, `billdrop quarantine release` records it; if it is the"
        " same, `billdrop quarantine reject` keeps it out",
        field="number",
        held=True,
    )


def _series(row: Row) -> str:
    """What a number continues, where an invoice states that apart."""
    return folded(_extra(row[_EXTRA] or "{}").get("series", ""))


def _row(booking: Booking) -> Row:
    return row_of(cells(booking, Added("", 0, None, "")))
