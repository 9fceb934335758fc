"""
What a newly read invoice means beside what the ledger has: pure, one table, no exceptions.

    known revision             content   version                      decision
    none                                                              new
    any                        same                                   duplicate
    read from the same text    other                                  conflict
    from the same object       other     older than it                stale
    from the same object       other     not older                    supersede
    from another object        other     older than its own object's  stale
    from another object        other     released by a person         supersede
    from another object        other     `latest`, arrived earlier    stale
    from another object        other     `latest`, arrived later      supersede
    from another object        other                                  conflict
"""

import hashlib
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Context, Decimal
from enum import Enum, auto

import msgspec
from msgspec import Struct

from billdrop.model import CONFLICT, Adjustment, Finding, Invoice, Record, State

SEPARATOR = "\x1f"
"""Between the fields of an identity; counts as a blank, so no field can hold it."""

WIDTH = 40
"""Hexadecimal digits of a sequencer that is made up; those of S3 have 16 to 18."""

_ZERO = Decimal(0)
_reduced = Context(prec=100_000).normalize
_encode = msgspec.msgpack.Encoder().encode


class Decision(Enum):
    """What a newly read invoice is."""

    NEW = auto()
    DUPLICATE = auto()
    SUPERSEDE = auto()
    STALE = auto()
    CONFLICT = auto()


class Statement(Struct, frozen=True, kw_only=True):
    """That a document states an invoice: what it says, and where it stands among others."""

    content: bytes
    object_id: str
    document_id: str
    sequencer: str | None
    ordinal: int
    """The order in which documents reached the ledger; for a restated invoice, that of the last."""
    arrived_at: datetime
    over: tuple[str, ...] = ()
    """The ids of versions of its object that are older, whatever their sequencers and ordinals."""
    by: str = ""
    """The id of the version that stated it last; empty where it is that of the document."""
    revision: int = 1
    """Which of the invoice, where it is in the books."""


def decide(  # noqa: PLR0911 - one return for each row of the table
    new: Statement,
    known: Statement | None,
    *,
    own: Statement | None = None,
    same_reading: bool = False,
    latest: bool = False,
    released: bool = False,
) -> Decision:
    """
    Decide about an invoice, beside the latest revision with its identity.

    `own` is the last revision of the same identity from the same object, where `known` is from
    another; `same_reading` says that `known` was read from this document just now.
    """
    if known is None:
        return Decision.NEW
    if known.content == new.content:
        return Decision.DUPLICATE
    if same_reading:
        return Decision.SUPERSEDE if released else Decision.CONFLICT
    mine = known if known.object_id == new.object_id else own
    if mine is not None and older(new, mine):
        return Decision.STALE
    if mine is known or released:
        return Decision.SUPERSEDE
    if latest:
        return Decision.STALE if new.arrived_at < known.arrived_at else Decision.SUPERSEDE
    return Decision.CONFLICT


def older(one: Statement, other: Statement) -> bool:
    """Whether one version of an object comes before another: by a listing, by sequencer, else by arrival."""
    if (one.by or one.document_id) in other.over:
        return True
    if (other.by or other.document_id) in one.over:
        return False
    return precedes(one.sequencer, one.ordinal, other.sequencer, other.ordinal)


def precedes(
    sequencer: str | None, ordinal: int, other_sequencer: str | None, other_ordinal: int
) -> bool:
    """As S3 orders them: hexadecimal, the shorter filled with zeros on its right."""
    if sequencer is None or other_sequencer is None:
        return ordinal < other_ordinal
    width = max(len(sequencer), len(other_sequencer))
    return sequencer.lower().ljust(width, "0") < other_sequencer.lower().ljust(width, "0")


def following(sequencer: str) -> str:
    """Comes after a sequencer, or after one that this made, and before every later one of S3."""
    digits = sequencer.ljust(WIDTH, "0")
    return f"{int(digits, 16) + 1:0{len(digits)}x}"


def state_of(*, waiting: int, live: int, overtaken: int) -> State:
    """
    The one state of a document that was read.

    waiting: open quarantine entries; live: its revisions that are the latest;
    overtaken: its invoices that came too late, or were superseded since.
    """
    if waiting:
        return State.QUARANTINED
    if live:
        return State.RECORDED
    return State.SUPERSEDED if overtaken else State.DUPLICATE


def identity_of(invoice: Invoice, fields: Sequence[str]) -> str:
    """What tells an invoice from others of its customer, in any case, spacing and width of letters."""
    if len(fields) == 1:
        return folded(_said(invoice, fields[0]))
    return SEPARATOR.join([folded(_said(invoice, field)) for field in fields])


def _said(invoice: Invoice, field: str) -> str:
    if field.startswith("extra."):
        return invoice.extra.get(field[6:], "")
    if field == "year":
        return str(invoice.issue_date.year)
    return getattr(invoice, field) or ""


