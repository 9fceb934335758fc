"""What is taxed is net: altogether, and at each rate what the lines of that rate add up to."""

from collections.abc import Iterator
from decimal import Decimal

from billdrop.checks.amounts import all_of, signed
from billdrop.checks.exact import EXACT, ZERO, same
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice

Rate = tuple[str | None, Decimal]
"""A category and its rate in percent."""
Stated = tuple[str | None, Decimal | None, Decimal]

HINT = 'set `checks.bases = "off"` where one amount is taxed twice, or ' + TOLERANCE


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """Checked where every share states its base; by rate, where every line states its own too."""
    total = all_of(share.base for share in invoice.taxes)
    if total is None:
        return ()
    if invoice.net is not None and not same(total, invoice.net, tolerance):
        fact = f"net {invoice.net:f} is not the sum of what is taxed, {total:f}"
        return (Fault("BD2055", fact, "net", HINT),)
    return tuple(_by_rate(invoice, tolerance))


def _by_rate(invoice: Invoice, tolerance: Decimal) -> Iterator[Fault]:
    lines = list(_of_lines(invoice)) if invoice.lines else []
    if not lines or any(category is None and rate is None for category, rate, _ in lines):
        return
    shares = [(it.category, it.rate, signed(it.base)) for it in invoice.taxes]
    named = all(category is not None for category, _, _ in (*lines, *shares))
    meant, stated = _summed(lines, named=named), _summed(shares, named=named)
    for index, (category, rate, _) in enumerate(shares):
        key = _key(category, rate, named=named)
        added, there = meant.get(key, ZERO), stated.pop(key, None)
        if there is not None and not same(added, there, tolerance):
            at = f"{key[0] or ''} {key[1]:f} %".strip()
            fact = f"at {at}, {there:f} is taxed, and the lines add up to {added:f}"
            yield Fault("BD2055", f"taxes[{index}]: {fact}", f"taxes[{index}].base", HINT)


def _of_lines(invoice: Invoice) -> Iterator[Stated]:
    """What each line adds to its rate, and each allowance and charge of the invoice."""
    for line in invoice.lines:
        if line.net is not None:
            yield line.tax_category, line.tax_rate, line.net
    for each in invoice.allowances:
        yield each.tax_category, each.tax_rate, each.amount.copy_negate()
    for each in invoice.charges:
        yield each.tax_category, each.tax_rate, each.amount
    if (invoice.allowance and not invoice.allowances) or (invoice.charge and not invoice.charges):
        yield None, None, ZERO


def _summed(stated: list[Stated], *, named: bool) -> dict[Rate, Decimal]:
    sums: dict[Rate, Decimal] = {}
    for category, rate, amount in stated:
        key = _key(category, rate, named=named)
        sums[key] = EXACT.add(sums.get(key, ZERO), amount)
    return sums


def _key(category: str | None, rate: Decimal | None, *, named: bool) -> Rate:
    """What is exempt has a rate of 0, printed or not."""
    return (category if named else None, signed(rate))
