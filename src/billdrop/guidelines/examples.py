"""A guideline's own examples, tried: it must read them as it says."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path as FilePath
from typing import Any

from billdrop.books.columns import plain
from billdrop.guidelines.faults import Fault
from billdrop.guidelines.fields import OTHER_ACCOUNTS
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.model import GROUPS, Example
from billdrop.guidelines.places import Path
from billdrop.model import Document, DocumentRef, Finding, Record, errors_of


def disagreements(guide: Guide, beside: FilePath) -> list[Fault]:
    """Where the guideline reads its examples otherwise than they say; their files lie in `beside`."""
    return [
        fault._replace(code="BD4006")
        for index, example in enumerate(guide.guideline.examples)
        for fault in _tried(guide, example, ("examples", index), beside)
    ]


def _tried(guide: Guide, example: Example, path: Path, beside: FilePath) -> Iterator[Fault]:
    from billdrop.parsing.reading import read

    try:
        document = _document(guide, example, beside)
    except OSError as error:
        message = f"the example `{example.file}` cannot be read: {error.strerror}"
        yield Fault((*path, "file"), message, "the path starts beside the guideline file")
        return
    except UnicodeEncodeError as error:
        letter, encoding = error.object[error.start], guide.guideline.input.encoding
        yield Fault((*path, "text"), f"`{letter}` is not in {encoding}", "put it into a file")
        return
    parsed = read(document, guide)
    records = list(parsed.records)
    yield from _refused(path, parsed.findings)
    single = not isinstance(example.expect, list)
    expected = [example.expect] if isinstance(example.expect, dict) else example.expect
    if len(records) != len(expected):
        message = f"expected {len(expected)} invoices, got {len(records)}"
        yield Fault((*path, "expect"), message)
    for index, (record, wanted) in enumerate(zip(records, expected, strict=False)):
        place = (*path, "expect") if single else (*path, "expect", index)
        yield from _refused(place, record.findings)
        if record.invoice is not None:
            yield from _differences(place, record, wanted)


def _document(guide: Guide, example: Example, beside: FilePath) -> Document:
    if example.file:
        content = (beside / example.file).read_bytes()
    else:
        content = example.text.encode(guide.guideline.input.encoding)
    customer = next(iter(guide.guideline.customers), "example")
    name = FilePath(example.file).name or "example.txt"
    ref = DocumentRef(bucket="examples", key=f"{customer}/{name}", version="1", customer=customer)
    return Document(
        ref=ref,
        arrived_at=datetime(2000, 1, 1, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )


def _refused(path: Path, findings: tuple[Finding, ...]) -> Iterator[Fault]:
    for finding in errors_of(findings):
        place = f"line {finding.line}, column {finding.column}: " if finding.line else ""
        message = f"the example is refused: {place}{finding.message} ({finding.code})"
        yield Fault(path, message, finding.hint)


def _differences(path: Path, record: Record, wanted: Mapping[str, Any]) -> Iterator[Fault]:
    for name, expected in wanted.items():
        got = getattr(record.invoice, name, None)
        if name in GROUPS:
            yield from _group_differences((*path, name), got or (), expected)
        elif name == OTHER_ACCOUNTS:
            yield from _difference((*path, name), list(got or ()), expected)
        elif name == "extra":
            for key, text in expected.items():
                yield from _difference((*path, "extra", key), (got or {}).get(key), text)
        else:
            yield from _difference((*path, name), got, expected)


def _group_differences(path: Path, got: tuple[Any, ...], wanted: list[Any]) -> Iterator[Fault]:
    if len(got) != len(wanted):
        yield Fault(path, f"expected {len(wanted)} {path[-1]}, got {len(got)}")
    for index, (line, expected) in enumerate(zip(got, wanted, strict=False)):
        for name, text in expected.items():
            yield from _difference((*path, index, name), getattr(line, name, None), text)


def _difference(path: Path, got: object, wanted: object) -> Iterator[Fault]:
    if not _same(got, wanted):
        shown = "nothing" if got is None else f"`{plain(got)}`"
        yield Fault(
            path, f"expected `{wanted}`, got {shown}", "correct the guideline or the example"
        )


def _same(got: object, wanted: object) -> bool:
    if isinstance(got, Decimal):
        try:
            return got == Decimal(str(wanted))
        except InvalidOperation:
            return False
    return got is not None and str(got) == str(wanted)
