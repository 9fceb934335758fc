"""Pages that others have published, read with guidelines written for their senders; nothing of them is kept here."""

from decimal import Decimal
from pathlib import Path

import pytest

from billdrop.guidelines.load import compile_guide
from billdrop.model import Invoice, Record
from billdrop.parsing.reading import complete
from billdrop.readers import Limits
from tests.corpus import corpus, expected

STYLESHEET = r"""
guideline = "stylesheet"
version = 1
match = { contains = ["Lesbarmachung der XML-Daten"] }
input = { reader = "layout" }
ignore = ["{_:text} Preisbasismenge:[ {_:text}]", "1 Stk[ {_:text}]", "Bruttopreis : {_:text}"]

[locale]
dates = ["DD.MM.YYYY"]
decimal = ","
group = "."
currencies = { "€" = "EUR" }

[sections]
head = ["Stylesheet zur", "Stylesheet Lesbar"]
seller = ["Verkäufer:", "Verkäufer :", "Ver käufer :"]
buyer = ["Käufer:", "Käufer :", "Käufer/Leistungsempfänger:"]
taxes = ["Steueraufschlüsselung:", "Umsatzsteueraufschlüsselung:"]
sums = "Belegsummen:"

[fields]
number = { label = ["Handelsrechnung Nr.", "Baurechnung Nr.", "Mietrechnung Nr.", "Rechnung Nr.", "Rechnungskorrektur Nr.", "Gutschrift Nr.", "Rechnung des Versicherers Nr.", "Buchungshilfe - KEINE Rechnung Nr.", "Gutschrift (Selbst ausgestellte Rechnung) Nr.", "Rechnungskor rektur Nr.", "Gutschriftanzeige Nr."], form = "{} vom[ {_:text}]" , required = true}
issue_date = { label = ["Handelsrechnung Nr.", "Baurechnung Nr.", "Mietrechnung Nr.", "Rechnung Nr.", "Rechnungskorrektur Nr.", "Gutschrift Nr.", "Rechnung des Versicherers Nr.", "Buchungshilfe - KEINE Rechnung Nr.", "Gutschrift (Selbst ausgestellte Rechnung) Nr.", "Rechnungskor rektur Nr."], form = ["{_:text} vom[ {}]", "{}"], side = "either" }
currency = { label = ["Rechnungswährung", "Währung"] }
seller_tax_id = { label = "USt.-Id.-Nr.", section = "seller" }
net = { label = "Rechnungssumme ohne USt.", section = "sums" }
tax = { label = ["Steuerbetrag in EUR", "Steuerbetrag"], cell = -1, section = "sums" }
total = { label = ["Bruttosumme", "Br uttosumme"], section = "sums" }
prepaid = { label = "Erhaltene Anzahlungen", form = ["-{}", "{}"], section="sums" }
payable = { label = ["Zahlbetrag", "Zahlbetr ag"], section = "sums" }

[lines]
end = ["Zu- und Abschläge:", "Zahlungsbedingungen:", "Belegsummen:"]

[lines.fields]
id = { label = "Pos" }
name = { label = "Beschreibung" }
unit_price = { label = "Nettopreis" }
quantity = { label = "Menge", form = "{}[ {_:text}]" }
unit = { label = "Menge", form = "{_:number} {}" }
tax_rate = { label = ["USt.", "Steuer"], form = ["{} %[ {_:text}]"] }
net = { label = ["betrag ohne USt.", "ohne", "Entgelt"] }
"""
"""Of a stylesheet that prints what electronic invoices say."""

GERMAN = r"""
guideline = "bei-spiel"
version = 1
match = { contains = ["Bei Spiel GmbH"] }
input = { reader = "layout" }

[locale]
dates = ["DD.MM.YYYY"]
decimal = ","
group = "."
currencies = { "€" = "EUR" }

[fields]
number = { label = "Rechnung #", form = ["{} vom {_:date}", "{} von {_:date}"] }
issue_date = { label = "Rechnung #", form = ["{_:word} vom {}", "{_:word} von {}"] }
customer_id = { label = ["Kundennummer:", "Ihre Nummer:"] }
due_date = { label = "Bitte überweisen Sie bis zum", form = ["{}.", "{}:"] }
net = { label = ["Nettobetrag:", "Summe netto:"] }
tax = { label = ["USt. Gesamt:", "Zuzügl. USt:"] }
total = { label = ["Gesamtbetrag:", "Summe inkl. USt:"] }
seller = { value = "Bei Spiel GmbH" }
payment_account = { label = "IBAN" }

[lines.fields]
quantity = { label = ["Menge", "#"] }
name = { label = "Produkt" }
tax_rate = { label = ["USt.", "USt"] }
unit_price = { label = ["Preis", "Einzelpreis"] }
net = { label = ["Gesamtbetrag", "Summe"] , required = true }
"""

ENGLISH = r"""
guideline = "bei-spiel-en"
version = 1
match = { contains = ["Bei Spiel GmbH", "Invoice #"] }
input = { reader = "layout" }
[locale]
dates = ["YYYY-MM-DD"]
currencies = { "€" = "EUR" }

[fields]
number = { label = "Invoice #", form = "{} issued at {_:date}" }
issue_date = { label = "Invoice #", form = "{_:word} issued at {}" }
net = { label = "Net total:" }
tax = { label = "VAT total:" }
total = { label = "Due payable:" }
[lines]
required = true
[lines.fields]
quantity = { label = "Amount" }
name = { label = "Product" }
tax_rate = { label = "VAT" }
unit_price = { label = "Price" }
net = { label = "Total" , required = true }
"""


def read(file: Path, guideline: str) -> Record:
    """The one record of a page."""
    guide = compile_guide(guideline, origin="corpus.toml", limits=Limits())
    (draft,) = guide.reader.read(file.read_bytes())
    return complete(draft, 0, guide)


def pages(*texts: str) -> list[Path]:
    """The pages that have all the texts."""
    files = sorted(corpus("text-pdftotext").glob("*.txt"))
    return [it for it in files if all(text in it.read_text("utf-8") for text in texts)]


def agrees(invoice: Invoice, file: Path) -> bool:
    """Whether number, date and amounts are those that the electronic invoice in the same PDF has."""
    said = expected(file)
    amounts = [getattr(invoice, it) == Decimal(said[it]) for it in ("net", "total") if it in said]
    printed = f"{invoice.issue_date:%Y%m%d}"
    return all(amounts) and (invoice.number, printed) == (said["number"], said["date"])


def test_pages_of_a_stylesheet_are_read_as_the_invoices_say_or_refused() -> None:
    files = pages("Lesbarmachung der XML-Daten")
    found = {file: read(file, STYLESHEET) for file in files}
    accepted = {file: it.invoice for file, it in found.items() if it.accepted}
    assert [file.name for file, it in accepted.items() if it and not agrees(it, file)] == []
    assert len(accepted) >= 18
    for record in found.values():
        assert record.accepted or any(it.line and it.hint for it in record.findings)


@pytest.mark.parametrize(
    ("texts", "guideline", "lines"),
    [(("Bei Spiel GmbH", "Rechnung #"), GERMAN, 3), (("Bei Spiel GmbH", "Invoice #"), ENGLISH, 3)],
)
def test_pages_of_a_small_program_are_read(
    texts: tuple[str, ...], guideline: str, lines: int
) -> None:
    for file in pages(*texts):
        record = read(file, guideline)
        assert record.findings == ()
        assert record.invoice is not None
        assert len(record.invoice.lines) == lines
        assert record.invoice.number in file.read_text("utf-8")
