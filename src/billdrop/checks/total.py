"""Net plus tax is total."""

from decimal import Decimal

from billdrop.checks.amounts import net_of, signed, tax_of
from billdrop.checks.exact import EXACT, ZERO, same, total_of
from billdrop.checks.fault import TOLERANCE, Check, Fault
from billdrop.guidelines.model import Checks
from billdrop.model import Invoice

LEFT = (
    'it is what is left of it after `withheld`: print the whole, or set `checks.withheld = "total"`'
)


def build(checks: Checks) -> Check:
    """Some layouts take off the total what is withheld, and add to it what rounds it."""

    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        net, tax = net_of(invoice), tax_of(invoice)
        if net is None:
            return ()
        rounding = signed(invoice.rounding) if checks.rounding == "total" else ZERO
        withheld = signed(invoice.withheld) if checks.withheld == "total" else ZERO
        gross = total_of((net, signed(tax), rounding, withheld.copy_negate()))
        if same(gross, invoice.total, tolerance):
            return ()
        more = (f" + rounding {rounding:f}" if rounding else "") + (
            f" - withheld {withheld:f}" if withheld else ""
        )
        fault = _fault(invoice, net, tax, more, gross)
        if checks.withheld == "payable" and _is_what_is_left(invoice, gross, tolerance):
            return (fault._replace(hint=LEFT),)
        return (fault,)

    return check


def _is_what_is_left(invoice: Invoice, gross: Decimal, tolerance: Decimal) -> bool:
    withheld = signed(invoice.withheld)
    return withheld != ZERO and same(EXACT.subtract(gross, withheld), invoice.total, tolerance)


def _fault(invoice: Invoice, net: Decimal, tax: Decimal | None, more: str, gross: Decimal) -> Fault:
    """Without a tax of the invoice, that of its shares or lines counts; without any, net is the total."""
    total = f"total {invoice.total:f} is not net {net:f}"
    if tax is None and not more:
        hint = "declare where the tax stands, or " + TOLERANCE
        return Fault("BD2014", f"{total}, and no tax is stated", "total", hint)
    of_lines = "of its lines " if invoice.tax is None and not invoice.taxes else ""
    taxed = "" if tax is None else f" + tax {of_lines}{tax:f}"
    return Fault("BD2014", f"{total}{taxed}{more} = {gross:f}", "total", TOLERANCE)
