"""What the pages ask and do: the books, the queries, the guidelines, and the one thread that writes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from msgspec import Struct, field

from billdrop.console.fleet import Pulse
from billdrop.console.flow import Edge, Passed
from billdrop.console.jobs import Jobs
from billdrop.console.posting import Posting
from billdrop.console.shelf import Shelf
from billdrop.doctoring import Examined
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.model.backlog import Backlog
from billdrop.ports import Archive, Books, QueryEngine
from billdrop.settings import Settings
from billdrop.way.pipeline import Way

T = TypeVar("T")


class Writer(Protocol):
    """Does what changes the books, between two batches."""

    def __call__(self, work: Callable[[Way], T], /) -> T:
        """Wait until it is done; raises what it raises."""
        ...


class Flowing(Protocol):
    """What flows, here or through a fleet; from any thread."""

    def edges(self) -> Mapping[str, Edge]:
        """By the name of the step that the edge leads to."""
        ...

    @property
    def under_way(self) -> int:
        """Documents taken and not yet settled."""
        ...

    @property
    def latest(self) -> Sequence[Passed]:
        """What reached its end just now, the last first."""
        ...


class Part(Struct, frozen=True, kw_only=True):
    """One of the seven steps as it stands here."""

    number: int
    name: str
    """What the step is, in the words of the brief."""
    what: str
    """What does it here: a folder, a queue, a table."""
    whole: str = ""
    """The same with its full name, where it is shown without."""
    edge: str = ""
    """The measured edge that leads to it, see `pages.way.EDGES`; empty where nothing is measured."""
    unit: str = "documents"
    """What is counted on the edge."""


STEPS = (
    ("A customer uploads", "", ""),
    ("An event says so", "delivered", "documents"),
    ("The program gets the event", "fetched", "documents"),
    ("It checks its access and reads", "parsed", "batches"),
    ("It parses and saves the original", "committed", "batches"),
    ("It writes the CSV", "put", "objects"),
    ("SQL shows the expenses", "recorded", "documents"),
)
"""The seven steps wherever they run: what each is, the edge that is measured, what is counted there."""


def parts(done_by: Sequence[str], wholes: Sequence[str] = ("",) * len(STEPS)) -> tuple[Part, ...]:
    """The steps with what does each of them here."""
    return tuple(
        Part(number=number, name=name, what=what, whole=whole, edge=edge, unit=unit)
        for number, ((name, edge, unit), what, whole) in enumerate(
            zip(STEPS, done_by, wholes, strict=True), 1
        )
    )


class Desk(Struct, kw_only=True):
    """Everything the pages need; made by `runtime`."""

    books: Books
    archive: Archive
    engine: QueryEngine
    library: Callable[[], Library]
    settings: Settings
    flow: Flowing
    write: Writer
    now: Callable[[], datetime]
    trouble: Callable[[], BilldropError | None]
    """What keeps documents from being recorded now."""
    doctor: Callable[[], Examined]
    waiting: Callable[[], int]
    """Uploads that wait for their commit."""
    oldest: Callable[[], float | None]
    """Seconds that the oldest object of the inbox waits to be captured; None when none does."""
    parts: tuple[Part, ...]
    place: str
    """The data directory or the stack, for the title."""
    version: str
    read_only: bool = False
    incognito: bool = False
    """Whether amounts and names are blurred."""
    backlog: Callable[[], Backlog] | None = None
    """What waits for the workers of a stack, and since when."""
    workers: Callable[[], Sequence[Pulse]] = tuple
    """The workers of a stack that said something of themselves lately."""
    jobs: Jobs = field(default_factory=Jobs)
    """What takes longer than a request."""
    posting: Posting | None = None
    """How files are sent from the page, where this console has no door."""
    shelf: Shelf | None = None
    """Where guidelines are put to use; None where they cannot be written from here."""
    uploads: str = ""
    """Where customers upload, where this console has no door; empty where it has one."""
