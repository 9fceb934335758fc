"""Whatever comes in whatever order, every ledger answers as plain dictionaries do, and the sums are right."""

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import UNSET
from msgspec.structs import replace

from billdrop.model import Document, Intent, Outcome, Parsed, Record
from tests.conformance.ledger_rigs import (
    Kept,
    Open,
    again,
    at,
    bad,
    dynamo,
    gone,
    good,
    invoice,
    memory,
    memory_by_arrival,
    read,
    ref,
    rows,
    sqlite,
)

Text = tuple[tuple[str, int], ...]
"""What a document says: number and total of each invoice, a total of 0 is refused."""

texts: st.SearchStrategy[Text] = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 3)), min_size=1, max_size=3
).map(tuple)
names = st.sampled_from(["one.txt", "two.txt"])
customers = st.sampled_from(["acme", "brand"])
sequencers = st.one_of(st.none(), st.sampled_from(["1", "2", "20", "21", "3"]))


def uncounted(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Without how often each had changed and its place, which not every ledger tells."""
    return [replace(outcome, change=0, place=UNSET) for outcome in outcomes]


def records(text: Text, *, lenient: bool = False) -> tuple[Record, ...]:
    """What a guideline makes of a text; a lenient one accepts what another refuses."""
    return tuple(
        replace(good(invoice(number, str(total)))[0], index=index)
        if total or lenient
        else bad(index)
        for index, (number, total) in enumerate(text)
    )


class Deliveries(RuleBasedStateMachine):
    """Documents, versions, duplicates, redeliveries, redrives, releases and reopenings."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.openings = self.opened(Path(self.folder.name))
        self.ledgers: list[Kept] = [opening() for opening in self.openings]
        self.sent: list[tuple[Parsed, Text]] = []
        self.minutes = 0
        self.changed = True

    def opened(self, path: Path) -> list[Open]:
        """The two that are compared."""
        return [memory(path), sqlite(path)]

    @initialize()
    def first(self) -> None:
        self.batch = list[Parsed]()

    @rule(
        name=names,
        customer=customers,
        text=texts,
        sequencer=sequencers,
        mended=st.booleans(),
        atomic=st.booleans(),
        latest=st.booleans(),
        hour=st.integers(0, 3),
        told_by=st.sampled_from([("number",), ("number", "seller")]),
    )
    def upload(
        self,
        name: str,
        customer: str,
        text: Text,
        sequencer: str | None,
        hour: int,
        *,
        told_by: tuple[str, ...],
        mended: bool,
        atomic: bool,
        latest: bool,
    ) -> None:
        self.changed = False
        where = ref(name, str(len(self.sent)), customer)
        parsed = read(
            where,
            records(text, lenient=mended),
            content=repr(text).encode(),
            sequencer=sequencer,
            arrived=at(60 * hour),
            atomic=atomic,
            identity=told_by,
            corrections="latest" if latest else "conflict",
        )
        self.sent.append((parsed, text))
        self.batch.append(parsed)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        self.changed = False
        parsed, _ = data.draw(st.sampled_from(self.sent))
        self.batch.append(parsed)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), lenient=st.booleans(), intent=st.sampled_from(Intent))
    def read_again(self, data: st.DataObject, intent: Intent, *, lenient: bool) -> None:
        self.changed = False
        parsed, text = data.draw(st.sampled_from(self.sent))
        chosen = data.draw(st.sampled_from([None, (0,), (1, 2)]))
        self.batch.append(
            again(parsed, records=records(text, lenient=lenient), intent=intent, released=chosen)
        )

    @rule(number=st.integers(0, 3))
    def lose(self, number: int) -> None:
        self.minutes += 1
        self.changed = True
        lost = [gone(ref("one.txt", str(number)))]
        outcomes = [ledger.lose(lost, at=at(self.minutes)) for ledger in self.ledgers]
        assert uncounted(outcomes[0]) == uncounted(outcomes[1])

    @precondition(lambda self: self.batch)
    @rule()
    def commit(self) -> None:
        self.minutes += 1
        self.changed = True
        committed = [ledger.commit(self.batch, at=at(self.minutes)) for ledger in self.ledgers]
        self.batch = []
        one, other = committed
        assert uncounted(one.outcomes) == uncounted(other.outcomes)
        assert rows(one.segments) == rows(other.segments)

    @rule()
    def reopen(self) -> None:
        for ledger in self.ledgers:
            ledger.close()
        self.ledgers = [opening() for opening in self.openings]

    @rule()
    def publish(self) -> None:
        for ledger in self.ledgers:
            first = [segment.name for segment in ledger.unpublished()][:1]
            ledger.published(first, at=at(self.minutes))

    @precondition(lambda self: self.changed)
    @invariant()
    def both_answer_alike(self) -> None:
        one, other = [answers(ledger) for ledger in self.ledgers]
        assert one == other

    @precondition(lambda self: self.changed)
    @invariant()
    def totals_are_the_sums_over_the_latest(self) -> None:
        for ledger in self.ledgers:
            latest = [entry for entry in ledger.books.invoices() if entry.latest]
            summed = sum((Decimal(entry.row[11] or 0) for entry in latest), Decimal(0))
            totals = ledger.books.totals()
            assert sum((total.total for total in totals), Decimal(0)) == summed
            assert sum(total.invoices for total in totals) == len(latest)

    @precondition(lambda self: self.changed)
    @invariant()
    def every_row_is_in_one_segment(self) -> None:
        for ledger in self.ledgers:
            segments = [row for segment in ledger.books.segments() for row in segment.invoices]
            assert segments == [entry.row for entry in ledger.books.invoices()]

    def teardown(self) -> None:
        for ledger in self.ledgers:
            ledger.close()
        self.folder.cleanup()


