"""What an invoice states of itself, where it says so in one of several places."""

from collections.abc import Iterable
from decimal import Decimal

from billdrop.checks.exact import EXACT, ZERO, total_of
from billdrop.model import Invoice


def all_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; nothing where one is not stated, or there are none."""
    stated = list(amounts)
    return (
        total_of([it for it in stated if it is not None]) if stated and None not in stated else None
    )


def allowance_of(invoice: Invoice) -> Decimal:
    """What is taken off the lines."""
    if invoice.allowance is not None:
        return invoice.allowance
    return total_of([each.amount for each in invoice.allowances])


def charge_of(invoice: Invoice) -> Decimal:
    """What is added to the lines."""
    if invoice.charge is not None:
        return invoice.charge
    return total_of([each.amount for each in invoice.charges])


def after(amount: Decimal, invoice: Invoice) -> Decimal:
    """An amount of lines less allowances plus charges."""
    return EXACT.add(EXACT.subtract(amount, allowance_of(invoice)), charge_of(invoice))


def net_of(invoice: Invoice) -> Decimal | None:
    """As stated, or what follows from the sum of the lines, or what is taxed."""
    if invoice.net is not None:
        return invoice.net
    if invoice.line_net is not None:
        return after(invoice.line_net, invoice)
    return all_of(share.base for share in invoice.taxes)


def tax_of(invoice: Invoice) -> Decimal | None:
    """As stated, or its shares, or that of the lines; a line that states none counts nothing."""
    if invoice.tax is not None:
        return invoice.tax
    stated = [share.amount for share in invoice.taxes]
    stated = stated or [line.tax for line in invoice.lines if line.tax is not None]
    return total_of(stated) if stated else None


def adjusted(invoice: Invoice) -> str:
    """The allowances and charges in words, with a blank before them; nothing where there are none."""
    less, more = allowance_of(invoice), charge_of(invoice)
    return (f" - allowance {less:f}" if less else "") + (f" + charge {more:f}" if more else "")


def half_unit(amount: Decimal) -> Decimal:
    """Half of one in the last place: 0.005 for 12.50."""
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int), "amounts are finite"
    return Decimal((0, (5,), exponent - 1))


def signed(amount: Decimal | None) -> Decimal:
    """What is not stated is nothing."""
    return ZERO if amount is None else amount
