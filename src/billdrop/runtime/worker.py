"""The program on EC2 as one running service: queue and topic in, ledger and CSV out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from msgspec import Struct

from billdrop import __version__
from billdrop.aws.inbox.partly import FinishingInbox
from billdrop.aws.inbox.s3_inbox import S3Inbox
from billdrop.aws.stack import Stack
from billdrop.aws.topic import issuers, sns
from billdrop.aws.topic.certificates import Trust, amazon_trust
from billdrop.aws.topic.door import TopicDoor
from billdrop.aws.topic.download import Fetch, download
from billdrop.console.fleet import Pulse, Waits
from billdrop.console.flow import Flow
from billdrop.guidelines.library import Library
from billdrop.quarantine.redriving import Redriving
from billdrop.runtime import Reading, Writing, monotonic, now
from billdrop.runtime.aws import (
    Guidelines,
    Site,
    inbox_of_stack,
    receipts_of_stack,
    site,
    writing_on,
)
from billdrop.runtime.console import Mode
from billdrop.runtime.pulses import beating, fleet_of, pulses_of, telling, worker_name
from billdrop.runtime.pumping import pumping
from billdrop.runtime.watch import Watch
from billdrop.runtime.worker_access import check_access
from billdrop.settings import Settings
from billdrop.way.answering import Answer, AnsweringInbox
from billdrop.way.errands import Errands
from billdrop.way.merged_inbox import Door, MergedInbox
from billdrop.way.pipeline import Way
from billdrop.way.pump import Log, Pump
from billdrop.web.app import create_topic_app
from billdrop.web.server import serve
from billdrop.web.sns import Sns

FINISHING = 1.5
"""Seconds for the last batch, once the door had its time to answer what came in."""

PATIENCE = Settings().drain_seconds + FINISHING
"""Seconds that a stop takes at most, as long as nothing else is said."""


class Signing(Struct, frozen=True, kw_only=True):
    """Under what the topic signs, and by which way its certificate comes."""

    trust: Trust
    fetch: Fetch


def amazon(here: Site) -> Signing:
    """As Amazon does it."""
    return Signing(trust=amazon_trust(issuers.held(here.destination)), fetch=download)


class Worker(Struct, kw_only=True):
    """A running `billdrop worker`."""

    stack: Stack
    url: str
    """Of the door; empty without one."""
    pages: str
    """The address of its console; empty without one."""
    pump: Pump
    ended: Event
    """Set when the pump has stopped, asked or not."""
    patience: float
    """Seconds from a stop until it may be ended however it stands: everything comes again."""


@contextmanager
def working(
    name: str,
    *,
    listen: tuple[str, int] | None = None,
    console: tuple[str, int] | None = None,
    log: Log,
    signing: Callable[[Site], Signing] = amazon,
    **flags: object,
) -> Iterator[Worker]:
    """
    Run a worker of a stack as long as the block lasts; `listen`: host and port of the topic's door.

    `console`: host and port of its pages; `signing`: what the door believes.

    Raises `PermissionDeniedError` when a right is missing without which it would record nothing.
    Leaving the block finishes what is under way and gives the rest back to the queue.
    """
    here = site(name, **flags)
    check_access(here.clients, here.stack, log)
    with ExitStack() as ends:
        folder = Path(ends.enter_context(TemporaryDirectory(prefix="billdrop-")))
        guidelines = Guidelines(here, folder)
        guidelines.renew()
        writing = ends.enter_context(writing_on(here, guidelines.opened()[0]))
        told_by = receipts_of_stack(here, lambda text: log("answer", note=text))
        age = timedelta(seconds=here.settings.sweep_age_seconds)
        objects = inbox_of_stack(here, writing.reading.books.missing, listed_age=age)
        door = _door(here, objects, log) if listen else None
        doors: list[Door] = [objects] if door is None else [objects, door]
        watch = Watch(writing.reading.books, objects, guidelines, log)
        way = _answered(here, writing, ends.enter_context(told_by), doors, log)
        errands = Errands()
        redriving = Redriving(watch, way, writing.reading.archive, log)
        pump = Pump(
            way,
            here.settings,
            monotonic=monotonic,
            renew=lambda: _between(errands, way, redriving),
            log=log,
            swept=watch.swept,
        )
        pages = ends.enter_context(
            _seen(here, writing.reading, console, pump, errands, _waits(objects, watch), log)
        )
        ended = ends.enter_context(_taking(objects, pump, log))
        url = ends.enter_context(
            _listening(here, door, listen, signing, pump=pump, objects=objects, log=log)
        )
        ends.callback(objects.leave_off)
        patience = here.settings.drain_seconds + FINISHING
        yield Worker(
            stack=here.stack, url=url, pages=pages, pump=pump, ended=ended, patience=patience
        )


def _answered(here: Site, writing: Writing, answer: Answer, doors: Sequence[Door], log: Log) -> Way:
    """The way of what comes by some doors, and of what was cut off, each told to its customer."""
    inbox = FinishingInbox(
        MergedInbox(doors),
        here.ledger().books,
        age=timedelta(seconds=here.settings.sweep_age_seconds),
        now=now,
        note=lambda text: log("unread", note=text),
    )
    writing.answer = answer
    return writing.way(AnsweringInbox(inbox, answer, writing.reached))


def _waits(objects: S3Inbox, watch: Watch) -> Callable[[], Waits]:
    """What the worker knows of what waits."""

    def told() -> Waits:
        uncaptured, uploaded = watch.uncaptured
        return Waits(event=objects.oldest, uncaptured=uncaptured, uploaded=uploaded)

    return told


def _between(errands: Errands, way: Way, redriving: Redriving) -> Library | None:
    """What is done between two batches."""
    errands.run(way)
    return redriving()


@contextmanager
def _seen(  # noqa: PLR0917  what is looked at
    here: Site,
    reading: Reading,
    console: tuple[str, int] | None,
    pump: Pump,
    errands: Errands,
    waits: Callable[[], Waits],
    log: Log,
) -> Iterator[str]:
    """What the worker says of itself, and its pages; their address, where somebody wants them."""
    flow = Flow()
    flow.watch(pump.way)
    told = telling(flow, worker_name(), lambda: pump.error, waits)
    with (
        beating(told, pulses_of(here), log),
        _paged(here, reading, console, pump=pump, told=told, errands=errands) as pages,
    ):
        yield pages


@contextmanager
def _paged(
    here: Site,
    reading: Reading,
    console: tuple[str, int] | None,
    *,
    pump: Pump,
    told: Callable[[], Pulse],
    errands: Errands,
) -> Iterator[str]:
    """The pages beside the worker; their address, or nothing where nobody wants them."""
    if console is None:
        yield ""
        return
    from billdrop.runtime.accounts import seated_at
    from billdrop.runtime.stack_console import Seat, pages_of, served

    seat = Seat(
        fleet=fleet_of(told, pulses_of(here)),
        write=errands.ask,
        trouble=lambda: pump.error,
        library=lambda: pump.way.read.library,
        metrics=False,
    )
    mode = Mode(host=console[0])
    try:
        with seated_at(here, mode) as sessions:
            pages = pages_of(reading, here, seat, sessions, mode)
            with served(pages, here, mode, port=console[1]) as url:
                yield url
    finally:
        errands.close()


@contextmanager
def _taking(objects: S3Inbox, pump: Pump, log: Log) -> Iterator[Event]:
    """Closed twice: first to receive no more, then to give back what came in between."""
    objects.start()
    try:
        with pumping(pump, log) as ended:
            try:
                yield ended
            finally:
                pump.stop()
                objects.close()
    finally:
        objects.close()


def _door(here: Site, objects: S3Inbox, log: Log) -> TopicDoor:
    return TopicDoor(
        objects.fetch,
        bucket=here.stack.inbox_bucket,
        now=now,
        note=lambda text: log("topic", note=text),
    )


@contextmanager
def _listening(
    here: Site,
    door: TopicDoor | None,
    listen: tuple[str, int] | None,
    signing: Callable[[Site], Signing],
    *,
    pump: Pump,
    objects: S3Inbox,
    log: Log,
) -> Iterator[str]:
    """The door of the topic; its URL, or nothing where there is none."""
    if door is None or listen is None:
        yield ""
        return

    def note(text: str) -> None:
        log("topic", note=text)

    signs = signing(here)
    topic = sns.subscribed(
        here.clients,
        here.stack.topic_arn,
        now=now,
        note=note,
        trust=signs.trust,
        fetch=signs.fetch,
    )
    posts = Sns(topic, door.offer, note=note)
    app = create_topic_app(
        posts,
        ready=lambda: pump.error,
        version=__version__,
        work=lambda: _work(pump, objects, door),
    )
    host, port = listen
    server = serve(app, host=host, port=port, drain_seconds=here.settings.drain_seconds)
    try:
        yield server.url
    finally:
        if not server.stop():
            log("some messages of the topic were not answered in time")
        posts.close()


def _work(pump: Pump, objects: S3Inbox, door: TopicDoor) -> dict[str, int]:
    counters = pump.counters
    return {
        "batches": counters.batches,
        "documents": counters.documents,
        "swept": counters.swept,
        "failures": counters.failures,
        "refused": len(objects.refused()),
        **{f"queue_{kind}": count for kind, count in objects.counts.items()},
        **{f"topic_{kind}": count for kind, count in door.counts.items()},
    }
