"""The sum of the lines, less allowances, plus charges, is net."""

from decimal import Decimal

from billdrop.checks.amounts import adjusted, after
from billdrop.checks.exact import same
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Checked where both are stated."""
    net, sum_ = invoice.net, invoice.line_net
    if net is None or sum_ is None or same(meant := after(sum_, invoice), net, tolerance):
        return ()
    fact = f"net {net:f} is not line_net {sum_:f}{adjusted(invoice)} = {meant:f}"
    return (Fault("BD2050", fact, "net", TOLERANCE),)
