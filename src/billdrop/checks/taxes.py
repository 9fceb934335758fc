"""The shares of the tax add up to it, and each is what its rate makes of its base."""

from collections.abc import Iterator
from decimal import Decimal

from billdrop.checks.amounts import half_unit
from billdrop.checks.exact import EXACT, same, total_of
from billdrop.checks.fault import TOLERANCE, Check, Fault
from billdrop.guidelines.model import Checks
from billdrop.model import Invoice, TaxShare

PERCENT = Decimal("0.01")


def build(checks: Checks) -> Check:
    """Where their sum alone is rounded, each of them may be off by half a unit."""
    apart = checks.tax_rounding == "sum"

    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        room = (
            total_of([half_unit(share.amount) for share in invoice.taxes]) if apart else tolerance
        )
        return _checked(invoice, tolerance, max(tolerance, room))

    return check


def _checked(invoice: Invoice, tolerance: Decimal, together: Decimal) -> tuple[Fault, ...]:
    """A product may be rounded once, and once more for each line (BR-CO-17)."""
    if not invoice.taxes:
        return ()
    faults = [*_sum(invoice, together)]
    for index, share in enumerate(invoice.taxes):
        if share.base is not None and share.rate is not None:
            product = EXACT.multiply(EXACT.multiply(share.base, share.rate), PERCENT)
            room = half_unit(share.amount) * max(len(invoice.lines) + 1, 2)
            if not same(product, share.amount, max(tolerance, room)):
                faults.append(_fault(index, share, product))
    return tuple(faults)


def _sum(invoice: Invoice, tolerance: Decimal) -> Iterator[Fault]:
    total = total_of([share.amount for share in invoice.taxes])
    if invoice.tax is not None and not same(total, invoice.tax, tolerance):
        fact = f"tax {invoice.tax:f} is not the sum of its {len(invoice.taxes)} shares, {total:f}"
        yield Fault("BD2053", fact, "tax", TOLERANCE)


def _fault(index: int, share: TaxShare, product: Decimal) -> Fault:
    fact = f"amount {share.amount:f} is not {share.rate:f} % of {share.base:f} = {product:f}"
    return Fault("BD2054", f"taxes[{index}]: {fact}", f"taxes[{index}].amount", TOLERANCE)