def answers(ledger: Kept) -> list[Any]:
    """All that can be asked."""
    books = ledger.books
    documents = list(books.documents())
    states = books.states()
    assert states.pop("unfinished_documents", 0) == 0
    return [
        states,
        books.totals(),
        documents,
        list(books.invoices()),
        sorted(books.quarantine(), key=lambda entry: entry.id),
        sorted(books.quarantine(closed=True), key=lambda entry: entry.id),
        [books.findings(entry.document_id) for entry in documents],
        [original(ledger, entry.document_id) for entry in documents if entry.state != "lost"],
        [rows([segment]) for segment in ledger.unpublished()],
    ]


def original(ledger: Kept, document_id: str) -> tuple[Document, Any]:
    """The original of a document."""
    return ledger.books.original(document_id)


Deliveries.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestDeliveries = Deliveries.TestCase


class DeliveriesOfAFleet(Deliveries):
    """The same on DynamoDB, beside plain dictionaries with the order and the ids of a fleet."""

    def opened(self, path: Path) -> list[Open]:
        return [memory_by_arrival(path), dynamo(path)]


DeliveriesOfAFleet.TestCase.settings = settings(Deliveries.TestCase.settings, max_examples=10)
TestDeliveriesOfAFleet = DeliveriesOfAFleet.TestCase

versions = st.lists(
    st.dictionaries(st.sampled_from("ABC"), st.integers(1, 3), min_size=1, max_size=3),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(versions=versions, data=st.data())
def test_versions_of_one_object_end_alike_in_any_order_and_number(
    versions: list[dict[str, int]], data: st.DataObject
) -> None:
    parsed = [
        read(
            ref(version=str(number)),
            records(tuple(version.items())),
            content=repr(sorted(version.items())).encode(),
            sequencer=f"{number:04X}",
        )
        for number, version in enumerate(versions)
    ]
    shuffled = data.draw(st.permutations([*parsed, *data.draw(st.lists(st.sampled_from(parsed)))]))
    batches = data.draw(st.lists(st.integers(1, 3), min_size=len(shuffled), max_size=len(shuffled)))
    expected: dict[str, int] = {}
    for version in versions:
        expected |= version
    with tempfile.TemporaryDirectory() as folder:
        for opening in (memory(Path(folder)), sqlite(Path(folder))):
            assert _final(opening(), shuffled, batches) == expected


def _final(ledger: Kept, parsed: list[Parsed], batches: list[int]) -> dict[str, int]:
    outcomes: list[Outcome] = []
    for size in batches:
        committed = ledger.commit(parsed[:size], at=at())
        outcomes.extend(committed.outcomes)
        parsed = parsed[size:]
    latest = {
        str(entry.row[2]): int(entry.row[11] or 0)
        for entry in ledger.books.invoices()
        if entry.latest
    }
    ledger.close()
    return latest
