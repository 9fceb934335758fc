"""Who may log in at the consoles of a stack: kept in its table, as hashes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Self

from msgspec.structs import replace

from billdrop.aws.ledger.accounts import Accounts
from billdrop.aws.ledger.wire import Wire
from billdrop.console.access import Access, decoded, encoded
from billdrop.console.sessions import Sessions
from billdrop.errors import ConfigurationError, UnavailableError
from billdrop.runtime import monotonic
from billdrop.runtime.aws import Site, site
from billdrop.runtime.console import Mode
from billdrop.web.server import LOOPBACK

LOOK_SECONDS = 10.0
"""So long what somebody changed may not be known to a running console."""
TRIES = 5


def access_of_stack(name: str) -> Access:
    """Who may log in at the consoles of that stack."""
    return _read(accounts_of(site(name)))[0]


def change_access(name: str, change: Callable[[Access], Access]) -> Access:
    """Change who may at the consoles of that stack; who may from now on."""
    here = site(name)
    return changed(accounts_of(here), change, name)


def changed(accounts: Accounts, change: Callable[[Access], Access], name: str) -> Access:
    """Change who may, as they are now; raises what `change` raises. Of two at once both hold."""
    for _ in range(TRIES):
        known, revision = _read(accounts)
        wanted = change(known)
        if accounts.write(encoded(wanted), over=revision):
            return wanted
    raise UnavailableError(
        f"others changed who may log in at {name}, {TRIES} times", hint="try again"
    )


def accounts_of(here: Site) -> Accounts:
    """Where they are kept."""
    return Accounts(Wire(here.clients, here.stack.table))


@contextmanager
def seated_at(here: Site, mode: Mode) -> Iterator[Sessions]:
    """
    Who may sit at a console of a stack: on loopback, whoever reaches it.

    Raises `ConfigurationError` where strangers could reach it and nobody can log in.
    """
    if mode.host == LOOPBACK:
        yield Sessions(Access, monotonic=monotonic)
        return
    accounts = accounts_of(here)
    with Asked(lambda: _read(accounts)[0]) as asked:
        if not asked().people:
            raise ConfigurationError(
                f"{mode.host} can be reached by others, and nobody can log in",
                hint=f"`billdrop access add NAME --role operator --stack {here.stack.name}` first",
            )
        yield Sessions(asked, monotonic=monotonic)


class Asked:
    """
    Who may log in, looked at every few seconds by a thread of its own as long as a block lasts.

    Where the table does not answer, those there were: no page waits for it.
    """

    def __init__(self, read: Callable[[], Access], *, every: float = LOOK_SECONDS) -> None:
        self._read, self._every = read, every
        self._held = self._look()
        self._stop = Event()

    def __call__(self) -> Access:
        """What is held; closed: once nobody is named any more, nobody may do anything."""
        return self._held

    def __enter__(self) -> Self:
        Thread(target=self._keep, name="accounts", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()

    def _keep(self) -> None:
        """No surprise ends it: who is removed after one would stay."""
        while not self._stop.wait(self._every):
            with suppress(Exception):
                self._held = self._look()

    def _look(self) -> Access:
        return replace(self._read(), closed=True)


def _read(accounts: Accounts) -> tuple[Access, int]:
    body, revision = accounts.read()
    return (decoded(body, "the item of who may log in") if body else Access()), revision
