"""The promises of `Ledger`: what a commit records, supersedes and leaves alone."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from billdrop.books import columns
from billdrop.errors import UnavailableError
from billdrop.model import Record, State
from tests.conformance.ledger_rigs import (
    Kept,
    Open,
    at,
    bad,
    commit,
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


def test_recorded_invoice_is_in_outcome_books_and_segment(ledger: Kept) -> None:
    committed = ledger.commit([read(ref(), good(invoice("A-1", "10.50")))], at=at())

    (outcome,) = committed.outcomes
    assert outcome.state is State.RECORDED
    assert outcome.invoice_count == 1
    assert (outcome.invoices[0].number, outcome.invoices[0].revision) == ("A-1", 1)
    invoices, lines = rows(committed.segments)
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

    assert not repeated.segments
    assert repeated.outcomes[0].known
    assert not first.known
    assert repeated.outcomes[0].invoices == first.invoices
    assert repeated.outcomes[0].state is State.RECORDED
    assert states(ledger.books) == {"recorded": 1}


def test_one_document_twice_in_a_commit_is_recorded_once(ledger: Kept) -> None:
    parsed = read(ref(), good(invoice()))
    committed = ledger.commit([parsed, parsed], at=at())
    assert [outcome.known for outcome in committed.outcomes] == [False, True]
    assert len(rows(committed.segments)[0]) == 1


def test_same_bytes_of_the_same_customer_are_a_duplicate(ledger: Kept) -> None:
    ledger.commit([read(ref("a.txt"), good(invoice()), content=b"x")], at=at())
    committed = ledger.commit([read(ref("b.txt"), good(invoice()), content=b"x")], at=at(1))

    assert not committed.segments
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

    (row,), _ = rows(committed.segments)
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

    assert not committed.segments
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
        (segment,) = ledger.commit([parsed], at=at(number)).segments
        names.append(segment.name)
    assert [segment.name for segment in ledger.unpublished()] == names
    assert ledger.books.states()["unpublished_segments"] == 3
    for _ in range(2):
        ledger.published([names[1]], at=at(9))
    assert [segment.name for segment in ledger.unpublished()] == [names[0], names[2]]
    assert [segment.name for segment in ledger.books.segments()] == names


def test_segment_is_named_by_its_time_and_by_no_name_twice(ledger: Kept) -> None:
    (segment,) = ledger.commit([read(ref(), good(invoice("A")))], at=at()).segments
    (another,) = ledger.commit([read(ref("b.txt"), good(invoice("B")))], at=at()).segments
    assert segment.name.startswith("20261122T090000000000Z-")
    assert segment.name != another.name
    assert segment.received == date(2026, 11, 22)


def test_segment_has_the_same_rows_whoever_is_asked_and_however_often(ledger: Kept) -> None:
    records = good(*(invoice(f"N-{n}", str(n), extra={"po": f"ü{n}"}) for n in range(7)))
    committed = ledger.commit([read(ref(), records)], at=at())
    (asked,) = ledger.unpublished()
    (kept,) = ledger.books.segments()
    assert rows(committed.segments) == rows(committed.segments) == rows([asked]) == rows([kept])
    assert len(rows([asked])[1]) == 7


def test_commit_without_anything_new_has_no_segment(ledger: Kept) -> None:
    assert not ledger.commit([], at=at()).segments
    assert not ledger.commit([read(ref(), (bad(),))], at=at()).segments
    assert list(ledger.unpublished()) == []


def test_everything_is_there_after_reopening(opening: Open) -> None:
    ledger = opening()
    commit(
        ledger,
        read(ref("a.txt"), (*good(invoice("A")), bad(1))),
        read(ref("b.txt"), good(invoice("B"))),
    )
    seen = (states(ledger.books), latest(ledger.books), sums(ledger.books))
    segments = [rows([segment]) for segment in ledger.unpublished()]
    ledger.close()
    ledger = opening()
    assert (states(ledger.books), latest(ledger.books), sums(ledger.books)) == seen
    assert [rows([segment]) for segment in ledger.unpublished()] == segments
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
