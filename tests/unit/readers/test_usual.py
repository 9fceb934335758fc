"""The short way of the delimited reader says what the exact way says, or nothing."""

import tomllib
from datetime import date
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from billdrop.guidelines.model import Guideline
from billdrop.model import Record
from billdrop.parsing.completing import completed, plan
from billdrop.readers import Draft, Limits
from billdrop.readers.delimited import Delimited
from billdrop.readers.delimited.assembly import Assembly
from billdrop.readers.delimited.cells import Dialect, rows
from billdrop.readers.stream import Row
from billdrop.readers.usual import KEPT, KEPT_CHARS, Known, UnusualError

GUIDELINE = Guideline.model_validate(
    tomllib.loads("""
guideline = "shop"
version = 1
input = { reader = "delimited", delimiter = ";" }
locale = { decimal = ",", negative = ["minus", "parentheses"], currencies = { "€" = "EUR" } }
[fields]
number = { column = 1 }
issue_date = { column = 2 }
total = { column = 3 }
net = { sum = ["lines.net"] }
type_code = { column = 4, map = { C = "381" } }
seller = { value = "Acme" }
[extra]
project = { column = 5 }
[lines]
required = true
[lines.fields]
name = { column = 6 }
quantity = { column = 7 }
unit_price = { column = 8 }
net = { column = 9, required = true }
tax_rate = { column = 10 }
unit = { value = "h" }
""")
)
LIMITS = Limits(value_chars=60, digits=8)
ASKED = plan(GUIDELINE)
HEADER = ";".join("abcdefghij")


def assembly() -> Assembly:
    reader = Delimited(GUIDELINE, LIMITS)
    return reader._assembly(reader._open(f"{HEADER}\n".encode()).columns)


def invoices(text: str) -> list[list[Row]]:
    taken = rows(iter([(2, text)]), Dialect(";", '"', ""))
    whole = [row for row in taken if len(row[2]) == 10 and row[2][0].strip()]
    return [list(group) for _, group in groupby(whole, lambda row: row[2][0].strip())]


def record(draft: Draft) -> tuple[Record, object, list[str]]:
    made = completed(draft, 0, ASKED)
    assert draft.text is not None
    assert made.spans is not None
    lines = [draft.text(line) for line in range(draft.first_line, draft.last_line + 1)]
    return replace(made, spans=None), made.spans(), lines


AMOUNTS = st.sampled_from(
    ["3", " 3,50 ", "-3", "(3)", "3 €", "", " ", "x", "999999999", "3.5", "0003"]
)
TEXTS = st.sampled_from(["pen", " pen ", "", '"a; ""b"""', '"a\nb"', "C", "x" * 61, "ﬁ"])
CELLS = st.tuples(
    st.sampled_from(["1", " 1", "2"]),
    st.sampled_from(["2026-01-02", " 2026-01-02", "2026-02-30", ""]),
    AMOUNTS,
    st.sampled_from(["", "C", "380"]),
    TEXTS,
    TEXTS,
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
    st.sampled_from(["19", "19 %", "", "19,5%"]),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(CELLS, min_size=1, max_size=4))
@example([("1", "2026-01-02", "6", "", "p", "pen", "1", "3", "3", "19")] * 2)
def test_what_the_short_way_reads_is_what_the_exact_way_reads(cells: list[tuple[str, ...]]) -> None:
    ways = assembly()
    for group in invoices("\n".join(map(";".join, cells))):
        exact = record(ways.exact(group, []))
        try:
            usual = record(ways.usual(group))
        except UnusualError:
            continue
        assert usual == exact


def test_plain_invoice_takes_the_short_way() -> None:
    (group,) = invoices("1;2026-01-02;6,00; C;p;pen;2;1,50;3,00;19\n" * 2)
    draft = assembly().usual(group)
    assert draft.values == {
        "number": "1",
        "issue_date": date(2026, 1, 2),
        "total": Decimal("6.00"),
        "type_code": "381",
        "extra.project": "p",
    }
    assert draft.made
    assert [line.net for line in draft.made] == [Decimal("3.00")] * 2


@pytest.mark.parametrize(
    "row",
    [
        "1;2026-02-30;3;;p;pen;1;3;3;19",
        "1;2026-01-02;3 €;;p;pen;1;3;3;19",
        "1;2026-01-02;3;;p;pen;1;3; ;19",
        f"1;2026-01-02;3;;p;{'x' * 61};1;3;3;19",
    ],
)
def test_anything_unusual_is_left_to_the_exact_way(row: str) -> None:
    (group,) = invoices(row)
    with pytest.raises(UnusualError):
        assembly().usual(group)


def test_rows_that_state_other_things_are_left_to_the_exact_way() -> None:
    (group,) = invoices("1;2026-01-02;3;;p;pen;1;3;3;19\n1;2026-01-02;3;;;pen;1;3;3;19")
    with pytest.raises(UnusualError):
        assembly().usual(group)


def test_what_is_remembered_is_bounded() -> None:
    known = Known(None, most=10_000)
    for number in range(2 * KEPT):
        assert known[f" {number} "] == str(number)
        assert len(known) <= KEPT
    before = len(known)
    assert known["x" * (KEPT_CHARS + 1)]
    assert len(known) == before
