"""Credit notes: as they are printed, and as the books count them."""

from decimal import Decimal

from msgspec.structs import replace

from billdrop.model.invoices import CREDIT_NOTES, Adjustment, Invoice, Line, TaxShare

SIGNED = (
    "total",
    "net",
    "tax",
    "payable",
    "line_net",
    "allowance",
    "charge",
    "prepaid",
    "rounding",
    "withheld",
)
"""The amounts of an invoice."""
SIGNED_OF_LINE = ("quantity", "net", "tax", "allowance", "charge")
"""What of a line is turned: quantity times price is its net still."""


def counted(invoice: Invoice) -> Invoice:
    """The invoice as the books count it: a credit note takes away what it states."""
    return opposite(invoice) if invoice.type_code in CREDIT_NOTES else invoice


def opposite(invoice: Invoice) -> Invoice:
    """The same with the other sign, wherever there is one; done twice, it is the invoice."""
    turned = {name: _turned(getattr(invoice, name)) for name in SIGNED}
    return replace(
        invoice,
        **turned,
        taxes=tuple([_tax(share) for share in invoice.taxes]),
        allowances=tuple([_adjustment(each) for each in invoice.allowances]),
        charges=tuple([_adjustment(each) for each in invoice.charges]),
        lines=tuple([_line(line) for line in invoice.lines]),
    )


def _turned(value: Decimal | None) -> Decimal | None:
    return value.copy_negate() if value else value


def _tax(share: TaxShare) -> TaxShare:
    return replace(share, amount=_turned(share.amount), base=_turned(share.base))


def _adjustment(each: Adjustment) -> Adjustment:
    return replace(each, amount=_turned(each.amount))


def _line(line: Line) -> Line:
    return replace(line, **{name: _turned(getattr(line, name)) for name in SIGNED_OF_LINE})
