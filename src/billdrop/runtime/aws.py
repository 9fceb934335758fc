"""What answers questions about a stack, and what changes it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check import access
from billdrop.aws.check.topic_and_queue import VISIBILITY
from billdrop.aws.inbox import partly
from billdrop.aws.inbox.partly import FinishingInbox
from billdrop.aws.inbox.queue import Queue
from billdrop.aws.inbox.s3_inbox import Missing, S3Inbox
from billdrop.aws.ledger import (
    DynamoBooks,
    DynamoLedger,
    migrating,
    open_dynamo_ledger,
    open_migration,
)
from billdrop.aws.owed import Owed
from billdrop.aws.query.athena import AthenaEngine
from billdrop.aws.receipts import Receipts
from billdrop.aws.stack import Stack, read_stack
from billdrop.aws.store.destination import S3Destination
from billdrop.aws.store.guidelines import PREFIX, GuidelineMirror, guideline_key
from billdrop.aws.store.objects import Objects
from billdrop.doctoring import Line
from billdrop.errors import BilldropError, UsageError
from billdrop.guidelines.library import Library, open_library
from billdrop.layout import Layout
from billdrop.model.backlog import Backlog
from billdrop.ports import Inbox
from billdrop.runtime import (
    Reading,
    Writing,
    calm,
    failpoint,
    limits_of,
    now,
)
from billdrop.settings import Settings, environment, load
from billdrop.way.answering import Answer, AnsweringInbox

USUAL = {"batch_documents": 300, "sweep_seconds": 3600}
"""A batch of so many is done long before its messages are anybody's again; listing S3 costs money."""


class Site(Struct, frozen=True, kw_only=True):
    """A stack, and how it is reached."""

    clients: Clients
    stack: Stack
    settings: Settings

    @property
    def destination(self) -> Objects:
        """The bucket of CSV, originals, receipts and guidelines."""
        return Objects(self.clients, self.stack.destination_bucket, owner=self.stack.account)

    def ledger(self, reached: Callable[[str], None] = lambda boundary: None) -> DynamoLedger:
        """The ledger, opened anew; `reached`: called between the transactions of a document."""
        return open_dynamo_ledger(self.clients, self.stack, self.destination, reached)


