"""What one item or one transaction does not take: many records, large originals, long amounts."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from string import ascii_letters, digits

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from billdrop.aws.ledger import DynamoLedger
from billdrop.errors import UnavailableError
from billdrop.memory import MemoryLedger
from billdrop.model import Finding, Line, Outcome, Parsed, Record, State
from billdrop.plan import ByArrival
from tests.aws.faults_of_dynamo import Faults
from tests.aws.standin import fresh, root
from tests.aws.tables import ledger_table, open_table, store
from tests.conformance.ledger_rigs import (
    Kept,
    again,
    at,
    bad,
    commit,
    good,
    invoice,
    latest,
    read,
    ref,
    rows,
    states,
    sums,
)

WRITE = "TransactWriteItems"
MANY = 250


@pytest.fixture
def ledger() -> DynamoLedger:
    return open_table(ledger_table(fresh()))


class Lazily:
    """Records that are made each time they are gone through."""

    def __init__(self, *records: Record) -> None:
        self._records = records

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)


def many(count: int = MANY, total: str = "1.50", start: int = 0) -> tuple[Record, ...]:
    return good(*(invoice(f"M-{number}", total) for number in range(start, start + count)))


def with_bad(records: tuple[Record, ...]) -> Lazily:
    """The records, with two refused among them and after them."""
    return Lazily(*records, bad(len(records)), bad(len(records) + 1))


def answers(ledger: Kept) -> list[object]:
    books = ledger.books
    return [
        states(books),
        sums(books),
        latest(books),
        sorted(
            (entry.document_id, entry.record, entry.code, str(entry.closed_at))
            for entry in books.quarantine(closed=True)
        ),
        [entry.row for entry in books.invoices()],
        [row for segment in books.segments() for row in segment.invoices],
        sorted((entry.document_id, entry.state, entry.invoices) for entry in books.documents()),
    ]


def alike(ledger: Kept, *batches: Parsed) -> list[Outcome]:
    """The outcomes, when it answers as plain dictionaries do."""
    memory = MemoryLedger(ByArrival())
    found: list[Outcome] = []
    for number, parsed in enumerate(batches):
        here, there = [each.commit([parsed], at=at(number)) for each in (ledger, memory)]
        found += (replace(outcome, change=UNSET, place=UNSET) for outcome in here.outcomes)
        assert tuple(found[-1:]) == there.outcomes
    assert answers(ledger) == answers(memory)
    return found


def test_document_of_many_records_is_recorded_whole_in_several_segments(
    ledger: DynamoLedger,
) -> None:
    parsed = read(ref(), with_bad(many()))
    (outcome,) = alike(ledger, parsed)
    assert (outcome.state, outcome.recorded_now) == (State.QUARANTINED, MANY)
    segments = list(ledger.unpublished())
    assert len(segments) > 2
    assert len({segment.name for segment in segments}) == len(segments)
    assert [row[2] for row in rows(segments)[0]] == [f"M-{n}" for n in range(MANY)]


def test_rows_of_very_many_invoices_are_read_again_and_the_same(ledger: DynamoLedger) -> None:
    parsed = read(ref(), Lazily(*many(1_300)))
    committed = ledger.commit([parsed], at=at())
    assert [row[2] for row in rows(committed.segments)[0]] == [f"M-{n}" for n in range(1_300)]
    assert rows(committed.segments) == rows(list(ledger.unpublished()))
    outcome = ledger.commit([again(parsed)], at=at(1)).outcomes[0]
    assert (outcome.recorded_now, outcome.invoice_count) == (0, 1_300)


@pytest.mark.parametrize("stopped_at", [0, 1, 2])
@pytest.mark.parametrize("what", ["unsent", "unheard"])
def test_what_was_cut_off_between_two_stretches_goes_on_when_it_is_given_again(
    stopped_at: int, what: str
) -> None:
    faults = Faults(patient=False)
    ledger = open_table(ledger_table(fresh()), faults.clients)
    parsed = read(ref(), with_bad(many()))
    faults.next(WRITE, [""] * stopped_at + [what])
    try:
        ledger.commit([parsed], at=at())
    except UnavailableError:
        assert ledger.books.missing([ref()]) == [ref()]
        assert ledger.books.captured([ref()], before=at(99)) == []
        assert not ledger.books.quarantine()
    (outcome,) = ledger.commit([parsed], at=at(1)).outcomes
    assert outcome.invoice_count == MANY
    assert (outcome.state, len(ledger.books.quarantine())) == (State.QUARANTINED, 2)
    assert not ledger.books.missing([ref()])
    in_segments = [row[2] for row in rows(list(ledger.unpublished()))[0]]
    assert in_segments == [f"M-{n}" for n in range(MANY)]
    assert sums(ledger.books) == [("2026-11-20", "EUR", MANY, Decimal("1.50") * MANY)]


def test_same_number_twice_among_many_waits(ledger: DynamoLedger) -> None:
    twice = good(*(invoice(f"M-{n % 200}", "1.50" if n < 200 else "2.00") for n in range(220)))
    (outcome,) = alike(ledger, read(ref(), Lazily(*twice)))
    assert (outcome.state, outcome.invoice_count) == (State.QUARANTINED, 200)
    assert len(ledger.books.quarantine()) == 20


def test_atomic_document_of_many_records_is_recorded_whole_or_not_at_all(
    ledger: DynamoLedger,
) -> None:
    first = read(ref("taken.txt"), good(invoice("M-200", "9.00")))
    refused = read(ref("refused.txt"), with_bad(many()), atomic=True)
    conflicting = read(ref("conflicting.txt"), Lazily(*many()), atomic=True)
    whole = read(ref("whole.txt"), Lazily(*many(start=1000)), atomic=True)
    outcomes = alike(ledger, first, refused, conflicting, whole)
    assert [outcome.invoice_count for outcome in outcomes] == [1, 0, 0, MANY]


def test_many_records_are_corrected_by_a_later_version(ledger: DynamoLedger) -> None:
    one = read(ref(version="1"), Lazily(*many()), sequencer="1")
    two = read(ref(version="2"), Lazily(*many(total="2.50")), sequencer="2")
    late = read(ref(version="0"), Lazily(*many(total="3.50")), sequencer="0")
    outcomes = alike(ledger, one, two, late)
    assert [outcome.recorded_now for outcome in outcomes] == [MANY, MANY, 0]
    assert states(ledger.books) == {"recorded": 1, "superseded": 2}


def test_many_records_are_read_again(ledger: DynamoLedger) -> None:
    parsed = read(ref(), with_bad(many()))
    mended = again(parsed, records=Lazily(*many(MANY + 2)))
    outcomes = alike(ledger, parsed, again(parsed), mended, mended)
    assert [outcome.recorded_now for outcome in outcomes] == [MANY, 0, 2, 0]
    assert not ledger.books.quarantine()


def test_the_same_bytes_with_many_records_are_a_duplicate(ledger: DynamoLedger) -> None:
    one = read(ref("a.txt"), Lazily(*many()), content=b"x")
    copy = read(ref("b.txt"), Lazily(*many()), content=b"x")
    partly = read(ref("c.txt"), Lazily(*many(MANY + 5)), content=b"y")
    outcomes = alike(ledger, one, copy, partly)
    assert [outcome.recorded_now for outcome in outcomes] == [MANY, 0, 5]


def test_many_refused_records_are_one_transaction() -> None:
    faults = Faults()
    ledger = open_table(ledger_table(fresh()), faults.clients)
    said = "x" * 200
    records = [
        Record(
            index=n,
            first_line=n + 1,
            last_line=n + 1,
            invoice=None,
            findings=(Finding(code="BD2014", message=f"{said} {Random(n).random()}", line=n + 1),),
        )
        for n in range(8_000)
    ]
    (outcome,) = ledger.commit([read(ref(), Lazily(*records))], at=at()).outcomes
    assert (outcome.state, len(outcome.findings)) == (State.QUARANTINED, 100)
    assert faults.calls.count(WRITE) == 1
    assert len(ledger.books.quarantine()) == len(ledger.books.findings(ref().document_id)) == 8_000


def noise(size: int, seed: int) -> str:
    """Text that a quarter of is saved by compression, and no more."""
    return "".join(Random(seed).choices(ascii_letters + digits + "-_", k=size))


@pytest.mark.parametrize("more", [0, MANY])
def test_document_whose_parts_fit_into_an_item_one_by_one_and_not_together_is_kept(
    ledger: DynamoLedger, more: int
) -> None:
    long = [invoice(noise(9_500, seed)) for seed in range(48)]
    accepted = good(*long, *(invoice(f"M-{number}") for number in range(more)))
    wrong = Finding(code="BD2014", message=noise(120_000, 99), line=1)
    refused = Record(index=999, first_line=1, last_line=1, invoice=None, findings=(wrong,))
    parsed = read(ref(), Lazily(*accepted, refused))
    first, second, mended = alike(
        ledger, parsed, again(parsed), again(parsed, records=Lazily(*accepted))
    )
    assert (first.invoice_count, second.invoice_count) == (len(accepted), len(accepted))
    assert (first.state, mended.state) == (State.QUARANTINED, State.RECORDED)


def test_original_of_six_megabytes_is_an_object_and_comes_back(ledger: DynamoLedger) -> None:
    text = Random(6).randbytes(6_000_000)
    beside = read(ref("b.txt"), good(invoice("B")))
    commit(ledger, read(ref(), good(invoice()), content=text), beside)
    original, _ = ledger.books.original(ref().document_id)
    assert original.content == text
    key = f"originals/{hashlib.sha256(text).hexdigest()}.zst"
    assert key in list(store().keys("originals/"))
    assert states(ledger.books) == {"recorded": 2}


def test_original_that_is_not_what_came_is_refused(ledger: DynamoLedger) -> None:
    text = Random(7).randbytes(1_500_000)
    commit(ledger, read(ref(), good(invoice()), content=text))
    store().put(f"originals/{hashlib.sha256(text).hexdigest()}.zst", b"(\xb5/\xfd \x01\t\x00\x00x")
    with pytest.raises(UnavailableError, match="other bytes"):
        ledger.books.original(ref().document_id)


def test_invoice_with_lines_beyond_an_item_is_kept_whole(ledger: DynamoLedger) -> None:
    chance = Random(1)
    lines = tuple(
        Line(id=str(n), name=chance.randbytes(40).hex(), net=Decimal(n), source_line=n)
        for n in range(12_000)
    )
    alike(ledger, read(ref(), good(invoice(lines=lines), invoice("B"))))
    entry, _ = ledger.books.invoices()
    assert [line[8] for line in entry.lines] == [line.name for line in lines]


@pytest.mark.parametrize(
    "amount", ["10.50", "0.00", "99999999999999999999999999999999999999", "0." + "0" * 36 + "10"]
)
def test_amounts_come_back_as_they_were_printed(ledger: DynamoLedger, amount: str) -> None:
    commit(ledger, read(ref(), good(invoice(total=amount))))
    (entry,) = ledger.books.invoices()
    assert entry.row[11] == amount
    known = ledger.commit([read(ref(), good(invoice(total=amount)))], at=at()).outcomes[0]
    assert format(known.invoices[0].total, "f") == amount


def test_no_attribute_of_the_table_is_a_number_but_versions(ledger: DynamoLedger) -> None:
    commit(
        ledger, read(ref(), (*good(invoice()), bad(1))), read(ref("b"), good(invoice(total="2")))
    )
    (table,) = [ledger._wire._table]
    for item in root().dynamodb.scan(TableName=table)["Items"]:
        assert {name for name, value in item.items() if "N" in value} <= {"v", "n"}
