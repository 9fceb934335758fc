"""Verify sees what was changed in the ledger behind billdrop's back, document by document."""

import shutil
from pathlib import Path

import apsw
import pytest

from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.local.folder_destination import FolderDestination
from billdrop.local.ledger import SqliteBooks
from billdrop.proof.agreement import Proof, verify
from billdrop.readers import Limits
from tests.acceptance.commands import books
from tests.samples import docproc


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recorded documents, one that waits, one duplicate."""
    return books(
        tmp_path_factory.mktemp("books"),
        a=docproc("inv-1"),
        b=docproc("inv-2", total="1.00"),
        c=docproc("inv-3"),
        d=docproc("inv-3"),
    )


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "data")
    return tmp_path / "data"


def proved(data: Path, *, deep: bool = False) -> Proof:
    root = data / "destination"
    ledger = SqliteBooks(data / "ledger" / "ledger.db")
    try:
        destination, engine = FolderDestination(root), DuckdbEngine(root)
        return verify(ledger, ledger, destination, engine, deep=Limits() if deep else None)
    finally:
        ledger.close()


def kinds(data: Path, *, deep: bool = False) -> set[str]:
    return {one.kind for one in proved(data, deep=deep).differences}


def alter(data: Path, *statements: str) -> None:
    connection = apsw.Connection(str(data / "ledger" / "ledger.db"))
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_untouched_books_agree_however_deep_one_looks(data: Path) -> None:
    proof = proved(data, deep=True)
    assert (proof.differences, proof.documents) == ((), 4)
    assert proof.reread is not None
    assert (proof.reread.read, proof.reread.earlier) == (2, 0)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["DELETE FROM packs"], {"original"}),
        (["UPDATE packs SET zstd = zeroblob(20)"], {"original"}),
        (["UPDATE documents SET size = size - 1"], {"original"}),
        (["UPDATE documents SET sha256 = zeroblob(32)"], {"original"}),
        (["DELETE FROM documents"], {"document", "states"}),
        (["DELETE FROM documents WHERE state = 'duplicate'"], {"states"}),
        (["DELETE FROM quarantine"], {"quarantine"}),
        (
            ["DELETE FROM documents WHERE state = 'quarantined'", "DELETE FROM quarantine"],
            {"states"},
        ),
        (["UPDATE states SET documents = documents + 1 WHERE state = 'recorded'"], {"states"}),
        (["UPDATE documents SET state = 'lost' WHERE state = 'recorded'"], {"states"}),
        (["UPDATE documents SET duplicate_of = NULL WHERE state = 'duplicate'"], {"duplicate"}),
        (["UPDATE documents SET duplicate_of = 'x@1' WHERE state = 'duplicate'"], {"duplicate"}),
        (["UPDATE documents SET invoices = 3 WHERE state = 'recorded'"], {"document"}),
        (["UPDATE invoices SET number = number || 'x'"], {"number"}),
        (["UPDATE totals SET total = '1'"], {"totals", "sql"}),
    ],
)
def test_what_was_changed_is_named(data: Path, statements: list[str], expected: set[str]) -> None:
    alter(data, *statements)
    assert expected <= kinds(data)


def test_value_changed_everywhere_shows_when_originals_are_read_again(data: Path) -> None:
    for path in (data / "destination").rglob("*.csv"):
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"Space Mechanics", b"Space Mechanic"))
    alter(data, "UPDATE invoices SET cells = replace(cells, 'Space Mechanics', 'Space Mechanic')")
    assert kinds(data) == set()
    found = proved(data, deep=True).differences
    assert {(one.kind, one.found) for one in found} == {("reading", "Space Mechanic Inc.")}
    assert all(one.where.endswith(" record 0 seller") for one in found)


@pytest.mark.parametrize("folder", [".hidden", "received=2026-01-01/.more", "other"])
def test_csv_outside_the_folders_of_days_does_not_count(data: Path, folder: str) -> None:
    root = data / "destination" / "invoices"
    (root / folder).mkdir(parents=True)
    shutil.copy(next(root.rglob("*.csv")), root / folder / "a.csv")
    assert kinds(data) <= {"extra object"}


def test_hidden_csv_in_the_folder_of_a_day_does_not_count(data: Path) -> None:
    one = next((data / "destination" / "invoices").rglob("*.csv"))
    shutil.copy(one, one.with_name(".copy.csv"))
    assert kinds(data) == set()
