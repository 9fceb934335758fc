"""A draft of a table takes the columns that it knows, and invents none that it does not."""

import pytest

from tests.unit.guidelines.drafting import doubts, drafted, invoices

HEADS = "invoice_id,issued_on,amount_due"
ROWS = ["K-1,2026-03-02,10.50", "K-2,2026-03-03,20.00"]


def table(heads: str, *rows: str) -> str:
    return "\n".join((heads, *rows)) + "\n"


def test_a_column_that_was_not_found_is_left_to_a_person() -> None:
    made = drafted(table("invoice_id,amount,currency", "1,5.00,EUR", "2,6.00,EUR"))
    assert 'issue_date = { column = "?" }' in made.text
    assert "no column for it was recognised" in doubts(made)["issue_date"]
    assert made.unread == ("0.txt",)


def test_what_is_to_be_paid_is_the_total_of_a_table_without_one_and_is_marked() -> None:
    text = table(f"{HEADS},currency", *(f"{row},EUR" for row in ROWS))
    made = drafted(text)
    assert [str(it.total) for it in invoices(made, text)] == ["10.50", "20.00"]
    assert "what is to be paid is taken for it" in doubts(made)["total"]


@pytest.mark.parametrize("head", ["total_chf", "Total in CHF", "Total (CHF)"])
def test_a_currency_in_a_head_is_that_of_the_table(head: str) -> None:
    text = table(f"invoice_id,issued_on,{head}", *ROWS)
    made = drafted(text)
    assert next((str(it.total), it.currency) for it in invoices(made, text)) == ("10.50", "CHF")


def test_one_odd_cell_of_ten_does_not_hide_what_a_column_is() -> None:
    rows = [f"K-{at},2026-03-{at:02},{at}.50,EUR" for at in range(1, 11)]
    rows[0] = rows[0].replace("2026-03-01", "soon")
    rows[6] = rows[6].replace("7.50", "7 - ")
    text = table("invoice_id,issue_date,total,currency", *rows)
    made = drafted(text)
    assert 'total = { column = "total" }' in made.text
    assert 'dates = ["YYYY-MM-DD"]' in made.text
    assert len([it for it in invoices(made, text) if it.total]) == 8


LINED = ["B-1;02.11.2026;Umschlag;12,00;36,00;6,84;42,84;EUR", "B-1;02.11.2026;Papier;24,00;36,00;6,84;42,84;EUR", "B-2;05.11.2026;Toner;80,00;80,00;15,20;95,20;USD"]  # fmt: skip


def lined(amount: str, currency: str) -> str:
    heads = f"Belegnummer;Belegdatum;Artikel;{amount};Netto;MwSt;Brutto;{currency}"
    return table(heads, *LINED)


@pytest.mark.parametrize("head", ["Waehrung", "Währung", "Belegwährung", "currency_code"])
def test_a_column_of_currencies_is_the_currency_of_each_invoice(head: str) -> None:
    text = lined("Positionsbetrag", head)
    made = drafted(text)
    assert [it.currency for it in invoices(made, text)] == ["EUR", "USD"]
    assert "currency" not in doubts(made)


def test_a_column_that_has_currencies_alone_is_the_currency_and_is_marked() -> None:
    text = lined("Positionsbetrag", "WKZ")
    made = drafted(text)
    assert [it.currency for it in invoices(made, text)] == ["EUR", "USD"]
    assert "`WKZ` is taken because" in doubts(made)["currency"]


@pytest.mark.parametrize("head", ["Positionsbetrag", "Positionssumme", "Positionspreis"])
def test_the_amount_of_a_position_is_that_of_a_line(head: str) -> None:
    text = lined(head, "Währung")
    made = drafted(text)
    first, _ = invoices(made, text)
    assert [str(it.net) for it in first.lines] == ["12.00", "24.00"]
    assert "unclaimed" not in doubts(made)


def test_a_column_of_amounts_that_nothing_reads_is_named() -> None:
    made = drafted(lined("Dings", "Währung"))
    assert "nothing reads the column `Dings`" in doubts(made)["unclaimed"]
