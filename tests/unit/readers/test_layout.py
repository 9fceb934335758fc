"""The layout reader: values by labels, lines by columns, and what pages have beside."""

from datetime import date
from decimal import Decimal

import pytest

from billdrop.errors import GuidelineError
from billdrop.guidelines.load import lint
from billdrop.model import Severity
from billdrop.readers import Limits
from tests.unit.readers.layouts import (
    WORKSHOP,
    WORKSHOP_TEXT,
    codes,
    draft,
    drafts,
    only,
    record,
    records,
    small,
)


def test_invoice_on_two_pages_is_read_to_the_cent() -> None:
    invoice = record(WORKSHOP_TEXT).invoice
    assert record(WORKSHOP_TEXT).findings == ()
    assert invoice is not None
    assert (invoice.number, invoice.issue_date) == ("R-1", date(2026, 11, 21))
    assert (invoice.customer_id, invoice.due_date) == ("4711", date(2026, 12, 5))
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("200.00"), Decimal("38.00"), Decimal("238.00"),
    )  # fmt: skip
    assert invoice.currency == "EUR"
    assert invoice.payment_account == "DE88 2008 0000 0970 3757 00"


@pytest.mark.parametrize(
    ("several", "first", "other"),
    [("", "DE1 2", "GB3"), ('several = "first"', "DE1 2", "GB3"), ('several = "last"', "GB3", "DE1 2")],
)  # fmt: skip
def test_every_account_is_kept(several: str, first: str, other: str) -> None:
    guideline = WORKSHOP.replace('label = "IBAN"', f'label = "IBAN", {several}'.rstrip(", "))
    before = next(line for line in WORKSHOP_TEXT.split("\n") if "IBAN" in line)
    stated = "  IBAN: DE1 2\n  IBAN: GB3\n  IBAN: DE12"
    made = record(WORKSHOP_TEXT.replace(before, stated), guideline)
    assert made.findings == ()
    assert made.invoice is not None
    assert (made.invoice.payment_account, made.invoice.other_accounts) == (first, (other,))
    assert made.spans is not None
    spans = made.spans()
    assert spans["payment_account"].text == first
    assert spans["other_accounts[0]"].text == other


def test_lines_stand_under_their_heads_and_wrapped_texts_are_joined() -> None:
    invoice = record(WORKSHOP_TEXT).invoice
    assert invoice is not None
    read = [(it.id, it.name, it.quantity, it.unit, it.unit_price, it.net) for it in invoice.lines]
    assert read == [
        ("1", "Oak board, planed and oiled", Decimal(2), "pcs", Decimal("50.00"), Decimal("100.00")),
        ("2", "Hinge", Decimal(10), "pcs", Decimal("1.50"), Decimal("15.00")),
        ("3", "Fitting", Decimal(1), "h", Decimal("85.00"), Decimal("85.00")),
    ]  # fmt: skip
    assert [it.source_line for it in invoice.lines] == [9, 11, 15]


def test_every_value_keeps_its_place_as_it_is_printed() -> None:
    lines = [line.removeprefix("\f") for line in WORKSHOP_TEXT.split("\n")]
    spans = draft(WORKSHOP_TEXT).spans()
    assert {"number", "issue_date", "total", "lines[0].unit", "lines[2].net"} <= spans.keys()
    for span in spans.values():
        assert lines[span.line - 1][span.column - 1 :].startswith(span.text)
    assert spans["lines[1].quantity"].text == "10"
    assert spans["total"].text == "238,00 €"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("238,00", "238,01", "BD2014"),
        ("100,00 €\n", "10x,00 €\n", "BD2004"),
        (" 85,00 €\n", " 86,00 €\n", "BD2018"),
        ("21.11.2026", "31.11.2026", "BD2005"),
        ("238,00 €", "238.00 €", "BD2004"),
        ("  2   Hinge                          10 pcs          1,50 €         15,00 €\n", "", "BD2013"),
        ("1,50 €         15,00 €", "1,50 €                ", "BD2008"),
    ],
)  # fmt: skip
def test_altered_amount_is_refused(old: str, new: str, code: str) -> None:
    altered = WORKSHOP_TEXT.replace(old, new)
    assert altered != WORKSHOP_TEXT
    found = record(altered)
    assert not found.accepted
    assert code in codes(found.findings)


def test_heads_that_are_not_there_are_bd2024() -> None:
    found = draft(WORKSHOP_TEXT.replace("Qty", "Quy"))
    (finding,) = [it for it in found.findings if it.code == "BD2024"]
    assert finding.severity is Severity.ERROR
    assert "`qty`" in finding.message
    lax = WORKSHOP.replace("required = true\n\n[lines.fields]", "[lines.fields]")
    finding = only(draft("Invoice No. 1 of 21.11.2026", lax))
    assert finding.severity is Severity.WARNING


def test_two_values_of_one_label_are_bd2007_with_both_places() -> None:
    finding = only(draft("No A-1\nTotal 5.00\n\n   Total 6.00\n", small()))
    assert (finding.code, finding.line, finding.column) == ("BD2007", 4, 10)
    assert "`5.00` in line 2" in finding.message


