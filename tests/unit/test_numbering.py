"""The order of versions where no sequencer tells it, among many writers."""

from datetime import timedelta

from msgspec import structs

from billdrop.memory import MemoryLedger
from billdrop.model import Parsed, State
from billdrop.plan import ByArrival
from tests.conformance.ledger_rigs import at, good, invoice, read, ref


def version(number: str, total: str, **document: object) -> Parsed:
    parsed = read(ref(version=number), good(invoice(total=total)))
    return structs.replace(parsed, document=structs.replace(parsed.document, **document))


def test_newest_version_of_a_listing_comes_after_what_events_brought_before() -> None:
    """A listing tells times in seconds, and of an upload in parts when it began."""
    ledger = MemoryLedger(ByArrival())
    announced = version("1", "10", arrived_at=at() + timedelta(milliseconds=300), sequencer="0A")
    listed = version("2", "20", arrived_at=at(), listed_at=at(15))
    ledger.commit([announced], at=at(1))
    (outcome,) = ledger.commit([listed], at=at(15)).outcomes
    assert outcome.state is State.RECORDED
    (total,) = ledger.books.totals()
    assert str(total.total) == "20"


def test_version_that_came_after_the_listing_comes_after_what_it_showed() -> None:
    ledger = MemoryLedger(ByArrival())
    listed = version("1", "10", arrived_at=at(), listed_at=at(15))
    later = version("2", "20", arrived_at=at(16), sequencer="0B")
    ledger.commit([later], at=at(16))
    (outcome,) = ledger.commit([listed], at=at(17)).outcomes
    assert outcome.state is State.SUPERSEDED
