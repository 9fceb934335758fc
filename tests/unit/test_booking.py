"""A booking's JSON and CSV say what the rows of the ledger say, whatever the texts hold."""

from datetime import date
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from billdrop.books.alike import likeness_of, likeness_of_cells
from billdrop.books.booking import (
    Added,
    book,
    cells,
    content,
    invoice_text,
    line_texts,
    lines_of,
    row_of,
)
from billdrop.books.columns import INVOICES, LINES, line_head
from billdrop.books.csvfile import one_row, render
from billdrop.books.decide import content_of
from billdrop.model import Booking, Invoice, Line, Record
from tests.conformance.ledger_rigs import GUIDELINE, good, ref

TEXTS = (
    st.none()
    | st.text(st.characters(codec="utf-8"), max_size=12)
    | st.text("[]{}nul|;:/ A", max_size=6)
    | st.sampled_from(
        (
            "=1+1",
            "-",
            "'x",
            " @a",
            "a,b",
            'a"b',
            "a\nb",
            "\x00",
            "\u2028",
            "＝1",
            "-12.50",
            "",
            "0x",
            "null",
            "[A",
            "A]",
        )
    )
)
AMOUNTS = st.none() | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12
)
LINE = st.builds(
    Line, id=TEXTS, name=TEXTS, description=TEXTS, quantity=AMOUNTS, net=AMOUNTS, tax_rate=AMOUNTS
)
INVOICE = st.builds(
    Invoice,
    number=st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    issue_date=st.dates(),
    currency=st.sampled_from(("EUR", "INR")),
    total=AMOUNTS.filter(lambda value: value is not None),
    net=AMOUNTS,
    seller=TEXTS,
    order_ref=TEXTS,
    extra=st.sampled_from(({}, {"series": "F1"}, {"series": "é \u2028"}, {"note": "x"})),
    in_words=TEXTS,
    lines=st.lists(LINE, max_size=3).map(tuple),
)
ADDED = Added("0123456789abcdef0123", 2, "fedcba98765432100123", "2026-11-22 10:00:00.000")


def booking_of(record: Record) -> Booking:
    return book(record, ref=ref(), guideline=GUIDELINE, identity=("number",), written=True)


BRACKETS = Invoice(
    number="[1]",
    issue_date=date(2026, 1, 2),
    currency="EUR",
    total=Decimal(1),
    seller="[Space] Mechanics",
    buyer="[HQ",
    lines=(Line(name="a]", description="[b"), Line(id="[", name="[null]", item_id="]")),
)


@given(INVOICE)
@example(BRACKETS)
def test_text_made_ahead_is_the_text_of_the_rows(invoice: Invoice) -> None:
    booking = booking_of(good(invoice)[0])
    row = row_of(cells(booking, ADDED))
    head = line_head(row)
    lines = [(*head, *line) for line in lines_of(booking.lines)]
    said = (invoice_text(booking, ADDED), "\n".join(line_texts(booking, ADDED)).split("\n"))
    meant = (b"".join(render(INVOICES, [row])), b"".join(render(LINES, lines)))
    assert said[0] == meant[0].decode().split("\n")[1]
    assert said[1] == (meant[1].decode().split("\n")[1:-1] or [""])


@given(INVOICE)
def test_booking_states_what_its_invoice_states(invoice: Invoice) -> None:
    record = good(invoice)[0]
    booking = booking_of(record)
    crossed = Record(index=0, first_line=1, last_line=1, invoice=None, booking=booking)
    assert content(crossed, booking) == content_of(invoice) == content(record, booking)
    assert crossed.accepted


@given(INVOICE)
def test_what_it_looks_like_is_the_same_ahead_in_bulk_and_in_the_books(invoice: Invoice) -> None:
    record, customer = good(invoice)[0], ref().customer
    bare = book(record, ref=ref(), guideline=GUIDELINE, identity=("number",), written=False)
    ahead = booking_of(record)
    stored = likeness_of_cells(customer, ahead.number, cells(ahead, ADDED))
    assert ahead.likeness == likeness_of(customer, bare) == stored != 0


def test_number_that_is_not_written_as_one_is_a_fault() -> None:
    assert one_row((INVOICES[9],), ("-12.50",)) == "-12.50"
    with pytest.raises(ValueError, match="column net"):
        one_row((INVOICES[9],), ("1e5",))


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_amount_that_is_no_number_is_a_fault_and_no_text_of_the_csv(amount: str) -> None:
    line = Line(net=Decimal(amount))
    invoice = Invoice(
        number="A", issue_date=date(2026, 1, 2), currency="EUR", total=Decimal(1), lines=(line,)
    )
    with pytest.raises(ValueError, match="column net"):
        booking_of(good(invoice)[0])


def test_only_an_accepted_record_can_be_booked() -> None:
    with pytest.raises(ValueError, match="has an invoice"):
        booking_of(Record(index=0, first_line=1, last_line=1, invoice=None))


def test_without_its_csv_a_booking_is_otherwise_the_same() -> None:
    invoice = Invoice(
        number="A", issue_date=date(2026, 1, 2), currency="EUR", total=Decimal("1.50")
    )
    record = good(invoice)[0]
    bare = book(record, ref=ref(), guideline=GUIDELINE, identity=("number",), written=False)
    assert bare.csv is None
    assert cells(bare, ADDED) == cells(booking_of(record), ADDED)
