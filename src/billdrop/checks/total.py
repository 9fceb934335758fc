"""Net plus tax is total."""

from decimal import Decimal

from billdrop.checks.exact import EXACT, same
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Checked where both are stated."""
    net, tax, total = invoice.net, invoice.tax, invoice.total
    if net is None or tax is None or same(gross := EXACT.add(net, tax), total, tolerance):
        return ()
    fact = f"total {total:f} is not net {net:f} + tax {tax:f} = {gross:f}"
    return (Fault("BD2014", fact, "total", TOLERANCE),)
