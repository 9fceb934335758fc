"""A draft is read with, and mended until it reads its own samples."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from billdrop.books.columns import plain
from billdrop.guidelines.draft.sample import Sample
from billdrop.guidelines.draft.sketch import Sketch
from billdrop.guidelines.draft.unheld import tamed
from billdrop.guidelines.guide import Guide
from billdrop.model import Document, DocumentRef, Finding, Parsed, Record, errors_of
from billdrop.readers import Limits

NEEDED = ("number", "issue_date", "total", "currency")
OF_LINES = ("BD2013", "BD2017")
"""The lines do not add up to the net, or their tax to the tax."""
SHOWN = 12
"""So many lines are named."""
NO_ROW = ("BD2004", "BD2008")
"""A text that is no amount, or is not written as a row is."""
ROUNDS = 8
LONGEST = 64 * 1024
"""A longer sample is too long to be an example."""
_SHOWN = ("number", "issue_date", "due_date", "currency", "net", "tax", "total", "seller", "buyer")
_OF_LINES = ("id", "name", "quantity", "unit", "unit_price", "net", "tax")


def read_with(guide: Guide, sample: Sample) -> Parsed:
    """What a guide reads of a sample."""
    from billdrop.parsing.reading import read

    content = sample.content
    customer = next(iter(guide.guideline.customers), "sample")
    ref = DocumentRef(bucket="draft", key=f"{customer}/sample.txt", version="1", customer=customer)
    document = Document(
        ref=ref,
        arrived_at=datetime(2000, 1, 1, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )
    return read(document, guide)


def guide_of(text: str) -> Guide | None:
    """The guide of a draft, if it can be one."""
    from billdrop.guidelines.lint import examine

    guide, problems = examine(text, limits=Limits(), beside=None)
    return guide if not problems else None


def _wrong(parsed: Parsed) -> list[Finding]:
    """What keeps it, or one of its records, out of the books."""
    of_records = (it for record in parsed.records for it in record.findings)
    return errors_of((*parsed.findings, *of_records))


def refused(guide: Guide, sample: Sample) -> bool:
    """Whether the sample would wait in quarantine."""
    return bool(_wrong(read_with(guide, sample)))


def mended(sketch: Sketch, samples: Sequence[Sample]) -> Guide | None:
    """Leave out what cannot be read, and say so, until the samples are read as far as they can be."""
    guide = None
    for _ in range(ROUNDS):
        made = guide_of(sketch.provisional())
        if made is None:
            if not _without_lines(sketch, "what was seen of them makes no guideline"):
                return guide
            continue
        guide = made
        if sketch.lines and not any(map(_has_lines, (read_with(guide, it) for it in samples))):
            _without_lines(sketch, "no row was read below their heads")
            continue
        found = [(it, one) for one in samples for it in _wrong(read_with(guide, one))]
        if any(_ended(sketch, it, one, samples) for it, one in found[:20]):
            continue
        errors = [it for it, _ in found]
        left = [_left_out(sketch, it) for it in errors[:20]]
        if any(left) or tamed(sketch, [read_with(guide, it) for it in samples], samples):
            continue
        for it in errors[:20]:
            _doubt(sketch, it)
        break
    return guide


def _ended(sketch: Sketch, found: Finding, sample: Sample, samples: Sequence[Sample]) -> bool:
    """Let a table end where a line below it is taken for one of its rows, if all samples have that line."""
    inside = re.match(r"lines\[[1-9]", found.field) and found.code in NO_ROW and found.line
    if not (inside and found.line and "fields" in sketch.lines) or "end" in sketch.lines:
        return False
    row = sample.rows[found.line - 1] if found.line <= len(sample.rows) else []
    text = row[0].text if row else ""
    common = all(any(line and line[0].text == text for line in it.rows) for it in samples)
    if not text or any(it.isdigit() for it in text) or not common:
        return False
    sketch.lines = {"end": text, **sketch.lines}
    sketch.doubt("lines", f"they are taken to end above `{text}`")
    return True


def _has_lines(parsed: Parsed) -> bool:
    return any(record.invoice is None or record.invoice.lines for record in parsed.records)


def _left_out(sketch: Sketch, found: Finding) -> bool:
    """Whether the guideline says less than before."""
    name = found.field.partition("[")[0].partition(".")[0]
    if found.code == "BD2018" and "fields" in sketch.lines:
        return _without_price(sketch)
    if name == "lines" or (sketch.lines and found.code in OF_LINES):
        return _without_lines(sketch, found.message)
    if name in sketch.fields and name not in NEEDED:
        del sketch.fields[name]
        sketch.doubts.pop(name, None)
        sketch.doubt("fields", f"{name} was seen and left out: {found.message}")
        return True
    if found.code == "BD2007" and sketch.fields.get(name, {}).keys() == {"label"}:
        return _first_counts(sketch, name)
    if sketch.lines and found.code in ("BD2012", "BD2013", "BD2014"):
        return _without_lines(sketch, found.message)
    return False


def _first_counts(sketch: Sketch, name: str) -> bool:
    """A label that is a word among others further down states its value where it stands first."""
    if sketch.input["reader"] != "layout" or name not in ("number", "issue_date"):
        return False
    sketch.fields[name]["several"] = "first"
    sketch.doubt(name, "the label is there again; where it stands first counts")
    return True


def _without_price(sketch: Sketch) -> bool:
    had = sketch.lines["fields"].pop("unit_price", None) is not None
    if had:
        why = "quantity times it is not always the line's net; a discount may stand between"
        sketch.doubt("lines", f"unit_price is left out: {why}")
    return had


def _without_lines(sketch: Sketch, why: str) -> bool:
    had = bool(sketch.lines) and not sketch.extends
    if had:
        sketch.lines = {}
        sketch.doubt("lines", f"the lines of the invoice are left out: {why}")
    return had


def _doubt(sketch: Sketch, found: Finding) -> None:
    name = found.field.partition("[")[0].partition(".")[0] or "match"
    place = f"line {found.line}: " if found.line else ""
    sketch.doubt(name, f"{place}{found.message} ({found.code})")


def mark_strays(sketch: Sketch, guide: Guide, samples: Sequence[Sample]) -> None:
    """Say which lines of the first sample no rule takes: each would be a warning of every document."""
    parsed = read_with(guide, samples[0])
    found = (*parsed.findings, *(it for record in parsed.records for it in record.findings))
    lines = [str(it.line) for it in found if it.code == "BD2009"]
    if lines:
        listed = ", ".join(lines[:SHOWN]) + (", …" if len(lines) > SHOWN else "")
        places = f"line{'s' if len(lines) > 1 else ''} {listed} of {samples[0].name}"
        remedy = "add a field, or name under `ignore` what carries nothing"
        sketch.doubt("unclaimed", f"no rule takes {places}: {remedy}")


def examples_of(guide: Guide, samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """The samples that are read without errors, with what is read of them."""
    made = []
    for sample in samples:
        parsed = read_with(guide, sample)
        if len(sample.text) <= LONGEST and not _wrong(parsed):
            expected = [_expected(record) for record in parsed.records]
            made.append({"text": sample.text.replace("\r\n", "\n"), "expect": expected})
    return made


def without_currency(example: dict[str, Any]) -> dict[str, Any]:
    """The example, its currency left to a person."""
    expected = [
        {name: value for name, value in one.items() if name != "currency"}
        for one in example["expect"]
    ]
    return {**example, "expect": expected}


def _expected(record: Record) -> dict[str, Any]:
    invoice = record.invoice
    assert invoice is not None, "it is read without errors"
    stated = {
        name: plain(value) for name in _SHOWN if (value := getattr(invoice, name)) is not None
    }
    lines = [
        {name: plain(value) for name in _OF_LINES if (value := getattr(line, name)) is not None}
        for line in invoice.lines
    ]
    return stated | ({"lines": lines} if lines else {})
