"""How many documents are in which state is counted with each transaction, not gone through."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from billdrop.aws.ledger import DynamoLedger
from billdrop.model import Intent, Lost
from tests.aws.faults_of_dynamo import Faults
from tests.aws.standin import fresh
from tests.aws.tables import ledger_table, open_table
from tests.aws.test_ledger_large import Lazily, many
from tests.conformance.ledger_rigs import again, at, bad, good, invoice, read, ref, states

QUERY = "Query"


def gone_through(ledger: DynamoLedger) -> dict[str, int]:
    """The same, document by document."""
    return dict(Counter(entry.state.value for entry in ledger.books.documents()))


def test_states_are_those_of_the_documents_after_every_kind_of_change() -> None:
    ledger = open_table(ledger_table(fresh()))
    first = read(ref("a.txt", "1"), good(invoice("A")), sequencer="1")
    wrong = read(ref("b.txt"), (*good(invoice("B")), bad(1)))
    batches = [
        [first, wrong],
        [read(ref("a.txt", "2"), good(invoice("A", "2.00")), sequencer="2")],
        [read(ref("copy.txt"), good(invoice("A", "2.00")))],
        [again(wrong, records=good(invoice("B")), intent=Intent.REDRIVE)],
        [read(ref("many.txt"), Lazily(*many()))],
        [first, wrong],
    ]
    ledger.lose([Lost(ref=ref("late.txt"), arrived_at=at(), evidence="404")], at=at())
    for number, parsed in enumerate(batches):
        ledger.commit(parsed, at=at(number))
        assert states(ledger.books) == gone_through(ledger)
    ledger.commit([read(ref("late.txt"), good(invoice("L")))], at=at(9))
    assert states(ledger.books) == gone_through(ledger)
    assert states(ledger.books) == {"recorded": 4, "superseded": 1, "duplicate": 1}


def test_states_are_right_when_workers_race_for_the_same_documents() -> None:
    table = ledger_table(fresh())
    parsed = [read(ref(f"{n}.txt"), good(invoice(f"N-{n % 40}"))) for n in range(60)]
    with ThreadPoolExecutor(3) as pool:
        for _ in pool.map(
            lambda _: open_table(table, patient=True).commit(parsed, at=at()), range(3)
        ):
            pass
    ledger = open_table(table)
    assert states(ledger.books) == gone_through(ledger) == {"recorded": 40, "duplicate": 20}


def test_states_take_as_many_calls_however_many_documents_there_are() -> None:
    faults = Faults()
    ledger = open_table(ledger_table(fresh()), faults.clients)
    asked = []
    for number in range(2):
        parsed = [read(ref(f"{number}-{n}"), good(invoice(f"{number}-{n}"))) for n in range(200)]
        ledger.published((one.name for one in ledger.commit(parsed, at=at()).segments), at=at())
        faults.calls.clear()
        ledger.books.states()
        asked.append(list(faults.calls))
    assert asked[0] == asked[1] == [QUERY] * 6
