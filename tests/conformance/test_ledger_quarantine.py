"""The promises of `Ledger` about what waits, and what becomes of it."""

import pytest
from msgspec.structs import replace

from billdrop.model import Finding, Intent, Parsed, QuarantineEntry, Record, Ruling, State
from tests.conformance.ledger_rigs import (
    GUIDELINE,
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
    rows,
    states,
    sums,
)


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
    assert len(rows(committed.segments)[0]) == 1
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
    assert [row[2] for row in rows(committed.segments)[0]] == ["B"]
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
    assert not ledger.commit([again(parsed)], at=at(1)).segments
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


def test_entry_stays_the_same_while_its_record_fails(ledger: Kept) -> None:
    parsed = read(ref(), (bad(0), bad(1)))
    commit(ledger, parsed)
    first, second = [entry.id for entry in ledger.books.quarantine()]
    commit(ledger, again(parsed, records=(*good(invoice("A")), bad(1, "BD2005"))), minutes=5)
    (entry,) = ledger.books.quarantine()
    assert (entry.id, entry.record, entry.code, entry.since) == (second, 1, "BD2005", at())
    assert [found.code for found in entry.findings] == ["BD2005"]
    closed, _ = ledger.books.quarantine(closed=True)
    assert (closed.id, closed.closed_at, closed.by) == (first, at(5), "")
    commit(ledger, again(parsed, records=(bad(0), *good(invoice("A"), invoice("B"))[1:])))
    (entry,) = ledger.books.quarantine()
    assert entry.record == 0
    assert entry.id not in (first, second)


def test_document_refused_as_a_whole_keeps_its_entry(ledger: Kept) -> None:
    parsed = read(ref(), (), findings=(Finding(code="BD2001", message="none"),), guideline=None)
    commit(ledger, parsed)
    (first,) = ledger.books.quarantine()
    commit(ledger, again(parsed), again(parsed), minutes=1)
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.id, entry.record, entry.since) == (first.id, None, at())


def test_document_that_arrives_and_is_redriven_in_one_commit_waits_once(ledger: Kept) -> None:
    whole = read(ref(), (), findings=(Finding(code="BD2001", message="none"),), guideline=None)
    ledger.commit([whole, again(whole), again(whole)], at=at())
    assert len(ledger.books.quarantine(closed=True)) == 1
    assert len(ledger.books.findings(ref().document_id)) == 1


def test_entry_that_is_opened_and_closed_in_one_commit_is_kept(ledger: Kept) -> None:
    parsed = read(ref(), (bad(),))
    ledger.commit([parsed, again(parsed, records=good(invoice()))], at=at())
    assert not ledger.books.quarantine()
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.record, entry.closed_at) == (0, at())


def test_redrive_counts_what_it_recorded(ledger: Kept) -> None:
    parsed = read(ref(), (*good(invoice("A"), invoice("B")), bad(2)))
    newer = again(parsed, records=good(invoice("A"), invoice("B"), invoice("C")))
    committed = [
        ledger.commit([each], at=at()).outcomes[0]
        for each in (parsed, parsed, again(parsed), newer, newer)
    ]
    assert [outcome.recorded_now for outcome in committed] == [2, 0, 0, 1, 0]
    assert [outcome.invoice_count for outcome in committed] == [2, 2, 2, 3, 3]


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
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.code, entry.closed_at, entry.by) == ("BD3001", at(), "ada")
    assert entry.why == "the customer called"


