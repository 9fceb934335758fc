"""A draft takes no sum below a table for a row of it without a word."""

import pytest

from tests.unit.guidelines.drafting import doubts, drafted, invoices

PAGE = """
Metallbau Krügerhof GmbH & Co. KG
USt-IdNr.: DE136695976

Rechnungs-Nr.     : RE-2026-00817
Rechnungsdatum    : 3. November 2026

Pos.  Bezeichnung                          Menge  Einh.  Einzelpreis  Gesamtpreis
1     Geländer Edelstahl V2A, 3 m           4     Stk       412,50      1.650,00
2     Montage vor Ort                       7,5   Std        68,00        510,00
3     Anfahrt                               1     psch       45,00         45,00

                                        {:29}2.205,00 €
                                        {:29}  418,95 €
                                        {:29}2.623,95 €
"""


def page(net: str, tax: str, total: str = "Gesamtbetrag") -> str:
    return PAGE.format(net, tax, total)


@pytest.mark.parametrize(
    ("net", "tax", "total"),
    [
        ("Zwischensumme netto", "zzgl. 19 % MwSt.", "Gesamtbetrag"),
        ("Zwischensumme (netto)", "Umsatzsteuer 19 %", "Gesamtbetrag"),
        ("Summe der Positionen", "Mehrwertsteuer 19%", "Endbetrag"),
    ],
)
def test_sums_with_the_usual_german_labels_are_no_lines(net: str, tax: str, total: str) -> None:
    text = page(net, tax, total)
    made = drafted(text)
    (invoice,) = invoices(made, text)
    assert (str(invoice.net), str(invoice.tax)) == ("2205.00", "418.95")
    assert [it.id for it in invoice.lines] == ["1", "2", "3"]
    assert {"net", "tax", "total", "lines"}.isdisjoint(doubts(made))


def test_a_net_whose_label_is_not_known_is_taken_above_a_tax_with_which_it_adds_up() -> None:
    text = page("Unsere Lieferung im Ganzen", "zzgl. 19 % MwSt.")
    made = drafted(text)
    (invoice,) = invoices(made, text)
    assert (str(invoice.net), len(invoice.lines)) == ("2205.00", 3)
    assert "`Unsere Lieferung im Ganzen` is none that is known" in doubts(made)["net"]


def test_a_tax_whose_label_is_not_known_is_taken_below_a_net_with_which_it_adds_up() -> None:
    text = page("Nettobetrag", "Abgabe an das Finanzamt")
    made = drafted(text)
    (invoice,) = invoices(made, text)
    assert (str(invoice.tax), len(invoice.lines)) == ("418.95", 3)
    assert "`Abgabe an das Finanzamt` is none that is known" in doubts(made)["tax"]


def test_an_amount_that_does_not_add_up_is_not_taken_for_a_net() -> None:
    made = drafted(page("Unsere Lieferung im Ganzen", "zzgl. 19 % MwSt.").replace("2.205", "2.204"))
    assert "net" not in doubts(made)
    assert "no net and tax in the text add up to it" in doubts(made)["total"]


def test_a_table_ends_above_the_first_row_that_is_an_amount_alone_and_the_mark_says_so() -> None:
    text = page("Unsere Lieferung im Ganzen", "Abgabe an das Finanzamt")
    made = drafted(text)
    (invoice,) = invoices(made, text)
    assert [it.id for it in invoice.lines] == ["1", "2", "3"]
    assert "end above `Unsere Lieferung im Ganzen`" in doubts(made)["lines"]
    assert "2205.00 of a total of 2623.95" in doubts(made)["lines"]


def test_lines_of_more_than_the_total_are_left_out_where_nothing_says_where_they_end() -> None:
    one, other = (
        page(it, "Abgabe an das Finanzamt")
        for it in ("Die Lieferung im Ganzen", "Unsere Lieferung im Ganzen")
    )
    made = drafted(one, other)
    assert "left out: they add up to 4828.95 of a total of 2623.95" in doubts(made)["lines"]
    assert [it.lines for it in invoices(made, one)] == [()]