@pytest.mark.parametrize(
    ("several", "total"), [("first", "5.00"), ("last", "7.00"), ("sum", "18.00"), ("same", "5.00")]
)
def test_which_of_several_values_counts_is_declared(several: str, total: str) -> None:
    guideline = small().replace('label = "Total"', f'label = "Total", several = "{several}"')
    read = draft("Total 5.00\nTotal 6.00\nTotal 7.00\n", guideline)
    assert read.values["total"] == Decimal(total)
    assert bool(read.findings) == (several == "same")


def test_same_value_again_is_no_finding() -> None:
    assert draft("Total 5.00\nTotal 5.00\n", small()).findings == []


@pytest.mark.parametrize(
    "text",
    [
        "Total 5.00",
        "TOTAL: 5.00",
        "   Total   :    5.00",
        "Total ......... 5.00",
        "Order 7    Total    5.00    EUR 9",
        "Paid: no Total: 5.00 No: 9",
        "Total  amounts\nTotal 5.00",
        "Totals 9.00\nTotal 5.00",
        "Datum 7  Total 5.00",
        "\u0130stanbul  Total\u00a05.00",
    ],
)
def test_value_stands_after_its_label(text: str) -> None:
    read = draft(text, small())
    assert read.values["total"] == Decimal("5.00")
    assert read.findings == []


@pytest.mark.parametrize(
    "text", ["Total EUR   5.00", "Total    EUR    5.00", "Total   5.00    EUR"]
)
def test_currency_may_stand_apart_on_either_side(text: str) -> None:
    read = draft(text, small())
    assert (read.values["total"], read.values["currency"]) == (Decimal("5.00"), "EUR")


def test_currencies_that_differ_are_bd2011() -> None:
    assert (
        only(draft("Total EUR 5.00\nTax USD 1.00", small('tax = { label = "Tax" }'))).code
        == "BD2011"
    )


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("cell = 2", "Tax 19 %   5.00"),
        ("cell = -1", "Tax   19 %  30.00   5.00"),
        ("cell = -1", "Tax   19 %  30.00   EUR   5.00"),
        ("cell = -1", "Tax   19 %  30.00   5.00   EUR"),
        ('side = "below"', "Net      Tax        Sum\n\n9.00     5.00     14.00"),
        ('side = "below", cell = 2', "Net      Tax        Sum\n9.00     4.00     14.00\n1.00     5.00"),
        ('side = "below", cell = -1', "Net      Tax        Sum\n9.00     4.00     14.00\n\n1.00     5.00\nThank you all, bye"),
        ('side = "below", cell = -1', "Net      Tax\n9.00     5.00"),
        ('side = "below", cell = -1', "Net      Tax\n9.00     5.00\n7.00"),
        ('side = "either"', "Rate     Tax\n19 %    5.00"),
        ('side = "either"', "Tax    5.00\n      9.00"),
        ('side = "either", form = ["of[ {}]", "{}"]', "Tax of\n5.00"),
        ('form = "{} (incl.)"', "Tax  5.00 (incl.)"),
        ('form = "{} incl."', "Tax EUR    5.00 incl."),
    ],
)  # fmt: skip
def test_where_the_value_stands_is_declared(keys: str, text: str) -> None:
    read = draft(text, small(f'tax = {{ label = "Tax", {keys} }}'))
    assert read.findings == []
    assert read.values["tax"] == Decimal("5.00")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("cell = 3", "Tax  5.00"),
        ('side = "right"', "Tax\n5.00"),
        ('side = "below"', "Tax\n\n\n\n\n5.00"),
        ('side = "below"', "Tax\nTotal 5.00"),
        ('side = "below", cell = -1', "Tax\n\n\n\n\n5.00"),
        ('side = "below", cell = -1', "Tax\nfree of it"),
        ('side = "below"', "Tax"),
        ('form = "incl.[ {}]"', "Tax  incl."),
    ],
)
def test_value_is_not_looked_for_elsewhere(keys: str, text: str) -> None:
    assert "tax" not in draft(text, small(f'tax = {{ label = "Tax", {keys} }}')).values


def test_text_that_is_not_written_as_declared_is_bd2008() -> None:
    finding = only(draft("Tax   5.00 net", small('tax = { label = "Tax", form = "{} incl." }')))
    assert (finding.code, finding.field, finding.column) == ("BD2008", "tax", 7)


def test_label_counts_in_its_section() -> None:
    guideline = small(
        'seller_id = { label = "Id", section = "from" }\nbuyer_id = { label = "Id", section = "to" }',
        sections='from = "Seller"\nto = "Buyer {_:text}"',
    )
    read = draft("Id 1\nSeller:\nId 2\nBuyer GmbH\nId 3\nTotal 4\n", guideline).values
    assert (read["seller_id"], read["buyer_id"], read["total"]) == ("2", "3", Decimal(4))


