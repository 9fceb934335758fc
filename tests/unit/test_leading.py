"""The id of an entry that somebody noted leads on, whatever was read again meanwhile."""

from pathlib import Path

import pytest

from billdrop import operations
from billdrop.guidelines.library import open_library
from billdrop.model import QuarantineEntry
from billdrop.quarantine import rejecting
from billdrop.quarantine.leading import became, followed
from billdrop.readers import Limits
from tests.unit.rig import Rig
from tests.unit.test_quarantine import PIPS, drain

TWO = "Pip no: p-1\nDay: 2026-11-22\nSum: {}\n"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    drain(made, a=TWO.format("twelve"))
    return made


def noted(rig: Rig) -> QuarantineEntry:
    """The one that waits."""
    (entry,) = rig.ledger.quarantine()
    return entry


def again(rig: Rig, folder: Path, guideline: str = PIPS) -> None:
    """Read what waits again, under another guideline, as billdrop does by itself."""
    (folder / "pips.toml").write_text(guideline)
    rig.read.library = open_library(folder, Limits())[0]
    operations.redrive(rig.ledger.quarantine(), rig.ledger, rig.way, lambda _: None)


def test_entry_of_all_of_a_document_leads_to_those_of_its_records(rig: Rig, tmp_path: Path) -> None:
    before = noted(rig)
    again(rig, tmp_path)
    after = noted(rig)
    assert (before.record, after.record) == (None, 0)
    assert before.id != after.id
    old = rig.ledger.entry(before.id)
    assert old is not None
    assert followed(old, rig.ledger) == [after]
    assert became(old, [after]) == f"its document was read again: see {after.id}"


def test_entry_that_is_open_leads_to_none_but_itself(rig: Rig) -> None:
    assert followed(noted(rig), rig.ledger) == []


def test_entry_leads_to_what_a_person_rejected_since(rig: Rig, tmp_path: Path) -> None:
    before = noted(rig)
    again(rig, tmp_path)
    rejecting.reject([noted(rig)], rig.ledger, rig.way, by="ada", why="not ours")
    old = rig.ledger.entry(before.id)
    assert old is not None
    (now,) = followed(old, rig.ledger)
    assert became(old, [now]).endswith(f"see {now.id} (rejected)")


def test_entry_of_what_is_read_without_errors_says_so(tmp_path: Path) -> None:
    rig = Rig()
    drain(rig, a=TWO.format("12.50"))
    before = noted(rig)
    again(rig, tmp_path)
    old = rig.ledger.entry(before.id)
    assert old is not None
    assert old.closed_at is not None
    assert followed(old, rig.ledger) == []
    assert became(old, []).endswith("nothing wrong with it any more")
