"""The way of the data: deliveries in, invoices and CSV out, every step safe to repeat."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from billdrop.books import csvfile
from billdrop.errors import SegmentConflictError
from billdrop.model import Delivery, Document, Lost, Outcome, Parsed, Segment
from billdrop.ports import Books, Destination, Inbox, Ledger
from billdrop.proof.differences import digest
from billdrop.way.answering import LEDGER, Answer, nobody

if TYPE_CHECKING:
    from billdrop.guidelines.library import Library

AHEAD = 4
"""So many batches are fetched while another process still reads the first of them, at its start above all."""


class Read(Protocol):
    """A batch that is being read."""

    def __call__(self) -> list[Parsed]:
        """Wait for what was read, in the order of the documents."""

    def done(self) -> bool:
        """Whether there is nothing to wait for; before that something else can be done."""


class ReadDocuments(Protocol):
    """Reads documents, here or in a process apart."""

    library: "Library"

    def __call__(self, documents: Sequence[Document]) -> Read:
        """Begin to read."""

    def close(self) -> None:
        """End what was started."""


class Way(Struct, kw_only=True):
    """What a batch needs on its way; made by `runtime`, where the adapters are named."""

    inbox: Inbox
    ledger: Ledger
    books: Books
    destination: Destination
    read: ReadDocuments
    now: Callable[[], datetime]
    reached: Callable[[str], None]
    """Called at every boundary between two steps, with its name; tests crash the process here."""
    unconfirmed: list[str]
    """Segments whose CSV objects are visible but may not survive a power cut yet."""
    answer: Answer = nobody
    """Tells the senders of documents that no delivery brought just now."""


class Begun(Struct, frozen=True, kw_only=True):
    """A batch that is fetched and being read."""

    deliveries: Sequence[Delivery]
    fetched: Sequence[Document | Lost | None]
    read: Read


def process(deliveries: Sequence[Delivery], way: Way) -> list[Outcome | None]:
    """
    Take a batch the whole way. Safe to call any number of times with the same deliveries.

    Outcomes are in the order of the deliveries; None where nothing was decided yet.
    """
    return finish(begin(deliveries, way), way)


def begin(deliveries: Sequence[Delivery], way: Way) -> Begun:
    """Fetch a batch and begin to read it."""
    fetched = way.inbox.fetch(deliveries)
    way.reached("fetched")
    read = way.read([item for item in fetched if type(item) is Document])
    return Begun(deliveries=deliveries, fetched=fetched, read=read)


def finish(begun: Begun, way: Way) -> list[Outcome | None]:
    """Commit what was read, publish it and settle."""
    parsed = begun.read()
    way.reached("parsed")
    outcomes = commit(parsed, way)
    gone = [item for item in begun.fetched if type(item) is Lost]
    lost = way.ledger.lose(gone, at=way.now()) if gone else ()
    result = _in_order(begun.fetched, iter(outcomes), iter(lost))
    way.inbox.settle(begun.deliveries, result)
    way.reached("settled")
    return result


def overlapping(batches: Iterable[Sequence[Delivery]], way: Way) -> Iterator[list[Outcome | None]]:
    """Process batches in order; each is read while those before it are committed."""
    waiting: deque[Begun] = deque()
    for batch in batches:
        waiting.append(begin(batch, way))
        while len(waiting) > 1 and (waiting[0].read.done() or len(waiting) > AHEAD):
            yield finish(waiting.popleft(), way)
    while waiting:
        yield finish(waiting.popleft(), way)


def commit(parsed: Sequence[Parsed], way: Way) -> tuple[Outcome, ...]:
    """Commit what was read, and publish the segments that came of it."""
    if not parsed:
        return ()
    for each in parsed:
        if each.records == () and not each.findings:
            raise ValueError(
                f"nothing was read of {each.document.ref.document_id}, and nothing found"
            )
    committed = way.ledger.commit(parsed, at=way.now())
    way.reached("committed")
    for segment in committed.segments:
        publish(segment, way)
    return committed.outcomes


def publish(segment: Segment, way: Way) -> None:
    """
    Make the CSV objects of a segment visible.

    A pure function of the segment: doing it twice writes the same bytes to the same keys.
    """
    for key, body in csvfile.objects(segment):
        try:
            way.destination.put(key, body)
        except SegmentConflictError:
            if not written_before(key, segment, way.destination):
                raise
        way.reached("put")
    way.unconfirmed.append(segment.name)


def written_before(key: str, segment: Segment, destination: Destination) -> bool:
    """Whether an object is as a billdrop of before wrote it, which had fewer columns: it is left."""
    for folder, columns, rows in csvfile.parts(segment):
        if csvfile.key(folder, segment) == key:
            there = digest(destination.get(key))
            return any(digest(body) == there for body in csvfile.earlier(columns, rows))
    return False


def confirm(way: Way) -> None:
    """Flush what was published and say so in the ledger."""
    names, way.unconfirmed = way.unconfirmed, []
    if names:
        way.destination.flush()
        way.reached("flushed")
        way.ledger.published(names, at=way.now())
        way.reached("confirmed")


def recover(way: Way) -> int:
    """
    Publish what was committed and not published: the remainder of a crash or a full disk.

    A segment whose object somebody else wrote is raised once all others are published.
    """
    waiting = set(way.unconfirmed)
    count, conflict = 0, None
    for segment in way.ledger.unpublished():
        if segment.name in waiting:
            continue
        try:
            publish(segment, way)
            count += 1
        except SegmentConflictError as error:
            conflict = error
    confirm(way)
    if conflict is not None:
        raise conflict
    return count


def unseen(deliveries: Iterable[Delivery], way: Way, *, limit: int) -> Iterator[list[Delivery]]:
    """
    The deliveries whose documents the ledger does not have, in batches of up to `limit`; and what
    it delivers itself.

    Within a batch in the order in which they came, so that the first of two is the first.
    """
    for batch in batches(deliveries, documents=limit):
        missing = set(way.books.missing([delivery.ref for delivery in batch]))
        found = [each for each in batch if each.ref in missing or each.source == LEDGER]
        yield sorted(found, key=lambda delivery: delivery.arrived_at)


def sweep(way: Way, *, limit: int) -> Iterator[list[Delivery]]:
    """Compare the inbox with the ledger; yields batches of what events did not bring."""
    return unseen(way.inbox.list(), way, limit=limit)


def expire(way: Way, *, age: timedelta, limit: int = 1000) -> int:
    """Let the inbox forget what was captured longer ago than `age`, if that is for us; returns how many."""
    if not way.inbox.expires:
        return 0
    before = way.now() - age
    return sum(
        way.inbox.expire(way.books.captured([delivery.ref for delivery in batch], before=before))
        for batch in batches(way.inbox.list(), documents=limit)
    )


def batches(
    deliveries: Iterable[Delivery], *, documents: int, size: int | None = None
) -> Iterator[list[Delivery]]:
    """
    Cut into batches of up to so many documents and `size` bytes; one document may be larger.

    What came before an error is handed out before it is raised.
    """
    batch: list[Delivery] = []
    held = 0
    try:
        for delivery in deliveries:
            too_large = size is not None and held + delivery.size > size
            if batch and (too_large or len(batch) == documents):
                yield batch
                batch, held = [], 0
            batch.append(delivery)
            held += delivery.size
    except Exception:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _in_order(
    fetched: Sequence[Document | Lost | None],
    outcomes: Iterator[Outcome],
    lost: Iterator[Outcome],
) -> list[Outcome | None]:
    return [
        None if item is None else next(lost) if type(item) is Lost else next(outcomes)
        for item in fetched
    ]
