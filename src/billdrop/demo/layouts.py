"""How the made-up customers' documents look. One row of `LAYOUTS` each."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from msgspec import Struct

from billdrop.demo.bill import Bill
from billdrop.demo.texts import (
    EXPORT_HEADER,
    FREIGHT,
    PARTS,
    SUPPLIES,
    english_date,
    german_amount,
    rupees_in_words,
)

CENT = Decimal("0.01")


class Layout(Struct, frozen=True, kw_only=True):
    """How one customer's documents look."""

    customer: str
    seller: str
    currencies: Sequence[str]
    prefix: str
    """Of the invoice numbers."""
    file: str
    """Of the file names, with `{index}`."""
    goods: Sequence[str]
    step: Decimal
    """Every price is a multiple of it."""
    rate: int
    """Tax, in percent."""
    per_file: int
    """The most invoices one file holds."""
    write: Callable[[Sequence[Bill]], bytes]


def _write_docproc(bills: Sequence[Bill]) -> bytes:
    (bill,) = bills
    fact = bill.fact
    dated = "Feb 30 2026" if bill.wrong == "date" else english_date(fact.issue_date)
    rows = [(item.name, f"{item.net}", f"{item.tax}") for item in bill.items]
    return docproc_text(
        customer_id=f"{bill.seller[:2].lower()}-LK0080145",
        number=fact.number,
        dated=dated,
        parties=(bill.seller, bill.buyer),
        amounts=(f"{fact.net}", f"{fact.tax}", f"{bill.printed_total}"),
        words=rupees_in_words(int(bill.printed_total)),
        rows=rows,
    )


def docproc_text(
    *,
    customer_id: str,
    number: str,
    dated: str,
    parties: tuple[str, str],
    amounts: tuple[str, str, str],
    words: str,
    rows: Sequence[tuple[str, str, str]],
) -> bytes:
    """An invoice in the layout that the built-in guideline `docproc` reads."""
    rule = "*" * 66
    items = "\n".join(
        f"{place}) {name}, {net}, {tax}" for place, (name, net, tax) in enumerate(rows, 1)
    )
    return f"""{rule}
                             Invoice
{rule}
Customer-ID: {customer_id}
Inv-ID: {number}
Dated: {dated}
From: {parties[0]}
To: {parties[1]}
Amount: {amounts[0]}
SGST: {amounts[1]}
Total: {amounts[2]}
InWords: Space Rupees {words} only

Items
{items}
""".encode()


def _write_freight(bills: Sequence[Bill]) -> bytes:
    (bill,) = bills
    fact = bill.fact
    dated = "31.02.2026" if bill.wrong == "date" else f"{fact.issue_date:%d.%m.%Y}"
    rows = [
        f"{place:>3}  {item.name:<38} {item.quantity:>4} Stk {german_amount(item.price):>10}"
        f" {german_amount(item.net):>12}"
        for place, item in enumerate(bill.items, 1)
    ]
    text = f"""{bill.seller}
Rechnung
{"-" * 72}
Rechnungsnummer: {fact.number}
Rechnungsdatum:  {dated}
Fällig am:       {fact.issue_date + timedelta(days=14):%d.%m.%Y}
Kunde:           {bill.buyer}
USt-IdNr.:       DE136695976

Positionen
{chr(10).join(rows)}
{"-" * 72}
Summe netto:     {german_amount(fact.net)} EUR
Umsatzsteuer:    {german_amount(fact.tax)} EUR
Gesamtbetrag:    {german_amount(bill.printed_total)} EUR
IBAN:            DE89 3704 0044 0532 0130 00
"""
    return text.replace("\n", "\r\n").encode("cp1252")


def _write_export(bills: Sequence[Bill]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(EXPORT_HEADER)
    for bill in bills:
        fact = bill.fact
        dated = "2026-02-30" if bill.wrong == "date" else fact.issue_date.isoformat()
        head = (fact.number, dated, fact.currency, bill.seller, bill.buyer)
        tail = (fact.net, fact.tax, bill.printed_total)
        for item in bill.items:
            cells = (item.name, item.quantity, item.price, item.net, item.tax)
            writer.writerow((*head, *cells, *tail))
    return text.getvalue().encode()


LAYOUTS = (
    Layout(
        customer="space-mechanics",
        seller="Space Mechanics Inc.",
        currencies=("INR",),
        prefix="inv-",
        file="inv-{index}.txt",
        goods=PARTS,
        step=Decimal(1),
        rate=18,
        per_file=1,
        write=_write_docproc,
    ),
    Layout(
        customer="orbital-foundry",
        seller="Orbital Foundry Ltd.",
        currencies=("INR",),
        prefix="OF/",
        file="foundry_{index}.txt",
        goods=PARTS,
        step=Decimal(1),
        rate=12,
        per_file=1,
        write=_write_docproc,
    ),
    Layout(
        customer="nordwind",
        seller="Nordwind Logistik GmbH",
        currencies=("EUR",),
        prefix="NW-",
        file="Rechnung NW-{index}.txt",
        goods=FREIGHT,
        step=CENT,
        rate=19,
        per_file=1,
        write=_write_freight,
    ),
    Layout(
        customer="harbour-supplies",
        seller="Harbour Supplies Ltd",
        currencies=("GBP", "USD", "EUR"),
        prefix="HS-",
        file="export-{index}.csv",
        goods=SUPPLIES,
        step=CENT,
        rate=20,
        per_file=4,
        write=_write_export,
    ),
)
