"""The promises of `Ledger`, `Books` and `Archive`, asked of every adapter."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from billdrop import columns
from billdrop.errors import UnavailableError
from billdrop.model import Document, Finding, Intent, Invoice, Line, Record, Severity, State
from tests.conformance.ledger_rigs import (
    ADAPTERS,
    GUIDELINE,
    Kept,
    Open,
    again,
    at,
    bad,
    document,
    gone,
    good,
    invoice,
    latest,
    read,
    ref,
    rows,
    states,
    sums,
)


@pytest.fixture(params=ADAPTERS)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return ADAPTERS[request.param](tmp_path)


@pytest.fixture
def ledger(opening: Open) -> Iterator[Kept]:
    kept = opening()
    yield kept
    kept.close()


def commit(ledger: Kept, *parsed: object, minutes: float = 0) -> list[State]:
    """Commit one after the other, each in a commit of its own."""
    return [
        ledger.commit([each], at=at(minutes)).outcomes[0].state  # type: ignore[list-item] # read() makes them
        for each in parsed
    ]


def test_recorded_invoice_is_in_outcome_books_and_segment(ledger: Kept) -> None:
    committed = ledger.commit([read(ref(), good(invoice("A-1", "10.50")))], at=at())

    (outcome,) = committed.outcomes
    assert outcome.state is State.RECORDED
    assert outcome.invoice_count == 1
    assert (outcome.invoices[0].number, outcome.invoices[0].revision) == ("A-1", 1)
    invoices, lines = rows(committed.segment)
    assert [
        dict(zip([c.name for c in columns.INVOICES], row, strict=True))["total"] for row in invoices
    ] == ["10.50"]
    assert [row[:6] for row in lines] == [columns.line_head(invoices[0])]
    assert latest(ledger.books) == {"A-1": ("1", "10.50")}
    assert states(ledger.books) == {"recorded": 1}


def test_outcomes_stand_in_the_order_of_what_was_given(ledger: Kept) -> None:
    parsed = [read(ref(f"{n}.txt"), good(invoice(f"N-{n}"))) for n in range(5)]
    outcomes = ledger.commit(parsed, at=at()).outcomes
    assert [outcome.document_id for outcome in outcomes] == [
        each.document.ref.document_id for each in parsed
    ]


def test_known_document_is_left_as_it_is(ledger: Kept) -> None:
    parsed = read(ref(), good(invoice(), invoice("INV-2")))
    first = ledger.commit([parsed], at=at()).outcomes[0]
    repeated = ledger.commit([read(ref(), good(invoice(total="99")))], at=at(1))

    assert repeated.segment is None
    assert repeated.outcomes[0].known
    assert not first.known
    assert repeated.outcomes[0].invoices == first.invoices
    assert repeated.outcomes[0].state is State.RECORDED
    assert states(ledger.books) == {"recorded": 1}


def test_one_document_twice_in_a_commit_is_recorded_once(ledger: Kept) -> None:
    parsed = read(ref(), good(invoice()))
    committed = ledger.commit([parsed, parsed], at=at())
    assert [outcome.known for outcome in committed.outcomes] == [False, True]
    assert len(rows(committed.segment)[0]) == 1


def test_same_bytes_of_the_same_customer_are_a_duplicate(ledger: Kept) -> None:
    ledger.commit([read(ref("a.txt"), good(invoice()), content=b"x")], at=at())
    committed = ledger.commit([read(ref("b.txt"), good(invoice()), content=b"x")], at=at(1))

    assert committed.segment is None
    assert committed.outcomes[0].state is State.DUPLICATE
    assert committed.outcomes[0].duplicate_of == ref("a.txt").document_id
    assert sums(ledger.books) == [("2026-11-20", "EUR", 1, Decimal("12.00"))]


def test_same_bytes_in_one_commit_are_a_duplicate(ledger: Kept) -> None:
    parsed = [read(ref(f"{n}.txt"), good(invoice()), content=b"x") for n in range(3)]
    outcomes = ledger.commit(parsed, at=at()).outcomes
    assert [outcome.state.value for outcome in outcomes] == ["recorded", "duplicate", "duplicate"]


def test_same_bytes_of_another_customer_are_recorded(ledger: Kept) -> None:
    one = read(ref(customer="acme"), good(invoice()), content=b"x")
    other = read(ref(customer="brand"), good(invoice()), content=b"x")
    outcomes = ledger.commit([one, other], at=at()).outcomes
    assert [outcome.state for outcome in outcomes] == [State.RECORDED, State.RECORDED]


def test_same_invoice_in_other_bytes_is_a_duplicate(ledger: Kept) -> None:
    first = read(ref("a.txt"), good(invoice("INV 1", "10.50")))
    other = read(ref("b.txt"), good(invoice("INV 1", "10.5")))
    assert commit(ledger, first, other) == [State.RECORDED, State.DUPLICATE]


def test_identity_takes_no_notice_of_case_and_spacing(ledger: Kept) -> None:
    first = read(ref("a.txt"), good(invoice("inv  1")))
    other = read(ref("b.txt"), good(invoice("INV 1", "13")))
    assert commit(ledger, first, other) == [State.RECORDED, State.QUARANTINED]


def test_same_bytes_as_a_quarantined_document_make_no_second_entry(ledger: Kept) -> None:
    first = read(ref("a.txt"), (bad(),), content=b"x")
    other = read(ref("b.txt"), (bad(),), content=b"x")
    assert commit(ledger, first, other) == [State.QUARANTINED, State.DUPLICATE]
    assert len(ledger.books.quarantine()) == 1


def test_other_content_from_the_same_object_supersedes(ledger: Kept) -> None:
    first = read(ref(version="1"), good(invoice(total="10")))
    second = read(ref(version="2"), good(invoice(total="20")))
    ledger.commit([first], at=at())
    committed = ledger.commit([second], at=at(1))

    (row,), _ = rows(committed.segment)
    (before,) = [entry for entry in ledger.books.invoices() if not entry.latest]
    assert (row[3], row[4], row[11]) == ("2", before.row[0], "20")
    assert states(ledger.books) == {"recorded": 1, "superseded": 1}
    assert sums(ledger.books) == [("2026-11-20", "EUR", 1, Decimal(20))]


def test_a_correction_may_move_an_invoice_to_another_date(ledger: Kept) -> None:
    first = read(ref(version="1"), good(invoice()))
    second = read(ref(version="2"), good(invoice(issue_date=date(2026, 12, 1))))
    commit(ledger, first, second)
    assert sums(ledger.books) == [("2026-12-01", "EUR", 1, Decimal("12.00"))]


def test_a_document_with_one_live_invoice_left_stays_recorded(ledger: Kept) -> None:
    first = read(ref(version="1"), good(invoice("A"), invoice("B")))
    commit(ledger, first, read(ref(version="2"), good(invoice("A", "99"))))
    assert states(ledger.books) == {"recorded": 2}
    commit(ledger, read(ref(version="3"), good(invoice("B", "98"))))
    assert states(ledger.books) == {"recorded": 2, "superseded": 1}


def test_content_that_was_superseded_may_come_back(ledger: Kept) -> None:
    versions = [("1", b"A", "10"), ("2", b"B", "20"), ("3", b"A", "10"), ("4", b"A", "10")]
    found = [
        commit(ledger, read(ref(version=version), good(invoice(total=total)), content=content))[0]
        for version, content, total in versions
    ]
    assert found == [State.RECORDED, State.RECORDED, State.RECORDED, State.DUPLICATE]
    assert latest(ledger.books) == {"INV-1": ("3", "10")}
    assert states(ledger.books) == {"recorded": 1, "superseded": 2, "duplicate": 1}


def test_content_partly_superseded_may_come_back(ledger: Kept) -> None:
    both = good(invoice("A", "10"), invoice("B", "10"))
    commit(
        ledger,
        read(ref(version="1"), both, content=b"both"),
        read(ref(version="2"), good(invoice("A", "20")), content=b"one"),
        read(ref(version="3"), both, content=b"both"),
    )
    assert latest(ledger.books) == {"A": ("3", "10"), "B": ("1", "10")}


def test_other_content_from_another_object_waits_as_a_conflict(ledger: Kept) -> None:
    first = read(ref("a.txt"), good(invoice(total="10")))
    committed = ledger.commit([first], at=at())
    committed = ledger.commit([read(ref("b.txt"), good(invoice(total="20")))], at=at(1))

    assert committed.segment is None
    assert committed.outcomes[0].state is State.QUARANTINED
    assert committed.outcomes[0].findings[0].code == "BD3001"
    assert ref("a.txt").document_id in committed.outcomes[0].findings[0].message
    (entry,) = ledger.books.quarantine()
    assert (entry.code, entry.record, entry.key) == ("BD3001", 0, "acme/b.txt")
    assert latest(ledger.books) == {"INV-1": ("1", "10")}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_an_older_version_never_replaces_a_newer_one(
    ledger: Kept, order: tuple[int, int], *, together: bool
) -> None:
    versions = [
        read(ref(version="1"), good(invoice(total="10")), sequencer="0A"),
        read(ref(version="2"), good(invoice(total="20")), sequencer="0A1"),
    ]
    chosen = [versions[index] for index in order]
    for batch in [chosen] if together else [[each] for each in chosen]:
        ledger.commit(batch, at=at())

    assert states(ledger.books) == {"recorded": 1, "superseded": 1}
    (old,) = ledger.books.documents(state=State.SUPERSEDED)
    assert old.document_id == versions[0].document.ref.document_id
    assert sums(ledger.books) == [("2026-11-20", "EUR", 1, Decimal(20))]


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("together", [True, False])
def test_any_order_of_versions_ends_with_the_last_one(
    ledger: Kept, order: tuple[int, ...], *, together: bool
) -> None:
    """The third restates the first, the fourth restates it in other bytes beside something new."""
    versions = [
        read(ref(version="1"), good(invoice("A", "10")), sequencer="1", content=b"A"),
        read(ref(version="2"), good(invoice("A", "20")), sequencer="2", content=b"B"),
        read(ref(version="3"), good(invoice("A", "10")), sequencer="3", content=b"A"),
        read(
            ref(version="4"),
            good(invoice("B", "5"), invoice("A", "10.0")),
            sequencer="4",
            content=b"D",
        ),
    ]
    chosen = [versions[index] for index in order]
    for batch in [chosen] if together else [[each] for each in chosen]:
        ledger.commit(batch, at=at())
    assert sums(ledger.books) == [("2026-11-20", "EUR", 2, Decimal(15))]


def test_corrections_latest_takes_what_arrived_last(ledger: Kept) -> None:
    early = read(ref("a.txt"), good(invoice(total="10")), arrived=at(1), corrections="latest")
    late = read(ref("b.txt"), good(invoice(total="20")), arrived=at(2), corrections="latest")
    assert commit(ledger, late, early) == [State.RECORDED, State.SUPERSEDED]
    assert latest(ledger.books) == {"INV-1": ("1", "20")}
    third = read(ref("c.txt"), good(invoice(total="30")), arrived=at(3), corrections="latest")
    assert commit(ledger, third) == [State.RECORDED]
    assert latest(ledger.books) == {"INV-1": ("2", "30")}


def test_an_older_version_does_not_replace_a_correction_from_elsewhere(ledger: Kept) -> None:
    found = commit(
        ledger,
        read(ref("a.txt", "2"), good(invoice(total="2")), sequencer="2", corrections="latest"),
        read(ref("b.txt", "1"), good(invoice(total="3")), arrived=at(1), corrections="latest"),
        read(
            ref("a.txt", "1"),
            good(invoice(total="1")),
            sequencer="1",
            arrived=at(2),
            corrections="latest",
        ),
    )
    assert found == [State.RECORDED, State.RECORDED, State.SUPERSEDED]
    assert latest(ledger.books) == {"INV-1": ("2", "3")}


def test_bad_records_wait_and_good_ones_are_recorded(ledger: Kept) -> None:
    records = (*good(invoice("A")), bad(1), bad(2, "BD2005"))
    (outcome,) = ledger.commit([read(ref(), records)], at=at()).outcomes
    assert outcome.state is State.QUARANTINED
    assert outcome.invoice_count == 1
    assert [entry.record for entry in ledger.books.quarantine()] == [1, 2]
    entry = ledger.books.quarantine(document_id=ref().document_id)[1]
    assert (entry.code, entry.first_line, entry.last_line, entry.since) == ("BD2005", 21, 29, at())
    assert entry.findings[0].message == "total 3 is not net 1 + tax 1 = 2"


def test_a_document_refused_as_a_whole_waits_in_one_entry(ledger: Kept) -> None:
    findings = (Finding(code="BD2001", message="no guideline of acme matches"),)
    parsed = read(ref(), (), findings=findings, guideline=None)
    (outcome,) = ledger.commit([parsed], at=at()).outcomes
    assert outcome.state is State.QUARANTINED
    assert outcome.findings == findings
    (entry,) = ledger.books.quarantine()
    assert (entry.record, entry.first_line, entry.code) == (None, None, "BD2001")
    assert ledger.books.original(ref().document_id)[1] is None


def test_same_number_with_other_content_in_one_document_waits(ledger: Kept) -> None:
    records = good(invoice(total="10"), invoice(total="20"), invoice(total="10"))
    (outcome,) = ledger.commit([read(ref(), records)], at=at()).outcomes
    assert outcome.state is State.QUARANTINED
    assert [entry.record for entry in ledger.books.quarantine()] == [1]
    assert latest(ledger.books) == {"INV-1": ("1", "10")}


@pytest.mark.parametrize(
    "records",
    [
        (*good(invoice("A")), bad(1)),
        good(invoice("A"), invoice("TAKEN", "77")),
        good(invoice("A"), invoice("A", "5")),
    ],
    ids=["refused", "conflict", "same number twice"],
)
def test_atomic_document_is_recorded_whole_or_not_at_all(
    ledger: Kept, records: tuple[Record, ...]
) -> None:
    commit(ledger, read(ref("taken.txt"), good(invoice("TAKEN"))))
    parsed = read(ref(), records, atomic=True)
    committed = ledger.commit([parsed, read(ref("c.txt"), good(invoice("C")))], at=at())
    assert committed.outcomes[0].state is State.QUARANTINED
    assert len(rows(committed.segment)[0]) == 1
    assert sorted(latest(ledger.books)) == ["C", "TAKEN"]
    assert [entry.record for entry in ledger.books.quarantine()] == [0, 1]
    assert "BD2023" in {entry.code for entry in ledger.books.quarantine()}


def test_atomic_document_without_fault_is_recorded(ledger: Kept) -> None:
    parsed = read(ref(), good(invoice("A"), invoice("B")), atomic=True)
    assert commit(ledger, parsed) == [State.RECORDED]


def test_redrive_records_what_is_accepted_now(ledger: Kept) -> None:
    parsed = read(ref(), (*good(invoice("A")), bad(1), bad(2)))
    commit(ledger, parsed)
    newer = GUIDELINE.__class__("plain", 2, "e" * 64, 'guideline = "plain" # 2')
    records = (*good(invoice("A"), invoice("B")), bad(2))
    committed = ledger.commit([again(parsed, records=records, guideline=newer)], at=at(5))

    assert committed.outcomes[0].state is State.QUARANTINED
    assert [row[2] for row in rows(committed.segment)[0]] == ["B"]
    assert [entry.record for entry in ledger.books.quarantine()] == [2]
    assert ledger.books.original(ref().document_id)[1] == newer
    records = good(invoice("A"), invoice("B"), invoice("C"))
    (outcome,) = ledger.commit([again(parsed, records=records)], at=at(6)).outcomes
    assert (outcome.state, outcome.invoice_count, outcome.known) == (State.RECORDED, 3, False)
    assert states(ledger.books) == {"recorded": 1}
    assert not ledger.books.findings(ref().document_id)


def test_redrive_of_the_same_reading_changes_nothing(ledger: Kept) -> None:
    parsed = read(ref(), (*good(invoice("A"), invoice("A", "5")), bad(2)))
    commit(ledger, parsed)
    before = (states(ledger.books), latest(ledger.books), sums(ledger.books))
    assert ledger.commit([again(parsed)], at=at(1)).segment is None
    assert (states(ledger.books), latest(ledger.books), sums(ledger.books)) == before
    assert len(ledger.books.quarantine()) == 2


def test_redrive_of_an_older_version_leaves_the_newer_one(ledger: Kept) -> None:
    old = read(ref(version="1"), (bad(),))
    commit(ledger, old, read(ref(version="2"), good(invoice(total="20"))))
    (outcome,) = ledger.commit([again(old, records=good(invoice(total="10")))], at=at(1)).outcomes
    assert outcome.state is State.SUPERSEDED
    assert latest(ledger.books) == {"INV-1": ("1", "20")}


def test_redrive_knows_that_the_same_bytes_came_again_later(ledger: Kept) -> None:
    old = read(ref(version="1"), (bad(),), content=b"A")
    commit(
        ledger,
        old,
        read(ref(version="2"), good(invoice(total="20"))),
        read(ref(version="3"), (bad(),), content=b"A"),
    )
    ledger.commit([again(old, records=good(invoice(total="10")))], at=at(1))
    assert latest(ledger.books) == {"INV-1": ("2", "10")}


def test_replay_of_a_recorded_document_corrects_it(ledger: Kept) -> None:
    parsed = read(ref(), good(invoice(total="10")))
    commit(ledger, parsed)
    commit(ledger, again(parsed, records=good(invoice(total="11"))))
    assert latest(ledger.books) == {"INV-1": ("2", "11")}
    assert states(ledger.books) == {"recorded": 1}


def test_redrive_of_an_unknown_document_is_an_arrival(ledger: Kept) -> None:
    assert commit(ledger, again(read(ref(), good(invoice())))) == [State.RECORDED]


def test_redrive_of_the_same_bytes_as_another_document_changes_nothing(ledger: Kept) -> None:
    copy = read(ref("b.txt"), good(invoice()), content=b"x")
    commit(ledger, read(ref("a.txt"), good(invoice()), content=b"x"), copy)
    (outcome,) = ledger.commit([again(copy)], at=at(1)).outcomes
    assert (outcome.state, outcome.known) == (State.DUPLICATE, True)


def test_released_conflict_becomes_a_correction(ledger: Kept) -> None:
    other = read(ref("b.txt"), good(invoice(total="20")))
    commit(ledger, read(ref("a.txt"), good(invoice(total="10"))), other)
    released = again(other, intent=Intent.RELEASE, by="ada", why="the customer called")
    assert commit(ledger, released) == [State.RECORDED]
    assert latest(ledger.books) == {"INV-1": ("2", "20")}
    assert states(ledger.books) == {"recorded": 1, "superseded": 1}
    assert not ledger.books.quarantine()


def test_only_released_records_become_corrections(ledger: Kept) -> None:
    both = good(invoice("A", "10"), invoice("B", "10"))
    other = read(ref("b.txt"), good(invoice("A", "20"), invoice("B", "20")))
    commit(ledger, read(ref("a.txt"), both), other)
    released = again(other, intent=Intent.RELEASE, by="ada", why="agreed", released=(1,))
    assert commit(ledger, released) == [State.QUARANTINED]
    assert latest(ledger.books) == {"A": ("1", "10"), "B": ("2", "20")}
    assert [entry.record for entry in ledger.books.quarantine()] == [0]


def test_lost_document_is_kept_with_its_evidence(ledger: Kept) -> None:
    outcomes = ledger.lose([gone(ref())], at=at())
    assert [outcome.state for outcome in outcomes] == [State.LOST]
    (entry,) = ledger.books.documents(state=State.LOST)
    assert (entry.evidence, entry.size, entry.sha256) == ("12 bytes announced; no such file", 0, "")
    assert ledger.books.missing([ref()]) == [ref()]
    assert ledger.books.captured([ref()], before=at(1)) == []
    with pytest.raises(KeyError):
        ledger.books.original(ref().document_id)


def test_losing_a_document_that_is_there_leaves_its_state(ledger: Kept) -> None:
    commit(ledger, read(ref(), good(invoice())))
    (outcome,) = ledger.lose([gone(ref())], at=at(1))
    assert (outcome.state, outcome.known) == (State.RECORDED, True)
    assert states(ledger.books) == {"recorded": 1}


def test_lost_document_that_can_be_read_after_all_counts(ledger: Kept) -> None:
    ledger.lose([gone(ref())], at=at())
    assert [outcome.known for outcome in ledger.lose([gone(ref())], at=at())] == [True]
    assert commit(ledger, read(ref(), good(invoice()))) == [State.RECORDED]
    assert states(ledger.books) == {"recorded": 1}


def test_published_segments_are_no_longer_unpublished(ledger: Kept) -> None:
    names = []
    for number in range(3):
        parsed = read(ref(f"{number}.txt"), good(invoice(f"N-{number}")))
        segment = ledger.commit([parsed], at=at(number)).segment
        assert segment is not None
        names.append(segment.name)
    assert [segment.name for segment in ledger.unpublished()] == names
    assert ledger.books.states()["unpublished_segments"] == 3
    for _ in range(2):
        ledger.published([names[1]], at=at(9))
    assert [segment.name for segment in ledger.unpublished()] == [names[0], names[2]]
    assert [segment.name for segment in ledger.books.segments()] == names


def test_segment_is_named_by_time_and_number(ledger: Kept) -> None:
    segment = ledger.commit([read(ref(), good(invoice()))], at=at()).segment
    assert segment is not None
    assert segment.name == "20261122T090000000000Z-000001"
    assert segment.received == date(2026, 11, 22)


def test_segment_has_the_same_rows_whoever_is_asked_and_however_often(ledger: Kept) -> None:
    records = good(*(invoice(f"N-{n}", str(n), extra={"po": f"ü{n}"}) for n in range(7)))
    committed = ledger.commit([read(ref(), records)], at=at())
    (asked,) = ledger.unpublished()
    (kept,) = ledger.books.segments()
    assert rows(committed.segment) == rows(committed.segment) == rows(asked) == rows(kept)
    assert len(rows(asked)[1]) == 7


def test_commit_without_anything_new_has_no_segment(ledger: Kept) -> None:
    assert ledger.commit([], at=at()).segment is None
    assert ledger.commit([read(ref(), (bad(),))], at=at()).segment is None
    assert list(ledger.unpublished()) == []


def test_everything_is_there_after_reopening(opening: Open) -> None:
    ledger = opening()
    commit(
        ledger,
        read(ref("a.txt"), (*good(invoice("A")), bad(1))),
        read(ref("b.txt"), good(invoice("B"))),
    )
    seen = (states(ledger.books), latest(ledger.books), sums(ledger.books))
    segments = [rows(segment) for segment in ledger.unpublished()]
    ledger.close()
    ledger = opening()
    assert (states(ledger.books), latest(ledger.books), sums(ledger.books)) == seen
    assert [rows(segment) for segment in ledger.unpublished()] == segments
    assert len(ledger.books.quarantine()) == 1
    ledger.close()


class Broken:
    """Records whose reading fails half-way."""

    def __iter__(self) -> Iterator[Record]:
        yield from good(invoice("A"))
        raise UnavailableError("the disk went away")


def test_commit_that_fails_leaves_nothing(ledger: Kept) -> None:
    commit(ledger, read(ref("before.txt"), good(invoice("B", "1"))))
    batch = [
        read(ref("before.txt", "2"), good(invoice("B", "2"))),
        read(ref("bad.txt"), (bad(),)),
        read(ref("broken.txt"), Broken()),
    ]
    with pytest.raises(UnavailableError):
        ledger.commit(batch, at=at(1))
    assert states(ledger.books) == {"recorded": 1}
    assert latest(ledger.books) == {"B": ("1", "1")}
    assert not ledger.books.quarantine()
    assert commit(ledger, batch[0]) == [State.RECORDED]


def test_missing_names_what_the_ledger_does_not_have_in_order(ledger: Kept) -> None:
    commit(ledger, read(ref("b.txt"), good(invoice())))
    asked = [ref("c.txt"), ref("b.txt"), ref("a.txt"), ref("b.txt", "2")]
    assert ledger.books.missing(asked) == [ref("c.txt"), ref("a.txt"), ref("b.txt", "2")]


def test_captured_names_what_was_stored_before_a_moment_in_order(ledger: Kept) -> None:
    commit(ledger, read(ref("a.txt"), good(invoice("A"))), minutes=1)
    commit(ledger, read(ref("b.txt"), (bad(),)), minutes=2)
    asked = [ref("b.txt"), ref("c.txt"), ref("a.txt")]
    assert ledger.books.captured(asked, before=at(1)) == []
    assert ledger.books.captured(asked, before=at(2)) == [ref("a.txt")]
    assert ledger.books.captured(asked, before=at(3)) == [ref("b.txt"), ref("a.txt")]


def test_totals_sum_by_date_then_currency(ledger: Kept) -> None:
    first, second = date(2026, 1, 31), date(2026, 2, 1)
    full = {"net": Decimal("8.00"), "tax": Decimal("2.00")}
    records = good(
        invoice("A", "10.00", issue_date=second, currency="USD"),
        invoice("B", "10.00", issue_date=second, currency="EUR", **full),
        invoice("C", "0.005", issue_date=second, currency="EUR"),
        invoice("D", "-4", issue_date=first, net=Decimal(-4)),
    )
    commit(ledger, read(ref(), records))
    january, euros, dollars = ledger.books.totals()
    assert (january.issue_date, january.total, january.tax) == (first, Decimal(-4), None)
    assert (euros.currency, euros.invoices, str(euros.total)) == ("EUR", 2, "10.005")
    assert (euros.net, euros.tax) == (Decimal(8), Decimal(2))
    assert (dollars.currency, dollars.net) == ("USD", None)
    assert ledger.books.totals(since=second) == [euros, dollars]
    assert ledger.books.totals(until=first) == [january]
    assert ledger.books.totals(since=first, until=first) == [january]


def test_sums_are_exact_however_long_the_amounts(ledger: Kept) -> None:
    amounts = ["9" * 29 + ".1", "0." + "0" * 28 + "1"]
    records = good(*(invoice(f"N-{n}", amount) for n, amount in enumerate(amounts)))
    commit(ledger, read(ref(), records))
    assert str(ledger.books.totals()[0].total) == "9" * 29 + ".1" + "0" * 27 + "1"


def test_states_names_all_five_and_the_unpublished(ledger: Kept) -> None:
    assert ledger.books.states() == {
        "recorded": 0,
        "quarantined": 0,
        "duplicate": 0,
        "superseded": 0,
        "lost": 0,
        "unpublished_segments": 0,
    }


def test_original_gives_the_bytes_and_the_guideline(ledger: Kept) -> None:
    texts = {f"{n}.txt": f"text {n}\0\xff".encode("latin-1") * n for n in range(1, 30)}
    parsed = [
        read(ref(name), good(invoice(name)), content=text, sequencer="0A")
        for name, text in texts.items()
    ]
    ledger.commit(parsed, at=at())
    for name, text in texts.items():
        original, guideline = ledger.books.original(ref(name).document_id)
        assert original == document(ref(name), text, sequencer="0A")
        assert guideline == GUIDELINE


def test_original_of_a_duplicate_is_that_of_what_it_duplicates(ledger: Kept) -> None:
    first = read(ref("a.txt"), (bad(),), content=b"x")
    commit(ledger, first, read(ref("b.txt"), (bad(),), content=b"x"))
    newer = GUIDELINE.__class__("plain", 2, "e" * 64, "")
    commit(ledger, again(first, records=good(invoice()), guideline=newer))
    original, guideline = ledger.books.original(ref("b.txt").document_id)
    assert (original.content, guideline) == (b"x", newer)


def test_original_of_an_unknown_document_is_a_key_error(ledger: Kept) -> None:
    with pytest.raises(KeyError):
        ledger.books.original("inbox/acme/none.txt@1")


def oversized(text: bytes, sha256: bytes) -> Document:
    return Document(
        ref=ref("big.txt"),
        arrived_at=at(),
        sha256=sha256,
        size=len(text),
        content=None,
        chunks=lambda: (text[at : at + 999_983] for at in range(0, len(text), 999_983)),
    )


def test_oversized_document_is_kept_whole(ledger: Kept) -> None:
    text = bytes(range(256)) * 40_000
    big = oversized(text, hashlib.sha256(text).digest())
    findings = (Finding(code="BD1004", message="the document has 10240000 bytes"),)
    parsed = again(read(ref("big.txt")), document=big, findings=findings, intent=Intent.ARRIVAL)
    beside = [read(ref(f"{n}.txt"), good(invoice(f"N-{n}"))) for n in range(2)]
    ledger.commit([beside[0], parsed, beside[1]], at=at())

    original, _ = ledger.books.original(big.ref.document_id)
    assert original.content is None
    assert original.chunks is not None
    assert b"".join(original.chunks()) == b"".join(original.chunks()) == text
    assert ledger.books.original(ref("1.txt").document_id)[0].content == b"inbox/acme/1.txt@1"


def test_oversized_document_that_changed_meanwhile_is_refused(ledger: Kept) -> None:
    parsed = again(read(ref()), document=oversized(b"x" * 9_000_000, b"y" * 32))
    with pytest.raises(UnavailableError):
        ledger.commit([read(ref("b.txt"), good(invoice())), parsed], at=at())
    assert states(ledger.books) == {}


def test_documents_are_listed_newest_first(ledger: Kept) -> None:
    for number in range(3):
        commit(ledger, read(ref(f"{number}.txt"), good(invoice(f"N-{number}"))), minutes=number)
    commit(ledger, read(ref("bad.txt", customer="brand"), (bad(),)), minutes=3)
    books = ledger.books
    keys = [entry.key for entry in books.documents()]
    assert keys == ["brand/bad.txt", "acme/2.txt", "acme/1.txt", "acme/0.txt"]
    assert [entry.key for entry in books.documents(limit=2)] == keys[:2]
    assert [entry.key for entry in books.documents(match="brand")] == keys[:1]
    assert [entry.key for entry in books.documents(match=ref("1.txt").document_id)] == keys[2:3]
    assert [entry.key for entry in books.documents(state=State.RECORDED, limit=1)] == keys[1:2]
    entry = next(books.documents())
    assert (entry.guideline, entry.waiting, entry.invoices) == ("plain@1", 1, 0)
    assert (entry.arrived_at, entry.committed_at) == (at(), at(3))
    assert entry.sha256 == hashlib.sha256(b"inbox/brand/bad.txt@1").hexdigest()


def test_invoices_are_found_by_document_number_and_id(ledger: Kept) -> None:
    commit(ledger, read(ref(version="1"), good(invoice("Rechnung Nr. 7", "10"), invoice("B"))))
    commit(ledger, read(ref(version="2"), good(invoice("Rechnung Nr. 7", "20"))))
    commit(
        ledger,
        read(
            ref(customer="brand"), good(invoice("RECHNUNG  NR. 7")), identity=("seller", "number")
        ),
    )
    books = ledger.books
    totals = [entry.row[11] for entry in books.invoices(name="rechnung nr. 7")]
    assert totals == ["10", "20", "12.00"]
    assert [entry.latest for entry in books.invoices(name="Rechnung Nr. 7")] == [False, True, True]
    assert [entry.row[2] for entry in books.invoices(document_id=ref().document_id)] == [
        "Rechnung Nr. 7",
        "B",
    ]
    for entry in books.invoices():
        assert list(books.invoices(name=entry.row[0])) == [entry]
    assert list(books.invoices(name="nothing")) == []


def test_invoice_entry_has_every_cell_and_line(ledger: Kept) -> None:
    lines = tuple(Line(id=str(n), name=f"'\"\n{n}", net=Decimal(n)) for n in range(3))
    full = Invoice(
        number="Ä",
        issue_date=date(2026, 1, 2),
        currency="EUR",
        total=Decimal("1E+2"),
        lines=lines,
        extra={"project": "x"},
    )
    commit(ledger, read(ref(), good(full)))
    (entry,) = ledger.books.invoices()
    cells = dict(zip([column.name for column in columns.INVOICES], entry.row, strict=True))
    assert (cells["total"], cells["extra"], cells["line_count"]) == ("100", '{"project": "x"}', "3")
    assert [line[8] for line in entry.lines] == ["'\"\n0", "'\"\n1", "'\"\n2"]
    assert {line[0] for line in entry.lines} == {entry.row[0]}


def test_findings_of_the_last_reading_are_kept_with_warnings(ledger: Kept) -> None:
    warning = Finding(code="BD2009", message="line 3 is not claimed", severity=Severity.WARNING)
    records = (*good(invoice()), bad(1))
    noted = Record(index=0, first_line=1, last_line=9, invoice=invoice(), findings=(warning,))
    parsed = read(ref(), (noted, records[1]), findings=(warning,))
    (outcome,) = ledger.commit([parsed], at=at()).outcomes
    found = ledger.books.findings(ref().document_id)
    assert [finding.code for finding in found] == ["BD2009", "BD2009", "BD2014"]
    assert outcome.findings == tuple(found)


def test_more_warnings_than_are_kept_are_counted(ledger: Kept) -> None:
    warning = Finding(code="BD2009", message="line 3 is not claimed", severity=Severity.WARNING)
    noted = Record(
        index=0, first_line=1, last_line=9, invoice=invoice(), findings=(warning,) * 1_234
    )
    (outcome,) = ledger.commit([read(ref(), (noted,))], at=at()).outcomes
    found = ledger.books.findings(ref().document_id)
    assert len(found) == 1_001
    assert (found[-1].code, found[-1].message[:4]) == ("BD3002", "234 ")
    assert len(outcome.findings) == 100


def test_outcome_names_the_first_hundred_invoices(ledger: Kept) -> None:
    parsed = read(ref(), good(*(invoice(f"N-{n}") for n in range(130))))
    for known in (False, True):
        (outcome,) = ledger.commit([parsed], at=at()).outcomes
        assert (len(outcome.invoices), outcome.invoice_count) == (100, 130)
        assert (outcome.invoices[0].number, outcome.known) == ("N-0", known)


def test_original_remembers_what_was_wrong_with_its_name(ledger: Kept) -> None:
    wrong = (Finding(code="BD1007", message="lost.txt lies in no customer's folder"),)
    parsed = read(ref(), findings=wrong)
    named = again(parsed, document=replace(parsed.document, findings=wrong), intent=Intent.ARRIVAL)
    ledger.commit([named], at=at())
    assert ledger.books.original(ref().document_id)[0].findings == wrong
