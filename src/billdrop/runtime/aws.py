"""What questions about a stack are answered with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from billdrop.aws import access
from billdrop.aws.athena import AthenaEngine
from billdrop.aws.clients import Clients
from billdrop.aws.objects import Objects
from billdrop.aws.s3_destination import S3Destination
from billdrop.aws.stack import read_stack
from billdrop.doctoring import Line
from billdrop.errors import BilldropError, ConfigurationError
from billdrop.layout import Layout
from billdrop.runtime import Reading, now, settings_of


@contextmanager
def open_reading_of_stack(name: str) -> Iterator[Reading]:
    """
    Open a stack for questions; settings and guidelines are those of the current folder.

    Raises `ConfigurationError` when there is no such stack.
    """
    clients = Clients()
    stack = read_stack(clients, name)
    engine = AthenaEngine(clients, stack)
    here, books = Path(), _Unread(name)
    try:
        yield Reading(
            layout=Layout(here),
            settings=settings_of(here),
            books=books,
            archive=books,
            destination=S3Destination(
                Objects(clients, stack.destination_bucket, owner=stack.account)
            ),
            engine=engine,
            bill=lambda: str(engine.spent) if engine.spent.queries else "",
        )
    finally:
        engine.close()


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


class _Unread:
    """The ledger of a stack, which cannot be asked."""

    def __init__(self, stack: str) -> None:
        self._stack = stack

    def __getattr__(self, name: str) -> Any:
        raise ConfigurationError(
            f"the ledger of the stack {self._stack} cannot be asked from here",
            hint="`billdrop sql` and `billdrop expenses --engine sql` ask Athena",
        )
