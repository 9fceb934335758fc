"""Small guidelines and documents for the readers of trees."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Finding, Invoice, Record
from billdrop.parsing.reading import read
from billdrop.readers import Limits

XML = """
guideline = "tree"
version = 1
{head}
[input]
reader = "xml"
currency = "cur"
namespaces = {{ n = "urn:n" }}

[fields]
number = {{ path = "n:No", required = true }}
issue_date = {{ path = "n:Day", required = true }}
currency = {{ path = "n:Cur" }}
tax_currency = {{ path = "n:TaxCur" }}
type_code = {{ path = "n:Type", refuse = {{ P = "a payment" }} }}
seller = {{ path = ["n:Seller/@name", "n:Seller"] }}
buyer = {{ path = ["n:Given", "n:Family"], joined = " " }}
tax = {{ path = "n:Tax" }}
prepaid = {{ path = ["n:Paid", "n:Before"], several = "sum" }}
total = {{ path = "n:Total", required = true }}
{fields}
[taxes]
each = "n:Share"
[taxes.fields]
amount = {{ path = "n:Amount" }}
base = {{ path = "n:Base" }}
category = {{ value = "VAT" }}
rate = {{ path = ".[n:Kind='part']/n:Rate", fraction = true }}

[lines]
each = ["n:Line[not(@kind) or @kind='item']", "n:Fee"]
[lines.fields]
name = {{ path = "n:Name", required = true }}
net = {{ path = "n:Net" }}
item_id = {{ path = "n:Code", several = "first" }}
{more}
"""
PLAIN = "<n:No>7</n:No><n:Day>2026-01-02</n:Day><n:Cur>EUR</n:Cur>"

JSON = """
guideline = "tree"
version = 1
input = {{ reader = "json" }}
{head}
[fields]
number = {{ path = "no", required = true }}
issue_date = {{ path = "day", required = true }}
currency = {{ path = "cur" }}
seller = {{ path = "'the seller'/name" }}
total = {{ path = "total", required = true }}
[lines]
each = "lines[not(note) or net!='0']"
[lines.fields]
name = {{ path = "name" }}
net = {{ path = "net" }}
{more}
"""


def xml(inner: str, *, root: str = "Doc", before: str = "") -> bytes:
    """A document of the namespace of the guideline."""
    return f'{before}<n:{root} xmlns:n="urn:n">{inner}</n:{root}>'.encode()


def records(
    content: bytes,
    guideline: str = XML,
    *,
    limits: Limits = Limits(),  # noqa: B008  frozen
    **parts: Any,
) -> tuple[list[Record], tuple[Finding, ...]]:
    """What the guideline makes of a document: its records, and what is wrong with it as a whole."""
    text = guideline.format(**{"head": "", "fields": "", "more": "", **parts})
    guide = compile_guide(text, origin="tree.toml", limits=limits)
    document = Document(
        ref=DocumentRef(bucket="b", key="c/x", version="1", customer="c"),
        arrived_at=datetime(2026, 1, 1, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )
    parsed = read(document, guide)
    return list(parsed.records), parsed.findings


def one(content: bytes, guideline: str = XML, **parts: Any) -> Record:
    """The only record."""
    found, whole = records(content, guideline, **parts)
    assert not whole, whole
    (record,) = found
    return record


def invoice(content: bytes, guideline: str = XML, **parts: Any) -> Invoice:
    """The only invoice, in which nothing was found."""
    record = one(content, guideline, **parts)
    assert not record.findings, record.findings
    assert record.invoice is not None
    return record.invoice


def refused(content: bytes, guideline: str = XML, **parts: Any) -> Finding:
    """The first thing that was found, wherever."""
    found, whole = records(content, guideline, **parts)
    return next(iter([*whole, *(each for record in found for each in record.findings)]))
