"""What billdrop makes of each genuine invoice, held against what is known to be in it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from billdrop.guidelines.library import Library
from billdrop.model import Document, DocumentRef, Finding, Invoice, Severity
from billdrop.parsing.reading import parse

READ, REFUSED, UNKNOWN, WRONG = "read", "refused", "read, nothing known of it", "wrong"
"""READ: number, date, currency and total are as known; REFUSED: with a finding; WRONG: never."""
TEST = "read, sent as a test"
"""Refused for being a test of a partner's, and for nothing else; what is known of it is as it was read."""
OF_TESTS = frozenset(("BD2071",))


class Known(Struct, frozen=True, kw_only=True):
    """What is known of one invoice; None where nothing is."""

    number: str | None
    issue_date: date | None
    currency: str | None
    total: Decimal | None


class Verdict(Struct, frozen=True, kw_only=True):
    """What was made of one file."""

    name: str
    kind: str
    guideline: str
    """Empty where none recognises it."""
    findings: tuple[Finding, ...] = ()
    """Errors only, in the order of the text."""
    differences: tuple[str, ...] = ()


def samples(folder: Path) -> list[Path]:
    """The files of a folder of the corpus, in order of their names."""
    aside = (".expected.json", ".md")
    return sorted(file for file in folder.iterdir() if not file.name.endswith(aside))


def document(name: str, content: bytes, customer: str = "corpus") -> Document:
    """A document as an inbox would give it."""
    ref = DocumentRef(bucket="corpus", key=f"{customer}/{name}", version="1", customer=customer)
    return Document(
        ref=ref,
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def verdict(file: Path, library: Library) -> Verdict:
    """Read a file and compare."""
    read = parse(document(file.name, file.read_bytes()), library)
    records = list(read.records)
    errors = [found for found in read.findings if found.severity is Severity.ERROR]
    for record in records:
        errors += [found for found in record.findings if found.severity is Severity.ERROR]
    tests = bool(errors) and {found.code for found in errors} <= OF_TESTS
    invoices = [it.invoice for it in records if it.invoice and (it.accepted or tests)]
    said = known_of(file)
    differences = tuple(_differences(invoices, said, whole=not errors or tests))
    name = read.guideline.name if read.guideline else ""
    if differences:
        kind = WRONG
    elif tests:
        kind = TEST
    elif errors:
        kind = REFUSED
    else:
        kind = (
            READ if any(it.total is not None or it.number is not None for it in said) else UNKNOWN
        )
    return Verdict(
        name=file.name,
        kind=kind,
        guideline=name,
        findings=tuple(errors),
        differences=differences,
    )


def _differences(invoices: list[Invoice], said: list[Known], *, whole: bool) -> Iterator[str]:
    """What was accepted and is not as known; without a finding, all that is known must be there."""
    if whole and said and len(invoices) != len(said):
        yield f"{len(invoices)} invoices, not {len(said)}"
        return
    for place, invoice in enumerate(invoices):
        fits = [it for it in said if it.number in (None, invoice.number)]
        known = said[place] if len(said) == len(invoices) else fits[0] if fits else None
        for name in Known.__struct_fields__ if known else ():
            wanted, got = getattr(known, name), getattr(invoice, name)
            if wanted is not None and wanted != got:
                yield f"{name} {got}, not {wanted}"


def known_of(file: Path) -> list[Known]:
    """What those who collected a document say is in it, an entry for each invoice."""
    aside = file.with_name(f"{file.name}.expected.json")
    if not aside.exists():
        return []
    stated = json.loads(aside.read_text("utf-8"), parse_float=Decimal)
    many = stated if isinstance(stated, list) else [stated]
    return [_one(it) for it in many]


def _one(stated: dict[str, Any]) -> Known:
    """People who collect invoices name things each in their way."""
    total = stated.get("total", stated.get("amount"))
    if "total_minor" in stated and stated["total_minor"] is not None:
        total = Decimal(stated["total_minor"]).scaleb(-2)
    day = stated.get("date")
    return Known(
        number=stated.get("number", stated.get("invoice_number")),
        issue_date=_day(day) if day else None,
        currency=stated.get("currency"),
        total=None if total is None else Decimal(str(total)),
    )


def _day(text: str) -> date:
    """Dates are written as ISO has them, or as their standard has, with or without a time."""
    digits = text.replace("-", "")[:8] if text[:8].isdigit() or "-" in text else f"20{text[:6]}"
    return date.fromisoformat(digits)
