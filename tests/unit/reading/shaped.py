"""Guidelines and documents of many shapes, and the two ways to read them."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import billdrop
from billdrop.demo import docproc_invoice
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Record
from billdrop.parsing.completing import completed, plan
from billdrop.parsing.shapes import Shapes, shapes
from billdrop.readers import Limits

GUIDELINES = Path(billdrop.__file__).parent / "guidelines"
CASES = Path(__file__).resolve().parents[2] / "cases" / "labelled"

CLOSED = """
guideline = "closed"
version = 1
input = { reader = "labelled", separator = [":", "="] }
locale = { dates = ["YYYY-MM-DD"], currency = "EUR", group = ",", currencies = { "€" = "EUR", "$" = "USD" } }
ignore = ["Thanks: all", "Page {n:int} of {m:int}", "12) Total, 5", "Note:"]
unclaimed = "ignore"
records = { start = ["Bill:"] }
[sections]
from = "Sender"
[fields]
number = { label = ["Bill", "No"] }
issue_date = { label = "Date" }
seller = { label = "Name", section = "from" }
buyer = { label = "Name" }
net = { sum = ["lines.net"] }
total = { label = "Total" }
currency = { label = "Currency" }
type_code = { label = "Kind", map = { "Credit" = "381" } }
[extra]
project = { label = "Project" }
weight = { label = "Weight" }
[lines]
start = "Lines"
end = "End"
row = ["{id:int}) {name:text}, {net:money}", "{name:text} = {net:money}"]
[checks]
total = "off"
"""
CLOSED_TEXT = """Bill: 17
Date: 2026-01-02
Currency: EUR
Name: Buyer
Sender
Name: Seller
Kind: Credit
Project: P 1
Weight: 12
Note:
something that nobody knows
Lines
1) Bolt, 12.50
2) Nut, 7.50
End
Total: 20.00 EUR
"""
ANYWHERE = """
guideline = "anywhere"
version = 1
input = { reader = "labelled", separator = "=" }
locale = { currency = "EUR" }
[fields]
number = { label = "no" }
issue_date = { label = "on" }
total = { label = "total" }
[lines]
row = "{quantity:int} x {name:text}; {net:money}"
"""
ANYWHERE_TEXT = "no = 1\non = 2026-01-02\n2 x Bolt; 10\n\n1 x Nut; 3\ntotal = 13\n"

COMMAS = """
guideline = "commas"
version = 1
input = { reader = "labelled" }
locale = { dates = ["DD.MM.YYYY"], decimal = ",", group = ".", currencies = { "€" = "EUR" } }
[fields]
number = { label = "Nummer" }
issue_date = { label = "Datum" }
currency = { label = "Währung" }
net = { label = "Netto" }
tax = { label = "Steuer" }
total = { label = "Summe" }
[lines]
start = "Posten"
row = "{id:int}. {name}; {quantity} x {unit_price}; {net}[; {tax}]"
"""
COMMAS_TEXT = """Nummer: 17
Datum: 02.01.2026
Währung: EUR
Posten
1. Bolzen; 2 x 6,25; 12,50; 1,5
2. Mutter; 1 x 7,50; 7,50

Netto: 20,00
Steuer: 1,50
Summe: 21,50
"""
COMMAS_WHOLE = """Nummer: 17
Datum: 02.01.2026
Währung: EUR
Posten
1. Bolzen; 2 x 6; 12; 1
2. Mutter; 1 x 8; 8

Netto: 20
Steuer: 1
Summe: 21
"""
COMMAS_ANYHOW = COMMAS_TEXT.replace("12,50; 1,5", "1.012,50; 1,5").replace("2 x", "162 x")
COMMAS_ANYHOW = COMMAS_ANYHOW.replace(" 20,00", " 1.020,00").replace(" 21,50", " € 1.021,50")

DRAFTED: tuple[tuple[str, str, list[str]], ...] = (
    ("closed", CLOSED, [CLOSED_TEXT, CLOSED_TEXT.replace("1) Bolt, 12.50", "Bolt = 12.50")]),
    ("anywhere", ANYWHERE, [ANYWHERE_TEXT]),
    ("commas", COMMAS, [COMMAS_TEXT, COMMAS_WHOLE, COMMAS_ANYHOW]),
)


def layouts() -> Iterator[tuple[str, str, list[str]]]:
    """Name, guideline and correct documents of each layout."""
    docproc = (GUIDELINES / "builtin" / "docproc.toml").read_text()
    yield "docproc", docproc, [docproc_invoice(i, lines=n).decode() for i, n in ((1, 5), (2, 1))]
    nordwind = (GUIDELINES / "demo" / "nordwind.toml").read_text()
    yield "nordwind", nordwind, [nordwind.split('text = """\n')[1].split('"""')[0]]
    yield from DRAFTED
    for case in sorted(CASES.iterdir()):
        own = case / "guideline.toml"
        if own.exists():
            guide = compile_guide(own.read_text(), origin=case.name, limits=Limits())
            content = (case / "input.txt").read_bytes()
            yield case.name, own.read_text(), [content.decode(guide.guideline.input.encoding)]


def guide_of(text: str) -> Guide:
    """A guide that has read nothing yet."""
    return compile_guide(text, origin="here", limits=Limits())


def document(content: bytes) -> Document:
    """A document with this content."""
    return Document(
        ref=DocumentRef(bucket="inbox", key="acme/a.txt", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def exactly(guide: Guide, content: bytes) -> list[Record]:
    """What the exact reader and all checks make of a document."""
    asked = plan(guide.guideline)
    return [completed(draft, at, asked) for at, draft in enumerate(guide.reader.read(content))]


def taught(guide: Guide, contents: list[bytes]) -> Shapes | None:
    """The shapes of these documents, as far as they have any."""
    asked = plan(guide.guideline)
    known = shapes(guide, asked)
    assert known is None or isinstance(known, Shapes)
    for content in contents if known else ():
        drafts = list(guide.reader.read(content))
        records = [completed(draft, 0, asked) for draft in drafts]
        if known and len(drafts) == 1 and records[0].invoice and not records[0].findings:
            known.learn(content, drafts[0])
    return known


def told(record: Record) -> str:
    """All that a record says, with the scale of every amount."""
    assert record.spans is not None
    return repr((record.index, record.first_line, record.last_line, record.invoice)) + repr(
        (record.findings, dict(record.spans()))
    )
