"""The total, less what was paid before, rounded, is what is payable."""

from decimal import Decimal

from billdrop.checks.amounts import signed
from billdrop.checks.exact import same, total_of
from billdrop.checks.fault import TOLERANCE, Check, Fault
from billdrop.guidelines.model import Checks
from billdrop.model import Invoice

PAID = "declare where `prepaid` stands, or " + TOLERANCE


def build(checks: Checks) -> Check:
    """What is withheld, or rounds, is left out here where it is in the total already."""

    def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
        payable = invoice.payable
        if payable is None:
            return ()
        prepaid = signed(invoice.prepaid)
        rounding = signed(invoice.rounding if checks.rounding == "payable" else None)
        withheld = signed(invoice.withheld if checks.withheld == "payable" else None)
        taken = (prepaid.copy_negate(), withheld.copy_negate())
        due = total_of((invoice.total, *taken, rounding))
        if same(due, payable, tolerance):
            return ()
        terms = (
            ("-", "prepaid", prepaid),
            ("-", "withheld", withheld),
            ("+", "rounding", rounding),
        )
        told = "".join(f" {sign} {name} {it:f}" for sign, name, it in terms if it)
        fact = f"payable {payable:f} is not total {invoice.total:f}" + (
            f"{told} = {due:f}" if told else ""
        )
        hint = TOLERANCE if prepaid else PAID
        return (Fault("BD2052", fact, "payable", hint),)

    return check
