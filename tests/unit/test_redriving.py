"""What waits in quarantine leaves it by itself once it can be read."""

from collections import deque
from pathlib import Path

import pytest

from billdrop import operations
from billdrop.errors import UnavailableError
from billdrop.guidelines.library import Library, open_library
from billdrop.model import Document, GuidelineRef, Outcome
from billdrop.operations import Summary
from billdrop.quarantine.redriving import (
    LONGEST_PAUSE,
    PAUSE_ROUNDS,
    STEP_DOCUMENTS,
    Redriving,
    redrive,
)
from billdrop.readers import Limits
from billdrop.settings import Settings
from tests.unit.rig import Rig
from tests.unit.test_quarantine import PIP, PIPS

OTHER = PIP.replace("p-1", "p-2")


class Folder:
    """Guidelines that change when they are told to, as the pump asks for them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.due = folder, False

    def write(self, text: str, name: str = "pips") -> None:
        (self.folder / f"{name}.toml").write_text(text)
        self.due = True

    def __call__(self) -> Library | None:
        due, self.due = self.due, False
        return open_library(self.folder, Limits())[0] if due else None


def drained(rig: Rig, **texts: str) -> Summary:
    for name, text in texts.items():
        rig.upload(f"{name}.txt", text)
    return operations.drain(rig.inbox, rig.way, Settings(), lambda _: None)


def looked(redriving: Redriving, rig: Rig) -> None:
    """What the pump does between two batches."""
    library = redriving()
    if library is not None:
        rig.way.read.library = library


def redriving_on(rig: Rig, folder: Folder) -> tuple[Redriving, list[dict[str, object]]]:
    told: list[dict[str, object]] = []
    return Redriving(
        folder, rig.way, rig.ledger, lambda event, /, **facts: told.append(facts)
    ), told


def test_documents_leave_quarantine_when_a_guideline_reads_them_without_errors(
    tmp_path: Path,
) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(
        rig, a=PIP, b=OTHER, c="nothing", d=PIP.replace("12.50", "twelve").replace("p-1", "p-3")
    )
    folder.write(PIPS)
    looked(redriving, rig)
    assert not redriving.rests
    assert len(rig.ledger.quarantine()) == 4
    looked(redriving, rig)
    assert redriving.rests
    assert [entry.key for entry in rig.ledger.quarantine()] == ["acme/c.txt", "acme/d.txt"]
    assert told == [{"documents": 2, "looked_at": 4}]
    looked(redriving, rig)
    assert len(told) == 1


def test_what_a_changed_guideline_still_refuses_waits_on(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    folder.write(PIPS)
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP.replace("12.50", "12,50"))
    folder.write(PIPS.replace("version = 1", "version = 2"))
    looked(redriving, rig)
    looked(redriving, rig)
    (entry,) = rig.ledger.quarantine()
    assert (entry.code, told) == ("BD2004", [])
    folder.write(PIPS.replace('decimal = ".", group = ","', 'decimal = ",", group = "."'))
    looked(redriving, rig)
    looked(redriving, rig)
    assert rig.ledger.quarantine() == []


def test_at_the_start_only_what_no_guideline_had_read_is_looked_at(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    drained(rig, a=PIP)
    folder.write(PIPS)
    rig.way.read.library = open_library(tmp_path, Limits())[0]
    drained(rig, b=OTHER.replace("12.50", "12,50"))
    folder.due = False
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    looked(redriving, rig)
    assert told == [{"documents": 1, "looked_at": 1}]


def test_guidelines_that_are_the_same_as_before_redrive_nothing(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP)
    folder.due = True
    looked(redriving, rig)
    assert redriving.rests


def test_a_look_is_bounded_by_documents_and_by_bytes(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, **{f"a{at}": PIP.replace("p-1", f"p-{at}") for at in range(STEP_DOCUMENTS + 1)})
    folder.write(PIPS)
    looked(redriving, rig)
    looked(redriving, rig)
    assert not redriving.rests
    (last,) = rig.ledger.quarantine()
    waiting = deque([last.document_id, "gone", last.document_id])
    unread: list[str] = []

    def look(documents: int) -> tuple[Outcome, ...]:
        return operations.redrive_readable(
            waiting,
            rig.ledger,
            rig.way,
            documents=documents,
            size=1,
            unread=lambda name, error: unread.append(name),
        )

    (done,) = look(5)
    assert (done.invoice_count, list(waiting)) == (1, ["gone", last.document_id])
    assert (look(1), unread) == ((), [])


def test_conflicts_are_left_to_a_person(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    folder.write(PIPS)
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    looked(redriving, rig)
    drained(rig, a=PIP)
    drained(rig, b=PIP.replace("12.50", "13.50"))
    folder.write(PIPS.replace("version = 1", "version = 2"))
    looked(redriving, rig)
    assert redriving.rests
    assert [entry.code for entry in rig.ledger.quarantine()] == ["BD3001"]
    assert told == []


def test_by_hand_all_that_can_be_read_is_redriven_at_once(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    drained(rig, a=PIP, b=OTHER)
    folder.write(PIPS)
    rig.way.read.library = open_library(tmp_path, Limits())[0]
    summary, told = Summary(), []
    redrive(rig.way, rig.ledger, summary, lambda outcomes: told.append(len(outcomes)))
    assert (summary.documents, summary.invoices, told) == (2, 2, [2])
    redrive(rig.way, rig.ledger, summary, lambda outcomes: told.append(len(outcomes)))
    assert told == [2]


def test_guidelines_are_handed_out_and_what_waits_is_asked_again_when_asking_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP)
    folder.write(PIPS)
    with monkeypatch.context() as failing:
        failing.setattr(type(rig.ledger), "quarantine", throttled)
        looked(redriving, rig)
    assert rig.way.read.library.named("pips") is not None
    for _ in range(3):
        looked(redriving, rig)
    assert rig.ledger.quarantine() == []


def test_documents_of_a_look_that_failed_are_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP)
    folder.write(PIPS)
    looked(redriving, rig)
    with monkeypatch.context() as failing:
        failing.setattr(type(rig.ledger), "commit", throttled)
        with pytest.raises(UnavailableError):
            looked(redriving, rig)
    assert not redriving.rests
    for _ in range(PAUSE_ROUNDS + 1):
        looked(redriving, rig)
    assert rig.ledger.quarantine() == []


def throttled(*_: object, **__: object) -> None:
    raise UnavailableError("too many asked")


class Damaged:
    """What a ledger remembers, with originals that cannot be read."""

    def __init__(self, rig: Rig, *keys: str) -> None:
        self.rig, self.keys = rig, keys
        self.asked = 0

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        found = self.rig.ledger.original(document_id)
        if found[0].ref.key in self.keys:
            self.asked += 1
            raise UnavailableError("its original is damaged")
        return found

    def __getattr__(self, name: str) -> object:
        return getattr(self.rig.ledger, name)


def test_an_original_that_cannot_be_read_holds_up_no_redrive_behind_it(tmp_path: Path) -> None:
    rig, folder, told = Rig(), Folder(tmp_path), list[str]()
    archive = Damaged(rig, "acme/a.txt")
    log = lambda event, /, **facts: told.append(f"{event} {facts.get('document', '')}")  # noqa: E731
    redriving = Redriving(folder, rig.way, archive, log)  # type: ignore[arg-type]
    looked(redriving, rig)
    drained(rig, a=PIP, b=OTHER)
    folder.write(PIPS)
    for _ in range(3):
        looked(redriving, rig)
    (left,) = rig.ledger.quarantine()
    assert left.key == "acme/a.txt"
    for _ in range(3 * LONGEST_PAUSE):
        looked(redriving, rig)
    assert told == [f"not read again {left.document_id}", "redriven "]
    assert 8 <= archive.asked <= 10
    assert not redriving.rests
    archive.keys = ()
    for _ in range(LONGEST_PAUSE + 2):
        looked(redriving, rig)
    assert rig.ledger.quarantine() == []
    assert redriving.rests


def test_by_hand_what_cannot_be_read_is_undecided_and_the_rest_is_redriven(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    drained(rig, a=PIP, b=OTHER)
    folder.write(PIPS)
    rig.way.read.library = open_library(tmp_path, Limits())[0]
    summary = Summary()
    archive = Damaged(rig, "acme/a.txt")
    redrive(rig.way, archive, summary, lambda outcomes: None)  # type: ignore[arg-type]
    assert (summary.invoices, summary.undecided, summary.clean) == (1, 1, False)


def test_by_hand_an_entry_whose_original_cannot_be_read_holds_up_no_other(tmp_path: Path) -> None:
    rig, folder, said = Rig(), Folder(tmp_path), list[str]()
    drained(rig, a=PIP, b=OTHER)
    folder.write(PIPS)
    rig.way.read.library = open_library(tmp_path, Limits())[0]
    summary = operations.redrive(
        rig.ledger.quarantine(),
        Damaged(rig, "acme/a.txt"),  # type: ignore[arg-type]
        rig.way,
        lambda outcomes: None,
        lambda name, error: said.append(f"{name.partition('@')[0]}: {error.message}"),
    )
    assert (summary.documents, summary.invoices) == (2, 1)
    assert (summary.undecided, summary.unread, summary.clean) == (1, 1, False)
    assert said == ["inbox/acme/a.txt: its original is damaged"]


LARGE = "[policy]\nlargest = { total = { EUR = 10 } }\n"


def test_document_that_another_guideline_refuses_waits_for_the_new_reason(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP)
    folder.write(PIPS + LARGE)
    looked(redriving, rig)
    looked(redriving, rig)
    (entry,) = rig.ledger.quarantine()
    assert (entry.code, entry.record, told) == ("BD2504", 0, [])
    before, now = rig.ledger.quarantine(closed=True)
    assert (before.code, before.closed_at is None, now.id) == ("BD2001", False, entry.id)


def test_reason_that_a_waiting_record_had_is_told_beside_the_one_it_has(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    folder.write(PIPS + LARGE)
    redriving, told = redriving_on(rig, folder)
    looked(redriving, rig)
    looked(redriving, rig)
    drained(rig, a=PIP, b=OTHER.replace("12.50", "twelve"))
    (first, _) = rig.ledger.quarantine()
    for limit in ("11", "12"):
        folder.write(PIPS + LARGE.replace("10", limit))
        looked(redriving, rig)
        looked(redriving, rig)
    (entry, other) = rig.ledger.quarantine()
    assert entry.id == first.id
    assert [(it.code, it.held) for it in entry.findings] == [
        ("BD2504", True),
        ("BD2511", False),
        ("BD2511", False),
    ]
    assert "is more than 12" in entry.findings[0].message
    assert entry.findings[2].message == (
        "it waited before: total 12.50 EUR is more than 11, what needs no person (BD2504)"
    )
    assert [it.code for it in other.findings] == ["BD2004"]
    released = operations.release(entry, rig.ledger, rig.way, by="eve", why="asked")
    assert released.invoice_count == 1
    assert told == []


def test_number_of_guidelines_is_no_other_reason(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a="nothing")
    (before,) = rig.ledger.quarantine()
    folder.write(PIPS)
    looked(redriving, rig)
    looked(redriving, rig)
    assert rig.ledger.quarantine() == [before]


def test_policy_file_that_is_wrong_and_right_again_holds_nothing_back(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, told = redriving_on(rig, folder)
    folder.write(PIPS)
    folder.write("x", "policy")
    looked(redriving, rig)
    looked(redriving, rig)
    drained(rig, a=PIP)
    (entry,) = rig.ledger.quarantine()
    assert entry.code == "BD2510"
    folder.write("[policy]\nrequired = { fields = ['seller'] }", "policy")
    looked(redriving, rig)
    looked(redriving, rig)
    (entry,) = rig.ledger.quarantine()
    assert entry.code == "BD2505"
    folder.write("", "policy")
    looked(redriving, rig)
    looked(redriving, rig)
    assert (rig.ledger.quarantine(), told) == ([], [{"documents": 1, "looked_at": 1}])


def test_what_is_in_the_books_in_part_keeps_the_reason_it_waits_for(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    several = PIPS.replace("[fields]", '[records]\nstart = "Pip no:"\n[fields]')
    folder.write(several)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    looked(redriving, rig)
    drained(rig, a=PIP + OTHER.replace("12.50", "twelve"))
    (before,) = rig.ledger.quarantine()
    folder.write(several.replace('label = "Sum"', 'label = "Whole"'))
    looked(redriving, rig)
    looked(redriving, rig)
    assert rig.ledger.quarantine() == [before]
    assert len(list(rig.ledger.invoices())) == 1


def test_reason_of_a_whole_document_is_told_beside_the_new_one(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a="nothing")
    told = [["BD2001"]]
    for policy in ("x", "[policy]"):
        folder.write(policy, "policy")
        looked(redriving, rig)
        looked(redriving, rig)
        (entry,) = rig.ledger.quarantine()
        told.append([it.code for it in entry.findings])
    assert told == [["BD2001"], ["BD2510", "BD2511"], ["BD2001", "BD2511", "BD2511"]]


def test_only_records_with_another_reason_are_told_anew(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    several = PIPS.replace("[fields]", '[records]\nstart = "Pip no:"\n[fields]')
    folder.write(several)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    looked(redriving, rig)
    wrong = PIP.replace("12.50", "twelve")
    drained(rig, a=wrong + OTHER.replace("12.50", "1.2.3").replace("2026", "twenty"))
    folder.write(several.replace('label = "Day"', 'label = "Date"'))
    looked(redriving, rig)
    looked(redriving, rig)
    told = [[it.code for it in entry.findings] for entry in rig.ledger.quarantine()]
    assert ["BD2511" in codes for codes in told] == [False, True]


def test_document_that_would_be_recorded_in_part_keeps_its_reason(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drained(rig, a=PIP + OTHER.replace("12.50", "twelve"))
    folder.write(PIPS.replace("[fields]", '[records]\nstart = "Pip no:"\n[fields]'))
    looked(redriving, rig)
    looked(redriving, rig)
    assert [entry.code for entry in rig.ledger.quarantine()] == ["BD2001"]
