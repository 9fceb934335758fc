"""The lines' tax adds up to tax."""

from decimal import Decimal

from billdrop.checks.amounts import allowance_of, charge_of
from billdrop.checks.exact import same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """
    A line without tax counts as 0, where any line has tax.

    Not where allowances or charges of the whole invoice are taxed beside the lines.
    """
    tax = invoice.tax
    if allowance_of(invoice) or charge_of(invoice):
        return ()
    amounts = [it for line in invoice.lines if (it := line.tax) is not None]
    if tax is None or not amounts or same(total := total_of(amounts), tax, tolerance):
        return ()
    fact = f"tax {tax:f} is not the sum of its lines' tax, {total:f}"
    return (Fault("BD2017", fact, "tax", TOLERANCE),)
