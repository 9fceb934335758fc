"""Invoices in the sense of EN 16931, and what was read of them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec import Struct

from billdrop.model.findings import Finding, Spans, errors_of, first_error

CREDIT_NOTES = frozenset(
    ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532")
)
"""The types of UNTDID 1001 that EN 16931 calls credit notes: their amounts count as negative."""


class Adjustment(Struct, frozen=True, kw_only=True, gc=False):
    """An allowance (BG-20) or a charge (BG-21) of the whole invoice; which of them, its list says."""

    amount: Decimal
    """BT-92, BT-99: without tax, positive where it reduces (allowance) or adds (charge)."""
    reason: str | None = None
    """BT-97, BT-104."""
    tax_category: str | None = None
    """BT-95, BT-102."""
    tax_rate: Decimal | None = None
    """BT-96, BT-103, in percent."""


class TaxShare(Struct, frozen=True, kw_only=True, gc=False):
    """The part of an invoice that is taxed alike (BG-23)."""

    amount: Decimal
    """BT-117."""
    base: Decimal | None = None
    """BT-116, the amount that is taxed."""
    category: str | None = None
    """BT-118, as printed: `S`, `Z`, `E`, `AE`, or a standard's own name of the tax."""
    rate: Decimal | None = None
    """BT-119, in percent."""


class Line(Struct, frozen=True, kw_only=True, gc=False):
    """One line of an invoice (BG-25)."""

    id: str | None = None
    """BT-126, as printed."""
    name: str | None = None
    """BT-153."""
    description: str | None = None
    """BT-154."""
    item_id: str | None = None
    """BT-155, the seller's identifier of the item."""
    quantity: Decimal | None = None
    """BT-129."""
    unit: str | None = None
    """BT-130, as printed."""
    unit_price: Decimal | None = None
    """BT-146."""
    net: Decimal | None = None
    """BT-131, without tax."""
    tax: Decimal | None = None
    """The tax of this line, where the layout prints it."""
    tax_rate: Decimal | None = None
    """BT-152, in percent."""
    tax_category: str | None = None
    """BT-151."""
    price_base: Decimal | None = None
    """BT-149, how many units the price is for; one where it is not stated."""
    allowance: Decimal | None = None
    """BT-136, the sum of the line's allowances, which its net is without."""
    charge: Decimal | None = None
    """BT-141, the sum of the line's charges, which its net is with."""
    source_line: int = 0
    """The 1-based line of the document where it begins."""

    @property
    def says_more(self) -> bool:
        """Whether it states what few layouts print: the columns after `source_line`."""
        return (
            self.tax_category is not None
            or self.price_base is not None
            or self.allowance is not None
            or self.charge is not None
        )


