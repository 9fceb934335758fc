"""A table that was written before invoices were listed by what they look like, brought to this version."""

from collections.abc import Sequence
from typing import Any

import pytest

from billdrop.aws.check import access
from billdrop.aws.inbox import partly
from billdrop.aws.ledger import DynamoLedger, migrating
from billdrop.aws.ledger.decisions import of_rejected
from billdrop.aws.ledger.migrating import AT_ONCE, Migration, examined
from billdrop.aws.ledger.parcels import Parcels
from billdrop.aws.ledger.wire import Place, TableItem, Wire
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from billdrop.errors import UnavailableError
from billdrop.model import Intent, State
from billdrop.runtime import aws
from tests.aws.standin import fresh, root
from tests.aws.tables import ledger_table, open_table, store
from tests.conformance.ledger_rigs import again, at, bad, commit, good, invoice, read, ref
from tests.conformance.test_ledger_alike import ONE, SAME, by_number, by_seller

MANY = AT_ONCE + 5


@pytest.fixture
def table() -> str:
    return ledger_table(fresh())


@pytest.fixture
def ledger(table: str) -> DynamoLedger:
    return open_table(table)


def migration(table: str) -> Migration:
    return Migration(Wire(root(), table), Parcels(store()), fresh())


class Overtaken(Wire):
    """Somebody else is faster, once."""

    overtaken = False

    def transact(self, actions: Sequence[TableItem], token: str = "") -> None:
        if not self.overtaken:
            self.overtaken = True
            list(migration(self._table).run())
        super().transact(actions, token)


def lists(table: str) -> dict[str, Any]:
    """All lists of what looks alike."""
    items = root().dynamodb.scan(TableName=table)["Items"]
    return {item["pk"]["S"]: item["b"] for item in items if item["pk"]["S"].startswith("l/")}


def as_before(table: str) -> dict[str, Any]:
    """Make of it what an older billdrop would have written; what was there."""
    there = lists(table)
    Wire(root(), table).delete(Place(pk, "alike") for pk in there)
    return there


def test_every_invoice_that_counts_is_listed_as_if_it_always_had_been(
    table: str, ledger: DynamoLedger
) -> None:
    commit(ledger, read(ref("many"), good(*(invoice(f"M-{n}", "1.50") for n in range(MANY)))))
    commit(ledger, read(ref("one"), good(invoice("V-1", "10.00"))))
    corrected = read(ref("one", version="2"), good(invoice("V-1", "12.00")))
    commit(ledger, corrected)
    there = as_before(table)
    last = list(migration(table).run())[-1]
    assert (last.invoices, last.listed) == (MANY + 1, MANY + 1)
    now = lists(table)
    assert now.items() <= there.items()
    assert len(now) == len(there) - 1, "V-1 over 10.00 counts no more"
    assert [step.listed for step in migration(table).run()][-1] == 0


def test_older_invoice_in_another_standard_waits_once_the_table_is_migrated(
    table: str, ledger: DynamoLedger
) -> None:
    commit(ledger, by_number("a.x12", ONE))
    as_before(table)
    list(migration(table).run())
    assert commit(ledger, by_seller("b.xml", SAME)) == [State.QUARANTINED]


def test_doctor_says_when_it_is_due_until_the_oldest_is_listed(
    table: str, ledger: DynamoLedger
) -> None:
    assert examined(migration(table), "books").ok
    ledger.commit([by_number("a.x12", ONE)], at=at(1))
    as_before(table)
    ledger.commit([by_number("b.x12", invoice("INV-43", "1.00"))], at=at(2))
    line = examined(migration(table), "books")
    assert (line.ok, line.fix) == (False, "`billdrop migrate --stack books` lists them")
    list(migration(table).run())
    assert examined(migration(table), "books").ok


def test_doctor_looks_further_where_the_oldest_count_no_more(
    table: str, ledger: DynamoLedger
) -> None:
    first = (invoice(f"M-{n}", "1.50") for n in range(MANY))
    ledger.commit([read(ref("many"), good(*first))], at=at(1))
    ledger.commit([by_number("a.x12", ONE)], at=at(2))
    there = as_before(table)
    second = (invoice(f"M-{n}", "2.50") for n in range(MANY))
    ledger.commit([read(ref("many", version="2"), good(*second))], at=at(3))
    assert not examined(migration(table), "books").ok
    list(migration(table).run())
    assert examined(migration(table), "books").ok
    assert set(lists(table)) & set(there), "that of a.x12"


def test_full_list_keeps_the_later_invoices_that_it_has(
    table: str, ledger: DynamoLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LISTED", 1)
    commit(ledger, by_number("a.x12", ONE))
    as_before(table)
    commit(ledger, by_seller("b.xml", SAME))
    there = lists(table)
    list(migration(table).run())
    assert lists(table) == there


def test_what_was_rejected_before_it_was_marked_is_shown_again(
    table: str, ledger: DynamoLedger
) -> None:
    waits = read(ref(), (bad(),))
    reject, take_back = (
        again(waits, intent=intent, by="ada", why="asked")
        for intent in (Intent.REJECT, Intent.RECONSIDER)
    )
    for minute, parsed in enumerate((waits, reject)):
        ledger.commit([parsed], at=at(minute))
    (entry,) = ledger.books.decided(rejected=True)
    Wire(root(), table).delete([of_rejected(waits.document.ref.document_id)])
    assert ledger.books.decided(rejected=True) == []
    assert not examined(migration(table), "books").ok
    list(migration(table).run())
    assert ledger.books.decided(rejected=True) == [entry]
    assert examined(migration(table), "books").ok
    ledger.commit([take_back], at=at(2))
    assert ledger.books.decided(rejected=True) == []


def test_what_others_write_meanwhile_is_read_again(table: str, ledger: DynamoLedger) -> None:
    commit(ledger, by_number("a.x12", ONE))
    there = as_before(table)
    overtaken = Migration(Overtaken(root(), table), Parcels(store()), fresh())
    assert [step.listed for step in overtaken.run()] == [0]
    assert lists(table) == there


def test_doctor_answers_the_one_question_about_the_table_where_it_cannot_the_other(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unanswered(*_: object) -> Line:
        raise UnavailableError("the table did not answer", hint="")

    stack = Stack(**dict.fromkeys(Stack.__struct_fields__, table))
    for name, value in {"Clients": root, "read_stack": lambda *_: stack}.items():
        monkeypatch.setattr(aws, name, value)
    monkeypatch.setattr(access, "examine", lambda *_: ())
    monkeypatch.setattr(partly, "examined", unanswered)
    lines = [(line.check, line.known) for line in aws.examine_stack(table)]
    assert lines == [("stack", True), ("unfinished", False), ("likenesses", True)]
