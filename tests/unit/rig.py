"""A way whose every adapter is in memory, with a clock that is moved by hand."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from billdrop.errors import BilldropError
from billdrop.guidelines.library import open_library
from billdrop.memory import MemoryDestination, MemoryInbox, MemoryLedger
from billdrop.model import Committed, Delivery, Document, Outcome, Parsed
from billdrop.parsing.reading import parse
from billdrop.readers import Limits
from billdrop.settings import Settings
from billdrop.way.pipeline import Read, Way
from billdrop.way.pump import Pump

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Later(Struct):
    """Read when it is asked for; `here`: it says that there is nothing to wait for."""

    read: Callable[[], list[Parsed]]
    here: bool

    def __call__(self) -> list[Parsed]:
        return self.read()

    def done(self) -> bool:
        return self.here


class Here:
    """Reads in this process; `elsewhere` pretends otherwise."""

    def __init__(self, folder: Path | None = None) -> None:
        self.library = open_library(folder, Limits())[0]
        self.elsewhere = False
        self.fails: dict[str, Exception] = {}
        """What reading a document raises, by a text in its key."""
        self.closed = 0

    def __call__(self, documents: Sequence[Document]) -> Read:
        return Later(lambda: [self._parsed(it) for it in documents], here=not self.elsewhere)

    def _parsed(self, document: Document) -> Parsed:
        for text, error in self.fails.items():
            if text in document.ref.key:
                raise error
        return parse(document, self.library)

    def close(self) -> None:
        self.closed += 1


class Failing:
    """Fails as often as it is told, then does what it should."""

    def __init__(self, *errors: BilldropError) -> None:
        self.errors = list(errors)

    def __call__(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


class ImpatientInbox(MemoryInbox):
    """Never waits for a document; may fail, and remembers what was settled."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = Failing()
        self.settled: list[str] = []

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        self.fails()
        return super().listen(limit=limit, wait=0)

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        self.settled += [delivery.ref.key for delivery in deliveries]
        super().settle(deliveries, outcomes)


class ShakyLedger(MemoryLedger):
    """A ledger whose commit may fail."""

    fails = Failing()

    def commit(self, parsed: Sequence[Parsed], *, at: datetime) -> Committed:
        self.fails()
        return super().commit(parsed, at=at)


class ShakyDestination(MemoryDestination):
    """A destination whose flush and put may fail."""

    fails = Failing()
    full = Failing()

    def put(self, key: str, body: Iterable[bytes]) -> None:
        self.full()
        super().put(key, body)

    def flush(self) -> None:
        self.fails()
        super().flush()


class Rig:
    """All of it together."""

    def __init__(self) -> None:
        self.time = START
        self.inbox = ImpatientInbox()
        self.ledger = ShakyLedger()
        self.destination = ShakyDestination()
        self.ledger.fails = Failing()
        self.destination.fails = Failing()
        self.destination.full = Failing()
        self.read = Here()
        self.boundaries: list[str] = []
        self.events: list[str] = []
        self.way = Way(
            inbox=self.inbox,
            ledger=self.ledger,
            books=self.ledger,
            destination=self.destination,
            read=self.read,
            now=lambda: self.time,
            reached=self.boundaries.append,
            unconfirmed=[],
        )

    def upload(self, name: str, text: str, customer: str = "acme") -> Delivery:
        """Put a document into the inbox."""
        return self.inbox.upload(customer, name, text.encode(), at=self.time)

    def later(self, **amount: float) -> None:
        """Move the clock."""
        self.time += timedelta(**amount)

    def seconds(self) -> float:
        """The clock as a monotonic one."""
        return self.time.timestamp()

    def pump(self, **settings: float) -> Pump:
        """A pump on this way; its patience is the clock's."""
        return Pump(
            self.way,
            Settings(**settings),  # type: ignore[arg-type]  # only numbers are given
            monotonic=self.seconds,
            renew=lambda: None,
            log=lambda event, /, **facts: self.events.append(event),
        )
