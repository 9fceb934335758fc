"""What is worked out fits the columns of SQL; what is printed was looked at when it was read."""

from collections.abc import Sequence
from decimal import Decimal

from billdrop.books.columns import excess, room
from billdrop.checks.fault import Check, Fault
from billdrop.model import Invoice


def build(sums: Sequence[str]) -> Check:
    """The check of the fields that a guideline adds up."""
    held = room("money")

    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        faults = []
        for name in sums:
            amount: Decimal | None = getattr(invoice, name)
            if amount is not None and (fact := excess(amount, held)):
                message = f"{name}: the sum {amount:f} has {fact}"
                faults.append(Fault("BD2028", message, name, "correct the file"))
        return tuple(faults)

    return check
