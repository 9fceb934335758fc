"""Two workers at the same moment: one wins, the other is told what it met."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from billdrop.aws.ledger import DynamoLedger
from billdrop.model import Outcome, Parsed, State
from tests.aws.standin import fresh
from tests.aws.tables import ledger_table, open_table
from tests.conformance.ledger_rigs import at, bad, good, invoice, latest, read, ref, rows, states

ROUNDS = 12


@pytest.fixture(scope="module")
def workers() -> list[DynamoLedger]:
    table = ledger_table(fresh())
    return [open_table(table, patient=True) for _ in range(4)]


def race(workers: list[DynamoLedger], *parsed: Parsed) -> list[Outcome]:
    """Each worker commits its document when all are ready."""
    ready = Barrier(len(parsed))

    def run(worker: DynamoLedger, own: Parsed) -> Outcome:
        ready.wait()
        return worker.commit([own], at=at()).outcomes[0]

    with ThreadPoolExecutor(len(parsed)) as threads:
        return list(threads.map(run, workers, parsed))


def found(outcomes: list[Outcome]) -> list[State]:
    return sorted(outcome.state for outcome in outcomes)


def test_one_document_is_recorded_by_one_of_four(workers: list[DynamoLedger]) -> None:
    for number in range(ROUNDS):
        parsed = read(ref(f"same-{number}.txt"), good(invoice(f"D-{number}")))
        outcomes = race(workers, *[parsed] * 4)
        assert sorted(outcome.known for outcome in outcomes) == [False, True, True, True]
        assert [outcome.state for outcome in outcomes] == [State.RECORDED] * 4
        assert sorted(outcome.recorded_now for outcome in outcomes) == [0, 0, 0, 1]


def test_one_invoice_from_two_objects_is_recorded_once_and_conflicts_once(
    workers: list[DynamoLedger],
) -> None:
    for number in range(ROUNDS):
        one, other = [
            read(ref(f"{name}-{number}.txt"), good(invoice(f"I-{number}", total)))
            for name, total in (("a", "10"), ("b", "20"))
        ]
        outcomes = race(workers, one, other)
        assert found(outcomes) == [State.QUARANTINED, State.RECORDED]
        (refused,) = [each for each in outcomes if each.state is State.QUARANTINED]
        assert [finding.code for finding in refused.findings] == ["BD3001"]


@pytest.mark.parametrize("refused", [False, True])
def test_the_same_bytes_under_two_names_are_kept_once(
    workers: list[DynamoLedger], *, refused: bool
) -> None:
    for number in range(ROUNDS):
        records = (bad(),) if refused else good(invoice(f"B-{number}"))
        content = f"{refused} {number}".encode()
        outcomes = race(
            workers,
            *[read(ref(f"{n}-{refused}-{number}.txt"), records, content=content) for n in range(3)],
        )
        first = State.QUARANTINED if refused else State.RECORDED
        assert found(outcomes) == sorted([State.DUPLICATE, State.DUPLICATE, first])
        (winner,) = [each for each in outcomes if each.state is first]
        assert {each.duplicate_of for each in outcomes} == {None, winner.document_id}


def test_versions_that_race_end_with_the_last_one() -> None:
    for _ in range(ROUNDS // 2):
        table = ledger_table(fresh())
        workers = [open_table(table, patient=True) for _ in range(4)]
        versions = [
            read(ref(version=f"{n}"), good(invoice(total=f"{n}0")), sequencer=f"{n}")
            for n in range(1, 5)
        ]
        race(workers, *versions)
        books = workers[0].books
        assert latest(books)["INV-1"][1] == "40"
        assert sum(states(books).values()) == 4
        in_segments, _ = rows(list(books.segments()))
        assert sorted(row[3] for row in in_segments) == [
            str(n) for n in range(1, len(in_segments) + 1)
        ]


def test_batches_that_overlap_record_each_document_once(workers: list[DynamoLedger]) -> None:
    batches = [
        [read(ref(f"o-{n}.txt"), good(invoice(f"O-{n}"))) for n in range(start, start + 40)]
        for start in (0, 20, 40)
    ]
    ready = Barrier(len(batches))

    def run(worker: DynamoLedger, batch: list[Parsed]) -> int:
        ready.wait()
        committed = worker.commit(batch, at=at())
        assert len(rows(committed.segments)[0]) == sum(o.recorded_now for o in committed.outcomes)
        return sum(outcome.recorded_now for outcome in committed.outcomes)

    with ThreadPoolExecutor(len(batches)) as threads:
        assert sum(threads.map(run, workers, batches)) == 80