def test_release_corrects_only_the_revision_that_its_entry_names(ledger: Kept) -> None:
    others = [
        read(ref(f"{name}.txt"), good(invoice(total=str(total))))
        for name, total in (("b", 20), ("c", 30), ("d", 40))
    ]
    commit(ledger, read(ref("a.txt"), good(invoice(total="10"))), *others)

    def release(place: int) -> State:
        waits = {entry.document_id: entry for entry in ledger.books.quarantine()}
        entry = seen.setdefault(place, waits[others[place].document.ref.document_id])
        said = {"intent": Intent.RELEASE, "by": "ada", "why": "they called"}
        against = entry.findings[0].message
        return commit(ledger, again(others[place], **said, against=against))[0]

    waits = {entry.document_id: entry for entry in ledger.books.quarantine()}
    seen = {n: waits[each.document.ref.document_id] for n, each in enumerate(others)}
    assert release(1) is State.RECORDED
    assert release(0) is State.QUARANTINED
    assert latest(ledger.books) == {"INV-1": ("2", "30")}
    renewed = next(each for each in ledger.books.quarantine() if each.id == seen.pop(0).id)
    assert "acme/c.txt@1 (revision 2) with other content" in renewed.findings[0].message
    assert release(0) is State.RECORDED
    assert latest(ledger.books) == {"INV-1": ("3", "20")}


def test_only_released_records_become_corrections(ledger: Kept) -> None:
    both = good(invoice("A", "10"), invoice("B", "10"))
    other = read(ref("b.txt"), good(invoice("A", "20"), invoice("B", "20")))
    commit(ledger, read(ref("a.txt"), both), other)
    released = again(other, intent=Intent.RELEASE, by="ada", why="agreed", released=(1,))
    assert commit(ledger, released) == [State.QUARANTINED]
    assert latest(ledger.books) == {"A": ("1", "10"), "B": ("2", "20")}
    assert [entry.record for entry in ledger.books.quarantine()] == [0]
    assert [entry.by for entry in ledger.books.quarantine(closed=True)] == ["", "ada"]


def test_release_that_only_lets_pass_decides_no_conflict(ledger: Kept) -> None:
    commit(ledger, read(ref("a.txt"), good(invoice(total="10"))))
    held = read(ref("b.txt"), (bad(0, "BD2504"),))
    commit(ledger, held)
    said = {"intent": Intent.RELEASE, "by": "ada", "why": "I called them", "corrects": False}
    passed = again(held, records=good(invoice(total="20")), **said)
    assert commit(ledger, passed) == [State.QUARANTINED]
    (entry,) = ledger.books.quarantine()
    assert (entry.code, entry.by) == ("BD3001", "")
    assert latest(ledger.books) == {"INV-1": ("1", "10")}


def test_what_was_let_pass_keeps_who_and_why(ledger: Kept) -> None:
    held = read(ref("b.txt"), (bad(0, "BD2504"),))
    commit(ledger, held)
    said = {"intent": Intent.RELEASE, "by": "ada", "why": "I called them", "corrects": False}
    assert commit(ledger, again(held, records=good(invoice()), **said)) == [State.RECORDED]
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.code, entry.by, entry.why) == ("BD2504", "ada", "I called them")


def test_released_record_that_is_refused_again_waits_as_before(ledger: Kept) -> None:
    parsed = read(ref(), (bad(0), bad(1)))
    commit(ledger, parsed)
    records = (bad(0), *good(invoice("A"), invoice("B"))[1:])
    said = {"intent": Intent.RELEASE, "by": "ada", "why": "agreed", "released": (0,)}
    commit(ledger, again(parsed, records=records, **said))
    waiting, closed = ledger.books.quarantine(closed=True)
    assert (waiting.record, waiting.closed_at, waiting.by) == (0, None, "")
    assert (closed.record, closed.closed_at, closed.by) == (1, at(), "")


def test_an_invoice_that_is_read_again_under_another_number_is_not_counted_twice(
    ledger: Kept,
) -> None:
    ledger.commit([read(ref(), (*good(invoice("A")), bad(1)))], at=at())
    renamed = good(invoice("2018/A"), invoice("B"))
    (outcome,) = ledger.commit([again(read(ref(), renamed))], at=at(1)).outcomes
    assert outcome.state is State.QUARANTINED
    assert {entry.code for entry in ledger.books.quarantine()} == {"BD3003"}
    assert set(latest(ledger.books)) == {"A"}


def test_what_is_refused_now_and_was_recorded_before_keeps_no_other_out(ledger: Kept) -> None:
    ledger.commit([read(ref(), (*good(invoice("A")), bad(1)))], at=at())
    records = (bad(0), *good(invoice("x"), invoice("B"))[1:])
    ledger.commit([again(read(ref(), records))], at=at(1))
    assert set(latest(ledger.books)) == {"A", "B"}


