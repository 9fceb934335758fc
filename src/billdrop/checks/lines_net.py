"""The lines add up to the sum that is stated of them, or to net before allowances and charges."""

from decimal import Decimal

from billdrop.checks.amounts import adjusted, after, net_of
from billdrop.checks.exact import same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice

BESIDE = "a fee or discount beside the lines is a `charge` or `allowance`; else " + TOLERANCE


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Lines that state no amount count nothing; without any that does, nothing is checked."""
    amounts = [it for line in invoice.lines if (it := line.net) is not None]
    if not amounts:
        return ()
    total = total_of(amounts)
    count = f"its {len(amounts)} lines" if len(amounts) > 1 else "its only line"
    if invoice.line_net is not None:
        if same(total, invoice.line_net, tolerance):
            return ()
        fact = f"line_net {invoice.line_net:f} is not the sum of {count}, {total:f}"
        return (Fault("BD2013", fact, "line_net", TOLERANCE),)
    net = net_of(invoice)
    if net is None or same(total, net, tolerance):
        return ()
    meant = after(total, invoice)
    if same(meant, net, tolerance):
        return ()
    beside = adjusted(invoice)
    sum_ = f"{total:f}{beside} = {meant:f}" if beside else f"{total:f}"
    fact = f"net {net:f} is not the sum of {count}, {sum_}"
    return (Fault("BD2013", fact, "net", BESIDE),)
