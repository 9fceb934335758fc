"""Quantity times unit price is the line's net."""

from decimal import Decimal

from billdrop.checks.exact import EXACT, same
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice, Line


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """To half a unit of the last digit that net is printed with, or to the tolerance if that is more."""
    faults = []
    for index, line in enumerate(invoice.lines):
        if line.quantity is not None and line.unit_price is not None and line.net is not None:
            product = EXACT.multiply(line.quantity, line.unit_price)
            if product != line.net and not _close(product, line.net, tolerance):
                faults.append(_fault(index, line, product))
    return tuple(faults)


def _close(product: Decimal, net: Decimal, tolerance: Decimal) -> bool:
    return same(product, net, max(tolerance, half_unit(net)))


def half_unit(amount: Decimal) -> Decimal:
    """Half of one in the last place: 0.005 for 12.50."""
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return Decimal((0, (5,), exponent - 1))


def _fault(index: int, line: Line, product: Decimal) -> Fault:
    fact = f"net {line.net:f} is not {line.quantity:f} times {line.unit_price:f} = {product:f}"
    return Fault("BD2018", f"lines[{index}]: {fact}", f"lines[{index}].net", TOLERANCE)
