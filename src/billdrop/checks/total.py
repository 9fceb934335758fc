"""Net plus tax is total."""

from decimal import Decimal

from billdrop.checks.exact import EXACT, same, total_of
from billdrop.checks.fault import TOLERANCE, Fault
from billdrop.model import Invoice


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """
    Checked where net is stated.

    Without a tax of the invoice, that of its lines counts; without any, net is the total.
    """
    net, total = invoice.net, invoice.total
    if net is None:
        return ()
    tax = invoice.tax if invoice.tax is not None else _tax_of_lines(invoice)
    gross = net if tax is None else EXACT.add(net, tax)
    if same(gross, total, tolerance):
        return ()
    if tax is None:
        fact = f"total {total:f} is not net {net:f}, and no tax is stated"
        return (Fault("BD2014", fact, "total", "declare where the tax stands, or " + TOLERANCE),)
    whose = "" if invoice.tax is not None else "of its lines "
    fact = f"total {total:f} is not net {net:f} + tax {whose}{tax:f} = {gross:f}"
    return (Fault("BD2014", fact, "total", TOLERANCE),)


def _tax_of_lines(invoice: Invoice) -> Decimal | None:
    stated = [line.tax for line in invoice.lines if line.tax is not None]
    return total_of(stated) if stated else None
