"""What a revision states, written as cells and read from them again."""

from datetime import date
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import given
from msgspec.structs import replace

from billdrop.booking import invoice_of
from billdrop.columns import invoice_row, line_cells, plain
from billdrop.decide import content_of
from billdrop.model import Invoice, Line
from tests.conformance.ledger_rigs import GUIDELINE, good, ref

amounts = st.none() | st.decimals(allow_nan=False, allow_infinity=False)


@given(amounts, amounts, amounts)
def test_amounts_of_a_line_are_written_as_those_of_an_invoice(
    quantity: Decimal | None, net: Decimal | None, rate: Decimal | None
) -> None:
    line = Line(quantity=quantity, unit_price=net, net=net, tax=quantity, tax_rate=rate)
    values = (quantity, None, net, net, quantity, rate)
    assert line_cells(3, line)[5:-1] == tuple(plain(value) for value in values)


def test_stored_revision_states_what_the_invoice_stated() -> None:
    line = Line(
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
    texts: dict[str, Any] = {
        name: f"'{name}'\n"
        for name, field in zip(
            Invoice.__struct_fields__, Invoice.__annotations__.values(), strict=True
        )
        if field in (str, str | None) and name != "currency"
    }
    full = Invoice(
        **texts,
        currency="EUR",
        issue_date=date(2026, 1, 2),
        due_date=date(2026, 2, 2),
        total=Decimal("20.00"),
        net=Decimal(20),
        tax=Decimal("-0.00"),
        payable=Decimal("1E-7"),
        lines=(line, Line()),
        extra={"b": "2", "a": "ü"},
    )
    row = invoice_row(
        full,
        name="n",
        revision=1,
        supersedes=None,
        ref=ref(),
        guideline=GUIDELINE,
        record=good(full)[0],
        recorded_at="",
    )
    cells = [line_cells(place, each) for place, each in enumerate(full.lines, 1)]
    stored = invoice_of(row, cells)
    assert content_of(stored) == content_of(full)
    assert stored == replace(full, lines=tuple(replace(each, source_line=0) for each in full.lines))
