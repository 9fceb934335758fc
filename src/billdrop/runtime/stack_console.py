"""The console of a stack: on the machine of who looks, with their rights, or beside a worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TypeVar

from billdrop import __version__
from billdrop.aws.stack import Stack
from billdrop.console.access import Access
from billdrop.console.app import Console
from billdrop.console.desk import Desk, parts
from billdrop.console.flow import Flow
from billdrop.console.sessions import Sessions
from billdrop.errors import BilldropError
from billdrop.guidelines.library import Library
from billdrop.pipeline import Way
from billdrop.runtime import Reading, monotonic, now, on_the_way
from billdrop.runtime.aws import examine_stack, open_writing_of_stack, site
from billdrop.runtime.console import Lately, Mode
from billdrop.web.app import create_pages_app
from billdrop.web.server import serve

T = TypeVar("T")


@contextmanager
def console_of_stack(name: str, *, port: int, mode: Mode) -> Iterator[str]:
    """
    Serve the pages of a stack on this machine as long as the block lasts; gives their address.

    Whoever reaches the port has the rights of the credentials it runs with.
    """
    with (
        open_writing_of_stack(name) as writing,
        writing.own_inbox() as inbox,
        on_the_way(writing, inbox) as way,
    ):
        lock = Lock()

        def write(work: Callable[[Way], T], /) -> T:
            with lock:
                return work(way)

        flow = Flow()
        flow.watch(way)
        pages = pages_of(
            writing.reading,
            site(name).stack,
            flow=flow,
            write=write,
            trouble=lambda: None,
            library=lambda: (
                writing.library if isinstance(writing.library, Library) else writing.library()
            ),
            mode=mode,
        )
        with served(pages, port=port) as url:
            yield url


def pages_of(
    reading: Reading,
    stack: Stack,
    *,
    flow: Flow,
    write: Callable[..., object],
    trouble: Callable[[], BilldropError | None],
    library: Callable[[], Library],
    mode: Mode,
) -> Console:
    """The pages of a stack, for whoever reaches them."""
    desk = Desk(
        books=reading.books,
        archive=reading.archive,
        engine=reading.engine,
        library=library,
        settings=reading.settings,
        flow=flow,
        write=write,  # type: ignore[arg-type]
        now=now,
        trouble=trouble,
        doctor=Lately(lambda: list(examine_stack(stack.name))),
        waiting=lambda: 0,
        oldest=lambda: None,
        guidelines_folder="",
        parts=parts(_done_by(stack)),
        place=f"{stack.name} in {stack.region}",
        version=__version__,
        read_only=mode.read_only,
        incognito=mode.incognito,
        uploads=f"s3://{stack.inbox_bucket}/<customer>/<name>",
    )
    return Console(desk, Sessions(Access, monotonic=monotonic))


def _done_by(stack: Stack) -> tuple[str, ...]:
    """What does each of the seven steps on AWS."""
    return (
        f"S3: {stack.inbox_bucket}",
        f"SNS: {stack.topic_arn}",
        f"SQS: {stack.queue_url}",
        "the role of the instance; S3",
        f"DynamoDB: {stack.table}",
        f"S3: {stack.destination_bucket}",
        f"Athena: {stack.database}, {stack.workgroup}",
    )


@contextmanager
def served(pages: Console, *, port: int) -> Iterator[str]:
    """On 127.0.0.1 alone; gives the address."""
    server = serve(create_pages_app(pages.routes()), port=port, drain_seconds=2.0)
    try:
        yield f"{server.url}/console"
    finally:
        server.stop()