def test_what_a_person_rejects_waits_no_more_and_stays_in_quarantine(ledger: Kept) -> None:
    parsed = read(ref(), (*good(invoice("A")), bad(1), bad(2)))
    commit(ledger, parsed)
    first = ledger.books.quarantine()[0]
    said = {"intent": Intent.REJECT, "by": "ada", "why": "not ours", "released": (1,)}
    assert commit(ledger, again(parsed, **said), minutes=3) == [State.QUARANTINED]
    assert [entry.record for entry in ledger.books.quarantine()] == [2]
    out, _ = ledger.books.quarantine(closed=True)
    assert (out.id, out.since, out.closed_at, out.barred) == (first.id, at(), None, True)
    assert out.rulings == (Ruling(rejects=True, at=at(3), by="ada", why="not ours"),)
    (entry,) = ledger.books.documents()
    assert (entry.state, entry.waiting) == (State.QUARANTINED, 2)


def test_rejected_document_stays_rejected_however_often_it_is_refused_again(ledger: Kept) -> None:
    parsed = read(ref(), (bad(),))
    commit(ledger, parsed)
    said = {"intent": Intent.REJECT, "by": "ada", "why": "not ours"}
    commit(ledger, again(parsed, **said), again(parsed), again(parsed))
    assert not ledger.books.quarantine()
    (entry,) = ledger.books.quarantine(closed=True)
    assert (entry.barred, len(entry.rulings)) == (True, 1)


def test_rejection_outlives_a_reading_that_refuses_the_whole_document(ledger: Kept) -> None:
    parsed = read(ref(), (*good(invoice("A")), bad(1)))
    whole = again(parsed, records=(), findings=(Finding(code="BD2001", message="none"),))
    said = {"intent": Intent.REJECT, "by": "ada", "why": "not ours", "released": (1,)}
    commit(ledger, parsed, again(parsed, **said), whole)
    assert [entry.record for entry in ledger.books.quarantine()] == [None]
    commit(ledger, again(parsed))
    assert not ledger.books.quarantine()
    there = ledger.books.quarantine(closed=True)
    (out,) = [one for one in there if one.closed_at is None]
    assert (out.record, [one.by for one in out.rulings]) == (1, ["ada"])


def test_what_is_reconsidered_waits_again_and_keeps_every_word(ledger: Kept) -> None:
    parsed = read(ref(), (bad(),))
    commit(ledger, parsed)
    (before,) = ledger.books.quarantine()
    commit(ledger, again(parsed, intent=Intent.REJECT, by="ada", why="not ours"), minutes=1)
    commit(ledger, again(parsed, intent=Intent.RECONSIDER, by="bob", why="it is"), minutes=2)
    (entry,) = ledger.books.quarantine()
    assert (entry.id, entry.waits, entry.closed_at) == (before.id, True, None)
    assert [(one.rejects, one.at, one.by, one.why) for one in entry.rulings] == [
        (True, at(1), "ada", "not ours"),
        (False, at(2), "bob", "it is"),
    ]
    assert commit(ledger, again(parsed, records=good(invoice()))) == [State.RECORDED]
    (closed,) = ledger.books.quarantine(closed=True)
    assert (closed.by, len(closed.rulings)) == ("", 2)


def test_what_has_left_quarantine_meanwhile_cannot_be_rejected(ledger: Kept) -> None:
    parsed = read(ref(), (bad(),))
    commit(ledger, parsed, again(parsed, records=good(invoice())))
    rejected = again(parsed, intent=Intent.REJECT, by="ada", why="too late")
    (outcome,) = ledger.commit([rejected], at=at(1)).outcomes
    assert (outcome.state, outcome.known) == (State.RECORDED, True)
    assert latest(ledger.books) == {"INV-1": ("1", "12.00")}
    assert [one.rulings for one in ledger.books.quarantine(closed=True)] == [()]


def rejected(parsed: Parsed, record: int) -> Parsed:
    return again(parsed, intent=Intent.REJECT, by="ada", why="fraud", released=(record,))


