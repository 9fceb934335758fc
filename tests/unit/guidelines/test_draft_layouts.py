"""The layouts of the tutorial, each with what a draft could not read at first."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.guidelines.draft_samples import PLAIN, TABLE
from tests.unit.guidelines.drafting import doubts, drafted, in_dollars, invoices

PAGE = Path(__file__).resolve().parents[3] / "docs" / "layouts.md"


def sample(name: str) -> str:
    """A text of the page, by the name of its block."""
    return PAGE.read_text("utf-8").split(f"```{name}\n", 1)[1].split("```", 1)[0]


def test_a_letter_with_quantities_and_units_in_its_rows_is_read() -> None:
    text = sample("letter")
    made = drafted(text, name="holzwurm", customer="gasthof")
    (invoice,) = invoices(made, text)
    assert [(it.quantity, it.unit, it.net) for it in invoice.lines] == [
        (Decimal(2), "Stk", Decimal("960.00")),
        (Decimal(6), "Std", Decimal("324.00")),
    ]
    assert "`Gasthof Isarblick` stands below `Rechnung an`" in doubts(made)["buyer"]
    assert "no rule takes lines 2, 3, 9" in doubts(made)["unclaimed"]


def test_a_page_with_carriage_and_discounts_is_read_but_for_its_prices() -> None:
    text = sample("page")
    made = drafted(text, name="harbour", customer="penryn")
    assert "the text states none" in doubts(made)["currency"]
    made = drafted(text.replace("722.94", "722.94 GBP"))
    (invoice,) = invoices(made, text.replace("722.94", "722.94 GBP"))
    stated = (invoice.line_net, invoice.charge, invoice.net, invoice.total)
    assert list(map(str, stated)) == ["589.95", "12.50", "602.45", "722.94"]
    assert [it.unit_price for it in invoice.lines] == [None, None, None]
    assert (invoice.buyer, invoice.order_ref) == ("Penryn Boatyard", "PO-7718")
    assert "unit_price is left out" in doubts(made)["lines"]


def test_a_table_with_amounts_of_the_document_and_of_its_lines_is_read() -> None:
    text = sample("table")
    made = drafted(text, name="rex", customer="mokka")
    first, *rest = invoices(made, text)
    assert [(it.number, str(it.total)) for it in (first, *rest)] == [
        ("4100231", "247.84"),
        ("4100232", "81.32"),
        ("4100233", "23.91"),
    ]
    assert [(it.name, str(it.net)) for it in first.lines] == [
        ("Röstkaffee, ganze Bohne", "178.80"),
        ('Filtertüten "Größe 4"', "47.50"),
    ]
    assert {"number", "net", "tax", "total"}.isdisjoint(doubts(made))


def test_a_discount_in_percent_is_no_amount_of_a_line() -> None:
    text = TABLE.replace("quantity;", "discount;quantity;").replace(";3;", ";5%;3;")
    text = text.replace(";4;", ";5%;4;").replace(";2;", ";5%;2;")
    assert "allowance" not in drafted(text).text


@pytest.mark.parametrize(
    ("less", "net"),
    [("Discount: 10.00\n", "90.00"), ("Carriage: 5.00\nDiscount: 10.00\n", "95.00")],
)
def test_a_discount_is_taken_off_the_lines(less: str, net: str) -> None:
    text = PLAIN.replace("Net: 100.00", f"Goods total: 100.00\n{less}Net: {net}")
    text = text.replace("VAT: 19.00\nTotal: 119.00", f"VAT: 0.00\nTotal: {net}")
    (invoice,) = invoices(drafted(text), text)
    assert (str(invoice.line_net), str(invoice.allowance), str(invoice.net)) == (
        "100.00",
        "10.00",
        net,
    )


def test_amounts_that_do_not_lead_to_the_net_are_no_charge() -> None:
    text = PLAIN.replace("Net:", "Goods total: 90.00\nCarriage: 5.00\nNet:")
    made = drafted(text)
    assert "charge" not in made.text.partition("[[examples]]")[0]
    assert in_dollars(made.text)


def test_samples_that_name_a_charge_otherwise_state_none() -> None:
    one = PLAIN.replace("Net:", "Goods total: 95.00\nCarriage: 5.00\nNet:")
    made = drafted(one, one.replace("Carriage", "Freight").replace("B-1", "B-2"))
    assert "line_net" not in made.text


def test_a_table_ends_above_the_line_that_every_sample_has_below_it() -> None:
    text = sample("page").replace("722.94", "722.94 GBP").replace("12.50", " 0.00")
    text = text.replace("602.45", "589.95").replace("120.49", "132.99")
    line = f"{' ' * 58}Goods total          589.95\n"
    made = drafted(text.replace(line, ""))
    assert 'end = "Carriage"' in made.text
    assert "taken to end above `Carriage`" in doubts(made)["lines"]
    assert len(invoices(made, text.replace(line, ""))[0].lines) == 3
