"""
The labelled reader alone, from bytes to a checked invoice, beside a peer and the plain way.

Every side is set up once and reads the same invoices. The peer's template is what its documentation has
a user write: a regular expression for each field, and `parser: lines` for the items. It states the same
as our guideline: customer's id, number, date, seller, buyer, net, tax, total, the amount in words, and
5 lines of id, name, net and tax. Both sides recognise the document first. The peer reads amounts as
floats and compares nothing; we read them exactly, and check sums, taxes, total and words.

Its template is timed twice: with field names of its own list, which its documentation recommends, and
with names of the user's choice, which it looks up among its own by likeness for every invoice. Expressions
that begin with the end of the line before, and rows whose names hold no comma, change its time by a
twentieth at most; expressions with `^` and `$` nearly double it. In memory it goes by the methods of its
templates; its public call, which takes a file, makes the ratio no other when both sides read files.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from bench import baseline
from bench.figures import Figure, Options, figure, interleaved
from billdrop.demo import docproc_invoice, docproc_number
from billdrop.demo.bulk import amounts
from billdrop.guidelines.library import open_library
from billdrop.model import Document, DocumentRef
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

TEMPLATE: dict[str, Any] = {
    "template_name": "bench",
    "issuer": "Space Mechanics Inc.",
    "keywords": ["Customer-ID:", "Inv-ID:"],
    "fields": {
        "partner_ref": r"Customer-ID: (\S+)",
        "invoice_number": r"Inv-ID: (\S+)",
        "date": r"Dated: (\w+ \d+ \d+)",
        "partner_name": r"From: (.+)",
        "narration": r"To: (.+)",
        "amount_untaxed": r"Amount: (\d+)",
        "amount_tax": r"SGST: (\d+)",
        "amount": r"Total: (\d+)",
        "note": r"InWords: (.+)",
        "lines": {
            "parser": "lines",
            "start": "Items",
            "end": r"\Z",
            "line": r"^(?P<code>\d+)\) (?P<name>.+), (?P<price_subtotal>\d+), (?P<line_tax_amount>\d+)$",
            "types": {"price_subtotal": "float", "line_tax_amount": "float"},
        },
    },
    "options": {"date_formats": ["%b %d %Y"], "languages": ["en"], "currency": "INR"},
}
"""With field names of the peer's own list."""

RENAMED = {
    "partner_ref": "customer_id",
    "partner_name": "seller",
    "narration": "buyer",
    "amount_untaxed": "amount_net",
    "note": "in_words",
    "code": "id",
    "price_subtotal": "net",
    "line_tax_amount": "tax",
}
"""Names of a user's choice; what begins with `amount` is an amount."""

Check = Callable[[int], tuple[str, int, int]]
"""Reads the invoice of that index and says its number, total and how many lines."""


def measure(options: Options) -> list[Figure]:
    """Each result is checked for number, total and 5 lines; the plain way has no lines to check."""
    count = options.size(2_000, 500)
    contents = [docproc_invoice(index, detail=True) for index in range(count)]
    sides = [
        (_ours(contents), 5),
        (_peer(contents, _text(TEMPLATE)), 5),
        (_peer(contents, _renamed(_text(TEMPLATE))), 5),
        (_plain(contents), 0),
    ]
    for check, lines in sides:
        _rate(check, count, lines=lines)
    ours, peer, renamed, plain = interleaved(
        options.rounds,
        *(partial(_rate, check, count, lines=lines) for check, lines in sides),
    )
    how = (
        f"{count:,} invoices of 1 KB with 5 lines, in memory, by the CPU time of one core; bytes to invoice with dates,"
        " exact amounts, every check and the amount in words; after one round that does not count"
    )
    return [
        figure(
            "reader", "labelled", "invoices/s", ours, other=peer, other_name="invoice2data", how=how
        ),
        figure(
            "reader",
            "labelled",
            "invoices/s",
            ours,
            other=renamed,
            other_name="invoice2data, names of one's own",
            how=how,
        ),
        figure(
            "reader",
            "labelled",
            "invoices/s",
            ours,
            other=plain,
            other_name="character by character",
            how=f"{how}; the plain reader keeps texts of the head only, and checks nothing",
        ),
    ]


def _rate(check: Check, count: int, *, lines: int) -> float:
    began = time.process_time()
    results = [check(index) for index in range(count)]
    taken = time.process_time() - began
    for index, result in enumerate(results):
        nets, taxes = amounts(index, 5)
        expected = (docproc_number(index), sum(nets) + sum(taxes), lines)
        if result != expected:
            raise RuntimeError(f"invoice {index} was read as {result}, not {expected}")
    return count / taken


def _ours(contents: list[bytes]) -> Check:
    library, _ = open_library(None, Limits())
    documents = [document(index, content) for index, content in enumerate(contents)]

    def check(index: int) -> tuple[str, int, int]:
        (record,) = parse(documents[index], library).records
        if not record.accepted or record.invoice is None:
            raise RuntimeError(f"invoice {index} was refused: {record.findings}")
        return record.invoice.number, int(record.invoice.total), len(record.invoice.lines)

    return check


def document(index: int, content: bytes) -> Document:
    return Document(
        ref=DocumentRef(bucket="bench", key=f"b/{index}", version="1", customer="bench"),
        arrived_at=datetime.now(UTC),
        sha256=sha256(content).digest(),
        size=len(content),
        content=content,
    )


def _text(template: dict[str, Any]) -> str:
    return json.dumps([template])


def _renamed(text: str) -> str:
    for name, other in RENAMED.items():
        text = text.replace(f'"{name}"', f'"{other}"').replace(f"?P<{name}>", f"?P<{other}>")
    return text


def _peer(contents: list[bytes], text: str) -> Check:
    from invoice2data.extract.loader import ordered_load

    logging.getLogger("invoice2data").setLevel(logging.CRITICAL)
    (template,) = ordered_load(text)
    texts = [content.decode() for content in contents]

    def check(index: int) -> tuple[str, int, int]:
        prepared = template.prepare_input(texts[index])
        if not template.matches_input(prepared):
            raise RuntimeError(f"the template does not match invoice {index}")
        found = template.extract(prepared, "", None)
        return found["invoice_number"], int(found["amount"]), len(found["lines"])

    return check


def _plain(contents: list[bytes]) -> Check:
    texts = [content.decode() for content in contents]

    def check(index: int) -> tuple[str, int, int]:
        found = baseline.read(texts[index])
        return found["Inv-ID"], int(found["Total"]), 0

    return check
