"""Which record of a reading an entry is about, where several stand in one line."""

import pytest

from billdrop.model import Finding, Record
from billdrop.plan.barred import REJECTED, Decided, places

SAID = Finding(code="BD2003", message="total is missing", line=1, column=90, excerpt="x" * 89, offset=89)  # fmt: skip


def record(index: int, column: int, *findings: Finding) -> Record:
    return Record(
        index=index, first_line=1, last_line=1, column=column, invoice=None, findings=findings
    )


def place(index: int, *findings: Finding, of: tuple[Record, ...]) -> int | None:
    return places(of, [Decided(7, index, 1, 1, findings, ())])[7]


THREE = (record(0, 2), record(1, 30), record(2, 60, SAID))


@pytest.mark.parametrize(
    ("column", "index"), [(2, 0), (29, 0), (30, 1), (59, 1), (80, 2), (1, None)]
)
def test_it_is_the_record_that_begins_before_what_was_found(column: int, index: int | None) -> None:
    found = Finding(code="BD2504", message="large", line=1, column=column)
    assert place(1, found, of=THREE) == index


@pytest.mark.parametrize(("column", "index"), [(30, 1), (31, None)])
def test_what_was_rejected_is_where_it_began_and_nowhere_else(
    column: int, index: int | None
) -> None:
    rejected = Finding(code=REJECTED, message="no", line=1, column=column)
    assert place(2, SAID, rejected, of=THREE) == index


@pytest.mark.parametrize(("before", "index"), [(2, 2), (1, None)])
def test_what_stands_at_the_end_of_the_line_is_told_by_being_found_again(
    before: int, index: int | None
) -> None:
    assert place(before, SAID, of=THREE) == index


def test_records_with_lines_of_their_own_are_told_by_them() -> None:
    assert place(5, SAID, of=(record(3, 0),)) == 3
    assert place(1, SAID, of=(record(0, 0), record(1, 0))) == 1
    assert place(2, SAID, of=(record(0, 0), record(1, 0))) is None
