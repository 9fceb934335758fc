"""What waits in quarantine, as those meet it who send it again, redrive it or release it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from billdrop import operations
from billdrop.errors import UsageError
from billdrop.guidelines.library import open_library
from billdrop.model import CONFLICT, LIKENESS, Finding, Severity, State
from billdrop.operations import Summary
from billdrop.quarantine.releasing import refused
from billdrop.readers import Limits
from billdrop.settings import Settings
from tests.samples import docproc
from tests.unit.rig import Rig

PIPS = """
guideline = "pips"
version = 1
match = { contains = ["Pip no"] }
input = { reader = "labelled" }
locale = { currency = "EUR", decimal = ".", group = "," }
[fields]
number = { label = "Pip no", required = true }
issue_date = { label = "Day", required = true }
total = { label = "Sum", required = true }
"""
PIP = "Pip no: p-1\nDay: 2026-11-22\nSum: 12.50\n"


def drain(rig: Rig, **texts: str) -> Summary:
    for name, text in texts.items():
        rig.upload(f"{name}.txt", text)
    return operations.drain(rig.inbox, rig.way, Settings(), lambda _: None)


def test_a_run_that_brings_what_waits_again_is_not_clean() -> None:
    rig = Rig()
    drain(rig, a=PIP)
    summary = drain(rig, b=PIP)
    assert (summary.states, summary.waiting) == ({State.DUPLICATE: 1}, 1)
    assert [outcome.findings[0].code for outcome in summary.problems] == ["BD2001"]
    assert not summary.clean


def test_a_run_that_brings_what_is_recorded_again_is_clean() -> None:
    rig = Rig()
    drain(rig, a=docproc("inv-1"))
    summary = drain(rig, b=docproc("inv-1"))
    assert (summary.states, summary.clean) == ({State.DUPLICATE: 1}, True)


def test_a_document_sent_again_after_the_guideline_was_mended_is_recorded(tmp_path: Path) -> None:
    rig = Rig()
    drain(rig, a=PIP)
    (tmp_path / "pips.toml").write_text(PIPS)
    rig.read.library = open_library(tmp_path, Limits())[0]
    summary = drain(rig, b=PIP)
    assert (summary.states, summary.invoices, summary.clean) == ({State.RECORDED: 1}, 1, True)
    redriven = operations.redrive(rig.ledger.quarantine(), rig.ledger, rig.way, lambda _: None)
    assert (redriven.states, redriven.invoices) == ({State.DUPLICATE: 1}, 0)
    assert rig.ledger.quarantine() == []


def test_a_redrive_counts_an_invoice_once_however_often_it_runs() -> None:
    rig = Rig()
    first = drain(rig, a=docproc("inv-1") + docproc("inv-2", total="9999"))
    assert first.invoices == 1
    entries = rig.ledger.quarantine()
    for _ in range(2):
        summary = operations.redrive(entries, rig.ledger, rig.way, lambda _: None)
        assert (summary.invoices, summary.clean) == (0, False)
    assert rig.ledger.quarantine() == entries


def test_a_release_of_what_policy_holds_and_would_count_twice_settles_both(tmp_path: Path) -> None:
    rig = Rig()
    pops = PIPS.replace('"pips"', '"pops"').replace("Pip no", "Pop no")
    pops += 'seller = { label = "Of" }\n[policy]\nlargest = { total = { EUR = 10 } }\n'
    (tmp_path / "pips.toml").write_text(PIPS)
    (tmp_path / "pops.toml").write_text(f'identity = ["number", "seller"]\n{pops}')
    rig.read.library = open_library(tmp_path, Limits())[0]
    drain(rig, a=PIP)
    drain(rig, b=PIP.replace("Pip no", "Pop no") + "Of: Pip & Co\n")
    (entry,) = rig.ledger.quarantine()
    assert [each.code for each in entry.findings] == ["BD2504", "BD3004"]
    assert entry.reason.endswith(" (and BD3004)")
    outcome = operations.release(entry, rig.ledger, rig.way, by="eve", why="two of them")
    assert outcome.state is State.RECORDED
    assert [(each.invoices, str(each.total)) for each in rig.ledger.totals()] == [(2, "25.00")]


@pytest.mark.parametrize("code", [CONFLICT, LIKENESS])
def test_an_entry_of_before_findings_said_held_is_held_in_every_word(code: str) -> None:
    rig = Rig()
    drain(rig, a=docproc("inv-1"), b=docproc("inv-1", amounts=(("10", ""),)))
    (entry,) = rig.ledger.quarantine()
    old = Finding(code=code, message="as it was written then")
    entry = replace(entry, code=code, findings=(old,))
    assert (old.held, old.word, entry.held, refused(entry)) == (False, "held", True, None)
    passed = replace(old, severity=Severity.WARNING)
    assert (passed.may_pass, passed.word) == (False, "warning")


@pytest.mark.parametrize(("by", "why", "missing"), [("", "agreed", "who"), ("eve", " ", "why")])
def test_a_release_says_who_and_why(by: str, why: str, missing: str) -> None:
    rig = Rig()
    drain(rig, a=docproc("inv-1"), b=docproc("inv-1", amounts=(("10", ""),)))
    (entry,) = rig.ledger.quarantine()
    with pytest.raises(UsageError, match=f"does not say {missing}"):
        operations.release(entry, rig.ledger, rig.way, by=by, why=why)
    assert rig.ledger.quarantine() == [entry]
