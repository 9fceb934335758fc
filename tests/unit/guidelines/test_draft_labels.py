"""Labels as invoices have them in the wild, each with the value that a draft reads of it."""

import pytest

from tests.unit.guidelines.drafting import doubts, drafted, invoices

POLISH = """
Zakład Ślusarski Nowak sp. z o.o.
Faktura VAT nr FV/12/2026
Data wystawienia: 02.03.2026
Termin płatności: 16.03.2026
Sprzedawca: Zakład Ślusarski Nowak sp. z o.o.
Nabywca: Port Gdynia S.A.

Razem netto      1.000,00 zł
Kwota VAT 23%      230,00 zł
Należność ogółem 1.230,00 zł
"""
SWEDISH = """
Verkstad Norr AB

Fakturanummer:   7001
Fakturadatum:    2026-03-02
Förfallodatum:   2026-04-01

Netto            800,00
Moms 25%         200,00
Att betala     1 000,00 SEK
"""
SIGNED = """
Harbour Crane Services Ltd                     INVOICE #HC-2026/9

Invoice Date:   March 2, 2026
Bill To:        Dockside Ltd

Subtotal:          $200.00
Sales tax (8%):    $16.00
TOTAL DUE (USD):   $216.00
"""


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (POLISH, ("FV/12/2026", "2026-03-02", "PLN", "1230.00")),
        (SWEDISH, ("7001", "2026-03-02", "SEK", "1000.00")),
        (SIGNED, ("HC-2026/9", "2026-03-02", "USD", "216.00")),
    ],
    ids=["polish", "swedish", "a sign before the number, a currency behind the label"],
)
def test_number_date_currency_and_total_are_read(text: str, known: tuple[str, ...]) -> None:
    made = drafted(text)
    (it,) = invoices(made, text)
    assert (it.number, it.issue_date.isoformat(), it.currency, str(it.total)) == known
    assert {"number", "issue_date", "total"}.isdisjoint(doubts(made))


@pytest.mark.parametrize("number", ["#41", "№41", "# 41"])
def test_a_sign_joined_to_a_number_is_no_part_of_it(number: str) -> None:
    text = f"Invoice {number}\nDate: 2026-03-02\nTotal: 12.50 EUR\n"
    assert invoices(drafted(text), text)[0].number == "41"


def test_what_stands_in_brackets_and_is_no_currency_is_part_of_the_label() -> None:
    text = (
        "Invoice no: 7\nDate: 2026-03-02\nTotal (VAT): 2.00 EUR\nTotal (EUR): 12.00\nNet: 10.00\n"
    )
    (it,) = invoices(drafted(text), text)
    assert (str(it.tax), str(it.total)) == ("2.00", "12.00")


def test_the_parties_may_be_called_by_their_names() -> None:
    text = "Invoice no: 7\nDate: 2026-03-02\nVendor Name: Bolt Ltd\nCustomer Name: Nut plc\nTotal: 12.00 EUR\n"
    (it,) = invoices(drafted(text), text)
    assert (it.seller, it.buyer) == ("Bolt Ltd", "Nut plc")


RATES = """
North Sea Grocers Ltd

Invoice number: 88
Invoice date:   2026-03-02

  Rate       Net amount      VAT      Total
  19 %           100.00    19.00     119.00
   7 %            50.00     3.50      53.50
{}
All amounts in EUR
"""


def test_below_a_label_the_sum_of_the_rates_counts_and_not_the_first_of_them() -> None:
    text = RATES.format("                 150.00    22.50     172.50\n")
    made = drafted(text)
    (it,) = invoices(made, text)
    assert (str(it.net), str(it.tax), str(it.total)) == ("150.00", "22.50", "172.50")
    more = text.replace("   7 %", "   0 %            10.00     0.00      10.00\n   7 %")
    more = more.replace("150.00    22.50     172.50", "160.00    22.50     182.50")
    assert [str(it.total) for it in invoices(made, more)] == ["182.50"]


@pytest.mark.parametrize("last", ["", "                 150.00    22.50     172.5\n"])
def test_of_amounts_below_a_label_that_are_no_sum_none_is_taken(last: str) -> None:
    made = drafted(RATES.format(last))
    assert "no label for it was recognised" in doubts(made)["total"]


def test_a_label_that_is_a_word_of_a_sentence_further_down_counts_where_it_is_first() -> None:
    text = (
        "Facture F-7\nDate : 02/03/2026\nTotal TTC  12.00 EUR\n\nFacture payable avant 30 jours\n"
    )
    made = drafted(text)
    assert [it.number for it in invoices(made, text)] == ["F-7"]
    assert "the label is there again" in doubts(made)["number"]


def test_a_french_number_and_its_date_stand_in_one_line_and_a_total_before_its_taxes() -> None:
    text = (
        "Fibre du Nord\n\nFacture n°5620 du 02 juillet 2026\n\nSomme à payer         29.99 € TTC\n"
    )
    made = drafted(text)
    (it,) = invoices(made, text)
    assert (it.number, it.issue_date.isoformat(), str(it.total)) == ("5620", "2026-07-02", "29.99")
