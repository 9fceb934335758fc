"""The console of a stack: on the machine of who looks, with their rights, or beside a worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock
from typing import Any, TypeVar

from msgspec import Struct

from billdrop import __version__
from billdrop.aws.stack import Stack
from billdrop.console.app import Console
from billdrop.console.desk import Desk, parts
from billdrop.console.fleet import LOOK_SECONDS, Fleet
from billdrop.console.flow import Flow
from billdrop.console.posting import Posting
from billdrop.console.sessions import Sessions
from billdrop.console.shelf import Shelf
from billdrop.doctoring import Line
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.runtime import Reading, monotonic, now, on_the_way
from billdrop.runtime.accounts import seated_at
from billdrop.runtime.aws import (
    Guidelines,
    Site,
    examine_stack,
    receipts_of_stack,
    site,
    writing_on,
)
from billdrop.runtime.backlog import Backlogs
from billdrop.runtime.console import Lately, Mode
from billdrop.runtime.posting import S3Posting
from billdrop.runtime.pulses import fleet_of, pulses_of, telling
from billdrop.runtime.shelf import BucketShelf
from billdrop.runtime.watch import RENEWED
from billdrop.way.errands import ended
from billdrop.way.pipeline import Way
from billdrop.web.app import create_pages_app
from billdrop.web.server import serve

T = TypeVar("T")


class Seat(Struct, frozen=True, kw_only=True):
    """What of a process the pages look at."""

    fleet: Fleet
    write: Callable[..., Any]
    trouble: Callable[[], BilldropError | None]
    library: Callable[[], Library]
    metrics: bool = True
    """Whether CloudWatch may be asked."""
    shelf: Shelf | None = None
    """Where guidelines are put to use, where whoever runs it may do that."""
    posting: Posting | None = None
    """How files are sent to the inbox, where whoever runs it may put them there."""


class Renewing:
    """The guidelines of a stack, as its workers have them; from any thread."""

    def __init__(self, guidelines: Guidelines, clock: Callable[[], float] = monotonic) -> None:
        self._guidelines, self._clock, self._lock = guidelines, clock, Lock()
        guidelines.renew()
        self._library = guidelines.opened()[0]
        self._until = clock() + RENEWED

    def __call__(self) -> Library:
        """Looked at again as often as a worker does; those there were, where the bucket does not answer."""
        with self._lock:
            if self._clock() >= self._until:
                self._until = self._clock() + RENEWED
                self._renew()
            return self._library

    def at_once(self) -> None:
        """Look now, whenever that was done last."""
        with self._lock:
            self._renew()

    def _renew(self) -> None:
        try:
            if self._guidelines.renew():
                self._library = self._guidelines.opened()[0]
        except BilldropError:
            return


@contextmanager
def console_of_stack(name: str, *, port: int, mode: Mode) -> Iterator[str]:
    """
    Serve the pages of a stack on this machine as long as the block lasts; gives their address.

    Whoever reaches the port has the rights of the credentials it runs with, on loopback; elsewhere,
    whoever logs in has those of their role. Raises `ConfigurationError` where nobody could log in.
    """
    here = site(name)
    with (
        seated_at(here, mode) as sessions,
        TemporaryDirectory(prefix="billdrop-") as folder,
    ):
        library = Renewing(Guidelines(here, Path(folder)))
        with _way(here, library()) as (reading, way):
            flow, lock, closing = Flow(), Lock(), Event()
            flow.watch(way)

            def write(work: Callable[[Way], T], /) -> T:
                """With the guidelines of now, one at a time."""
                with lock:
                    if closing.is_set():
                        raise ended()
                    if way.read.library is not library():
                        way.read.library = library()
                    return work(way)

            told = telling(flow, "this console", lambda: None)
            seat = Seat(
                fleet=fleet_of(told, pulses_of(here)),
                write=write,
                trouble=lambda: None,
                library=library,
                shelf=BucketShelf(here.destination, library.at_once),
                posting=S3Posting(here),
            )
            pages = pages_of(reading, here, seat, sessions, mode)
            with served(pages, here, mode, port=port) as url:
                yield url
            with lock:
                closing.set()


@contextmanager
def _way(here: Site, library: Library) -> Iterator[tuple[Reading, Way]]:
    with (
        receipts_of_stack(here) as receipts,
        writing_on(here, library) as writing,
    ):
        writing.answer = receipts
        with writing.own_inbox() as inbox, on_the_way(writing, inbox) as way:
            yield writing.reading, way


def pages_of(reading: Reading, here: Site, seat: Seat, sessions: Sessions, mode: Mode) -> Console:
    """The pages of a stack."""
    stack = here.stack
    desk = Desk(
        books=reading.books,
        archive=reading.archive,
        engine=reading.engine,
        library=seat.library,
        settings=reading.settings,
        flow=seat.fleet,
        write=seat.write,
        now=now,
        trouble=seat.trouble,
        doctor=Lately(lambda: list[Line](examine_stack(stack.name))),
        waiting=lambda: 0,
        oldest=lambda: None,
        backlog=Backlogs(here, seat.fleet.workers, metrics=seat.metrics),
        parts=parts(_done_by(stack), _wholes(stack)),
        place=f"{stack.name} in {stack.region}",
        version=__version__,
        read_only=mode.read_only,
        incognito=mode.incognito,
        workers=seat.fleet.workers,
        shelf=seat.shelf,
        posting=seat.posting,
        uploads=f"s3://{stack.inbox_bucket}/<customer>/<name>",
    )
    return Console(desk, sessions, every_seconds=LOOK_SECONDS)


def _done_by(stack: Stack) -> tuple[str, ...]:
    """What does each of the seven steps on AWS."""
    return (
        f"S3: {stack.inbox_bucket}",
        f"SNS: {stack.topic_arn.rpartition(':')[2]}",
        f"SQS: {stack.queue_url.rpartition('/')[2]}",
        "the role of the instance; S3",
        f"DynamoDB: {stack.table}",
        f"S3: {stack.destination_bucket}",
        f"Athena: {stack.database}, {stack.workgroup}",
    )


def _wholes(stack: Stack) -> tuple[str, ...]:
    """Names that are too long to be shown whole."""
    return ("", stack.topic_arn, stack.queue_url, "", "", "", "")


@contextmanager
def served(pages: Console, here: Site, mode: Mode, *, port: int) -> Iterator[str]:
    """Where the mode says; gives the address."""
    app = create_pages_app(pages.routes(), [*here.settings.hosts, mode.host])
    server = serve(app, host=mode.host, port=port, drain_seconds=2.0)
    try:
        yield f"{server.url}/console"
    finally:
        server.stop()