class Guidelines:
    """The guidelines of a stack, in a folder of this process."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._mirror = GuidelineMirror(site.destination, folder)
        self._folder = folder
        self._limits = limits_of(site.settings)
        self._origin = f"s3://{site.stack.destination_bucket}/{PREFIX}"

    def renew(self) -> bool:
        """Whether anything changed; raises when the bucket cannot be asked."""
        return self._mirror.renew()

    def opened(self) -> tuple[Library, list[str]]:
        """Those that can be used, and a line for each file that cannot; examples do not matter here."""
        library, problems = open_library(self._folder, self._limits, tried=False)
        return library, [
            f"{self._origin}{path.name}:{one.line}:{one.column}: {one.message} ({one.code})"
            for path, found in problems
            for one in found
        ]


def site(name: str, **flags: object) -> Site:
    """
    The stack of that name, with the settings of the current folder.

    Raises `ConfigurationError` when there is no such stack.
    """
    clients = Clients()
    return Site(
        clients=clients,
        stack=read_stack(clients, name),
        settings=load(Layout(Path()).settings, environment(), USUAL, **flags),
    )


@contextmanager
def open_reading_of_stack(name: str) -> Iterator[Reading]:
    """Open a stack for questions; raises `ConfigurationError` when there is no such stack."""
    here = site(name)
    ledger = here.ledger()
    engine = AthenaEngine(here.clients, here.stack)
    try:
        yield _reading(here, ledger, engine)
    finally:
        engine.close()
        ledger.close()


@contextmanager
def open_writing_of_stack(name: str) -> Iterator[Writing]:
    """Open a stack to change it, beside its workers; raises as `site` does."""
    here = site(name)
    with (
        receipts_of_stack(here) as receipts,
        writing_on(here, _guidelines(here)[0]) as writing,
    ):
        writing.answer = receipts
        yield writing


@contextmanager
def open_bucket_of_stack(name: str, urls: Sequence[str]) -> Iterator[tuple[Writing, Inbox]]:
    """
    The same, with what lies in its inbox bucket at `s3://BUCKET/PREFIX`.

    Raises `UsageError` for any other bucket.
    """
    here = site(name)
    prefixes = [_prefix(here.stack, url) for url in urls]
    with (
        writing_on(here, _guidelines(here)[0]) as writing,
        _answering_inbox(here, here.ledger().books, prefixes) as inbox,
    ):
        yield writing, inbox


@contextmanager
def writing_on(here: Site, library: Library) -> Iterator[Writing]:
    """The same for a stack that was found already; reading is the least of what a worker does."""
    reached = failpoint(environment().get("BILLDROP_FAILPOINT", ""))
    ledger = here.ledger(reached)
    engine = AthenaEngine(here.clients, here.stack)
    calm()
    try:
        yield Writing(
            reading=_reading(here, ledger, engine),
            ledger=ledger,
            library=library,
            limits=limits_of(here.settings),
            reached=reached,
            own_inbox=lambda: _answering_inbox(here, ledger.books),
            apart=False,
        )
    finally:
        engine.close()
        ledger.close()


def inbox_of_stack(
    here: Site,
    missing: Missing = list,
    *,
    listed_age: timedelta = timedelta(),
    prefixes: Sequence[str] = ("",),
) -> S3Inbox:
    """The inbox of a stack: lists and reads; takes events between `start` and `close`."""
    stack, settings = here.stack, here.settings
    objects = Objects(here.clients, stack.inbox_bucket, owner=stack.account)
    return S3Inbox(
        objects,
        Queue(here.clients, stack.queue_url, visibility=VISIBILITY),
        now,
        bucket=stack.inbox_bucket,
        document_bytes=settings.document_bytes,
        missing=missing,
        listed_age=listed_age,
        prefixes=prefixes,
    )


@contextmanager
def receipts_of_stack(
    here: Site, note: Callable[[str], None] = lambda text: None
) -> Iterator[Answer]:
    """What tells the customers of a stack; `note` is told of what failed."""
    topic = here.stack.results_topic_arn
    receipts = Receipts(here.clients, here.destination, topic_arn=topic, note=note)
    try:
        yield Owed(receipts, here.ledger().told, note)
    finally:
        receipts.close()


def guidelines_of_stack(name: str) -> tuple[Library, list[str]]:
    """The guidelines that the workers of a stack can use, and a line for each file that they cannot."""
    return _guidelines(site(name))


def remove_guideline(name: str, guideline: str) -> bool:
    """Take a guideline from the workers of a stack; whether it was there."""
    objects, key = site(name).destination, guideline_key(guideline)
    there = any(each == key for each, _ in objects.latest(key))
    if there:
        objects.remove(key)
    return there


def examine_stack(name: str) -> Iterator[Line]:
    """Every right and every arrangement of a stack, one line each."""
    clients = Clients()
    try:
        stack = read_stack(clients, name)
    except BilldropError as error:
        yield Line(check="stack", ok=False, fact=error.message, fix=error.hint)
        return
    yield Line(check="stack", ok=True, fact=f"{name} in {stack.region}, account {stack.account}")
    yield from access.examine(clients, stack, now())
    objects = Objects(clients, stack.destination_bucket, owner=stack.account)
    books = open_dynamo_ledger(clients, stack, objects).books
    migration = open_migration(clients, stack, objects, now())
    yield _looked("unfinished", lambda: partly.examined(books, name, now()))
    yield _looked("likenesses", lambda: migrating.examined(migration, name))


def migrate_stack(name: str) -> Iterator[tuple[int, int]]:
    """
    Bring the table of that stack to this version.

    Says now and then how many invoices were looked at so far, and how many of them had to be listed.
    """
    here = site(name)
    migration = open_migration(here.clients, here.stack, here.destination, now())
    return ((step.invoices, step.listed) for step in migration.run())


def _looked(check: str, examined: Callable[[], Line]) -> Line:
    """The line of a check; what keeps it from its answer, where it has none."""
    try:
        return examined()
    except BilldropError as error:
        return Line(check=check, ok=True, known=False, fact=error.message)


def _prefix(stack: Stack, url: str) -> str:
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    if bucket != stack.inbox_bucket:
        raise UsageError(
            f"{url} is not in the inbox of the stack {stack.name}",
            hint=f"that is s3://{stack.inbox_bucket}/<customer>/<name>; copy what lies elsewhere there",
        )
    return prefix


def _reading(here: Site, ledger: DynamoLedger, engine: AthenaEngine) -> Reading:
    return Reading(
        layout=Layout(Path()),
        settings=here.settings,
        books=ledger.books,
        archive=ledger.books,
        destination=S3Destination(here.destination),
        engine=engine,
        guidelines=lambda: _guidelines(here),
        backlog=lambda: _backlog(here),
        bill=lambda: str(engine.spent) if engine.spent.queries else "",
    )


def _backlog(here: Site) -> Backlog:
    from billdrop.runtime.backlog import backlog_of

    return backlog_of(here)


@contextmanager
def _answering_inbox(
    here: Site, books: DynamoBooks, prefixes: Sequence[str] = ("",)
) -> Iterator[AnsweringInbox]:
    """An inbox that takes no events, and whose customers are told what became of what it lists."""
    lies = inbox_of_stack(here, prefixes=prefixes)
    inbox = FinishingInbox(lies, books, age=timedelta(), now=now)
    with receipts_of_stack(here) as receipts:
        yield AnsweringInbox(inbox, receipts)


def _guidelines(here: Site) -> tuple[Library, list[str]]:
    with TemporaryDirectory(prefix="billdrop-") as folder:
        guidelines = Guidelines(here, Path(folder))
        guidelines.renew()
        return guidelines.opened()
