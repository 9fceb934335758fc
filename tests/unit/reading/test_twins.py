"""Invoices of one document that share an identity and differ wait, whatever the size of the document."""

from collections.abc import Sequence

import pytest

from billdrop.books.booking import for_books
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.policy import Policy
from billdrop.model import Parsed
from billdrop.parsing import reading
from billdrop.readers import delimited, fixed
from tests.unit.test_bulk import HEADER, ROWS, SHOP, guide, parsed
from tests.unit.test_bulk_fixed import FIRST, FLAT, MILL, SECOND, flat_row

LABELS = """
guideline = "labels"
version = 1
input = { reader = "labelled" }
locale = { currency = "EUR" }
[records]
start = "Invoice"
[fields]
number = { label = "No" }
issue_date = { label = "Date" }
total = { label = "Total" }
"""


def labels(*numbers: tuple[str, str]) -> str:
    each = (f"Invoice\nNo: {it}\nDate: 2026-11-21\nTotal: {total}\n" for it, total in numbers)
    return "".join(each)


def told(found: Parsed) -> list[tuple[list[str], list[str]]]:
    codes = [[it.code for it in record.findings] for record in found.records]
    facts = [[it.message for it in record.findings] for record in found.records]
    return list(zip(codes, facts, strict=True))


def both(text: str, of: Guide, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The codes of each record; they are those of the same document read as a large one."""
    small = parsed(text.encode(), of)
    with monkeypatch.context() as large:
        for module, name in ((reading, "EAGER"), (delimited, "HELD"), (fixed, "HELD")):
            large.setattr(module, name, 10)
        again = parsed(text.encode(), of)
        assert told(again) == told(small)
        assert told(again) == told(small)
        assert again.findings == small.findings
        booked: Sequence[bool] = [one.accepted for one in for_books(again)]
    assert booked == [one.accepted for one in small.records]
    return [codes for codes, _ in told(small)]


TWINS = ["BD2020"]


@pytest.mark.parametrize(
    ("number", "refused"),
    [("A-5", False), ("a-1", True), (" A-1", False), ("\uff21-1", True), ("A\u20101", True)],
)
def test_rows_of_numbers_that_are_one_wait(
    number: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = both(HEADER + ROWS.replace("A-4", number), guide(), monkeypatch)
    assert [codes == TWINS for codes in found] == [refused, False, False, refused][: len(found)]


def test_numbers_that_are_mapped_to_one_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    of = guide(SHOP.replace('"No", required = true', '"No", map = { A-2 = "A-3" }'))
    assert both(HEADER + ROWS, of, monkeypatch) == [[], TWINS, TWINS, []]


def test_records_of_one_number_wait_and_those_that_say_the_same_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = FIRST.replace("cap", "cup")
    assert both(FIRST + SECOND + other, guide(MILL), monkeypatch) == [TWINS, [], TWINS]
    assert both(FIRST + SECOND + FIRST, guide(MILL), monkeypatch) == [[], [], []]
    assert both(FIRST + SECOND, guide(MILL), monkeypatch) == [[], []]
    both(FIRST + FIRST.replace("A-1 ", "    ") + other, guide(MILL), monkeypatch)


def test_records_before_the_first_invoice_have_no_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    found = both(f"Lost\n{FIRST}{SECOND}", guide(MILL), monkeypatch)
    assert found == [["BD2041"], [], []]


def test_twins_wait_in_a_document_whose_totals_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    total = '{ of = "invoices", record = "Z", at = "2-3" }'
    of = guide(MILL.replace("totals = []", f"totals = [{total}]"))
    other = FIRST.replace("cap", "cup")
    assert both(f"{FIRST}{SECOND}{other}Z03\n", of, monkeypatch) == [TWINS, [], TWINS]
    assert both(f"{FIRST}{SECOND}{other}Z04\n", of, monkeypatch) == []


def test_rows_of_fixed_width_of_numbers_that_are_one_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    row = flat_row("A-1", "pen", "2", "1.50", "3.00", "3.00", "0", "3.00")
    other = row.replace("A-1", "a-1").replace("pen", "pin")
    assert both(row + other, guide(FLAT), monkeypatch) == [TWINS, TWINS]


def test_other_readers_are_looked_through_first(monkeypatch: pytest.MonkeyPatch) -> None:
    of = guide(LABELS)
    text = labels(("1", "5.00"), ("2", "5.00"), ("1", "6.00"), ("", "7.00"), ("", "8.00"))
    found = both(text, of, monkeypatch)
    assert [codes for codes in found if codes == TWINS] == [TWINS, TWINS]


def test_identity_of_something_else_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = LABELS.replace("version = 1", 'version = 1\nidentity = ["extra.job"]')
    of = guide(f'{text}[extra]\njob = {{ label = "Job" }}\n')
    one, two, three = (labels((number, "5.00")) + "Job: {}\n" for number in "123")
    assert both(one.format(7) + two.format(8) + three.format(7), of, monkeypatch) == [
        TWINS,
        [],
        TWINS,
    ]


def test_twins_wait_under_a_policy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "EAGER", 10)
    monkeypatch.setattr(delimited, "HELD", 10)
    text = HEADER + ROWS.replace("A-4", "a-1")
    found = parsed(text.encode(), guide(), Policy())
    assert [[it.code for it in one.findings] for one in found.records] == [TWINS, [], [], TWINS]
