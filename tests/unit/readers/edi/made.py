"""Interchanges of one invoice, made of their segments, and what is read of them."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources

from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Finding, Invoice, Parsed, Record, Severity
from billdrop.parsing.reading import read
from billdrop.readers import Limits

HEAD = (
    "ISA*00*          *00*          *ZZ*SELLER         *ZZ*BUYER          "
    "*260302*0815*U*00401*000000007*0*P*>"
)
BILL = (
    "BIG*20260302*A-1*20260201*PO-7",
    "N1*SE*Bolts Inc",
    "IT1*1*3*EA*1.50**VP*B-1",
    "IT1*2*2*EA*10**VP*B-2",
    "TDS*2450",
    "CTT*2",
)
NOTE = (
    "BGM+380+R-1+9",
    "DTM+137:20260302:102",
    "NAD+SU+401::9++Schrauben AG",
    "CUX+2:EUR:4",
    "LIN+1++4711:EN",
    "QTY+47:3:PCE",
    "MOA+203:4.50",
    "PRI+AAA:1.50",
    "UNS+S",
    "CNT+2:1",
    "MOA+77:5.36",
    "MOA+79:4.50",
    "MOA+124:0.86",
)


def x12(*bills: Sequence[str], end: str = "~", count: str = "") -> str:
    """An X12 interchange with one transaction set for each list of segments."""
    sets = []
    for number, bill in enumerate(bills, 1):
        said = count or str(len(bill) + 2)
        sets += [f"ST*810*{number:04}", *bill, f"SE*{said}*{number:04}"]
    segments = [HEAD, "GS*IN*S*B*20260302*0815*7*X*004010", *sets]
    segments += [f"GE*{len(bills)}*7", "IEA*1*000000007"]
    return "".join(f"{segment}{end}" for segment in segments)


def edifact(
    *notes: Sequence[str], una: str = "UNA:+.? '", unb: str = "UNOC:3", end: str = "'"
) -> str:
    """An EDIFACT interchange with one message for each list of segments."""
    messages = []
    for number, note in enumerate(notes, 1):
        messages += [f"UNH+{number}+INVOIC:D:96A:UN", *note, f"UNT+{len(note) + 2}+{number}"]
    segments = [f"UNB+{unb}+1+2+260302:0815+7", *messages, f"UNZ+{len(notes)}+7"]
    return una + "".join(f"{segment}{end}" for segment in segments)


def changed(segments: Sequence[str], **by_tag: str) -> tuple[str, ...]:
    """The segments with the first of each name replaced; an empty one is left out."""
    left = dict(by_tag)
    found = [left.pop(one[:3].rstrip("*+"), one) for one in segments]
    assert not left
    return tuple(one for one in found if one)


@lru_cache
def guide(name: str, more: str = "") -> Guide:
    """A guideline that comes with billdrop, or one that extends it."""
    file = resources.files("billdrop.guidelines") / "builtin" / f"{name}.toml"
    text = file.read_text("utf-8")
    if more:
        text = f'guideline = "own"\nversion = 1\nextends = "{name}"\n{more}'
    return compile_guide(text, origin="guide.toml", limits=Limits())


def parsed(content: str | bytes, more: str = "", name: str = "") -> Parsed:
    """What is made of a document."""
    data = content if isinstance(content, bytes) else content.encode()
    name = name or ("x12-810" if b"ISA" in data[:8] else "edifact-invoic")
    return read(document(data), guide(name, more))


def document(content: bytes) -> Document:
    """A document with this content."""
    return Document(
        ref=DocumentRef(bucket="inbox", key="acme/a.edi", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def records(content: str | bytes, more: str = "") -> list[Record]:
    """The records of a document that is read."""
    made = parsed(content, more)
    assert made.findings == ()
    return list(made.records)


def invoice(content: str | bytes, more: str = "") -> Invoice:
    """The one invoice of a document, nothing found."""
    (record,) = records(content, more)
    assert record.findings == ()
    assert record.invoice is not None
    return record.invoice


def findings(content: str | bytes, more: str = "") -> list[Finding]:
    """All that was found, of the document and of its records."""
    made = parsed(content, more)
    return [*made.findings, *(found for record in made.records for found in record.findings)]


def errors(content: str | bytes, more: str = "") -> list[str]:
    """The codes of the errors."""
    return [it.code for it in findings(content, more) if it.severity is Severity.ERROR]
