"""Genuine invoices of the shared corpus are read as the people who collected them say."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import billdrop
from billdrop.books.columns import plain
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Invoice
from billdrop.parsing.reading import read
from billdrop.readers import Limits
from tests.corpus import corpus, expected

ROOT = Path(__file__).resolve().parents[3]
CASES = ROOT / "tests" / "cases" / "labelled"
BUILTIN = Path(billdrop.__file__).parent / "guidelines" / "builtin"


def only_invoice(file: Path, guideline: Path) -> Invoice:
    content = file.read_bytes()
    document = Document(
        ref=DocumentRef(bucket="inbox", key=f"acme/{file.name}", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )
    guide = compile_guide(guideline.read_text(), origin=str(guideline), limits=Limits())
    (record,) = read(document, guide).records
    assert record.findings == ()
    assert record.invoice is not None
    return record.invoice


def test_docproc_sample_says_what_its_expectation_says() -> None:
    file = corpus("docproc") / "docproc-invoice.txt"
    invoice, wanted = only_invoice(file, BUILTIN / "docproc.toml"), expected(file)
    for name in ("customer_id", "number", "seller", "buyer", "net", "tax", "total", "in_words"):
        assert plain(getattr(invoice, name)) == wanted[name]
    assert invoice.issue_date.isoformat() == wanted["date"]
    assert invoice.currency == "INR"
    lines = [
        {name: plain(getattr(line, name)) for name in ("id", "name", "net", "tax")}
        for line in invoice.lines
    ]
    assert lines == wanted["lines"]


@pytest.mark.parametrize(
    ("name", "case"),
    [("lines-basic", "key-value-lines"), ("lines-multiple-patterns", "key-value-patterns")],
)
def test_key_value_sample_has_number_date_total_and_currency(name: str, case: str) -> None:
    file = corpus("text-kv") / f"invoice2data__tests__custom__{name}.txt"
    invoice = only_invoice(file, CASES / case / "guideline.toml")
    (wanted,) = expected(file)
    assert invoice.number == wanted["invoice_number"]
    assert invoice.issue_date.isoformat() == wanted["date"]
    assert invoice.total == Decimal(str(wanted["amount"]))
    assert invoice.currency == wanted["currency"]
    assert invoice.seller == wanted["issuer"]


def test_key_value_sample_has_the_lines_that_are_items() -> None:
    file = corpus("text-kv") / "invoice2data__tests__custom__lines-basic.txt"
    invoice = only_invoice(file, CASES / "key-value-lines" / "guideline.toml")
    lines = [(line.name, line.quantity, line.unit or "") for line in invoice.lines]
    (wanted,) = expected(file)
    assert lines == [
        (it["name"], Decimal(str(it["qty"])), it["unit"]) for it in wanted["column_lines"]
    ]
