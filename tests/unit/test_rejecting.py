"""What a person rejects stays out of the books, whatever becomes of the guidelines, until it is taken back."""

from pathlib import Path

import pytest

from billdrop import operations
from billdrop.errors import UsageError
from billdrop.guidelines.library import open_library
from billdrop.model import QuarantineEntry, State
from billdrop.quarantine import rejecting
from billdrop.readers import Limits
from tests.samples import docproc
from tests.unit.rig import Rig
from tests.unit.test_quarantine import PIP, PIPS, drain
from tests.unit.test_redriving import Folder, looked, redriving_on


def reject(rig: Rig, entry: QuarantineEntry) -> None:
    rejecting.reject([entry], rig.ledger, rig.way, by="ada", why="not ours")


def taught(rig: Rig, folder: Path) -> None:
    (folder / "pips.toml").write_text(PIPS)
    rig.read.library = open_library(folder, Limits())[0]


def test_rejected_document_is_not_recorded_when_a_guideline_reads_it(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drain(rig, a=PIP)
    (entry,) = rig.ledger.quarantine()
    reject(rig, entry)
    folder.write(PIPS)
    for _ in range(3):
        looked(redriving, rig)
    assert rig.ledger.quarantine() == []
    assert rig.ledger.states()["quarantined"] == 1
    assert rig.ledger.states()["recorded"] == 0


def test_what_is_rejected_between_two_looks_is_left_alone(tmp_path: Path) -> None:
    rig, folder = Rig(), Folder(tmp_path)
    redriving, _ = redriving_on(rig, folder)
    looked(redriving, rig)
    drain(rig, a=PIP)
    folder.write(PIPS)
    looked(redriving, rig)
    reject(rig, rig.ledger.quarantine()[0])
    looked(redriving, rig)
    assert redriving.rests
    assert rig.ledger.states()["recorded"] == 0


def test_a_rejected_record_stays_out_when_the_rest_of_its_document_is_redriven() -> None:
    rig = Rig()
    first, second = docproc("inv-1", total="9999"), docproc("inv-2", total="8888")
    drain(rig, a=first + second)
    one, other = rig.ledger.quarantine()
    reject(rig, one)
    summary = operations.redrive([other], rig.ledger, rig.way, lambda _: None)
    assert summary.states == {State.QUARANTINED: 1}
    assert rig.ledger.quarantine() == [other]
    kept = rig.ledger.quarantine(closed=True)[0]
    assert (kept.id, kept.code, kept.barred) == (one.id, one.code, True)
    assert [finding.code for finding in kept.findings] == [one.code, "BD3005"]


def test_reconsidered_document_is_recorded_if_it_can_be_read_by_now(tmp_path: Path) -> None:
    rig = Rig()
    drain(rig, a=PIP)
    (entry,) = rig.ledger.quarantine()
    reject(rig, entry)
    taught(rig, tmp_path)
    (out,) = rig.ledger.quarantine(closed=True)
    summary = rejecting.reconsider([out], rig.ledger, rig.way, by="bo", why="it is")
    assert summary.states == {State.RECORDED: 1}
    (closed,) = rig.ledger.quarantine(closed=True)
    assert [(one.rejects, one.by) for one in closed.rulings] == [(True, "ada"), (False, "bo")]


def test_reconsidered_document_waits_as_before_if_it_is_refused_still() -> None:
    rig = Rig()
    drain(rig, a=PIP)
    (entry,) = rig.ledger.quarantine()
    reject(rig, entry)
    rejecting.reconsider(
        rig.ledger.quarantine(closed=True), rig.ledger, rig.way, by="bo", why="it is"
    )
    (again,) = rig.ledger.quarantine()
    assert (again.id, again.findings) == (entry.id, entry.findings)


def test_the_same_bytes_under_another_name_are_a_duplicate_of_what_was_rejected() -> None:
    rig = Rig()
    drain(rig, a=PIP)
    reject(rig, rig.ledger.quarantine()[0])
    summary = drain(rig, b=PIP)
    assert summary.states == {State.DUPLICATE: 1}
    assert rig.ledger.quarantine() == []


def test_what_was_rejected_cannot_be_released() -> None:
    rig = Rig()
    drain(rig, a=docproc("inv-1"), b=docproc("inv-1", amounts=(("10", ""),)))
    reject(rig, rig.ledger.quarantine()[0])
    (out,) = rig.ledger.quarantine(closed=True)
    with pytest.raises(UsageError, match="was rejected by ada"):
        operations.release(out, rig.ledger, rig.way, by="bo", why="agreed")


@pytest.mark.parametrize(("by", "why", "missing"), [("", "no", "who"), ("eve", " ", "why")])
def test_a_rejection_says_who_and_why(by: str, why: str, missing: str) -> None:
    rig = Rig()
    drain(rig, a=PIP)
    (entry,) = rig.ledger.quarantine()
    with pytest.raises(UsageError, match=f"does not say {missing}"):
        rejecting.reject([entry], rig.ledger, rig.way, by=by, why=why)
    assert rig.ledger.quarantine() == [entry]


SHOP = """
guideline = "shop"
version = 1
match = { contains = ["No;Date;Cur;Seller"] }
input = { reader = "delimited", delimiter = ";" }
[fields]
number = { column = "No", required = true }
issue_date = { column = "Date" }
currency = { column = "Cur" }
seller = { column = "Seller" }
total = { column = "Total" }
"""
IGNORING = SHOP.replace("version = 1", 'version = 2\nignore = ["SUM;;;;"]')
LARGEST = "[policy]\nlargest = { total = { EUR = 10 } }\n"
ROWS = """No;Date;Cur;Seller;Total
SUM;;;;
X-1;2026-11-21;EUR;First Ltd;99.00
X-2;2026-11-21;EUR;Other Ltd;99.00
"""


def learn(rig: Rig, folder: Path, text: str) -> None:
    (folder / "shop.toml").write_text(text)
    rig.read.library = open_library(folder, Limits())[0]


def recorded(rig: Rig) -> list[str | None]:
    return [entry.row[2] for entry in rig.ledger.invoices()]


def redrive(rig: Rig) -> None:
    operations.redrive(rig.ledger.quarantine(), rig.ledger, rig.way, lambda _: None)


def test_a_rejection_bars_what_was_seen_where_a_guideline_counts_records_otherwise(
    tmp_path: Path,
) -> None:
    rig = Rig()
    learn(rig, tmp_path, SHOP + LARGEST)
    drain(rig, a=ROWS)
    reject(rig, rig.ledger.quarantine()[1])
    learn(rig, tmp_path, IGNORING)
    redrive(rig)
    assert recorded(rig) == ["X-2"]
    redrive(rig)
    assert recorded(rig) == ["X-2"]


def test_a_release_lets_pass_what_was_seen_where_a_guideline_counts_records_otherwise(
    tmp_path: Path,
) -> None:
    rig = Rig()
    learn(rig, tmp_path, SHOP + LARGEST)
    drain(rig, a=ROWS)
    one = rig.ledger.quarantine()[1]
    operations.release(one, rig.ledger, rig.way, by="ada", why="I called them")
    assert recorded(rig) == ["X-1"]
    learn(rig, tmp_path, IGNORING + LARGEST)
    redrive(rig)
    assert recorded(rig) == ["X-1"]
    assert [entry.first_line for entry in rig.ledger.quarantine()] == [4]


def test_what_is_read_at_another_place_by_now_is_redriven_before_it_is_released(
    tmp_path: Path,
) -> None:
    rig = Rig()
    learn(rig, tmp_path, SHOP + LARGEST)
    drain(rig, a=ROWS)
    learn(rig, tmp_path, IGNORING + LARGEST)
    with pytest.raises(UsageError, match="about another stretch"):
        operations.release(rig.ledger.quarantine()[1], rig.ledger, rig.way, by="ada", why="agreed")
    redrive(rig)
    first, _ = rig.ledger.quarantine()
    operations.release(first, rig.ledger, rig.way, by="ada", why="agreed")
    assert recorded(rig) == ["X-1"]


REFUSED = SHOP + '[policy]\nfile = { name = "*.none" }\n'


def test_what_is_decided_of_the_whole_document_takes_back_no_other_rejection(
    tmp_path: Path,
) -> None:
    rig = Rig()
    learn(rig, tmp_path, SHOP + LARGEST)
    drain(rig, a=ROWS)
    mine = rig.ledger.quarantine()[1]
    reject(rig, mine)
    learn(rig, tmp_path, REFUSED)
    redrive(rig)
    (whole,) = rig.ledger.quarantine()
    rejecting.reject([whole], rig.ledger, rig.way, by="bob", why="no invoices")
    (again,) = (one for one in rig.ledger.quarantine(closed=True) if one.id == whole.id)
    rejecting.reconsider([again], rig.ledger, rig.way, by="bob", why="they are")
    learn(rig, tmp_path, SHOP)
    redrive(rig)
    (kept,) = (one for one in rig.ledger.quarantine(closed=True) if one.id == mine.id)
    assert [(one.by, one.rejects) for one in kept.rulings] == [("ada", True)]
    assert recorded(rig) == ["X-2"]


TREE = """
guideline = "tree"
version = {version}
match = {{ contains = ['"bills"'] }}
input = {{ reader = "json" }}
locale = {{ currency = "EUR" }}
records = {{ each = {each} }}
[fields]
number = {{ path = "no" }}
issue_date = {{ path = "on" }}
total = {{ path = "sum" }}
{policy}
"""
ONE_LINE = (
    '{"bills": [{"kind": "note", "no": "N-1", "on": "2026-11-21", "sum": 99},'
    ' {"kind": "bill", "no": "B-1", "on": "2026-11-21", "sum": 99},'
    ' {"kind": "bill", "no": "B-2", "on": "2026-11-21"}]}'
)
ALL, BILLS = '"bills"', "\"bills[kind='bill']\""


def grow(rig: Rig, folder: Path, each: str, version: int, policy: str = "") -> None:
    (folder / "tree.toml").write_text(TREE.format(version=version, each=each, policy=policy))
    rig.read.library = open_library(folder, Limits())[0]


def test_a_rejection_in_a_line_of_many_records_follows_the_one_that_was_seen(
    tmp_path: Path,
) -> None:
    rig = Rig()
    grow(rig, tmp_path, ALL, 1, LARGEST)
    drain(rig, a=ONE_LINE)
    note, one, other = rig.ledger.quarantine()
    assert {(each.first_line, each.last_line) for each in (note, one, other)} == {(1, 1)}
    assert [each.findings[0].column for each in (note, one, other)] == [69, 131, 136]
    reject(rig, one)
    assert [each.id for each in rig.ledger.quarantine()] == [note.id, other.id]
    grow(rig, tmp_path, BILLS, 2)
    redrive(rig)
    assert recorded(rig) == []
    (out,) = [each for each in rig.ledger.quarantine(closed=True) if each.barred]
    assert (out.record, out.id) == (0, one.id)
    grow(rig, tmp_path, ALL, 3)
    redrive(rig)
    assert recorded(rig) == ["N-1"]


def test_what_is_missing_in_a_record_is_named_where_the_record_begins_in_its_line(
    tmp_path: Path,
) -> None:
    rig = Rig()
    grow(rig, tmp_path, ALL, 1)
    drain(rig, a=ONE_LINE)
    (entry,) = rig.ledger.quarantine()
    assert (entry.code, entry.findings[0].column) == (
        "BD2003",
        ONE_LINE.index('{"kind": "bill", "no": "B-2"') + 1,
    )
    reject(rig, entry)
    grow(rig, tmp_path, BILLS, 2)
    operations.redrive([entry], rig.ledger, rig.way, lambda _: None)
    (out,) = [each for each in rig.ledger.quarantine(closed=True) if each.barred]
    assert (out.record, out.id) == (1, entry.id)


def test_a_rejected_record_that_is_gone_from_its_line_holds_the_document(tmp_path: Path) -> None:
    rig = Rig()
    grow(rig, tmp_path, ALL, 1, LARGEST)
    drain(rig, a=ONE_LINE)
    note, one, _ = rig.ledger.quarantine()
    reject(rig, note)
    grow(rig, tmp_path, BILLS, 2)
    operations.redrive([one], rig.ledger, rig.way, lambda _: None)
    assert recorded(rig) == []
    assert "BD3006" in {each.code for each in rig.ledger.quarantine()}


def test_a_release_in_a_line_of_many_records_lets_pass_the_one_that_was_seen(
    tmp_path: Path,
) -> None:
    rig = Rig()
    grow(rig, tmp_path, ALL, 1, LARGEST)
    drain(rig, a=ONE_LINE)
    one = rig.ledger.quarantine()[1]
    operations.release(one, rig.ledger, rig.way, by="ada", why="I called them")
    assert recorded(rig) == ["B-1"]
    grow(rig, tmp_path, BILLS, 2, LARGEST)
    redrive(rig)
    assert recorded(rig) == ["B-1"]
    assert [each.findings[0].code for each in rig.ledger.quarantine()] == ["BD2003"]
