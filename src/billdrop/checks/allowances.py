"""The allowances and the charges add up to what is stated of each together."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from billdrop.checks.exact import same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Adjustment, Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Where the sum is stated and not one of them, nothing is checked."""
    return (
        *_compared("allowance", invoice.allowance, invoice.allowances, tolerance),
        *_compared("charge", invoice.charge, invoice.charges, tolerance),
    )


def _compared(
    name: str, stated: Decimal | None, each: Sequence[Adjustment], tolerance: Decimal
) -> Iterator[Fault]:
    if stated is None or not each:
        return
    total = total_of([one.amount for one in each])
    if not same(total, stated, tolerance):
        fact = f"{name} {stated:f} is not the sum of its {len(each)} {name}s, {total:f}"
        yield Fault("BD2051", fact, name, TOLERANCE)
