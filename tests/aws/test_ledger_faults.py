"""DynamoDB throttles, is not there, or does what it is told and nobody hears the answer."""

import pytest

from billdrop.aws.ledger import DynamoLedger
from billdrop.errors import UnavailableError
from billdrop.model import Parsed, State
from tests.aws.faults_of_dynamo import Faults
from tests.aws.standin import fresh
from tests.aws.tables import ledger_table, open_table
from tests.conformance.ledger_rigs import at, bad, good, invoice, read, ref, rows, states

WRITE, READ = "TransactWriteItems", "BatchGetItem"


def batch() -> list[Parsed]:
    return [
        read(ref("a.txt"), (*good(invoice("A")), bad(1))),
        read(ref("b.txt"), good(invoice("B"))),
    ]


@pytest.fixture
def faults() -> Faults:
    return Faults(patient=False)


@pytest.fixture
def ledger(faults: Faults) -> DynamoLedger:
    return open_table(ledger_table(fresh()), faults.clients)


@pytest.mark.parametrize("operation", [WRITE, READ])
@pytest.mark.parametrize("what", ["throttled", "unsent"])
def test_what_fails_at_last_is_transient_and_leaves_nothing(
    faults: Faults, ledger: DynamoLedger, operation: str, what: str
) -> None:
    faults.next(operation, [what])
    with pytest.raises(UnavailableError):
        ledger.commit(batch(), at=at())
    assert states(ledger.books) == {}
    assert not ledger.books.quarantine()
    committed = ledger.commit(batch(), at=at(1))
    assert [outcome.known for outcome in committed.outcomes] == [False, False]
    assert states(ledger.books) == {"recorded": 1, "quarantined": 1}


def test_throttling_in_the_middle_of_a_batch_leaves_each_document_done_or_not() -> None:
    faults = Faults(patient=False)
    ledger = open_table(ledger_table(fresh()), faults.clients)
    parsed = [read(ref(f"{n}.txt"), good(invoice(f"N-{n}"))) for n in range(100)]
    faults.next(WRITE, ["", "throttled", "", "throttled"])
    with pytest.raises(UnavailableError):
        ledger.commit(parsed, at=at())
    done = states(ledger.books)["recorded"]
    assert 0 < done < 100
    assert len(rows(list(ledger.unpublished()))[0]) == done
    committed = ledger.commit(parsed, at=at(1))
    assert sum(outcome.known for outcome in committed.outcomes) == done
    assert states(ledger.books) == {"recorded": 100}
    assert len(rows(list(ledger.books.segments()))[0]) == 100


def test_keys_that_were_not_processed_are_asked_for_again(
    faults: Faults, ledger: DynamoLedger
) -> None:
    ledger.commit(batch(), at=at())
    faults.next(READ, ["unprocessed", "unprocessed"])
    assert [outcome.known for outcome in ledger.commit(batch(), at=at()).outcomes] == [True, True]
    faults.next(READ, ["unprocessed"] * 20)
    with pytest.raises(UnavailableError, match="only a part of what was asked"):
        ledger.commit(batch(), at=at())


def test_a_throttle_that_passes_is_not_noticed() -> None:
    faults = Faults()
    ledger = open_table(ledger_table(fresh()), faults.clients)
    faults.next(WRITE, ["throttled"])
    faults.next(READ, ["throttled"])
    outcomes = ledger.commit(batch(), at=at()).outcomes
    assert [outcome.recorded_now for outcome in outcomes] == [1, 1]


def test_an_effect_that_nobody_heard_of_is_found_by_what_it_brought(
    faults: Faults, ledger: DynamoLedger
) -> None:
    faults.next(WRITE, ["unheard"])
    committed = ledger.commit(batch(), at=at())
    assert [outcome.recorded_now for outcome in committed.outcomes] == [1, 1]
    assert rows(committed.segments) == rows(list(ledger.unpublished()))


def test_an_effect_that_nobody_heard_of_is_not_repeated_by_the_sdk() -> None:
    faults = Faults()
    ledger = open_table(ledger_table(fresh()), faults.clients)
    faults.next(WRITE, ["unheard"])
    committed = ledger.commit(batch(), at=at())
    assert [outcome.recorded_now for outcome in committed.outcomes] == [1, 1]
    assert faults.calls.count(WRITE) == 2


def test_an_effect_that_cannot_be_looked_for_is_known_when_it_is_done_again(
    faults: Faults, ledger: DynamoLedger
) -> None:
    faults.next(WRITE, ["unheard"])
    faults.next(READ, ["", "unsent"])
    with pytest.raises(UnavailableError):
        ledger.commit(batch(), at=at())
    committed = ledger.commit(batch(), at=at(1))
    assert [outcome.known for outcome in committed.outcomes] == [True, True]
    assert [outcome.state for outcome in committed.outcomes] == [State.QUARANTINED, State.RECORDED]
    assert not committed.segments
    assert len(rows(list(ledger.unpublished()))[0]) == 2


def test_losing_and_publishing_can_be_done_again(faults: Faults, ledger: DynamoLedger) -> None:
    segments = ledger.commit(batch(), at=at()).segments
    names = [segment.name for segment in segments]
    faults.next(WRITE, ["throttled"])
    with pytest.raises(UnavailableError):
        ledger.published(names, at=at())
    assert [segment.name for segment in ledger.unpublished()] == names
    faults.next(WRITE, ["unheard"])
    with pytest.raises(UnavailableError):
        ledger.published(names, at=at())
    ledger.published(names, at=at())
    assert not list(ledger.unpublished())