@pytest.mark.parametrize("intent", [Intent.REDRIVE, Intent.RELEASE])
def test_what_was_read_before_it_was_rejected_is_not_recorded(ledger: Kept, intent: Intent) -> None:
    parsed = read(ref(), (bad(0), bad(1)))
    stale = again(parsed, records=good(invoice("A"), invoice("B")), intent=intent, by="bo", why="x")
    commit(ledger, parsed, rejected(parsed, 0), stale)
    assert set(latest(ledger.books)) == {"B"}
    (entry,) = [one for one in ledger.books.quarantine(closed=True) if one.closed_at is None]
    assert (entry.record, entry.barred) == (0, True)
    assert [each.code for each in entry.findings] == ["BD2014", "BD3005"]
    assert next(ledger.books.documents()).waiting == 1


def test_a_document_read_before_it_was_rejected_is_not_recorded(ledger: Kept) -> None:
    parsed = read(ref(), findings=(Finding(code="BD2001", message="none"),))
    commit(ledger, parsed, again(parsed, intent=Intent.REJECT, by="ada", why="fraud"))
    assert commit(ledger, again(parsed, findings=(), records=good(invoice()))) == [
        State.QUARANTINED
    ]
    assert not latest(ledger.books)
    assert not ledger.books.quarantine()


def test_a_rejection_is_of_the_lines_and_not_of_their_place(ledger: Kept) -> None:
    parsed = read(ref(), (bad(0), bad(1), bad(2)))
    commit(ledger, parsed, rejected(parsed, 1))
    barred = next(one for one in ledger.books.quarantine(closed=True) if one.barred)
    _, first, second = good(invoice("-"), invoice("X-1"), invoice("X-2"))
    now = (replace(first, index=0), replace(second, index=1))
    for _ in range(2):
        assert commit(ledger, again(parsed, records=now)) == [State.QUARANTINED]
        assert set(latest(ledger.books)) == {"X-2"}
        (entry,) = [one for one in ledger.books.quarantine(closed=True) if one.closed_at is None]
        assert (entry.id, entry.record, entry.first_line) == (barred.id, 0, 11)
        assert entry.rulings == barred.rulings
        assert next(ledger.books.documents()).waiting == 1
    assert commit(ledger, again(parsed)) == [State.QUARANTINED]
    assert {one.first_line for one in ledger.books.quarantine()} == {1, 21}


def test_where_what_was_rejected_is_no_record_now_all_of_the_document_waits(ledger: Kept) -> None:
    parsed = read(ref(), (bad(0), bad(1)))
    commit(ledger, parsed, rejected(parsed, 1))
    other = replace(good(invoice())[0], last_line=19)
    assert commit(ledger, again(parsed, records=(other,))) == [State.QUARANTINED]
    assert not latest(ledger.books)
    (entry,) = ledger.books.quarantine()
    assert (entry.record, entry.code) == (None, "BD3006")
    there = [one for one in ledger.books.quarantine(closed=True) if one.closed_at is None]
    assert {one.record for one in there if one.barred} == {1}
    assert next(ledger.books.documents()).waiting == 2
    taken_back = again(parsed, records=(other,), intent=Intent.RECONSIDER, by="bo", why="fine")
    assert commit(ledger, replace(taken_back, released=(1,))) == [State.RECORDED]


@pytest.mark.parametrize("there", [True, False])
def test_a_decision_about_the_whole_document_takes_back_none_about_a_record(
    ledger: Kept, there: bool
) -> None:
    parsed = read(ref(), (*good(invoice("A")), bad(1), bad(2)))
    none = Finding(code="BD2001", message="none")
    whole = again(parsed, records=parsed.records if there else (), findings=(none,))
    commit(ledger, parsed, rejected(parsed, 1), whole)
    bob = {"by": "bob", "why": "so it is", "released": (None,)}
    for intent in (Intent.REJECT, Intent.RECONSIDER):
        commit(ledger, again(whole, intent=intent, **bob))
    said = {one.record: [(it.by, it.rejects) for it in one.rulings] for one in open_(ledger)}
    assert said == {1: [("ada", True)], None: [("bob", True), ("bob", False)]}
    stale = again(parsed, records=good(invoice("A"), invoice("B"), invoice("C")))
    assert commit(ledger, stale) == [State.QUARANTINED]
    assert set(latest(ledger.books)) == {"A", "C"}
    assert [(one.record, one.barred) for one in open_(ledger)] == [(1, True)]


