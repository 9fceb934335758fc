"""What people decided, as it is asked of a table: in how many calls, and in which order."""

import pytest

from billdrop.aws.ledger import decisions
from billdrop.model import Intent, Parsed
from tests.aws.faults_of_dynamo import Faults
from tests.aws.standin import fresh
from tests.aws.tables import ledger_table, open_table
from tests.conformance.ledger_rigs import again, at, bad, read, ref

DOCUMENTS = 4


def decided(parsed: Parsed, intent: Intent, record: int) -> Parsed:
    return again(parsed, intent=intent, by="ada", why="asked", released=(record,))


def test_decisions_are_read_in_one_call_for_many_and_what_is_out_in_those_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = Faults()
    ledger = open_table(ledger_table(fresh()), faults.clients)
    books = ledger.books
    waits = [
        read(ref(f"{place}.txt"), (bad(0), bad(1)), content=f"{place}".encode())
        for place in range(DOCUMENTS)
    ]
    ledger.commit(waits, at=at())
    order = [(place, record) for record in (0, 1) for place in range(DOCUMENTS)]
    for minute, (place, record) in enumerate(order, 1):
        ledger.commit([decided(waits[place], Intent.REJECT, record)], at=at(minute))
    last_first = [(f"acme/{place}.txt", record) for place, record in reversed(order)]

    def calls(rejected: bool, **more: str) -> tuple[list[tuple[str, int | None]], list[str]]:
        faults.calls.clear()
        found = books.decided(rejected=rejected, **more)  # type: ignore[arg-type]
        return [(one.key, one.record) for one in found], list(faults.calls)

    assert calls(rejected=False) == (last_first, ["Query", "BatchGetItem"])
    assert calls(rejected=True) == (last_first, ["Query", "BatchGetItem"])
    assert calls(rejected=True, customer="globex") == ([], ["Query"])
    monkeypatch.setattr(decisions, "AT_ONCE", 1)
    assert calls(rejected=False) == (last_first, ["Query", *["BatchGetItem"] * len(order)])
    assert calls(rejected=True) == (last_first, ["Query", *["BatchGetItem"] * DOCUMENTS])
    for record in (1, 0):
        back = [decided(each, Intent.RECONSIDER, record) for each in waits]
        ledger.commit(back, at=at(20 - record))
        left = [] if record == 0 else [each for each in last_first if each[1] == 0]
        assert calls(rejected=True)[0] == left
    assert calls(rejected=True) == ([], ["Query"])
