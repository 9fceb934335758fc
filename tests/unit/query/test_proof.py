"""Verify names every difference; rebuild leaves none."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from billdrop.books.columns import FORMATS
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.local.folder_destination import FolderDestination
from billdrop.proof.agreement import Proof, Rebuilt, rebuild, verify
from tests.unit.query.books import FIRST, SECOND, invoice, published
from tests.unit.query.fakes import Ledger

KEY = "invoices/received=2026-11-22/s-1.csv"
LINES = "lines/received=2026-11-22/s-1.csv"


class Case:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger: Any = Ledger([FIRST, SECOND])
        self.destination = published(root)

    def verify(self) -> Proof:
        engine = DuckdbEngine(self.root)
        return verify(self.ledger, self.ledger, self.destination, engine)

    def rebuild(self, *, remove_extra: bool = False) -> Rebuilt:
        return rebuild(self.ledger, FolderDestination(self.root), remove_extra=remove_extra)

    def kinds(self) -> list[tuple[str, str]]:
        return [(one.kind, one.where) for one in self.verify().differences]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def overwrite(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def test_books_that_agree_are_proved(case: Case) -> None:
    proof = case.verify()
    assert proof.agrees
    assert (proof.segments, proof.invoices, proof.lines, proof.groups) == (2, 5, 3, 3)


def test_progress_counts_segments_and_documents(case: Case) -> None:
    seen: list[int] = []
    verify(case.ledger, case.ledger, case.destination, DuckdbEngine(case.root), seen.append)
    assert seen == [1, 2, 3]


def test_missing_object_is_named_and_its_sums_too(case: Case) -> None:
    case.destination.remove(KEY)
    assert case.kinds() == [
        ("missing object", KEY),
        ("sql", "2026-11-15 EUR"),
        ("sql", "2026-11-30 EUR"),
        ("sql", "2026-12-01 XAU"),
        ("count", "invoices_all"),
    ]


def test_extra_object_is_named(case: Case) -> None:
    case.destination.put("invoices/received=2026-11-22/s-9.csv", case.destination.get(KEY))
    kinds = case.kinds()
    assert kinds[0] == ("extra object", "invoices/received=2026-11-22/s-9.csv")
    assert ("count", "invoices_all") in kinds


def test_changed_byte_is_named(case: Case) -> None:
    path = case.root / LINES
    overwrite(path, path.read_bytes().replace(b"Phaser", b"Phazer"))
    (difference,) = case.verify().differences
    assert (difference.kind, difference.where) == ("object differs", LINES)
    assert difference.expected != difference.found


def narrowed(path: Path, width: int) -> bytes:
    """An object as a billdrop of before wrote it, which had fewer columns."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(row[:width] for row in rows)
    return made.getvalue().encode()


def test_object_of_before_agrees_and_is_kept_by_a_rebuild(case: Case) -> None:
    overwrite(case.root / KEY, narrowed(case.root / KEY, FORMATS[0].invoices))
    overwrite(case.root / LINES, narrowed(case.root / LINES, FORMATS[0].lines))
    assert case.verify().agrees
    rebuilt = case.rebuild()
    assert (rebuilt.kept, rebuilt.replaced) == (4, 0)


def test_object_of_before_that_lacks_what_the_ledger_states_is_named(tmp_path: Path) -> None:
    case = Case(tmp_path)
    charged = replace(FIRST, invoices=[invoice("a", "2026-11-15", "1", charge="1")], lines=[])
    case.ledger = Ledger([charged, SECOND])
    overwrite(case.root / KEY, narrowed(case.root / KEY, FORMATS[0].invoices))
    assert ("object differs", KEY) in case.kinds()


def test_object_that_is_no_csv_is_named(case: Case) -> None:
    overwrite(case.root / KEY, b"nothing\n1\n")
    assert [kind for kind, _ in case.kinds()] == ["object differs", "sql"]


def test_wrong_total_is_named_against_invoices_and_sql(case: Case) -> None:
    case.ledger.wrong[0] = Decimal("0.0001")
    assert case.kinds() == [("totals", "2026-11-15 EUR"), ("sql", "2026-11-15 EUR")]
    first = case.verify().differences[0]
    assert (first.expected, first.found) == (
        "2 invoices, net 225.01, tax 25.00, total 250.0101",
        "2 invoices, net 225.01, tax 25.00, total 250.01",
    )


def test_object_published_meanwhile_is_no_difference(case: Case) -> None:
    bodies = [b"".join(case.destination.get(key)) for key in (KEY, LINES)]
    case.destination.remove(KEY)
    case.destination.remove(LINES)

    def publish(done: int) -> None:
        if done == 2:
            case.destination.put(KEY, [bodies[0]])
            case.destination.put(LINES, [bodies[1]])

    proof = verify(case.ledger, case.ledger, case.destination, DuckdbEngine(case.root), publish)
    assert proof.agrees


def test_rebuild_of_what_is_right_changes_nothing(case: Case) -> None:
    assert case.rebuild() == Rebuilt(kept=4, written=0, replaced=0, removed=0)


def test_rebuild_makes_missing_and_wrong_objects_right(case: Case) -> None:
    case.destination.remove(KEY)
    overwrite(case.root / LINES, b"wrong")
    assert case.rebuild() == Rebuilt(kept=2, written=1, replaced=1, removed=0)
    assert case.verify().agrees


def test_rebuild_removes_extra_objects_only_when_asked(case: Case) -> None:
    case.destination.put("lines/received=2026-11-22/s-9.csv", [b"x\n"])
    assert case.rebuild().removed == 0
    assert case.rebuild(remove_extra=True).removed == 1
    assert case.verify().agrees


def test_rebuild_starts_from_nothing(tmp_path: Path) -> None:
    ledger: Any = Ledger([FIRST, SECOND])
    destination = FolderDestination(tmp_path / "new")
    assert rebuild(ledger, destination).written == 4
    assert verify(ledger, ledger, destination, DuckdbEngine(tmp_path / "new")).agrees
