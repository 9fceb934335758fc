"""The file itself: its format, who may open it, what happens when the disk or the power fails."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import apsw
import pytest

from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    LedgerFormatError,
    PermissionDeniedError,
    StorageFullError,
    UnavailableError,
)
from billdrop.local.ledger import SqliteBooks, SqliteLedger, open_ledger
from billdrop.local.ledger.connection import APPLICATION_ID, migrations, named
from billdrop.memory import MemoryLedger
from billdrop.model import GuidelineRef, Intent, Outcome, Record, State
from tests.conformance.ledger_rigs import (
    again,
    at,
    bad,
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

FORMAT_1 = Path(__file__).with_name("ledger_format_1.sql")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.db"


def test_new_ledger_says_whose_file_it_is_and_in_which_format(path: Path) -> None:
    open_ledger(path).close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_ledger_of_format_1_is_opened_and_answers(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript(FORMAT_1.read_text("utf-8"))
    connection.close()
    ledger = open_ledger(path)
    assert states(ledger.books) == {
        "recorded": 2,
        "superseded": 1,
        "duplicate": 1,
        "quarantined": 1,
        "lost": 1,
    }
    assert latest(ledger.books) == {"A": ("2", "20"), "B": ("2", "8.50")}
    assert sums(ledger.books) == [("2026-11-20", "EUR", 2, Decimal("28.50"))]
    waiting, released = ledger.books.quarantine(closed=True)
    assert (waiting.code, waiting.closed_at) == ("BD2014", None)
    assert (released.by, released.why, released.closed_at) == ("ada", "they called", at(4))
    assert ledger.books.decided() == [released]
    assert ledger.books.original(ref("a.txt", "1").document_id)[0].content == b"inbox/acme/a.txt@1"
    assert [len(rows([segment])[1]) for segment in ledger.books.segments()] == [2, 1, 1]
    assert len(list(ledger.unpublished())) == 2
    told_by: dict[str, Any] = {
        "identity": ("number", "seller"),
        "guideline": GuidelineRef("ubl", 1, "u", "ubl"),
    }
    twin = read(ref("a.xml"), good(invoice("A", "20.00", seller="N")), **told_by)
    assert ledger.commit([twin], at=at(8)).outcomes[0].findings[0].code == "BD3004"
    late = read(ref("a.txt", "3"), good(invoice("A", "30")))
    assert ledger.commit([late], at=at(9)).outcomes[0].invoices[0].revision == 3
    ledger.close()


def test_ledger_of_format_1_has_the_tables_of_a_new_one(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.executescript(FORMAT_1.read_text("utf-8"))
    open_ledger(path).close()
    new = path.with_name("new.db")
    open_ledger(new).close()
    assert tables(path) == tables(new)


def tables(path: Path) -> set[tuple[str, str, str]]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    connection.close()
    return {(kind, name, sql or "") for kind, name, sql in found}


def write_format_1(folder: Path) -> None:
    """How `ledger_format_1.sql` was made, once."""
    ledger = open_ledger(folder / "ledger.db")
    fill(ledger)
    ledger.close()
    connection = sqlite3.connect(folder / "ledger.db")
    marks = [f"PRAGMA application_id = {APPLICATION_ID};", "PRAGMA user_version = 1;"]
    FORMAT_1.write_text("\n".join([*connection.iterdump(), *marks, ""]), "utf-8")
    connection.close()


def fill(ledger: SqliteLedger) -> None:
    first = ledger.commit(
        [
            read(ref("a.txt", "1"), good(invoice("B", "7.50"), invoice("A", "10"))),
            read(ref("c.txt", "1"), (bad(),)),
        ],
        at=at(1),
    )
    ledger.published([segment.name for segment in first.segments], at=at(1))
    ledger.commit(
        [
            read(ref("a.txt", "2"), good(invoice("A", "20"))),
            read(ref("d.txt", "1"), good(invoice("A", "20.0"))),
        ],
        at=at(2),
    )
    ledger.lose([gone(ref("e.txt"))], at=at(3))
    other = read(ref("f.txt"), good(invoice("B", "8.50")))
    released = again(other, intent=Intent.RELEASE, by="ada", why="they called")
    ledger.commit([other], at=at(3))
    ledger.commit([released], at=at(4))


def test_file_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    before = path.read_bytes()
    for opening in (open_ledger, SqliteBooks):
        with pytest.raises(LedgerFormatError, match="another program"):
            opening(path)
    assert path.read_bytes() == before


def test_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"Customer-ID: 7\n" * 100)
    for opening in (open_ledger, SqliteBooks):
        with pytest.raises(LedgerFormatError, match="is not a ledger"):
            opening(path)


def test_ledger_of_a_newer_program_is_left_alone(path: Path) -> None:
    open_ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for opening in (open_ledger, SqliteBooks):
        with pytest.raises(LedgerFormatError, match="format 99") as caught:
            opening(path)
        assert caught.value.hint == "upgrade billdrop"


def test_books_of_no_ledger_say_so_and_make_none(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no ledger"):
        SqliteBooks(path)
    assert not path.exists()


def test_books_follow_a_ledger_that_is_being_written(path: Path) -> None:
    ledger = open_ledger(path)
    books = SqliteBooks(path)
    for number in range(3):
        ledger.commit([read(ref(f"{number}.txt"), good(invoice(f"N-{number}")))], at=at())
        assert states(books) == {"recorded": number + 1}
    ledger.close()
    assert states(books) == {"recorded": 3}
    books.close()
    books = SqliteBooks(path)
    assert states(books) == {"recorded": 3}
    books.close()


def test_books_answer_several_threads_at_once(path: Path) -> None:
    ledger = open_ledger(path)
    ledger.commit([read(ref(), good(*(invoice(f"N-{n}") for n in range(1_200))))], at=at())
    found: list[int] = []

    def ask() -> None:
        found.append(sum(1 for _ in ledger.books.invoices()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert found == [1_200] * 4


def test_two_writers_of_the_same_document_record_it_once(path: Path) -> None:
    ledgers = [open_ledger(path) for _ in range(2)]
    parsed = [read(ref(f"{n}.txt"), good(invoice(f"N-{n}"))) for n in range(20)]
    outcomes: list[Outcome] = []

    def write(ledger: SqliteLedger) -> None:
        for each in parsed:
            outcomes.extend(ledger.commit([each], at=at()).outcomes)

    threads = [threading.Thread(target=write, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.known for outcome in outcomes) == [False] * 20 + [True] * 20
    assert states(ledgers[0].books) == {"recorded": 20}
    for ledger in ledgers:
        ledger.close()


def test_full_disk_is_told_and_leaves_the_ledger_usable(path: Path) -> None:
    ledger = open_ledger(path)
    small = read(ref("small.txt"), good(invoice("S")))
    ledger.commit([read(ref("first.txt"), good(invoice("F")))], at=at())
    pages = ledger._connection.execute("PRAGMA page_count").get
    ledger._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    many = [
        read(ref(f"{n}.txt"), good(invoice(f"N-{n}")), content=str(n).encode() * 999)
        for n in range(300)
    ]
    with pytest.raises(StorageFullError) as caught:
        ledger.commit(many, at=at(1))
    assert "make room" in str(caught.value)
    assert states(ledger.books) == {"recorded": 1}
    ledger._connection.execute("PRAGMA max_page_count = 1000000")
    assert ledger.commit([small, *many], at=at(2)).outcomes[0].state is State.RECORDED
    assert states(ledger.books) == {"recorded": 302}
    ledger.close()


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (apsw.FullError, StorageFullError),
        (apsw.IOError, UnavailableError),
        (apsw.BusyError, UnavailableError),
        (apsw.ReadOnlyError, PermissionDeniedError),
        (apsw.CantOpenError, PermissionDeniedError),
        (apsw.CorruptError, LedgerFormatError),
        (apsw.NotADBError, LedgerFormatError),
    ],
)
def test_errors_of_sqlite_get_our_names(
    foreign: type[apsw.Error], ours: type[BilldropError], path: Path
) -> None:
    with pytest.raises(ours, match="ledger") as caught, named(path):
        raise foreign("why")
    assert isinstance(caught.value.__cause__, foreign)
    assert caught.value.facts["path"] == path


def test_error_without_a_name_of_ours_stays_a_surprise(path: Path) -> None:
    with pytest.raises(apsw.MisuseError), named(path):
        raise apsw.MisuseError("why")


class Many:
    """More records than are decided together: repetitions, conflicts and refusals among them."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Record]:
        for index in range(self.count):
            number = index if index % 7 else index // 14
            total = "1.50" if index % 11 else str(index)
            record = good(invoice(f"N-{number}", total))[0]
            yield bad(index) if index % 97 == 0 else _at(record, index)


