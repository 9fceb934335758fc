"""
The layout reader alone, from bytes to a checked invoice, beside a peer's template for the same pages.

The peer's template is what its documentation has a user write: a regular expression for each field, and
`parser: lines` with the heads as `start`. Both sides recognise the document first and read the number,
the date, net, tax, total and 3 lines. The peer reads amounts as floats and compares nothing, and its
expression takes a row where it fits; we read what stands under the heads, exactly, and check the sums.
"""

import json
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.figures import Figure, Options, figure, interleaved
from bench.reader import document
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document
from billdrop.parsing.reading import read
from billdrop.readers import Limits

GUIDELINE = """
guideline = "joiners"
version = 1
match = { contains = ["Nail & Son"] }
input = { reader = "layout" }

[locale]
dates = ["DD.MM.YYYY"]
decimal = ","
group = "."

[fields]
currency = { value = "EUR" }
number = { label = "Invoice No.", form = "{} of {_:date}" }
issue_date = { label = "Invoice No.", form = "{_:word} of {}" }
customer_id = { label = "Customer" }
net = { label = "Net" }
tax = { label = "VAT 19 %" }
total = { label = "Grand total" }

[lines]
end = "Net"

[lines.fields]
id = { label = "Pos" }
name = { label = "Description" }
quantity = { label = "Qty" }
unit_price = { label = "Unit price" }
net = { label = "Amount", required = true }
"""

TEMPLATE: dict[str, Any] = {
    "template_name": "bench",
    "issuer": "Nail & Son",
    "keywords": ["Nail & Son"],
    "fields": {
        "invoice_number": r"Invoice No\. (\S+) of",
        "date": r"Invoice No\. \S+ of (\d+\.\d+\.\d+)",
        "partner_ref": r"Customer: (\d+)",
        "amount_untaxed": r"Net +([\d.,]+)",
        "amount_tax": r"VAT 19 % +([\d.,]+)",
        "amount": r"Grand total +([\d.,]+)",
        "lines": {
            "parser": "lines",
            "start": r"Pos +Description +Qty +Unit price +Amount",
            "end": r"Net  ",
            "line": r"^ +(?P<code>\d+) +(?P<name>\S.*?)  +(?P<qty>\d+) +(?P<price_unit>[\d.,]+) +(?P<price_subtotal>[\d.,]+)$",
            "types": {"qty": "float", "price_unit": "float", "price_subtotal": "float"},
        },
    },
    "options": {
        "date_formats": ["%d.%m.%Y"],
        "languages": ["de"],
        "currency": "EUR",
        "decimal_separator": ",",
    },
}

_PAGE = """\
 Nail & Son, joiners                                           Mill Lane 4
                                                               12345 Anvil
    Ada Long
    Hill Road 1
    67890 Forge                                                Customer: {customer}


 Invoice No. R-{number} of 21.11.2026

 Dear customer, we thank you for your order and ask you to pay within two weeks. What we have
 delivered is ours until it is paid. Please say the number of the invoice.

 Pos  Description                       Qty      Unit price          Amount

  1   Oak board, planed                  {qty}           50,00          {first}
      and oiled
  2   Hinge                             10            1,50           15,00
  3   Fitting                            1           85,00           85,00
      on a Saturday
                                                          Net     {net}
                                                     VAT 19 %     {tax}
                                                  Grand total     {total}

 Nail & Son                      Bank of Anvil                  VAT-ID DE136695976
 Court of Anvil HRB 4711         IBAN DE88200800000970375700    Page 1 of 1
"""

Check = Callable[[int], tuple[str, str, int]]
"""Reads the invoice of that index and says its number, total and how many lines."""


def page(index: int) -> tuple[bytes, tuple[str, str, int]]:
    """A page, and what must be read of it."""
    quantity = index % 8 + 2
    net = quantity * 5000 + 10000
    tax = net * 19 // 100
    shown = {
        "first": _money(quantity * 5000),
        "net": _money(net),
        "tax": _money(tax),
        "total": _money(net + tax),
    }
    text = _PAGE.format(number=index, customer=4000 + index % 97, qty=quantity, **shown)
    return text.encode(), (f"R-{index}", f"{(net + tax) / 100:.2f}", 3)


def _money(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}".rjust(7)


def measure(options: Options) -> list[Figure]:
    """Each result is checked for number, total and 3 lines."""
    count = options.size(1_000, 300)
    pages = [page(index) for index in range(count)]
    contents = [content for content, _ in pages]
    sides = [_ours(contents), _peer(contents)]
    expected = [wanted for _, wanted in pages]
    for check in sides:
        _rate(check, expected)
    ours, peer = interleaved(options.rounds, *(partial(_rate, it, expected) for it in sides))
    size = sum(map(len, contents)) / count / 1000
    how = (
        f"{count:,} pages of {size:.1f} KB with 3 lines, in memory, by the CPU time of one core; bytes to invoice with"
        " a date, exact amounts and every check; after one round that does not count"
    )
    return [
        figure(
            "pages", "layout", "invoices/s", ours, other=peer, other_name="invoice2data", how=how
        )
    ]


def _rate(check: Check, expected: list[tuple[str, str, int]]) -> float:
    began = time.process_time()
    results = [check(index) for index in range(len(expected))]
    taken = time.process_time() - began
    if results != expected:
        raise RuntimeError(f"the pages were read as {results[:3]}, not {expected[:3]}")
    return len(expected) / taken


def _ours(contents: list[bytes]) -> Check:
    guide: Guide = compile_guide(GUIDELINE, origin="joiners.toml", limits=Limits())
    documents: list[Document] = [document(at, content) for at, content in enumerate(contents)]

    def check(index: int) -> tuple[str, str, int]:
        if b"Nail & Son" not in documents[index].content:
            raise RuntimeError(f"the guideline does not match page {index}")
        (record,) = read(documents[index], guide).records
        if not record.accepted or record.invoice is None:
            raise RuntimeError(f"page {index} was refused: {record.findings}")
        return record.invoice.number, str(record.invoice.total), len(record.invoice.lines)

    return check


def _peer(contents: list[bytes]) -> Check:
    from invoice2data.extract.loader import ordered_load

    logging.getLogger("invoice2data").setLevel(logging.CRITICAL)
    (template,) = ordered_load(json.dumps([TEMPLATE]))
    texts = [content.decode() for content in contents]

    def check(index: int) -> tuple[str, str, int]:
        prepared = template.prepare_input(texts[index])
        if not template.matches_input(prepared):
            raise RuntimeError(f"the template does not match page {index}")
        found = template.extract(prepared, "", None)
        return found["invoice_number"], f"{found['amount']:.2f}", len(found["lines"])

    return check
