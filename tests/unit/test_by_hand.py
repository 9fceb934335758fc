"""What an operator asks for: redrive, release, explain, replay."""

from decimal import Decimal
from pathlib import Path

import pytest

from billdrop import operations
from billdrop.answers.explain import explain
from billdrop.answers.replay import replay
from billdrop.errors import UsageError
from billdrop.guidelines.library import open_library
from billdrop.model import Outcome, State
from billdrop.operations import Summary
from billdrop.readers import Limits
from billdrop.settings import Settings
from billdrop.way import pipeline
from tests.samples import docproc
from tests.unit.rig import Rig

LAYOUT = """
guideline = "pips"
version = {version}
match = {{ contains = ["Pip no"] }}
input = {{ reader = "labelled" }}
locale = {{ currency = "EUR", decimal = "{decimal}", group = "{group}" }}
[fields]
number = {{ label = "Pip no", required = true }}
issue_date = {{ label = "Day", required = true }}
total = {{ label = "Sum", required = true }}
"""
PIP = "Pip no: p-1\nDay: 2026-11-22\nSum: 1,234\n"


def guidelines(folder: Path, *, version: int, decimal: str, group: str) -> Path:
    text = LAYOUT.format(version=version, decimal=decimal, group=group)
    (folder / "pips.toml").write_text(text)
    return folder


def take(rig: Rig, name: str, text: str) -> Outcome:
    (outcome,) = pipeline.process([rig.upload(name, text)], rig.way)
    assert outcome is not None
    return outcome


def test_a_redrive_reads_the_stored_original_under_todays_guidelines(tmp_path: Path) -> None:
    rig = Rig()
    assert take(rig, "a.txt", PIP).state is State.QUARANTINED
    rig.inbox.remove(rig.upload("a.txt", "").ref)
    folder = guidelines(tmp_path, version=1, decimal=".", group=",")
    rig.read.library = open_library(folder, Limits())[0]
    told: list[object] = []
    summary = operations.redrive(rig.ledger.quarantine(), rig.ledger, rig.way, told.append)
    assert (summary.states, summary.clean, len(told)) == ({State.RECORDED: 1}, True, 1)
    assert rig.ledger.quarantine() == []
    assert rig.ledger.totals()[0].total == 1234


def test_a_redrive_that_is_refused_again_stays_in_quarantine() -> None:
    rig = Rig()
    take(rig, "a.txt", PIP)
    summary = operations.redrive(rig.ledger.quarantine(), rig.ledger, rig.way, lambda _: None)
    assert not summary.clean
    assert [entry.code for entry in rig.ledger.quarantine()] == ["BD2001"]


def test_a_released_conflict_becomes_a_correction() -> None:
    rig = Rig()
    take(rig, "a.txt", docproc("inv-1"))
    take(rig, "b.txt", docproc("inv-1", amounts=(("10", ""),)))
    (entry,) = rig.ledger.quarantine()
    outcome = operations.release(entry, rig.ledger, rig.way, by="eve", why="agreed")
    assert outcome.state is State.RECORDED
    assert [total.total for total in rig.ledger.totals()] == [10]


def test_only_the_record_that_was_named_is_released() -> None:
    rig = Rig()
    for number in ("inv-1", "inv-2"):
        take(rig, f"{number}.txt", docproc(number))
    both = docproc("inv-1", amounts=(("10", ""),)) + docproc("inv-2", amounts=(("20", ""),))
    take(rig, "both.txt", both)
    entries = rig.ledger.quarantine()
    assert [entry.record for entry in entries] == [0, 1]
    operations.release(entries[1], rig.ledger, rig.way, by="eve", why="agreed")
    assert [entry.record for entry in rig.ledger.quarantine()] == [0]
    assert [total.total for total in rig.ledger.totals()] == [Decimal(3070)]


def test_what_cannot_be_read_cannot_be_released() -> None:
    rig = Rig()
    take(rig, "a.txt", docproc("inv-1", total="9"))
    (entry,) = rig.ledger.quarantine()
    with pytest.raises(UsageError, match=r"BD2014 .*, which nobody can release"):
        operations.release(entry, rig.ledger, rig.way, by="eve", why="because")


