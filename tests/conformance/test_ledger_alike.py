"""The promises of `Ledger` about one invoice that comes in two standards, and so under two identities."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from billdrop.model import Finding, GuidelineRef, Intent, Invoice, Parsed, Severity, State
from tests.conformance.ledger_rigs import (
    Kept,
    Open,
    again,
    at,
    bad,
    commit,
    good,
    invoice,
    read,
    ref,
    rows,
    states,
    sums,
)

X12 = GuidelineRef("x12-810", 1, "1" * 64, "x12")
UBL = GuidelineRef("ubl-invoice", 1, "2" * 64, "ubl")
GOBL = GuidelineRef("gobl", 1, "3" * 64, "gobl")


def by_number(name: str, *invoices: Invoice, **more: Any) -> Parsed:
    """As X12 is read: told from others by the number alone."""
    return read(ref(name), good(*invoices), guideline=X12, **more)


def by_seller(name: str, *invoices: Invoice, **more: Any) -> Parsed:
    """As UBL is read: by number and seller."""
    values: dict[str, Any] = {"guideline": UBL, "identity": ("number", "seller")} | more
    return read(ref(name), good(*invoices), **values)


ONE = invoice("INV-42", "120.00")
SAME = invoice("INV-42", "120.0", seller="Nordlicht AB")
BESIDE: dict[str, Any] = {
    "intent": Intent.RELEASE,
    "by": "ada",
    "why": "another order",
    "released": (0,),
    "corrects": False,
    "beside": True,
}


@pytest.mark.parametrize("swapped", [False, True])
def test_one_invoice_in_two_standards_is_held_and_counts_once(
    ledger: Kept, *, swapped: bool
) -> None:
    both = [by_number("a.x12", ONE), by_seller("b.xml", SAME)]
    first, second = reversed(both) if swapped else both
    assert commit(ledger, first, second) == [State.RECORDED, State.QUARANTINED]
    assert sums(ledger.books) == [("2026-11-20", "EUR", 1, Decimal("120.00"))]
    (entry,) = ledger.books.quarantine()
    (found,) = entry.findings
    assert (entry.code, entry.record, found.line) == ("BD3004", 0, 1)
    assert (found.word, entry.held) == ("held", True)
    name = first.document.ref.document_id
    assert f"recorded from {name}, read by `{first.guideline.name}`" in found.message  # type: ignore[union-attr]


def test_each_record_of_a_number_is_held_against_what_it_looks_like(ledger: Kept) -> None:
    commit(ledger, by_number("a.x12", ONE))
    other = invoice("INV-42", "7.00", seller="Nordlicht AB")
    commit(ledger, by_seller("b.xml", SAME, other))
    assert sums(ledger.books) == [("2026-11-20", "EUR", 2, Decimal("127.00"))]
    assert codes(ledger) == [["BD3004"]]


def test_both_in_one_commit_count_once(ledger: Kept) -> None:
    done = ledger.commit([by_number("a.x12", ONE), by_seller("b.xml", SAME)], at=at())
    assert [each.state for each in done.outcomes] == [State.RECORDED, State.QUARANTINED]
    assert len(rows(done.segments)[0]) == 1
    assert done.outcomes[1].findings[0].code == "BD3004"


@pytest.mark.parametrize(
    "other",
    [
        invoice("INV-43", "120.00", seller="Nordlicht AB"),
        invoice("INV-42", "120.01", seller="Nordlicht AB"),
        invoice("INV-42", "-120.00", seller="Nordlicht AB"),
        invoice("INV-42", "120.00", seller="Nordlicht AB", currency="SEK"),
        invoice("INV-42", "120.00", seller="Nordlicht AB", issue_date=date(2026, 11, 21)),
        invoice("INV-42", "120.00", seller="Nordlicht AB", type_code="381"),
    ],
)
def test_another_number_date_currency_or_total_is_another_invoice(
    ledger: Kept, other: Invoice
) -> None:
    assert commit(ledger, by_number("a.x12", ONE), by_seller("b.xml", other)) == [
        State.RECORDED,
        State.RECORDED,
    ]


def test_another_customer_may_have_the_same_invoice(ledger: Kept) -> None:
    other = read(ref("b.xml", customer="brand"), good(SAME), guideline=UBL, identity=("seller",))
    assert commit(ledger, by_number("a.x12", ONE), other) == [State.RECORDED, State.RECORDED]


def test_sellers_that_differ_tell_invoices_apart(ledger: Kept) -> None:
    theirs = invoice("INV-42", "120.00", seller="Südlicht AB")
    assert commit(ledger, by_number("a.x12", SAME), by_seller("b.xml", theirs)) == [
        State.RECORDED,
        State.RECORDED,
    ]


@pytest.mark.parametrize("written", ["Nordlicht", "NORDLICHT-BAU", "The Nördlicht AB"])
def test_a_seller_that_is_only_written_differently_does_not_count_twice(
    ledger: Kept, written: str
) -> None:
    mine = invoice("INV-42", "120.00", seller="Noerdlicht AB" if "ö" in written else SAME.seller)
    theirs = invoice("INV-42", "120.00", seller=written, seller_tax_id="20/123/45678")
    assert commit(ledger, by_number("a.x12", mine), by_seller("b.xml", theirs)) == [
        State.RECORDED,
        State.QUARANTINED,
    ]


def test_one_guideline_tells_its_own_apart_by_its_identity(ledger: Kept) -> None:
    branches: dict[str, Any] = {"identity": ("number", "extra.branch"), "guideline": X12}
    north = invoice("1", "50", extra={"branch": "north"})
    south = invoice("1", "50", extra={"branch": "south"})
    parsed = [
        read(ref(name), good(each), **branches) for name, each in (("n", north), ("s", south))
    ]
    assert commit(ledger, *parsed) == [State.RECORDED, State.RECORDED]


def test_a_guideline_that_came_to_name_more_fields_holds_what_it_read_before(ledger: Kept) -> None:
    later = by_seller("b.txt", SAME, guideline=GuidelineRef("x12-810", 2, "9" * 64, "x12, later"))
    assert commit(ledger, by_number("a.txt", ONE), later) == [State.RECORDED, State.QUARANTINED]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (invoice("0090000042", "7"), invoice("90000042", "7")),
        (invoice("F1-42", "7"), invoice("42", "7", extra={"series": "F1"})),
        (invoice("2026/0815", "7"), invoice("2026-0815", "7")),
        (invoice("--", "7"), invoice("--", "7")),
    ],
)
def test_zeros_before_a_number_marks_in_it_and_its_series_apart_do_not_hide_it(
    ledger: Kept, mine: Invoice, theirs: Invoice
) -> None:
    told_by = ("number", "extra.series")
    other = read(ref("b.json"), good(theirs), guideline=GOBL, identity=told_by)
    assert commit(ledger, by_number("a.x12", mine), other) == [State.RECORDED, State.QUARANTINED]


def test_what_a_person_releases_counts_beside_the_other(ledger: Kept) -> None:
    held = by_seller("b.xml", SAME)
    commit(ledger, by_number("a.x12", ONE), held)
    assert commit(ledger, again(held, **BESIDE)) == [State.RECORDED]
    assert sums(ledger.books)[0][2:] == (2, Decimal("240.00"))
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.code, entry.by) == ("BD3004", "ada")
    assert commit(ledger, again(held)) == [State.RECORDED]
    assert commit(ledger, by_seller("c.xml", SAME)) == [State.DUPLICATE]
    assert commit(
        ledger, read(ref("d.json"), good(SAME), guideline=GOBL, identity=("seller",))
    ) == [State.QUARANTINED]


def test_what_is_released_as_another_invoice_supersedes_none(ledger: Kept) -> None:
    held = by_seller("b.xml", SAME)
    third = by_seller("c.xml", invoice("INV-42", "99", seller="Nordlicht AB"))
    commit(ledger, by_number("a.x12", ONE), held, third)
    assert commit(ledger, again(held, **BESIDE)) == [State.QUARANTINED]
    (entry,) = ledger.books.quarantine()
    assert (entry.code, entry.by) == ("BD3001", "")
    assert sums(ledger.books)[0][2:] == (2, Decimal("219.00"))


def test_what_is_released_as_a_correction_may_still_look_like_another(ledger: Kept) -> None:
    held = by_seller("b.xml", SAME)
    commit(ledger, by_number("a.x12", ONE), held)
    assert commit(ledger, again(held, **BESIDE | {"corrects": True, "beside": False})) == [
        State.QUARANTINED
    ]
    assert [entry.code for entry in ledger.books.quarantine()] == ["BD3004"]


def test_a_release_of_what_policy_holds_lets_no_invoice_count_twice(ledger: Kept) -> None:
    commit(ledger, by_number("a.x12", ONE))
    held = read(ref("b.xml"), (bad(0, "BD2504"),), guideline=UBL)
    commit(ledger, held)
    said = {"intent": Intent.RELEASE, "by": "ada", "why": "I called them", "corrects": False}
    read_now = again(held, records=good(SAME), identity=("number", "seller"), **said)
    assert commit(ledger, read_now) == [State.QUARANTINED]
    assert [entry.code for entry in ledger.books.quarantine()] == ["BD3004"]


LARGE = Finding(code="BD2504", message="more than 100 needs a person", line=2, held=True)


def under_policy(parsed: Parsed) -> Parsed:
    """The same, where policy holds each record."""
    records = tuple(replace(each, findings=(LARGE,)) for each in parsed.records)
    return replace(parsed, records=records)


def codes(ledger: Kept) -> list[list[str]]:
    """Why each entry waits."""
    return [[each.code for each in entry.findings] for entry in ledger.books.quarantine()]


def test_what_policy_holds_says_too_that_it_would_count_twice(ledger: Kept) -> None:
    done = ledger.commit([by_number("a.x12", ONE), under_policy(by_seller("b.xml", SAME))], at=at())
    assert codes(ledger) == [["BD2504", "BD3004"]]
    assert [each.code for each in done.outcomes[1].findings] == ["BD2504", "BD3004"]
    (entry,) = ledger.books.quarantine()
    assert entry.held
    assert entry.resembles


def test_what_policy_holds_says_too_that_it_contradicts_the_books(ledger: Kept) -> None:
    other = under_policy(by_number("b.x12", invoice("INV-42", "99.00")))
    assert commit(ledger, by_number("a.x12", ONE), other)[1] is State.QUARANTINED
    assert codes(ledger) == [["BD2504", "BD3001"]]
    latest = under_policy(by_number("c.x12", invoice("INV-42", "98.00"), corrections="latest"))
    commit(ledger, latest)
    assert codes(ledger)[1:] == [["BD2504"]]


def test_a_release_settles_both_reasons_at_once(ledger: Kept) -> None:
    held = by_seller("b.xml", SAME)
    commit(ledger, by_number("a.x12", ONE), under_policy(held))
    warned = tuple(
        replace(each, findings=(replace(LARGE, severity=Severity.WARNING),))
        for each in held.records
    )
    assert commit(ledger, again(held, records=warned, **BESIDE)) == [State.RECORDED]
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.by, [each.code for each in entry.findings]) == ("ada", ["BD2504", "BD3004"])


def test_a_release_that_policy_still_holds_hides_neither_reason(ledger: Kept) -> None:
    held = by_seller("b.xml", SAME)
    commit(ledger, by_number("a.x12", ONE), held)
    assert codes(ledger) == [["BD3004"]]
    assert commit(ledger, again(under_policy(held), **BESIDE)) == [State.QUARANTINED]
    assert codes(ledger) == [["BD2504", "BD3004"]]
    other = by_number("c.x12", invoice("INV-42", "99.00"))
    commit(ledger, other)
    said = BESIDE | {"corrects": True, "beside": False}
    assert commit(ledger, again(under_policy(other), **said)) == [State.QUARANTINED]
    assert codes(ledger)[1] == ["BD2504", "BD3001"]


def test_what_the_document_put_into_the_books_itself_is_no_further_reason(ledger: Kept) -> None:
    mine = by_seller("b.xml", SAME)
    commit(ledger, mine)
    assert commit(ledger, again(under_policy(mine))) == [State.QUARANTINED]
    assert codes(ledger) == [["BD2504"]]


def test_the_same_bytes_under_policy_are_held_for_both_reasons(ledger: Kept) -> None:
    held = under_policy(by_seller("b.xml", SAME, content=b"same"))
    commit(ledger, by_number("a.x12", ONE), held)
    twin = under_policy(by_seller("c.xml", SAME, content=b"same"))
    done = ledger.commit([twin], at=at(2)).outcomes[0]
    assert done.state is State.DUPLICATE
    assert [each.code for each in done.findings] == ["BD2504", "BD3004"]


def test_what_policy_rejects_says_nothing_of_the_books(ledger: Kept) -> None:
    rejected = under_policy(by_seller("b.xml", SAME))
    final = tuple(
        replace(each, findings=(replace(LARGE, held=False),)) for each in rejected.records
    )
    commit(ledger, by_number("a.x12", ONE), replace(rejected, records=final))
    assert codes(ledger) == [["BD2504"]]


def test_it_waits_only_while_the_other_counts_as_it_did(ledger: Kept) -> None:
    first = by_number("a.x12", ONE, sequencer="1")
    corrected = read(ref("a.x12", "2"), good(invoice("INV-42", "99")), guideline=X12, sequencer="2")
    held = by_seller("b.xml", SAME)
    assert commit(ledger, first, held, corrected) == [
        State.RECORDED,
        State.QUARANTINED,
        State.RECORDED,
    ]
    assert commit(ledger, again(held)) == [State.RECORDED]
    assert sums(ledger.books)[0][2:] == (2, Decimal("219.00"))


def test_a_correction_in_the_same_commit_is_looked_at_as_it_became(ledger: Kept) -> None:
    commit(ledger, by_number("a.x12", ONE, sequencer="1"))
    corrected = read(ref("a.x12", "2"), good(invoice("INV-42", "99")), guideline=X12, sequencer="2")
    old, new = by_seller("b.xml", SAME), by_seller("c.xml", invoice("INV-42", "99"))
    done = ledger.commit([corrected, old, new], at=at(1))
    assert [each.state for each in done.outcomes] == [
        State.RECORDED,
        State.RECORDED,
        State.QUARANTINED,
    ]


def test_a_correction_of_what_is_known_is_never_held_for_it(ledger: Kept) -> None:
    other = by_seller("b.xml", invoice("INV-42", "99", seller="N"), sequencer="1")
    commit(ledger, by_number("a.x12", ONE), other)
    mended = good(invoice("INV-42", "120.00", seller="N"))
    later = read(ref("b.xml", "2"), mended, guideline=UBL, identity=("number", "seller"))
    assert commit(ledger, later) == [State.RECORDED]
    third = read(ref("c.json"), good(SAME), guideline=GOBL, identity=("seller",))
    assert commit(ledger, third) == [State.QUARANTINED]
    assert "recorded from inbox/acme/a.x12@1" in ledger.books.quarantine()[0].findings[0].message


@pytest.mark.parametrize("count", [1, 3])
def test_an_atomic_document_waits_as_a_whole(ledger: Kept, count: int) -> None:
    commit(ledger, by_number("a.x12", ONE))
    others = [invoice(f"N-{n}", "5", seller="Nordlicht AB") for n in range(count - 1)]
    waiting = by_seller("b.xml", *others, SAME, atomic=True)
    assert commit(ledger, waiting) == [State.QUARANTINED]
    assert len(ledger.books.quarantine()) == count
    assert sums(ledger.books)[0][2] == 1


def test_the_same_bytes_again_are_held_for_the_same_reason(ledger: Kept) -> None:
    commit(ledger, by_number("a.x12", ONE), by_seller("b.xml", SAME, content=b"same"))
    done = ledger.commit([by_seller("c.xml", SAME, content=b"same")], at=at(2)).outcomes[0]
    assert done.state is State.DUPLICATE
    assert [found.code for found in done.findings] == ["BD3004"]
    assert len(ledger.books.quarantine()) == 1


def test_every_record_of_a_large_document_is_looked_at(ledger: Kept) -> None:
    many = [invoice(f"N-{n}", "5") for n in range(230)]
    commit(ledger, by_number("a.x12", *many))
    theirs = [invoice(f"N-{n}", "5", seller="Nordlicht AB") for n in range(220, 440)]
    assert commit(ledger, by_seller("b.xml", *theirs)) == [State.QUARANTINED]
    assert sums(ledger.books)[0][2:] == (440, Decimal(2200))
    assert [entry.code for entry in ledger.books.quarantine()] == ["BD3004"] * 10


def test_it_is_still_known_when_the_ledger_is_opened_again(opening: Open) -> None:
    ledger = opening()
    commit(ledger, by_number("a.x12", ONE))
    ledger.close()
    ledger = opening()
    assert commit(ledger, by_seller("b.xml", SAME)) == [State.QUARANTINED]
    assert states(ledger.books) == {"recorded": 1, "quarantined": 1}
    ledger.close()
