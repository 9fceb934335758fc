"""The tax of a line is what its rate makes of its net."""

from decimal import Decimal

from billdrop.checks.amounts import half_unit
from billdrop.checks.exact import EXACT, same
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.checks.taxes import PERCENT
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """To half a unit of the last digit that the tax is printed with, or to the tolerance if that is more."""
    faults = []
    for index, line in enumerate(invoice.lines):
        if line.net is not None and line.tax is not None and line.tax_rate is not None:
            product = EXACT.multiply(EXACT.multiply(line.net, line.tax_rate), PERCENT)
            if not same(product, line.tax, max(tolerance, half_unit(line.tax))):
                fact = (
                    f"tax {line.tax:f} is not {line.tax_rate:f} % of net {line.net:f} = {product:f}"
                )
                place = f"lines[{index}]"
                faults.append(Fault("BD2056", f"{place}: {fact}", f"{place}.tax", TOLERANCE))
    return tuple(faults)
