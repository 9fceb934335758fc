"""Who may log in at the consoles of a stack: kept in its table, as hashes."""

from collections.abc import Callable
from threading import Lock

from msgspec.structs import replace

from billdrop.aws.ledger.accounts import Accounts
from billdrop.aws.ledger.wire import Wire
from billdrop.console.access import Access, decoded, encoded
from billdrop.console.sessions import Sessions
from billdrop.errors import BilldropError, ConfigurationError, UnavailableError
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


def seated_at(here: Site, mode: Mode) -> Sessions:
    """
    Who may sit at a console of a stack: on loopback, whoever reaches it.

    Raises `ConfigurationError` where strangers could reach it and nobody can log in.
    """
    if mode.host == LOOPBACK:
        return Sessions(Access, monotonic=monotonic)
    asked = Asked(accounts_of(here))
    if not asked().people:
        raise ConfigurationError(
            f"{mode.host} can be reached by others, and nobody can log in",
            hint=f"`billdrop access add NAME --role operator --stack {here.stack.name}` first",
        )
    return Sessions(asked, monotonic=monotonic)


class Asked:
    """Who may log in, looked at every few seconds; those there were, where the table does not answer."""

    def __init__(self, accounts: Accounts, clock: Callable[[], float] = monotonic) -> None:
        self._accounts, self._clock, self._lock = accounts, clock, Lock()
        self._held = _read(accounts)[0]
        self._until = clock() + LOOK_SECONDS

    def __call__(self) -> Access:
        """Closed: once nobody is named any more, nobody may do anything."""
        with self._lock:
            if self._clock() >= self._until:
                self._until = self._clock() + LOOK_SECONDS
                self._renew()
            return replace(self._held, closed=True)

    def _renew(self) -> None:
        try:
            self._held = _read(self._accounts)[0]
        except BilldropError:
            return


def _read(accounts: Accounts) -> tuple[Access, int]:
    body, revision = accounts.read()
    return (decoded(body, "the item of who may log in") if body else Access()), revision