class Invoice(Struct, frozen=True, kw_only=True, gc=False):
    """
    One invoice as its text states it. Amounts keep the scale they are printed with.

    Those of a credit note are positive, as in EN 16931; the books count them as negative.
    """

    number: str
    """BT-1."""
    issue_date: date
    """BT-2."""
    currency: str
    """BT-5, ISO 4217."""
    total: Decimal
    """BT-112, with tax."""
    net: Decimal | None = None
    """BT-109, without tax."""
    tax: Decimal | None = None
    """BT-110."""
    payable: Decimal | None = None
    """BT-115."""
    line_net: Decimal | None = None
    """BT-106, the sum of the lines' net."""
    allowance: Decimal | None = None
    """BT-107, the sum of the allowances of the invoice, without tax."""
    charge: Decimal | None = None
    """BT-108, the sum of its charges, without tax."""
    prepaid: Decimal | None = None
    """BT-113."""
    rounding: Decimal | None = None
    """BT-114, added to what is payable."""
    withheld: Decimal | None = None
    """Tax that the buyer keeps back and pays to the state, where a country knows that."""
    type_code: str = "380"
    """BT-3: 380 invoice, 381 credit note."""
    due_date: date | None = None
    """BT-9."""
    seller: str | None = None
    """BT-27."""
    seller_id: str | None = None
    """BT-29."""
    seller_tax_id: str | None = None
    """BT-31."""
    seller_country: str | None = None
    """BT-40."""
    buyer: str | None = None
    """BT-44."""
    buyer_id: str | None = None
    """BT-46."""
    buyer_tax_id: str | None = None
    """BT-48."""
    buyer_country: str | None = None
    """BT-55."""
    buyer_ref: str | None = None
    """BT-10."""
    order_ref: str | None = None
    """BT-13."""
    payment_account: str | None = None
    """BT-84, such as an IBAN."""
    other_accounts: tuple[str, ...] = ()
    """BT-84, the further accounts where several are stated; none is one of the others."""
    customer_id: str | None = None
    """The customer's own id as the text prints it (BT-29 when the customer is the seller)."""
    in_words: str | None = None
    """The total in words, as printed."""
    tax_currency: str | None = None
    """BT-6, where tax is accounted for in another currency."""
    taxes: tuple[TaxShare, ...] = ()
    """BG-23."""
    allowances: tuple[Adjustment, ...] = ()
    """BG-20."""
    charges: tuple[Adjustment, ...] = ()
    """BG-21."""
    lines: tuple[Line, ...] = ()
    extra: dict[str, str] = {}
    """Fields that the guideline declares beyond the model, by name."""

    @property
    def says_more(self) -> bool:
        """Whether it states what few layouts print: the columns after `recorded_at`."""
        return (
            self.line_net is not None
            or self.allowance is not None
            or self.charge is not None
            or self.prepaid is not None
            or self.rounding is not None
            or self.withheld is not None
            or self.tax_currency is not None
            or self.seller_country is not None
            or self.buyer_country is not None
            or bool(self.taxes or self.allowances or self.charges or self.other_accounts)
        )

    @property
    def accounts(self) -> dict[str, str]:
        """Every account to be paid, by its path."""
        first = {"payment_account": self.payment_account} if self.payment_account else {}
        others = {f"other_accounts[{at}]": it for at, it in enumerate(self.other_accounts)}
        return first | others


class Booking(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """
    What a ledger books of an accepted invoice: who it is and its rows, all but what the commit adds.

    The commit adds the invoice id, the revision, what it supersedes, and when. See `booking`.
    """

    number: str
    """The number, folded."""
    identity: str
    """The identity, folded; empty where it is the number."""
    printed: str
    """The number as printed."""
    issue_date: str
    currency: str
    net: str | None
    tax: str | None
    total: str
    cells: tuple[str, str]
    """The cells of `columns.INVOICES` as JSON: those before the revision, those after `supersedes`."""
    lines: str
    """The cells of its lines as JSON, without those that repeat the invoice."""
    csv: tuple[str, str, str, str, str] | None = None
    """
    As CSV: both parts of `cells`, what follows `recorded_at`, date and currency, its lines.

    None where rows are written in bulk.
    """
    further: str = ""
    """The cells after `recorded_at` as JSON, from the comma before them; empty where none says anything."""
    likeness: int = 0
    """See `likeness`; 0 where rows are written in bulk."""


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What was made of one invoice's stretch of a document: an invoice, or findings, or both."""

    index: int
    """0-based position in the document."""
    first_line: int
    last_line: int
    column: int = 0
    """Where it begins in its one line, which others may share; 0: its lines are its own."""
    invoice: Invoice | None
    """None when it could not be read; set but refused when a finding is an error."""
    booking: Booking | None = None
    """Set where it was worked out ahead, in another process; the invoice is left behind there."""
    findings: tuple[Finding, ...] = ()
    spans: Callable[[], Spans] | None = None
    """Where each value stands; worked out only when asked for."""

    @property
    def accepted(self) -> bool:
        """Whether the invoice may go to the books."""
        if self.invoice is None and self.booking is None:
            return False
        return not self.findings or first_error(self.findings) is None

    @property
    def waits(self) -> bool:
        """Whether it may go to the books as soon as a person says so."""
        if self.invoice is None and self.booking is None:
            return False
        return all(it.may_pass for it in errors_of(self.findings))
