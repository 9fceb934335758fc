"""Each folder of `tests/cases/delimited` is a guideline, a document and what it is read as."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Record
from billdrop.parsing.reading import read
from billdrop.readers import Limits

CASES = Path(__file__).resolve().parents[2] / "cases" / "delimited"


def parsed(case: Path) -> Any:
    (path,) = case.glob("input.*")
    content = path.read_bytes()
    text = (case / "guideline.toml").read_text("utf-8")
    document = Document(
        ref=DocumentRef(bucket="inbox", key=f"beta/{path.name}", version="1", customer="beta"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )
    found = read(document, compile_guide(text, origin=case.name, limits=Limits()))
    findings = [_plain(finding) for finding in found.findings]
    return _full([*findings, *[_record(record) for record in found.records]])


def _record(record: Record) -> Any:
    plain = _plain({"invoice": record.invoice, "findings": record.findings})
    spans = dict(record.spans()) if record.spans else {}
    places = {path: f"{span.line}:{span.column} {span.text}" for path, span in spans.items()}
    return plain | {"accepted": record.accepted, "places": places}


def _plain(value: object) -> Any:
    """As JSON, without what is empty."""
    return _full(msgspec.to_builtins(value, str_keys=True))


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _full(one) for key, one in value.items() if not _says_nothing(key, one)}
    return [_full(one) for one in value] if isinstance(value, list | tuple) else value


def _says_nothing(key: str, value: Any) -> bool:
    return value in (None, "", [], (), {}) or (key == "held" and not value)


def expected(case: Path) -> Any:
    return _full(json.loads((case / "expected.json").read_text("utf-8")))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_document_is_read_as_expected(case: Path) -> None:
    assert parsed(case) == expected(case)
