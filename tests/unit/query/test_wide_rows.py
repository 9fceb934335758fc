"""One invoice with very much text keeps nobody from asking the books."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billdrop.books.columns import INVOICES
from billdrop.books.csvfile import render
from billdrop.checks.length import ROW_CHARS
from billdrop.errors import SegmentConflictError
from billdrop.guidelines.load import compile_guide
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.model import Document, DocumentRef, Record
from billdrop.parsing.reading import read
from billdrop.readers import Limits
from tests.unit.query.books import invoice

HEAD = """
guideline = "wide"
version = 1
locale = { currency = "EUR" }
match = { contains = ["No"] }
"""
FIELDS = """
[fields]
number = { label = "No" }
issue_date = { label = "Date" }
total = { label = "Total" }
[extra]
"""
EXTRAS = "".join(f'x{index} = {{ label = "X{index}" }}\n' for index in range(160))
LABELLED = HEAD + 'input = { reader = "labelled" }\n' + FIELDS + EXTRAS
DELIMITED = (
    HEAD
    + 'input = { reader = "delimited", delimiter = "," }\n'
    + (FIELDS + EXTRAS).replace("label", "column")
)


def labelled(size: int) -> str:
    values = "".join(f"X{index}: {'y' * size}\n" for index in range(160))
    return f"No: a-1\nDate: 2026-01-02\nTotal: 5\n{values}"


def delimited(size: int) -> str:
    head = ",".join(["No", "Date", "Total", *(f"X{index}" for index in range(160))])
    return "\n".join([head, ",".join(["a-1", "2026-01-02", "5", *["y" * size] * 160]), ""])


def record(guideline: str, text: str) -> Record:
    content = text.encode()
    ref = DocumentRef(bucket="inbox", key="acme/a", version="1", customer="acme")
    document = Document(
        ref=ref,
        arrived_at=datetime(2026, 1, 1, tzinfo=UTC),
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
        content=content,
    )
    guide = compile_guide(guideline, origin="wide", limits=Limits(line_chars=8_000_000))
    return next(iter(read(document, guide).records))


@pytest.mark.parametrize(("guideline", "text"), [(LABELLED, labelled), (DELIMITED, delimited)])
def test_more_text_than_a_row_holds_is_refused(guideline: str, text: Callable[[int], str]) -> None:
    (found,) = record(guideline, text(9_990)).findings
    assert (found.code, found.field) == ("BD2027", "extra.x0")
    assert "1,048,576" in found.message
    assert record(guideline, text(6_500)).findings == ()


def test_row_with_as_much_text_as_is_allowed_can_be_asked(tmp_path: Path) -> None:
    folder = tmp_path / "invoices" / "received=2026-11-22"
    folder.mkdir(parents=True)
    worst = "\\u0001" * ROW_CHARS
    row = invoice("a", "2026-11-15", "100.00", extra=worst)
    (folder / "s.csv").write_bytes(b"".join(render(INVOICES, [row])))
    query = "SELECT length(extra) AS n FROM invoices"
    assert list(DuckdbEngine(tmp_path).run(query)) == [(6 * ROW_CHARS,)]


def test_row_that_is_too_long_is_an_error_of_ours_whatever_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "invoices" / "received=2026-11-22"
    folder.mkdir(parents=True)
    row = invoice("a", "2026-11-15", "100.00", seller="\N{GRINNING FACE}" * 3_000_000)
    (folder / "s.csv").write_bytes(b"".join(render(INVOICES, [row])))
    with pytest.raises(SegmentConflictError, match="a row of the CSV"):
        list(DuckdbEngine(tmp_path).run("SELECT count(*) AS n FROM invoices"))
