"""The ledger as the pipeline writes it."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from itertools import count

from billdrop.aws.ledger import places
from billdrop.aws.ledger.actions import Action, Name
from billdrop.aws.ledger.books import DynamoBooks
from billdrop.aws.ledger.parcels import Parcels, Store, ahead
from billdrop.aws.ledger.places import of_document, of_guideline
from billdrop.aws.ledger.slice import Slice
from billdrop.aws.ledger.stretches import Stretches
from billdrop.aws.ledger.wire import AT_ONCE, Cancelled, Place, Wire, cut
from billdrop.aws.ledger.works import Chunk, lanes_of, work_of
from billdrop.aws.ledger.writer import Done, TooMuch, Writer
from billdrop.model import Committed, Document, GuidelineRef, Lost, Outcome, Parsed, Segment
from billdrop.plan import enter, outcome_of

THREADS = 4
"""How many transactions are on their way side by side."""

LOST_AT_ONCE = 80

GONE = "gone before it was read"


class DynamoLedger:
    """
    Implements `Ledger` on one table; safe to share among threads.

    Any number of workers write to the table at the same time.
    """

    def __init__(
        self,
        wire: Wire,
        parcels: Parcels,
        *,
        worker: str,
        reached: Callable[[str], None] = lambda boundary: None,
    ) -> None:
        """`worker`: a word that no other worker has, now or before; `reached`: see `Writer`."""
        self._wire = wire
        self._parcels = parcels
        self._reached = reached
        self._worker = worker
        self._commits = count()
        self._told: set[Place] = set()

    @cached_property
    def books(self) -> DynamoBooks:
        """The side that answers."""
        return DynamoBooks(self._wire, self._parcels)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, thread_name_prefix="ledger")

    def commit(self, parsed: Sequence[Parsed], *, at: datetime) -> Committed:
        """See `Ledger`; each transaction is a segment of its own."""
        works = [work_of(each, place) for place, each in enumerate(parsed)]
        writer = self._writer(each.document for each in parsed)
        self._tell(at, parsed)
        base = self._base(at)
        outcomes: dict[int, Outcome] = {}
        segments: list[Segment] = []
        numbers = count()
        for lanes in lanes_of(works):
            named = [[(chunk, f"{base}-{next(numbers):04d}") for chunk in lane] for lane in lanes]
            for chunk, done in self._side_by_side(
                [lambda lane=lane: _lane(writer, lane, at) for lane in named]  # type: ignore[misc]
            ):
                places_of = (work.place for work in chunk)
                outcomes.update(zip(places_of, done.outcomes, strict=True))
                segments.extend(done.segments)
        segments.sort(key=lambda segment: segment.name)
        return Committed(
            outcomes=tuple(outcomes[place] for place in range(len(parsed))),
            segments=tuple(segments),
        )

    def lose(self, lost: Sequence[Lost], *, at: datetime) -> tuple[Outcome, ...]:
        """See `Ledger`."""
        self._tell(at, ())
        base = self._base(at)
        writer = self._writer(())
        outcomes: list[Outcome] = []
        for number, chunk in enumerate(cut(lost, LOST_AT_ONCE)):
            name = Name(f"{base}-{number:04d}")
            outcomes += writer.write(lambda now, chunk=chunk: _losing(now, chunk, at), name)  # type: ignore[misc]
        return tuple(outcomes)

    def unpublished(self) -> Iterator[Segment]:
        """See `Ledger`."""
        return self.books.unpublished()

    def published(self, names: Iterable[str], *, at: datetime) -> None:
        """See `Ledger`."""
        self._wire.delete(Place(places.UNPUBLISHED, name) for name in dict.fromkeys(names))

    def told(self, changes: Mapping[str, int]) -> None:
        """
        Customers heard what became of documents, by id, as it was after so many changes.

        What changed again since is still to be told.
        """
        for chunk in cut(changes.items(), AT_ONCE):
            forgotten = [_forgotten(name, change) for name, change in chunk]
            try:
                self._wire.transact(forgotten)
            except Cancelled:
                for each in forgotten:
                    with suppress(Cancelled):
                        self._wire.transact([each])

    def close(self) -> None:
        """See `Ledger`."""
        if "_threads" in self.__dict__:
            self._threads.shutdown()
            del self.__dict__["_threads"]

    def _base(self, at: datetime) -> str:
        """How the names of one commit begin: its time, then what no other commit has."""
        return f"{places.stamp(at)}-{places.digest(self._worker, str(next(self._commits)))[:10]}"

    def _side_by_side(
        self, lanes: Sequence[Callable[[], list[tuple[Chunk, Done]]]]
    ) -> Iterator[tuple[Chunk, Done]]:
        """All lanes, in order; what one of them raises is raised once all have ended."""
        if len(lanes) == 1:
            yield from lanes[0]()
            return
        futures = [self._threads.submit(lane) for lane in lanes]
        errors = [error for future in futures if (error := future.exception()) is not None]
        if errors:
            raise errors[0]
        for future in futures:
            yield from future.result()

    def _writer(self, documents: Iterable[Document]) -> Writer:
        """The writer of one commit: large originals are put away before anything is written."""
        large = list(ahead(documents))
        put_away = {document.sha256: self._parcels.original(document) for document in large}
        return Writer(self._wire, self._parcels, put_away, self._reached)

    def _tell(self, at: datetime, parsed: Sequence[Parsed]) -> None:
        """The day, the customers and the guidelines, where this worker did not name them before."""
        items = {Place(places.DAYS, f"{at.astimezone(UTC):%Y-%m-%d}"): GuidelineRef("", 0, "", "")}
        for each in parsed:
            customer = Place(places.CUSTOMERS, f"/{each.document.ref.customer}")
            items[customer] = GuidelineRef("", 0, "", "")
            if each.guideline is not None:
                items[of_guideline(each.guideline.digest)] = each.guideline
        for place, ref in items.items():
            if place not in self._told:
                text = {"b": self._parcels.wrap(ref.text.encode())} if ref.text else {}
                self._wire.put({**place.key, **text})
                self._told.add(place)


def _lane(
    writer: Writer, lane: Sequence[tuple[Chunk, str]], at: datetime
) -> list[tuple[Chunk, Done]]:
    return [done for chunk, name in lane for done in _chunk(writer, chunk, name, at)]


def _chunk(writer: Writer, chunk: Chunk, name: str, at: datetime) -> list[tuple[Chunk, Done]]:
    """Commit some documents: in one transaction, or cut in two until it is one."""
    if len(chunk) == 1 and chunk[0].is_large:
        return [(chunk, Stretches(writer, chunk[0], name, at).write())]
    try:
        return [(chunk, writer.chunk(chunk, Name(name), at))]
    except TooMuch:
        if len(chunk) == 1:
            return [(chunk, Stretches(writer, chunk[0], name, at).write())]
        half = len(chunk) // 2
        parts = ((chunk[:half], f"{name}a"), (chunk[half:], f"{name}b"))
        return [done for part, own in parts for done in _chunk(writer, part, own, at)]


def _forgotten(name: str, change: int) -> Action:
    """That a customer was to be told, unless it is of more than they heard."""
    place = Place(places.UNTOLD, of_document(name).pk[2:])
    return {
        "Delete": {
            "Key": place.key,
            "ConditionExpression": "attribute_not_exists(pk) OR n <= :n",
            "ExpressionAttributeValues": {":n": {"N": str(change)}},
        }
    }


def _losing(now: Slice, lost: Sequence[Lost], at: datetime) -> list[Outcome]:
    """What becomes of documents that were gone, by what a slice says."""
    now.load(of_document(each.ref.document_id) for each in lost)
    outcomes = []
    for each in lost:
        name = each.ref.document_id
        known = now.document(name) is not None
        if not known:
            gone = Document(
                ref=each.ref, arrived_at=each.arrived_at, sha256=b"", size=0, content=b""
            )
            enter(now, gone, at, None, evidence=each.evidence or GONE)
        outcomes.append(outcome_of(now, name, known=known, change=now.change(name)))
    return outcomes


def dynamo_ledger(
    wire: Wire, store: Store, reached: Callable[[str], None] = lambda boundary: None
) -> DynamoLedger:
    """A ledger on a table, with a name of its own among the workers."""
    return DynamoLedger(wire, Parcels(store), worker=secrets.token_hex(8), reached=reached)
