"""No amount that a column of SQL cannot hold reaches the books, whichever way it came."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.books.columns import SQL_TYPE, excess, room
from billdrop.errors import GuidelineError
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.model import Guideline
from billdrop.model import Document, DocumentRef, GuidelineRef
from billdrop.parsing.reading import read
from billdrop.readers import Limits
from billdrop.readers.registry import build

HEAD = 'guideline = "g"\nversion = 1\nlocale = { currency = "EUR" }\n'
LABELLED = (
    HEAD
    + """
input = { reader = "labelled" }
[fields]
number = { label = "No" }
issue_date = { label = "Date" }
total = { label = "Total" }
tax = { TAX }
[lines]
start = "Items"
row = "{name}, {quantity}, {unit_price}, {net}"
[checks]
line_amount = "off"
"""
)
DELIMITED = (
    HEAD
    + """
input = { reader = "delimited" }
[fields]
number = { column = "No" }
issue_date = { column = "Date" }
total = { TOTAL }
[lines.fields]
quantity = { column = "Qty" }
unit_price = { column = "Price" }
net = { column = "Net" }
tax_rate = { column = "Rate" }
[checks]
line_amount = "off"
"""
)
MUCH, FINE = "123456789012345.00", "1.00005"
COUNT, RATIO = "1" + "0" * 28, "0.00000000001"


def guide(text: str) -> Guide:
    given_guideline = Guideline.model_validate(tomllib.loads(text, parse_float=Decimal))
    reader = build(given_guideline, Limits())
    ref = GuidelineRef(name="g", version=1, digest="", text=text)
    return Guide(ref=ref, guideline=given_guideline, made=lambda: reader)


def findings(text: str, content: str, *before: str) -> list[tuple[str, str, int | None]]:
    """What is found after other documents were read with the same guideline, the same each time."""
    ready = guide(text)
    for other in before:
        assert _read(ready, other) == []
    first, second = _read(ready, content), _read(ready, content)
    assert first == second
    return first


def _read(ready: Guide, content: str) -> list[tuple[str, str, int | None]]:
    document = Document(
        ref=DocumentRef(bucket="inbox", key="acme/a", version="1", customer="acme"),
        arrived_at=datetime(2026, 11, 22, tzinfo=UTC),
        sha256=b"",
        size=len(content),
        content=content.encode(),
    )
    (record,) = read(document, ready).records
    return [(one.code, one.field, one.line) for one in record.findings if one.code != "BD2003"]


def labelled(total: str = "3", row: str = "pen, 1, 3, 3") -> str:
    return f"No: 1\nDate: 2026-01-02\nTotal: {total}\nItems\n{row}\n"


def delimited(total: str = "3", row: str = "1,3,3,19") -> str:
    return f"No,Date,Total,Qty,Price,Net,Rate\n1,2026-01-02,{total},{row}\n"


STATED = LABELLED.replace("tax = { TAX }\n", "")
COLUMN = DELIMITED.replace("TOTAL", 'column = "Total"')


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (labelled("99999999999999.9999"), []),
        (labelled("1.000000"), []),
        (labelled(MUCH), [("BD2028", "total", 3)]),
        (labelled(FINE), [("BD2028", "total", 3)]),
        (labelled(f"EUR {FINE}"), [("BD2028", "total", 3)]),
        (labelled(row=f"pen, 1, 3, {MUCH}"), [("BD2028", "lines[0].net", 5)]),
        (labelled(row=f"pen, {COUNT}, 3, 3"), [("BD2028", "lines[0].quantity", 5)]),
        (labelled(row=f"pen, 1, {RATIO}, 3"), [("BD2028", "lines[0].unit_price", 5)]),
    ],
)
def test_labelled_amount_that_does_not_fit_is_refused_where_it_stands(
    content: str, found: list[tuple[str, str, int | None]]
) -> None:
    assert findings(STATED, content) == found
    assert findings(STATED, content, *[labelled()] * 4) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (delimited("1.000000"), []),
        (delimited(MUCH), [("BD2028", "total", 2)]),
        (delimited(f"{FINE} EUR"), [("BD2028", "total", 2)]),
        (delimited(row=f"1,3,{FINE},19"), [("BD2028", "lines[0].net", 2)]),
        (delimited(row=f"{COUNT},3,3,19"), [("BD2028", "lines[0].quantity", 2)]),
        (delimited(row=f"1,{RATIO},3,19"), [("BD2028", "lines[0].unit_price", 2)]),
        (delimited(row=f"1,3,3,{RATIO}%"), [("BD2028", "lines[0].tax_rate", 2)]),
    ],
)
def test_delimited_amount_that_does_not_fit_is_refused_where_it_stands(
    content: str, found: list[tuple[str, str, int | None]]
) -> None:
    assert findings(COLUMN, content) == found


def test_sum_that_does_not_fit_is_refused() -> None:
    summed = DELIMITED.replace("TOTAL", 'sum = ["lines.net"]')
    row = f"1,3,{'9' * 14},19"
    content = delimited(row=row)
    assert findings(summed, content) == []
    assert findings(summed, f"{content}1,2026-01-02,,{row}\n") == [("BD2028", "total", 3)]


def test_constant_that_does_not_fit_is_refused_with_its_guideline() -> None:
    for text in (
        LABELLED.replace("TAX", f'value = "{FINE}"'),
        COLUMN.replace('column = "Net"', f'value = "{MUCH}"'),
        COLUMN.replace('column = "Qty"', f'value = "{COUNT}"'),
    ):
        with pytest.raises(GuidelineError, match="more than"):
            guide(text)


@pytest.mark.parametrize("kind", ["money", "number"])
@given(
    value=st.tuples(
        st.booleans(), st.text("0123456789", min_size=1, max_size=30), st.text("0129", max_size=13)
    )
)
def test_what_fits_is_what_the_database_gives_back_unchanged(
    kind: Literal["money", "number"], value: tuple[bool, str, str]
) -> None:
    negative, whole, fraction = value
    amount = Decimal(f"{'-' if negative else ''}{whole}.{fraction or 0}")
    stored = duckdb.execute(f"SELECT TRY_CAST(? AS {SQL_TYPE[kind]})", [f"{amount:f}"]).fetchone()
    assert stored is not None
    assert (stored[0] == amount) == (excess(amount, room(kind)) == "")
