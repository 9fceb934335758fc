"""Quantity times unit price, less the line's allowances, plus its charges, is its net."""

from decimal import Decimal

from billdrop.checks.amounts import half_unit, signed
from billdrop.checks.exact import EXACT, same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice, Line

ONE = Decimal(1)


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """To half a unit of the last digit that net is printed with, or to the tolerance if that is more."""
    faults = []
    for index, line in enumerate(invoice.lines):
        if line.quantity is not None and line.unit_price is not None and line.net is not None:
            product = EXACT.multiply(line.quantity, line.unit_price)
            if product != line.net or line.says_more:
                meant = _times_base(line)
                if product != meant and not _close(product, meant, line, tolerance):
                    faults.append(_fault(index, line, product))
    return tuple(faults)


def _times_base(line: Line) -> Decimal:
    """What quantity times price must be; nothing is divided, for that would round."""
    before = total_of((signed(line.net), signed(line.allowance), signed(line.charge).copy_negate()))
    return EXACT.multiply(before, ONE if line.price_base is None else line.price_base)


def _close(product: Decimal, meant: Decimal, line: Line, tolerance: Decimal) -> bool:
    assert line.net is not None
    room = max(tolerance, half_unit(line.net))
    base = ONE if line.price_base is None else line.price_base
    return same(product, meant, EXACT.multiply(room, base.copy_abs()))


def _fault(index: int, line: Line, product: Decimal) -> Fault:
    base = line.price_base
    made = f"{line.quantity:f} times {line.unit_price:f}" + (
        "" if base is None else f" for {base:f}"
    )
    beside = "".join(
        f" {sign} {name} {it:f}"
        for sign, name, it in (("-", "allowance", line.allowance), ("+", "charge", line.charge))
        if it
    )
    shown = f" = {product:f}" if base is None and not beside else ""
    fact = f"lines[{index}]: net {line.net:f} is not {made}{beside}{shown}"
    return Fault("BD2018", fact, f"lines[{index}].net", TOLERANCE)