def test_a_sweep_by_hand_takes_what_is_missing_and_says_so() -> None:
    rig = Rig()
    rig.upload("a.txt", docproc("inv-1"))
    rig.upload("b.txt", docproc("inv-2"))
    summary = operations.sweep(rig.way, Settings(batch_documents=1), lambda _: None)
    assert (summary.documents, summary.invoices) == (2, 2)
    again = operations.sweep(rig.way, Settings(), lambda _: None)
    assert again.documents == 0


def test_a_finite_inbox_is_drained_and_counted() -> None:
    rig = Rig()
    for index in range(5):
        rig.upload(f"{index}.txt", docproc(f"inv-{index % 4}"))
    rig.upload("bad.txt", "nobody reads this")
    summary = operations.drain(rig.inbox, rig.way, Settings(batch_documents=2), lambda _: None)
    assert summary.states == {State.RECORDED: 4, State.DUPLICATE: 1, State.QUARANTINED: 1}
    assert [outcome.findings[0].code for outcome in summary.problems] == ["BD2001"]


def test_a_summary_counts_known_and_undecided_documents() -> None:
    summary = Summary()
    known = Outcome(document_id="a", state=State.RECORDED, invoice_count=3, known=True)
    summary.add([known, None])
    assert (summary.documents, summary.known, summary.undecided, summary.invoices) == (2, 1, 1, 0)
    assert not summary.clean


def test_every_figure_leads_to_its_line_and_column() -> None:
    rig = Rig()
    take(rig, "a.txt", docproc("inv-1"))
    (entry,) = rig.ledger.invoices(name="INV-1")
    found = {traced.path: traced for traced in explain(entry, rig.ledger, Limits()).values}
    assert all(traced.agrees for traced in found.values())
    total = found["total"].span
    assert total is not None
    assert (total.line, total.column, total.text) == (11, 8, "3050")
    line = found["lines[1].net"].span
    assert line is not None
    assert (line.line, line.column, line.text) == (15, 12, "850")
    assert found["currency"].span is None


def test_a_replay_says_which_totals_a_newer_guideline_would_change(tmp_path: Path) -> None:
    rig = Rig()
    before = open_library(guidelines(tmp_path, version=1, decimal=".", group=","), Limits())[0]
    rig.read.library = before
    take(rig, "a.txt", PIP)
    take(rig, "b.txt", docproc("inv-1"))
    assert replay(rig.ledger, before, Limits()).changes == ()
    after = open_library(guidelines(tmp_path, version=2, decimal=",", group="."), Limits())[0]
    found = replay(rig.ledger, after, Limits())
    (change,) = found.changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before.total, change.after.total) == ("1234", "1.234")
    (shift,) = found.shifts
    assert (shift.invoices, shift.difference) == (0, Decimal("-1232.766"))
    assert replay(rig.ledger, after, Limits(), guideline="docproc").changes == ()
    assert [total.total for total in rig.ledger.totals()] == [3050, 1234]


def test_a_replay_names_what_would_no_longer_be_accepted(tmp_path: Path) -> None:
    rig = Rig()
    folder = guidelines(tmp_path, version=1, decimal=".", group=",")
    rig.read.library = open_library(folder, Limits())[0]
    take(rig, "a.txt", PIP)
    (tmp_path / "pips.toml").unlink()
    (change,) = replay(rig.ledger, open_library(tmp_path, Limits())[0], Limits()).changes
    assert change.after is None
    assert "recognises the document" in change.reason
    folder = guidelines(tmp_path, version=2, decimal=".", group="")
    (change,) = replay(rig.ledger, open_library(folder, Limits())[0], Limits()).changes
    assert change.after is None
    assert "total" in change.reason


def test_a_replay_names_what_would_leave_quarantine(tmp_path: Path) -> None:
    rig = Rig()
    take(rig, "a.txt", PIP)
    folder = guidelines(tmp_path, version=1, decimal=".", group=",")
    (change,) = replay(rig.ledger, open_library(folder, Limits())[0], Limits()).changes
    assert (change.before, change.number) == (None, "p-1")


def test_a_replay_says_nothing_of_a_conflict_that_would_stay_one() -> None:
    rig = Rig()
    take(rig, "a.txt", docproc("inv-1"))
    take(rig, "b.txt", docproc("inv-1", amounts=(("10", ""),)))
    assert replay(rig.ledger, rig.read.library, Limits()).changes == ()
