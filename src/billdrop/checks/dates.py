"""The due date is not before the issue date."""

from decimal import Decimal

from billdrop.checks.fault import Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """The tolerance is of amounts; dates have none."""
    due = invoice.due_date
    if due is None or due >= invoice.issue_date:
        return ()
    fact = f"due_date {due} is before issue_date {invoice.issue_date}"
    return (Fault("BD2019", fact, "due_date", "check both dates"),)