def test_several_invoices_begin_where_the_guideline_says() -> None:
    text = "Acme\nINVOICE\nNo 1\n\n\fINVOICE\nNo 2\nTotal 3\n"
    for start in ('start = "Invoice"', 'start = "INVOICE[ {_:text}]"'):
        first, second = drafts(text, small(records=start))
        assert (first.first_line, first.last_line, first.values["number"]) == (1, 4, "1")
        assert (second.first_line, second.last_line, second.values["number"]) == (5, 7, "2")
        assert second.text is not None
        assert [second.text(4), second.text(5), second.text(99)] == ["", "INVOICE", ""]
    (refused,) = drafts(text, small(records='start = "Invoice"'), Limits(records=1))[1:]
    assert codes(refused.findings) == ["BD2022"]


@pytest.mark.parametrize("text", ["", "\n \n\f", "\x1a"])
def test_document_without_text_is_bd1001(text: str) -> None:
    assert only(draft(text)).code == "BD1001"


def test_unclaimed_lines_are_reported_where_the_guideline_asks() -> None:
    text = "No 1\n  Dear Ada,  please\nPage 1 of 2\nSeite 2\n"
    assert draft(text, small()).findings == []
    finding = only(draft(text, small(top='unclaimed = "error"')))
    assert (finding.code, finding.line, finding.column) == ("BD2009", 2, 3)
    many = draft("Hello.\n" * 150, small(top='unclaimed = "warn"')).findings
    assert len(many) == 101
    assert many[-1].message.startswith("50 more findings")


def test_extra_fields_constants_and_maps_are_read() -> None:
    guideline = small(
        'type_code = { label = "Kind", map = { Credit = "381" } }\nseller = { value = "Acme" }',
        extra='project = { label = "Project" }',
    )
    one = record("No 1\nDate 2026-01-01\nKind Credit\nProject   X  9\nTotal EUR 5\n", guideline)
    assert one.invoice is not None
    assert one.invoice.extra == {"project": "X"}
    assert (one.invoice.type_code, one.invoice.seller) == ("381", "Acme")


def test_records_of_all_invoices_are_complete() -> None:
    assert [it.accepted for it in records(WORKSHOP_TEXT)] == [True]


@pytest.mark.parametrize(
    ("toml", "path"),
    [
        (small('tax = { at = "1-5" }'), "fields.tax.at"),
        (small('tax = { label = "T", cell = 0 }'), "fields.tax.cell"),
        (small('tax = { label = "T", side = "below", cell = -2 }'), "fields.tax.cell"),
        (small('tax = { label = ":" }'), "fields.tax.label"),
        (small('due_date = { label = "D", several = "sum" }'), "fields.due_date.several"),
        (small('tax = { label = "T", form = "{_:text}" }'), "fields.tax.form"),
        (small('tax = { label = "T", form = ["{}", "{} {}"] }'), "fields.tax.form"),
        (small(records='start = " "'), "records.start"),
        (small(lines__fields='net = { label = "Net", several = "first" }'), "lines.fields.net"),
        (small(lines__fields='net = { label = ":" }'), "lines.fields.net"),
        (small(lines__fields='name = { label = "Name" }'), "lines"),
        (small(lines__fields='net = { at = "9-12" }'), "lines"),
        (small(lines='start = "X"', lines__fields='net = { at = "9-4" }'), "lines.fields.net.at"),
        (small(lines__fields='net = { label = "N" }\nquantity = { value = "x" }'), "lines.fields.quantity"),
        (small(top="").replace('reader = "layout"', 'reader = "layout", encoding = "no"'), "input.encoding"),
        (small('tax = { label = "T", side = "below" }').replace("layout", "labelled"), "fields.tax.side"),
        (small('tax = { label = "T", several = "last" }').replace("layout", "labelled"), "fields.tax.several"),
    ],
)  # fmt: skip
def test_guideline_that_cannot_be_meant_is_refused_where_it_says_so(toml: str, path: str) -> None:
    problems = lint(toml, "pages.toml")
    assert problems
    assert any(it.path.startswith(path) for it in problems)
    with pytest.raises(GuidelineError):
        draft("", toml)


def test_shorter_label_is_found_where_the_longer_is_not() -> None:
    guideline = small('net = { label = "Total without tax" }')
    read = draft("Total without tax 4.00\nTotal 5.00\n", guideline).values
    assert (read["net"], read["total"]) == (Decimal("4.00"), Decimal("5.00"))


def test_line_wider_than_a_page_is_bd1005() -> None:
    assert only(draft("No 1\n" + "x" * 2001, small())).code == "BD1005"


@pytest.mark.parametrize(
    "line",
    [
        "Total " * 330,
        "Total: 1  " * 199,
        "x  " * 660,
        "No Date Total " * 140,
        "(" * 1900,
        "Pos  Name  Qty  Net price  " * 70,
        "9" * 1900,
    ],
)
def test_hostile_pages_take_linear_time_and_raise_nothing(line: str) -> None:
    guideline = small(
        'tax = { label = "No", side = "below" }',
        lines__fields='name = { label = "Name" }\nnet = { label = "Net price", form = "{_:word} {}[ {_:text}]" }',
    )
    for page in (line, f"Name  Net price\n{line}"):
        assert drafts(f"{page}\n" * 6, guideline)