def _at(record: Record, index: int) -> Record:
    return Record(index=index, first_line=index + 1, last_line=index + 1, invoice=record.invoice)


def test_large_document_is_decided_as_in_one_piece_and_answers_from_the_file(path: Path) -> None:
    ledger, plain = open_ledger(path), MemoryLedger()
    parsed: Iterable[Record] = Many(6_500)
    one, other = (each.commit([read(ref(), parsed)], at=at()) for each in (ledger, plain))
    assert one.outcomes == other.outcomes
    assert rows(one.segments) == rows(one.segments) == rows(other.segments)
    assert sums(ledger.books) == sums(plain)
    assert len(ledger.books.quarantine()) == len(plain.quarantine()) > 150
    assert ledger.books.findings(ref().document_id) == plain.findings(ref().document_id)
    ledger.close()


def test_closed_entries_keep_who_released_them_and_why(path: Path) -> None:
    ledger = open_ledger(path)
    other = read(ref("b.txt"), good(invoice("A", "2")))
    ledger.commit([read(ref("a.txt"), good(invoice("A", "1"))), other], at=at())
    released = again(other, intent=Intent.RELEASE, by="ada", why="they called")
    ledger.commit([released], at=at(1))
    ledger.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT code, by, why FROM quarantine").fetchall() == [
        ("BD3001", "ada", "they called")
    ]
    connection.close()


def test_originals_of_equal_bytes_are_stored_once(path: Path) -> None:
    ledger = open_ledger(path)
    for number in range(5):
        text = b"the same bytes " * 1_000
        each = read(ref(f"{number}.txt", customer=f"c{number}"), good(invoice()), content=text)
        ledger.commit([each], at=at())
    ledger.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT sum(size) FROM packs").fetchall() == [(15_000,)]
    connection.close()


def test_segment_on_one_machine_is_named_by_time_and_number(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.db")
    (segment,) = ledger.commit([read(ref(), good(invoice()))], at=at()).segments
    assert segment.name == "20261122T090000000000Z-000001"
    ledger.close()