def open_(ledger: Kept) -> list[QuarantineEntry]:
    """What is in quarantine still, barred or not."""
    return [one for one in ledger.books.quarantine(closed=True) if one.closed_at is None]


def decisions(ledger: Kept) -> list[Parsed]:
    """Five documents: four were decided about, in the order of their names, and one by nobody."""
    customers = ("acme", "acme", "globex", "acme", "acme")
    parsed = [
        read(ref(f"{place}.txt", customer=one), (bad(0, "BD2504"),), content=f"{place}".encode())
        for place, one in enumerate(customers)
    ]
    commit(ledger, *parsed)
    released = {"intent": Intent.RELEASE, "by": "ada", "why": "asked", "corrects": False}
    first = good(invoice("FIRST"))
    commit(ledger, again(parsed[0], records=first, **released), minutes=1)
    for minutes, place in ((2, 1), (3, 2), (4, 3)):
        commit(
            ledger, again(parsed[place], intent=Intent.REJECT, by="bo", why="no"), minutes=minutes
        )
    commit(ledger, again(parsed[3], intent=Intent.RECONSIDER, by="bo", why="yes"), minutes=5)
    commit(ledger, again(parsed[4], records=good(invoice("LAST"))), minutes=6)
    return parsed


def named(entries: list[QuarantineEntry]) -> list[str]:
    """By their documents."""
    return [entry.key.rpartition("/")[2] for entry in entries]


def test_what_people_decided_is_told_the_last_decision_first(ledger: Kept) -> None:
    decisions(ledger)
    found = ledger.books.decided()
    assert named(found) == ["3.txt", "2.txt", "1.txt", "0.txt"]
    assert [entry.decided_at for entry in found] == [at(5), at(3), at(2), at(1)]


def test_a_decision_makes_an_old_entry_the_first_again(ledger: Kept) -> None:
    parsed = decisions(ledger)
    commit(ledger, again(parsed[1], intent=Intent.RECONSIDER, by="ada", why="ours"), minutes=7)
    assert named(ledger.books.decided(limit=2)) == ["1.txt", "3.txt"]


def test_what_is_rejected_or_of_one_customer_is_told_alone(ledger: Kept) -> None:
    decisions(ledger)
    assert named(ledger.books.decided(rejected=True)) == ["2.txt", "1.txt"]
    assert named(ledger.books.decided(customer="globex")) == ["2.txt"]
    assert named(ledger.books.decided(rejected=True, customer="acme")) == ["1.txt"]


def test_decisions_are_read_page_by_page(ledger: Kept) -> None:
    decisions(ledger)
    first = ledger.books.decided(limit=2)
    second = ledger.books.decided(limit=2, before=first[-1].id)
    assert named([*first, *second]) == ["3.txt", "2.txt", "1.txt", "0.txt"]
    assert ledger.books.decided(limit=2, before=second[-1].id) == []
    assert ledger.books.decided(before=10**17) == []


def test_rejected_entry_that_is_read_again_stays_among_the_decisions(ledger: Kept) -> None:
    parsed = decisions(ledger)
    commit(ledger, again(parsed[1], records=(bad(0, "BD2014"),)), minutes=8)
    found = ledger.books.decided(rejected=True)
    assert named(found) == ["2.txt", "1.txt"]
    assert found[-1].decided_at == at(2)


def test_entry_is_found_by_its_id_whether_it_waits_or_not(ledger: Kept) -> None:
    decisions(ledger)
    known = ledger.books.quarantine(closed=True)
    assert [ledger.books.entry(each.id) for each in known] == known
    assert ledger.books.entry(10**17) is None
    assert ledger.books.entry(-(10**30)) is None
