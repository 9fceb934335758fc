"""What a commit puts into the books, as it is published and answered."""

from datetime import date
from decimal import Decimal

from billdrop.books.booking import Added, invoice_text, line_texts
from billdrop.model import Booking, RecordedInvoice, Written

MOST_INVOICES = 5_000
MOST_LINES = 50_000
"""Up to how many rows a segment holds in memory; beyond, it asks the ledger."""


class Kept:
    """Rows as CSV, up to so many."""

    def __init__(self) -> None:
        self._invoices: list[str] = []
        self._lines: list[str] = []
        self._rows = 0

    @property
    def written(self) -> Written:
        """All of them."""
        return Written(invoices=self._invoices, lines=self._lines)

    def keep(self, booking: Booking, added: Added) -> bool:
        """Keep an invoice and its lines; False when it cannot be, or when there are too many."""
        if booking.csv is None:
            return False
        self._invoices.append(invoice_text(booking, added))
        for text in line_texts(booking, added):
            self._lines.append(text)
            self._rows += text.count("\n") + 1
        return len(self._invoices) <= MOST_INVOICES and self._rows <= MOST_LINES


def recorded(booking: Booking, added: Added) -> RecordedInvoice:
    """An invoice that came into the books, as an outcome names it."""
    return RecordedInvoice(
        invoice_id=added.name,
        number=booking.printed,
        revision=added.revision,
        issue_date=date.fromisoformat(booking.issue_date),
        currency=booking.currency,
        total=Decimal(booking.total),
    )
