"""
The columns of the CSV objects, declared once: ledger, CSV, Athena and DuckDB follow from here.

New columns come after all that are there: an object of before has fewer, and its rows read as NULL in
the others. `FORMATS` says how many each format had.
"""

import hashlib
from decimal import Decimal
from typing import Literal, NamedTuple

from billdrop.model import Row

Kind = Literal["text", "money", "number", "integer", "date", "timestamp"]

SQL_TYPE: dict[Kind, str] = {
    "text": "VARCHAR",
    "money": "DECIMAL(18,4)",
    "number": "DECIMAL(38,10)",
    "integer": "BIGINT",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
"""What the typed views cast each kind to; the same words on Athena and on DuckDB."""


class Room(NamedTuple):
    """What a typed column of amounts or numbers can hold exactly."""

    whole: int
    """Digits before the decimal mark."""
    decimals: int


def room(kind: Literal["money", "number"]) -> Room:
    """The room of a kind, as its SQL type has it."""
    digits, decimals = map(int, SQL_TYPE[kind].removeprefix("DECIMAL(").rstrip(")").split(","))
    return Room(digits - decimals, decimals)


def excess(value: Decimal, given: Room) -> str:
    """What the value has more of than fits; nothing if it fits."""
    whole, decimals = given
    if value and value.adjusted() >= whole:
        return f"more than {whole} digits before the decimal mark"
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "amounts are finite"
    if exponent < -decimals and any(digits[exponent + decimals :]):
        return f"more than {decimals} decimals"
    return ""


class Column(NamedTuple):
    """One column: its name in every engine, its kind, and its meaning in one sentence."""

    name: str
    kind: Kind
    doc: str


INVOICES: tuple[Column, ...] = (
    Column("invoice_id", "text", "Name of this revision of this invoice; joins `lines`."),
    Column("customer", "text", "Whose inbox it came through."),
    Column("number", "text", "Invoice number (BT-1), as printed."),
    Column(
        "revision",
        "integer",
        "1 for the first record of an invoice, then counting its corrections.",
    ),
    Column("supersedes", "text", "The `invoice_id` of the revision it replaces."),
    Column("issue_date", "date", "Issue date (BT-2)."),
    Column("due_date", "date", "Due date (BT-9)."),
    Column("type_code", "text", "Type of invoice (BT-3): 380 invoice, 381 credit note."),
    Column("currency", "text", "Currency (BT-5), ISO 4217."),
    Column("net", "money", "Amount without tax (BT-109)."),
    Column("tax", "money", "Amount of tax (BT-110)."),
    Column("total", "money", "Amount with tax (BT-112)."),
    Column("payable", "money", "Amount due (BT-115)."),
    Column("seller", "text", "Name of the seller (BT-27)."),
    Column("seller_id", "text", "Identifier of the seller (BT-29)."),
    Column("seller_tax_id", "text", "Tax identifier of the seller (BT-31)."),
    Column("buyer", "text", "Name of the buyer (BT-44)."),
    Column("buyer_id", "text", "Identifier of the buyer (BT-46)."),
    Column("buyer_tax_id", "text", "Tax identifier of the buyer (BT-48)."),
    Column("buyer_ref", "text", "Reference of the buyer (BT-10)."),
    Column("order_ref", "text", "Purchase order (BT-13)."),
    Column("payment_account", "text", "Account to be paid (BT-84)."),
    Column("customer_id", "text", "The customer's own id as the text prints it."),
    Column("in_words", "text", "The total in words, as printed."),
    Column("line_count", "integer", "How many rows `lines` has for it."),
    Column("extra", "text", "Fields that the guideline declares beyond these, as a JSON object."),
    Column("guideline", "text", "The guideline that read it."),
    Column("guideline_version", "integer", "The version of that guideline."),
    Column("document_id", "text", "The document it was read from."),
    Column("record", "integer", "Its 0-based position in the document."),
    Column("first_line", "integer", "The first line of its stretch of the document, from 1."),
    Column("last_line", "integer", "The last line of its stretch of the document."),
    Column("recorded_at", "timestamp", "When it was committed, UTC."),
    Column("line_net", "money", "Sum of the lines without tax (BT-106), as printed."),
    Column("allowance", "money", "Sum of the allowances of the invoice (BT-107), without tax."),
    Column("charge", "money", "Sum of the charges of the invoice (BT-108), without tax."),
    Column("prepaid", "money", "Amount paid before (BT-113)."),
    Column("rounding", "money", "Amount added to round what is payable (BT-114)."),
    Column("withheld", "money", "Tax that the buyer keeps back and pays to the state."),
    Column("tax_currency", "text", "Currency that tax is accounted for in (BT-6), if another."),
    Column("seller_country", "text", "Country of the seller (BT-40)."),
    Column("buyer_country", "text", "Country of the buyer (BT-55)."),
    Column(
        "taxes",
        "text",
        "Tax by category and rate (BG-23), as a JSON list of `amount`, `base`, `category`, `rate`.",
    ),
    Column(
        "allowances",
        "text",
        "Allowances of the invoice (BG-20), as a JSON list of `amount`, `reason`, `tax_category`, `tax_rate`.",
    ),
    Column("charges", "text", "Charges of the invoice (BG-21), likewise."),
    Column(
        "other_accounts",
        "text",
        "Further accounts that it may be paid to (BT-84), as a JSON list of texts.",
    ),
)

LINES: tuple[Column, ...] = (
    Column("invoice_id", "text", "The invoice revision it belongs to."),
    Column("customer", "text", "Whose inbox it came through."),
    Column("number", "text", "Invoice number (BT-1)."),
    Column("revision", "integer", "Revision of the invoice."),
    Column("issue_date", "date", "Issue date (BT-2)."),
    Column("currency", "text", "Currency (BT-5), ISO 4217."),
    Column("position", "integer", "1-based position among the lines of the invoice."),
    Column("line_id", "text", "Identifier of the line (BT-126), as printed."),
    Column("name", "text", "Name of the item (BT-153)."),
    Column("description", "text", "Description of the item (BT-154)."),
    Column("item_id", "text", "The seller's identifier of the item (BT-155)."),
    Column("quantity", "number", "Quantity (BT-129)."),
    Column("unit", "text", "Unit of the quantity (BT-130), as printed."),
    Column("unit_price", "number", "Price of one unit (BT-146)."),
    Column("net", "number", "Amount of the line without tax (BT-131)."),
    Column("tax", "number", "Tax of the line."),
    Column("tax_rate", "number", "Tax rate (BT-152), percent."),
    Column("source_line", "integer", "The line of the document where it begins, from 1."),
    Column("tax_category", "text", "Tax category (BT-151)."),
    Column("price_base", "number", "How many units the price is for (BT-149); one where empty."),
    Column(
        "allowance", "number", "Sum of the line's allowances (BT-136), which its net is without."
    ),
    Column("charge", "number", "Sum of the line's charges (BT-141), which its net is with."),
)


class Widths(NamedTuple):
    """How many columns the headers of a format have."""

    invoices: int
    lines: int


FORMATS = (Widths(33, 18), Widths(45, 22), Widths(len(INVOICES), len(LINES)))
"""Every format that was ever written, the present one last."""

_NOTHING: Row = (None,) * len(INVOICES)


def padded(row: Row, width: int) -> Row:
    """A row with as many cells as there are columns: those of its end that say nothing are not kept."""
    missing = width - len(row)
    return row + _NOTHING[:missing] if missing else row


def described(columns: tuple[Column, ...]) -> str:
    """The columns as a table of `docs/sql.md`."""
    rows = [f"| `{column.name}` | {SQL_TYPE[column.kind]} | {column.doc} |" for column in columns]
    return "\n".join(["| column | type | what it is |", "|---|---|---|", *rows])


def invoice_id(customer: str, identity: str, revision: int) -> str:
    """Name of one revision of one invoice: 20 hexadecimal digits, the same wherever it is worked out."""
    name = f"{customer}\0{identity}\0{revision}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=10).hexdigest()


def plain(value: object) -> str | None:
    """The cell text of a value: decimals with their own scale and no exponent, dates in ISO form."""
    if value is None:
        return None
    text = str(value)
    return f"{value:f}" if "E" in text and type(value) is Decimal else text


LINE_CELLS = 6
"""How many leading cells of a `LINES` row repeat the invoice; the rest are the line's own."""


def line_head(row: Row) -> Row:
    """The cells of an `INVOICES` row that its lines repeat, in the order of `LINES[:LINE_CELLS]`."""
    return (row[0], row[1], row[2], row[3], row[5], row[8])
