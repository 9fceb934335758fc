"""What holds for any bytes that a delimited document may have."""

import csv
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.delimited import build
from billdrop.readers.delimited.cells import Dialect, rows, stretches

DIALECT = Dialect(";", '"', "")
TEXTS = st.text(alphabet='12;"\n a', max_size=60)
READER = build(
    Guideline.model_validate(
        tomllib.loads(
            'guideline = "x"\nversion = 1\ninput = { reader = "delimited", delimiter = ";" }\n'
            'fields = { number = { column = "1" }, total = { column = "2" } }\n'
            'lines = { fields = { net = { column = "a" }, name = { column = "aa" } } }\n'
        )
    ),
    Limits(value_chars=20),
)


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_places_of_cells_hold_the_cells(text: str) -> None:
    for _, raw, cells in rows(iter([(1, text)]), DIALECT):
        found = stretches(raw, DIALECT)
        if cells:
            assert isinstance(found, list)
            texts = [raw[start:stop].replace('""', '"') for start, stop in found]
            assert [cell.replace('""', '"') for cell in cells] == texts
        else:
            assert not isinstance(found, list)


@settings(deadline=None, max_examples=500)
@given(TEXTS)
def test_every_row_has_the_cells_that_the_csv_module_finds(text: str) -> None:
    for _, raw, cells in rows(iter([(1, text)]), DIALECT):
        lines = [f"{line}\n" for line in raw.split("\n")]
        try:
            (found,) = csv.reader(lines, delimiter=";", strict=True)
        except csv.Error:
            found = []
        assert cells == found


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_every_line_is_in_one_row(text: str) -> None:
    taken = "\n".join(raw for _, raw, _ in rows(iter([(1, text)]), DIALECT))
    assert [line for line in taken.split("\n") if line] == [
        line for line in text.split("\n") if line
    ]


@settings(deadline=None, max_examples=300)
@given(TEXTS.map(lambda text: f"1;2;a;aa\n{text}".encode()) | st.binary(max_size=60))
def test_no_bytes_stop_the_reader_and_every_row_is_in_a_draft(content: bytes) -> None:
    for draft in READER.read(content):
        assert draft.first_line <= draft.last_line
        assert draft.values or draft.findings
        draft.spans()
