"""An upload that was acknowledged survives a power cut, and nothing is ever half there."""

from decimal import Decimal
from pathlib import Path
from random import Random

import apsw
import pytest

from billdrop.local.ledger import open_ledger
from billdrop.model import Parsed, State
from tests.conformance.forgetful import Disk
from tests.conformance.ledger_rigs import at, bad, good, invoice, read, ref


def batches() -> list[list[Parsed]]:
    """New invoices, corrections, refusals and a large original, batch by batch."""
    large = Random(7).randbytes(300_000)
    return [
        [
            read(ref(f"{number}.txt", str(number)), good(invoice(f"N-{number}", str(number + 1)))),
            read(ref("same.txt", str(number)), good(invoice("SAME", str(number + 1)))),
            read(ref(f"bad-{number}.txt"), (bad(),)),
            read(ref(f"big-{number}.txt"), (bad(),), content=large + bytes([number])),
        ]
        for number in range(6)
    ]


def work(path: Path, disk: Disk) -> list[list[Parsed]]:
    """Commit batch by batch; returns what was acknowledged before the power went."""
    acknowledged = []
    ledger = open_ledger(path, vfs=disk.name)
    for number, batch in enumerate(batches()):
        ledger.commit(batch, at=at(number))
        if not disk.dead:
            acknowledged.append(batch)
        if number == 3:
            ledger._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    ledger.close()
    return acknowledged


@pytest.mark.parametrize("seed", range(3))
def test_acknowledged_commits_survive_and_nothing_is_half_there(tmp_path: Path, seed: int) -> None:
    whole = Disk(cut_at=10**9)
    assert len(work(tmp_path / "whole.db", whole)) == len(batches())
    chance = Random(seed)
    for cut_at in chance.sample(range(whole.steps), 25):
        disk = Disk(cut_at=cut_at)
        acknowledged = work(tmp_path / f"{cut_at}.db", disk)
        after = tmp_path / f"after-{cut_at}"
        after.mkdir()
        disk.survivors(after, chance)
        _is_whole(after / f"{cut_at}.db", acknowledged)


def _is_whole(path: Path, acknowledged: list[list[Parsed]]) -> None:
    ledger = open_ledger(path)
    assert ledger._connection.execute("PRAGMA integrity_check").get == "ok"
    books = ledger.books
    there = [
        batch for batch in batches() if not books.missing([each.document.ref for each in batch])
    ]
    assert len(acknowledged) <= len(there) <= len(acknowledged) + 1
    states = books.states()
    assert states[State.RECORDED] + states[State.SUPERSEDED] == 2 * len(there)
    assert states[State.QUARANTINED] == len(books.quarantine()) == 2 * len(there)
    assert states["unpublished_segments"] == len(there)
    for batch in there:
        for each in batch:
            original, _ = books.original(each.document.ref.document_id)
            assert original.content == each.document.content
    latest = [Decimal(entry.row[11] or 0) for entry in books.invoices() if entry.latest]
    assert sum((total.total for total in books.totals()), Decimal(0)) == sum(latest)
    ledger.close()