def folded(text: str) -> str:
    """Equal for texts that differ in case, blanks, dashes, invisible or compatibility forms alone."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold()
        text = unicodedata.normalize("NFKC", text).translate(_UNSEEN)
    return " ".join(text.lower().split())


def _unseen() -> dict[int, str | None]:
    """Characters that nobody sees are nothing, dashes are one dash."""
    seen: dict[int, str | None] = {}
    for code in (*range(0x80, 0x3000), *range(0xFE00, 0xFE10), 0xFE58, 0xFE63, 0xFEFF, 0xFF0D):
        category = unicodedata.category(chr(code))
        if category == "Cf" or code in _FILLERS or 0xFE00 <= code <= 0xFE0F:
            seen[code] = None
        elif category == "Pd" or code == 0x2212:
            seen[code] = "-"
    return seen


_FILLERS = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F))
"""Marks and letters without a form, and variation selectors; not in the category of formats."""
_UNSEEN = _unseen()


def content_of(invoice: Invoice) -> bytes:
    """
    16 bytes, equal for invoices that state the same values, lines and extra fields.

    Amounts compare by value: 10.50 is 10.5. Where in the text a value stands does not count.
    """
    lines = [
        (
            line.id,
            line.name,
            line.description,
            line.item_id,
            line.unit,
            _reduced(value) if (value := line.quantity) else _nothing(value),
            _reduced(value) if (value := line.unit_price) else _nothing(value),
            _reduced(value) if (value := line.net) else _nothing(value),
            _reduced(value) if (value := line.tax) else _nothing(value),
            _reduced(value) if (value := line.tax_rate) else _nothing(value),
        )
        for line in invoice.lines
    ]
    stated = (_stated(invoice), lines)
    whole = (*stated, *_further(invoice)) if _says_more(invoice) else stated
    if invoice.other_accounts:
        whole = (*whole, invoice.other_accounts)
    return hashlib.sha256(_encode(whole)).digest()[:16]


def _says_more(invoice: Invoice) -> bool:
    """Whether it states what few do; the content of the others is what it was before there was this."""
    if invoice.says_more:
        return True
    for line in invoice.lines:  # noqa: SIM110 - quicker than `any`, once for each line of a batch
        if line.says_more:
            return True
    return False


def _stated(invoice: Invoice) -> tuple[object, ...]:
    """Every value of an invoice but its lines, in a fixed order."""
    return (
        invoice.number,
        invoice.issue_date,
        invoice.due_date,
        invoice.currency,
        invoice.type_code,
        _exact(invoice.total),
        _exact(invoice.net),
        _exact(invoice.tax),
        _exact(invoice.payable),
        invoice.seller,
        invoice.seller_id,
        invoice.seller_tax_id,
        invoice.buyer,
        invoice.buyer_id,
        invoice.buyer_tax_id,
        invoice.buyer_ref,
        invoice.order_ref,
        invoice.payment_account,
        invoice.customer_id,
        invoice.in_words,
        sorted(invoice.extra.items()),
    )


def _further(invoice: Invoice) -> tuple[object, ...]:
    return (
        [_exact(getattr(invoice, name)) for name in _AMOUNTS],
        (invoice.tax_currency, invoice.seller_country, invoice.buyer_country),
        [
            (_exact(it.amount), _exact(it.base), it.category, _exact(it.rate))
            for it in invoice.taxes
        ],
        [_adjusted(each) for each in invoice.allowances],
        [_adjusted(each) for each in invoice.charges],
        [
            (it.tax_category, _exact(it.price_base), _exact(it.allowance), _exact(it.charge))
            for it in invoice.lines
        ],
    )


_AMOUNTS = ("line_net", "allowance", "charge", "prepaid", "rounding", "withheld")


def _adjusted(each: Adjustment) -> tuple[object, ...]:
    return (_exact(each.amount), each.reason, each.tax_category, _exact(each.tax_rate))


def _exact(value: Decimal | None) -> Decimal | None:
    """One form for each value, whatever its scale."""
    return _reduced(value) if value else _nothing(value)


def _nothing(value: Decimal | None) -> Decimal | None:
    """Zero, with any scale and sign, is 0; None stays None."""
    return value if value is None else _ZERO


def conflict(record: Record, number: str, known: Statement) -> Finding:
    """Says that an invoice waits because another object states it otherwise."""
    which = f" (revision {known.revision})" if known.revision > 1 else ""
    return Finding(
        code=CONFLICT,
        message=f"invoice {number} is already recorded from {known.document_id}{which} with other content",
        line=record.first_line,
        column=record.column or None,
        hint="look at both; `billdrop quarantine release` records it as a correction",
        field="number",
        held=True,
    )


def renamed(before: Collection[str], now: Collection[str], refused: int) -> bool:
    """
    Whether a document that is read again states invoices of the books under another identity.

    before: identities it has in the books; now: those it states; refused: how many records could
    not be read now. What is missing beyond those has not gone: it has another name.
    """
    return len(set(before) - set(now)) > refused


def twice(record: Record, number: str) -> Finding:
    """Says that an invoice waits because the same one is in the books under another identity."""
    return Finding(
        code="BD3003",
        message=f"invoice {number} is new, and another one of the document is no longer stated: it would count twice",
        line=record.first_line,
        column=record.column or None,
        hint="let the guideline read the number as it is in the books",
        field="number",
    )


def held_back(record: Record, number: str) -> Finding:
    """Says that an invoice waits because another one of its document was refused."""
    return Finding(
        code="BD2023",
        message=f"invoice {number} is held back: another invoice of the document was refused",
        line=record.first_line,
        column=record.column or None,
        hint="correct the other invoice",
    )
