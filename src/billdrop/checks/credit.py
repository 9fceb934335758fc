"""A credit note states what it gives back: it takes from the expenses."""

from decimal import Decimal

from billdrop.checks.fault import Fault
from billdrop.model import CREDIT_NOTES, Invoice

HINT = (
    'set `credit_notes = "negative"` in the guideline if amounts of its credit notes have a minus'
)


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """The tolerance is of sums; a sign has none."""
    if invoice.type_code not in CREDIT_NOTES or invoice.total >= 0:
        return ()
    total = invoice.total.copy_abs()
    fact = f"the credit note gives back less than nothing: it will add {total:f} to the expenses"
    return (Fault("BD2057", fact, "total", HINT),)
