"""
Every folder of `tests/cases/labelled` is read as its `expected.json` says.

A case has `guideline.toml` (or the name of a built-in one in `guideline.txt`) and `input.txt`, byte for byte.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

import billdrop
from billdrop.books.columns import plain
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Finding, Invoice, Record
from billdrop.parsing.reading import read
from billdrop.readers import Limits

CASES = Path(__file__).resolve().parents[2] / "cases" / "labelled"
BUILTIN = Path(billdrop.__file__).parent / "guidelines" / "builtin"


def guide_of(case: Path) -> Guide:
    own = case / "guideline.toml"
    if not own.exists():
        own = BUILTIN / f"{(case / 'guideline.txt').read_text().strip()}.toml"
    return compile_guide(own.read_text(), origin=str(own), limits=Limits())


def document(content: bytes) -> Document:
    return Document(
        ref=DocumentRef(bucket="inbox", key="acme/a.txt", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def shown(finding: Finding) -> str:
    place = "" if finding.line is None else f"{finding.line}:{finding.column}: "
    return f"{place}{finding.severity} {finding.code} {finding.message}"


def told(invoice: Invoice) -> dict[str, Any]:
    """The invoice as JSON, without what it does not say."""
    values = {name: getattr(invoice, name) for name in Invoice.__struct_fields__}
    values["lines"] = [
        {
            name: plain(value)
            for name, value in msgspec.structs.asdict(line).items()
            if value is not None
        }
        for line in invoice.lines
    ]
    return {
        name: value if name in ("lines", "extra") else plain(value)
        for name, value in values.items()
        if value not in (None, (), [], {})
    }


def seen(record: Record) -> dict[str, Any]:
    return {
        "lines": [record.first_line, record.last_line],
        "invoice": told(record.invoice) if record.invoice else None,
        "findings": [shown(finding) for finding in record.findings],
        "spans": {
            path: f"{span.line}:{span.column} {span.text}"
            for path, span in (record.spans() if record.spans else {}).items()
        },
    }


@pytest.mark.parametrize("name", sorted(it.name for it in CASES.iterdir()))
def test_case_is_read_as_expected(name: str) -> None:
    case = CASES / name
    content = (case / "input.txt").read_bytes()
    parsed = read(document(content), guide_of(case))
    answer = {
        "findings": [shown(finding) for finding in parsed.findings],
        "records": [seen(record) for record in parsed.records],
    }
    assert answer == json.loads((case / "expected.json").read_text())


@pytest.mark.parametrize("name", sorted(it.name for it in CASES.iterdir()))
def test_span_of_every_value_is_where_its_text_stands(name: str) -> None:
    content = (CASES / name / "input.txt").read_bytes()
    guide = guide_of(CASES / name)
    text = content.decode(guide.guideline.input.encoding).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for record in read(document(content), guide).records:
        for span in (record.spans() if record.spans else {}).values():
            assert lines[span.line - 1][span.column - 1 :].startswith(span.text)
            assert record.first_line <= span.line <= record.last_line
        for finding in record.findings:
            shown_at = finding.excerpt[finding.offset : finding.offset + 1]
            assert shown_at or finding.code in ("BD2003", "BD2010")
