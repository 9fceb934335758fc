"""What the CSV promises: one line per row, exact numbers, and no cell that a spreadsheet runs."""

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.books.columns import INVOICES, LINES, Column
from billdrop.books.csvfile import CHUNK, cleaned, objects, render, unguarded
from billdrop.model import Row, Segment

TEXTS = (Column("a", "text", ""), Column("b", "text", ""))
KINDS = (Column("a", "text", ""), Column("b", "money", ""))

CELL = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text("='+-@,\"\\\t\r\n\0\u2028\x85＝ a", max_size=8),
)


def rendered(columns: tuple[Column, ...], *rows: Row) -> str:
    return b"".join(render(columns, rows)).decode()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def segment(invoices: list[Row], lines: list[Row]) -> Segment:
    return Segment(name="s-1", received=date(2026, 11, 22), invoices=invoices, lines=lines)


def test_segment_has_an_object_of_invoices_and_one_of_lines() -> None:
    keys = [key for key, _ in objects(segment([], []))]
    assert keys == ["invoices/received=2026-11-22/s-1.csv", "lines/received=2026-11-22/s-1.csv"]


def test_segment_without_lines_has_a_lines_object_of_the_header() -> None:
    bodies = [b"".join(body) for _, body in objects(segment([], []))]
    assert bodies[1].decode() == ",".join(column.name for column in LINES) + "\n"


def test_objects_are_the_same_whenever_asked() -> None:
    same = segment([tuple("x" if c.kind == "text" else None for c in INVOICES)], [])
    once, again = ([(key, b"".join(body)) for key, body in objects(same)] for _ in range(2))
    assert once == again


def test_header_comes_first_and_lines_end_with_lf() -> None:
    assert rendered(KINDS, ("x", "1.50")) == "a,b\nx,1.50\n"


def test_no_rows_is_a_header() -> None:
    assert list(render(KINDS, [])) == [b"a,b\n"]


def test_none_and_empty_text_are_empty_cells() -> None:
    assert rendered(TEXTS, (None, "")) == "a,b\n,\n"


def test_comma_and_quote_are_quoted_as_rfc_4180_says() -> None:
    assert rendered(TEXTS, ("a,b", 'say "x"')) == 'a,b\n"a,b","say ""x"""\n'


def test_backslash_stays_as_it_is() -> None:
    assert rendered(TEXTS, ("C:\\", "x\\")) == "a,b\nC:\\,x\\\n"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\0"])
def test_line_end_or_control_becomes_one_blank(end: str) -> None:
    assert cleaned(f"a{end}b") == "a b"


def test_lone_surrogate_becomes_the_replacement_character() -> None:
    assert rendered(TEXTS, ("a\ud800", None)) == "a,b\na\ufffd,\n"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-x", "@x", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠1", "'=1", " =1"],
)
def test_text_that_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    assert read(rendered(TEXTS, (cell, None)))[1][0].startswith("'")


@pytest.mark.parametrize("cell", ["a=1", "'a", "'", "1-2", " a"])
def test_harmless_text_is_left_as_it_is(cell: str) -> None:
    assert cleaned(cell) == cell


def test_negative_amount_is_not_guarded() -> None:
    assert rendered(KINDS, ("x", "-12.50")) == "a,b\nx,-12.50\n"


@pytest.mark.parametrize("cell", ["1e3", "+1", " 1", "1.", ".5", "NaN", "1|2", "١", "=1", "1\n"])
def test_amount_that_is_not_plain_is_a_fault(cell: str) -> None:
    with pytest.raises(ValueError, match="column b"):
        rendered(KINDS, ("x", cell))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", "-3", "3.0"),
        ("date", "2026-11-15", "2026-11-15 00:00"),
        ("timestamp", "2026-11-15 10:00:00.123", "2026-11-15"),
    ],
)
def test_each_kind_has_its_own_form(kind: str, good: str, bad: str) -> None:
    columns = (Column("a", kind, ""), Column("b", "text", ""))  # type: ignore[arg-type]
    assert good in rendered(columns, (good, None))
    with pytest.raises(ValueError, match="column a"):
        rendered(columns, (bad, None))


def test_row_of_another_length_is_a_fault() -> None:
    with pytest.raises(ValueError, match="3 cells"):
        rendered(TEXTS, ("a", "b", "c"))


def test_one_bad_text_leaves_the_other_rows_as_they_are() -> None:
    assert rendered(TEXTS, ("a", None), ("=b", "x"), (None, "c")) == "a,b\na,\n'=b,x\n,c\n"


def test_large_segment_comes_in_chunks() -> None:
    chunks = list(render(TEXTS, (("x" * 500, str(index)) for index in range(5000))))
    assert len(chunks) > 2
    assert max(map(len, chunks)) < 2 * CHUNK
    assert len(read(b"".join(chunks).decode())) == 5001


@given(st.lists(st.tuples(CELL, CELL), max_size=30))
def test_every_row_is_one_line_and_no_text_begins_a_formula(rows: list[Row]) -> None:
    text = rendered(TEXTS, *rows)
    assert text.count("\n") == len(rows) + 1
    assert len(text.splitlines()) == len(rows) + 1
    for row in read(text)[1:]:
        assert not any(re.match(r"\s*[=+\-@＝＋－＠\t\r\0]", cell) for cell in row)


@given(st.lists(st.tuples(CELL, CELL), max_size=30))
def test_guard_can_be_undone(rows: list[Row]) -> None:
    back = [[unguarded(cell) for cell in row] for row in read(rendered(TEXTS, *rows))[1:]]
    assert back == [[oneline(cell or "") for cell in row] for row in rows]


def oneline(cell: str) -> str:
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", cell)
