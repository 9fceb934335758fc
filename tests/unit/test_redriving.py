"""What waits in quarantine leaves it by itself once it can be read."""

from collections import deque
from pathlib import Path

import pytest

from billdrop import operations
from billdrop.errors import UnavailableError
from billdrop.guidelines.library import Library, open_library
from billdrop.model import Document, GuidelineRef, Outcome
from billdrop.operations import Summary
from billdrop.readers import Limits
from billdrop.redriving import LONGEST_PAUSE, PAUSE_ROUNDS, STEP_DOCUMENTS, Redriving, redrive
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
