"""The promises of `Ledger` about bytes that come again while they wait in quarantine."""

import pytest

from billdrop.model import Finding, Outcome, Parsed, Record, State
from tests.conformance.ledger_rigs import (
    Kept,
    again,
    at,
    bad,
    commit,
    good,
    invoice,
    latest,
    read,
    ref,
    states,
)

NO_GUIDELINE = (Finding(code="BD2001", message="no guideline of acme matches"),)


def whole(name: str) -> Parsed:
    """The same bytes, refused as a whole."""
    return read(ref(name), (), content=b"x", findings=NO_GUIDELINE, guideline=None)


def same(name: str, *records: Record, atomic: bool = False) -> Parsed:
    """The same bytes, under some name, as some guideline reads them."""
    return read(ref(name), records, content=b"x", atomic=atomic)


def outcome(ledger: Kept, parsed: Parsed) -> Outcome:
    """What becomes of one document."""
    return ledger.commit([parsed], at=at(1)).outcomes[0]


def test_bytes_refused_as_before_are_a_duplicate_that_says_why(ledger: Kept) -> None:
    first = outcome(ledger, whole("a.txt"))
    second = outcome(ledger, whole("b.txt"))
    assert (second.state, second.duplicate_of) == (State.DUPLICATE, first.document_id)
    assert second.findings == first.findings == NO_GUIDELINE
    assert len(ledger.books.quarantine()) == 1
    delivered_again = outcome(ledger, whole("b.txt"))
    assert (delivered_again.known, delivered_again.findings) == (True, NO_GUIDELINE)


@pytest.mark.parametrize("atomic", [False, True])
def test_bytes_that_are_refused_in_part_again_say_why(ledger: Kept, *, atomic: bool) -> None:
    records = (*good(invoice("A")), bad(1))
    first = outcome(ledger, same("a.txt", *records, atomic=atomic))
    second = outcome(ledger, same("b.txt", *records, atomic=atomic))
    assert (second.state, second.recorded_now) == (State.DUPLICATE, 0)
    assert second.findings == first.findings
    assert len(ledger.books.quarantine()) == (2 if atomic else 1)


def test_a_conflict_that_comes_again_says_why(ledger: Kept) -> None:
    commit(ledger, read(ref("taken.txt"), good(invoice("A", "5"))))
    conflicting = good(invoice("A", "7"), invoice("A", "8"))
    first = outcome(ledger, same("a.txt", *conflicting))
    second = outcome(ledger, same("b.txt", *conflicting))
    assert (first.state, second.state) == (State.QUARANTINED, State.DUPLICATE)
    assert [found.code for found in second.findings] == ["BD3001", "BD3001"]
    assert len(ledger.books.quarantine()) == 2


def test_two_readings_of_one_number_in_a_later_version_are_refused_as_before(ledger: Kept) -> None:
    records = good(invoice("A", "5"), invoice("A", "7"))
    commit(ledger, read(ref(version="1"), records, content=b"x"))
    later = outcome(ledger, read(ref(version="2"), records, content=b"x"))
    assert (later.state, [found.code for found in later.findings]) == (
        State.DUPLICATE,
        ["BD3001"],
    )
    assert latest(ledger.books) == {"A": ("1", "5")}


@pytest.mark.parametrize("first", [whole("a.txt"), same("a.txt", bad(0), bad(1))])
def test_bytes_that_a_mended_guideline_accepts_are_recorded(ledger: Kept, first: Parsed) -> None:
    commit(ledger, first)
    mended = same("b.txt", *good(invoice("A")), bad(1))
    second = outcome(ledger, mended)
    assert (second.state, second.recorded_now) == (State.QUARANTINED, 1)
    third = outcome(ledger, same("c.txt", *good(invoice("A"), invoice("B"))))
    assert (third.state, third.recorded_now, third.findings) == (State.RECORDED, 1, ())
    assert outcome(ledger, same("d.txt", *good(invoice("A"), invoice("B")))).duplicate_of == (
        third.document_id
    )
    assert sorted(latest(ledger.books)) == ["A", "B"]


def test_waiting_bytes_whose_invoices_came_otherwise_are_a_duplicate_of_those(ledger: Kept) -> None:
    commit(ledger, whole("a.txt"))
    recorded = read(ref("other.txt"), good(invoice("A")))
    commit(ledger, recorded)
    third = outcome(ledger, same("b.txt", *good(invoice("A"))))
    assert (third.state, third.findings) == (State.DUPLICATE, ())
    assert third.duplicate_of == recorded.document.ref.document_id


def test_bytes_in_the_books_are_a_duplicate_whatever_reads_them_now(ledger: Kept) -> None:
    commit(ledger, same("a.txt", *good(invoice("A"))))
    second = outcome(ledger, whole("b.txt"))
    assert (second.state, second.findings) == (State.DUPLICATE, ())


def test_duplicate_says_nothing_more_once_the_document_it_repeats_is_recorded(ledger: Kept) -> None:
    commit(ledger, whole("a.txt"), whole("b.txt"))
    commit(ledger, again(same("a.txt", *good(invoice("A")))))
    known = outcome(ledger, whole("b.txt"))
    assert (known.state, known.findings) == (State.DUPLICATE, ())
    assert states(ledger.books) == {"recorded": 1, "duplicate": 1}


def test_many_refusals_are_cut_and_none_is_lost_behind_warnings(ledger: Kept) -> None:
    (refused,) = bad().findings
    warning = Finding(code="BD2020", message="odd", severity=refused.severity.WARNING)
    record = Record(
        index=0, first_line=1, last_line=9, invoice=None, findings=(*[warning] * 150, refused)
    )
    commit(ledger, same("a.txt", record))
    assert outcome(ledger, same("b.txt", record)).findings == (refused,)
    assert outcome(ledger, same("b.txt", record)).findings == (refused,)
    many = read(ref("many.txt"), [bad(index) for index in range(150)], content=b"y")
    commit(ledger, many)
    copy = read(ref("copy.txt"), many.records, content=b"y")
    assert len(outcome(ledger, copy).findings) == 100
