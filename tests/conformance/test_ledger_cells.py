"""What a revision states, written as cells and read from them again."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec.structs import replace

from billdrop.books.booking import Added, book, cells, invoice_of, lines_of, row_of
from billdrop.books.columns import FORMATS, INVOICES, LINE_CELLS, LINES, Column, padded, plain
from billdrop.books.decide import content_of
from billdrop.books.rows import LINE_STEM, invoice_row, line_cells, line_rows
from billdrop.model import Adjustment, Invoice, Line, Row, TaxShare, counted, opposite
from tests.conformance.ledger_rigs import GUIDELINE, good, ref

amounts = st.none() | st.decimals(allow_nan=False, allow_infinity=False)


@given(amounts, amounts, amounts)
def test_amounts_of_a_line_are_written_as_those_of_an_invoice(
    quantity: Decimal | None, net: Decimal | None, rate: Decimal | None
) -> None:
    line = Line(quantity=quantity, unit_price=net, net=net, tax=quantity, tax_rate=rate)
    values = (quantity, None, net, net, quantity, rate)
    assert line_cells(3, line)[5:-1] == tuple(plain(value) for value in values)


LINE = Line(
    id="1",
    name="null",
    description="",
    item_id="7",
    quantity=Decimal(2),
    unit="h",
    unit_price=Decimal("1E+1"),
    net=Decimal("20.00"),
    tax=Decimal("0.00"),
    tax_rate=Decimal(0),
    source_line=9,
)
MORE_OF_LINE = replace(
    LINE,
    tax_category="S",
    price_base=Decimal(100),
    allowance=Decimal("1.00"),
    charge=Decimal("0.50"),
)


def full(**more: Any) -> Invoice:
    texts: dict[str, Any] = {
        name: f"'{name}'\n"
        for name, field in zip(
            Invoice.__struct_fields__, Invoice.__annotations__.values(), strict=True
        )
        if field in (str, str | None) and name != "currency"
    }
    stated: dict[str, Any] = {
        "currency": "EUR",
        "issue_date": date(2026, 1, 2),
        "due_date": date(2026, 2, 2),
        "total": Decimal("20.00"),
        "net": Decimal(20),
        "tax": Decimal("-0.00"),
        "payable": Decimal("1E-7"),
        "lines": (LINE, Line()),
        "extra": {"b": "2", "a": "ü"},
    }
    return Invoice(**texts | stated | more)


MORE: dict[str, Any] = {
    "line_net": Decimal("20.00"),
    "allowance": Decimal("1.10"),
    "charge": Decimal("1.10"),
    "prepaid": Decimal(5),
    "rounding": Decimal("-0.01"),
    "withheld": Decimal("0.00"),
    "taxes": (
        TaxShare(amount=Decimal("3.80"), base=Decimal(20), category="S", rate=Decimal("19.0")),
        TaxShare(amount=Decimal(0)),
    ),
    "allowances": (
        Adjustment(amount=Decimal("1.10"), reason='a, "b"', tax_category="S", tax_rate=Decimal(19)),
    ),
    "charges": (Adjustment(amount=Decimal("1.10"), reason="=1+1"),),
    "other_accounts": ("DE02 1203", "=1+1"),
    "lines": (LINE, MORE_OF_LINE, Line()),
}


@pytest.mark.parametrize("invoice", [full(), full(**MORE), full(**MORE, type_code="381")])
def test_stored_revision_states_what_the_invoice_stated(invoice: Invoice) -> None:
    row, lines = as_cells(invoice)
    stored = invoice_of(row, lines)
    assert content_of(stored) == content_of(invoice)
    bare = tuple(replace(each, source_line=0) for each in invoice.lines)
    assert stored == replace(invoice, lines=bare)


def as_cells(invoice: Invoice) -> tuple[Row, list[Row]]:
    stated = counted(invoice)
    row = invoice_row(
        stated,
        name="n",
        revision=1,
        supersedes=None,
        ref=ref(),
        guideline=GUIDELINE,
        record=good(invoice)[0],
        recorded_at="",
    )
    lines = [padded(line, len(LINES) - LINE_CELLS) for line in line_rows(stated)]
    return padded(row, len(INVOICES)), lines


def test_credit_note_takes_from_the_books_what_it_states() -> None:
    row, lines = as_cells(full(**MORE, type_code="381"))
    named = dict(zip([column.name for column in INVOICES], row, strict=True))
    shown = ("total", "net", "tax", "line_net", "allowance", "prepaid", "rounding", "withheld")
    assert [named[name] for name in shown] == [
        "-20.00", "-20", "-0.00", "-20.00", "-1.10", "-5", "0.01", "0.00",
    ]  # fmt: skip
    assert named["taxes"] == (
        '[{"amount":"-3.80","base":"-20","category":"S","rate":"19.0"},{"amount":"0"}]'
    )
    own = [column.name for column in LINES[LINE_CELLS:]]
    line = dict(zip(own, lines[1], strict=True))
    told = ("quantity", "unit_price", "net", "tax_rate", "price_base", "allowance", "charge")
    assert [line[name] for name in told] == ["-2", "10", "-20.00", "0", "100", "-1.00", "-0.50"]


def test_opposite_of_the_opposite_is_the_invoice() -> None:
    invoice = full(**MORE)
    assert opposite(opposite(invoice)) == invoice
    assert counted(invoice) is invoice


def test_cells_that_say_nothing_are_not_kept() -> None:
    plain_one = full(tax_currency=None, seller_country=None, buyer_country=None)
    booking = book(
        good(plain_one)[0], ref=ref(), guideline=GUIDELINE, identity=("number",), written=True
    )
    stored = cells(booking, Added("n", 1, None, ""))
    assert len(json.loads(stored)) == FORMATS[0].invoices
    assert len(row_of(stored)) == len(INVOICES)
    assert {len(line) for line in json.loads(booking.lines)} == {LINE_STEM}
    assert {len(line) for line in lines_of(booking.lines)} == {len(LINES) - LINE_CELLS}


FIRST_FORMAT = (
    (
        "invoice_id customer number revision supersedes issue_date due_date type_code currency "
        "net tax total payable seller seller_id seller_tax_id buyer buyer_id buyer_tax_id "
        "buyer_ref order_ref payment_account customer_id in_words line_count extra guideline "
        "guideline_version document_id record first_line last_line recorded_at "
    ),
    (
        "invoice_id customer number revision issue_date currency position line_id name "
        "description item_id quantity unit unit_price net tax tax_rate source_line "
    ),
)


@pytest.mark.parametrize(
    ("columns", "before"), [(INVOICES, FIRST_FORMAT[0]), (LINES, FIRST_FORMAT[1])]
)
def test_new_columns_come_after_all_that_were_there(
    columns: tuple[Column, ...], before: str
) -> None:
    names = [column.name for column in columns]
    assert names[: len(before.split())] == before.split()


def test_last_format_is_what_is_written() -> None:
    assert FORMATS[0] == tuple(len(before.split()) for before in FIRST_FORMAT)
    assert FORMATS[-1] == (len(INVOICES), len(LINES))
