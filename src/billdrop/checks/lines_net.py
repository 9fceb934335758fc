"""The lines add up to net."""

from decimal import Decimal

from billdrop.checks.exact import same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Lines that state no amount count nothing; without any that does, nothing is checked."""
    net = invoice.net
    amounts = [it for line in invoice.lines if (it := line.net) is not None]
    if net is None or not amounts or same(total := total_of(amounts), net, tolerance):
        return ()
    fact = f"net {net:f} is not the sum of its {len(amounts)} lines, {total:f}"
    return (Fault("BD2013", fact, "net", TOLERANCE),)
