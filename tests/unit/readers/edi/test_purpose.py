"""What a message says of itself: tests, cancellations, copies and unknown types are not recorded."""

from collections.abc import Callable, Sequence

import pytest

from tests.unit.readers.edi.made import (
    BILL,
    HEAD,
    NOTE,
    changed,
    edifact,
    errors,
    findings,
    invoice,
    records,
    x12,
)

TEST = HEAD.replace("*P*", "*T*")
UNB = "UNOC:3+1+2+260302:0815+7"
SAID = f"{UNB}++INVOIC++++1"


def test_x12_interchange_that_is_a_test_says_so_in_each_of_its_invoices() -> None:
    content = x12(BILL, changed(BILL, BIG="BIG*20260302*A-2")).replace(HEAD, TEST)
    first, second = records(content)
    for record in (first, second):
        (found,) = record.findings
        assert (found.code, found.line, found.column) == ("BD2071", 1, TEST.index("*T*") + 2)
        assert "ISA15 says `T`: that it is a test" in found.message
        assert not record.accepted
        assert record.invoice is not None


@pytest.mark.parametrize(
    ("indicator", "codes"), [("P", []), ("", []), ("I", ["BD2071"]), ("D", ["BD2071"])]
)
def test_x12_interchange_counts_in_production_alone(indicator: str, codes: list[str]) -> None:
    assert errors(x12(BILL).replace("*P*>", f"*{indicator}*>")) == codes


def test_interchange_after_a_test_is_none() -> None:
    made = x12(BILL).replace(HEAD, TEST) + x12(changed(BILL, BIG="BIG*20260302*A-2"))
    assert [record.accepted for record in records(made)] == [False, True]


@pytest.mark.parametrize(("indicator", "codes"), [("0", []), ("1", ["BD2071"]), ("2", ["BD2071"])])
def test_edifact_interchange_counts_in_production_alone(indicator: str, codes: list[str]) -> None:
    content = edifact(NOTE).replace(UNB, f"{UNB}++INVOIC++++{indicator}")
    assert errors(content) == codes


def test_edifact_interchange_that_is_a_test_says_so_where_it_says_so() -> None:
    content = edifact(NOTE, end="'\n").replace(UNB, SAID)
    (found,) = findings(content)
    assert (found.code, found.line) == ("BD2071", 1)
    assert "UNB11 says `1`: that it is a test" in found.message
    assert "billdrop check" in found.hint


@pytest.mark.parametrize("purpose", ["", "00", "05", "15", "18", "CO"])
def test_x12_purpose_that_makes_an_invoice_is_read(purpose: str) -> None:
    assert invoice(x12(changed(BILL, BIG=f"BIG*20260302*A-1*****DI*{purpose}"))).number == "A-1"


@pytest.mark.parametrize(
    ("purpose", "fact"),
    [
        ("01", "cancels an invoice that was sent before"),
        ("07", "repeats an invoice"),
        ("22", "is a copy for information"),
        ("ZZ", "is none of the codes of an invoice"),
    ],
)
def test_x12_purpose_that_makes_none_is_refused(purpose: str, fact: str) -> None:
    (found,) = findings(x12(changed(BILL, BIG=f"BIG*20260302*A-1*****DI*{purpose}")))
    assert found.code == "BD2072"
    assert found.message.startswith(f"purpose of the message: `{purpose}` {fact}")
    assert "BIG08" in found.message


@pytest.mark.parametrize("purpose", ["", "5", "9", "18", "22", "35", "47"])
def test_edifact_purpose_that_makes_an_invoice_is_read(purpose: str) -> None:
    assert invoice(edifact(changed(NOTE, BGM=f"BGM+380+R-1+{purpose}"))).number == "R-1"


@pytest.mark.parametrize(
    ("purpose", "fact"),
    [
        ("1", "cancels an invoice"),
        ("7", "repeats an invoice"),
        ("31", "is a copy"),
        ("53", "is a test"),
        ("99", "is none of the codes"),
    ],
)
def test_edifact_purpose_that_makes_none_is_refused(purpose: str, fact: str) -> None:
    (found,) = findings(edifact(changed(NOTE, BGM=f"BGM+380+R-1+{purpose}")))
    assert found.code == "BD2072"
    assert f"`{purpose}` {fact}" in found.message
    assert "BGM03" in found.message


@pytest.mark.parametrize(
    ("make", "bill", "more"),
    [
        (
            x12,
            changed(BILL, BIG="BIG*20260302*A-1*****DI*ZZ"),
            'input = { reader = "x12", purposes = ["ZZ"] }',
        ),
        (
            edifact,
            changed(NOTE, BGM="BGM+380+R-1+43"),
            'input = { reader = "edifact", purposes = ["43"] }',
        ),
    ],
)
def test_guideline_may_name_the_purposes_of_its_partner(
    make: Callable[[Sequence[str]], str], bill: Sequence[str], more: str
) -> None:
    assert errors(make(bill)) == ["BD2072"]
    assert invoice(make(bill), more).type_code == "380"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (x12(changed(BILL, BIG="BIG*20260302*A-1*****DU")), "a duplicate of an invoice"),
        (x12(changed(BILL, BIG="BIG*20260302*A-1*****ZZ")), "none of the types"),
        (edifact(changed(NOTE, BGM="BGM+220+R-1+9")), "none of the types"),
        (edifact(changed(NOTE, BGM="BGM+325+R-1+9")), "a pro forma invoice"),
    ],
)
def test_type_that_is_no_invoice_is_refused(content: str, fact: str) -> None:
    (found,) = findings(content)
    assert (found.code, found.field) == ("BD2070", "type_code")
    assert fact in found.message


def test_guideline_may_say_what_an_unknown_type_stands_for() -> None:
    more = (
        '[fields]\ntype_code = { path = "BIG07", map = { ZZ = "381" }, refuse = { "*" = "none" } }'
    )
    bill = changed(BILL, BIG="BIG*20260302*A-1*****ZZ")
    assert invoice(x12(bill), more).type_code == "381"
    assert errors(x12(changed(BILL, BIG="BIG*20260302*A-1*****DI")), more) == ["BD2070"]


@pytest.mark.parametrize("qualifier", ["77", "9", "388", "79", "124"])
def test_total_that_is_stated_twice_and_differs_is_refused(qualifier: str) -> None:
    note = (*NOTE, f"MOA+{qualifier}:5.36", f"MOA+{qualifier}:5.37")
    assert "BD2007" in errors(edifact(note))


def test_total_that_is_stated_twice_alike_is_read() -> None:
    assert invoice(edifact((*NOTE, "MOA+77:5.36", "MOA+9:5.36", "MOA+9:5.36"))).number == "R-1"
