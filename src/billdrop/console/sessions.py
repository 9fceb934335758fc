"""Who is there: sessions of people who logged in, in memory alone, so that a restart ends them all."""

import hmac
import secrets
from collections.abc import Callable
from threading import Lock

from msgspec import Struct

from billdrop.console.access import Access, Person, Role, digest_of
from billdrop.console.tries import Tries

COOKIE = "billdrop_session"
KNOWN = "billdrop_known"
"""The cookie of a browser in which somebody logged in before."""
LASTS_SECONDS = 12 * 3600
IDLE_SECONDS = 2 * 3600
MOST = 10_000
"""Sessions at a time; the oldest goes for the next."""


class Visitor(Struct, frozen=True, kw_only=True):
    """Who asks."""

    name: str
    role: Role
    customer: str = ""
    csrf: str
    """What a form of theirs has to bring back."""

    def may(self, *roles: Role) -> bool:
        """Whether the visitor has one of the roles; an operator has every one."""
        return self.role == "operator" or self.role in roles

    @property
    def whose(self) -> str:
        """The one customer whose documents they see; empty: everybody's."""
        return self.customer if self.role == "customer" else ""


class Entered(Struct, frozen=True, kw_only=True):
    """What a browser keeps after a login."""

    cookie: str
    mark: str
    """That somebody logged in there, for `Tries`."""


class _Session(Struct, kw_only=True):
    visitor: Visitor
    person: Person
    """As they were at the login; whoever changed since logs in again."""
    began: float
    seen: float


class Sessions:
    """From any thread."""

    def __init__(self, access: Callable[[], Access], *, monotonic: Callable[[], float]) -> None:
        """`access` gives it as it is now."""
        self._access, self._monotonic = access, monotonic
        self._held: dict[str, _Session] = {}
        self._tries = Tries(monotonic)
        self._lock = Lock()
        self._everybody = Visitor(name="", role="operator", csrf=secrets.token_urlsafe(32))

    def visitor(self, cookie: str) -> Visitor | None:
        """Who has the cookie; without any person in the file, everybody is the operator."""
        return self._found(cookie, seen=True)

    def holds(self, cookie: str) -> bool:
        """Whether anybody has the cookie still; to be asked is no sign of life."""
        return self._found(cookie, seen=False) is not None

    def login(self, name: str, password: str, *, peer: str = "", mark: str = "") -> Entered | float:
        """
        What the browser keeps; or how many seconds to wait before another try, 0 for none.

        `peer` is where the try comes from, `mark` what the browser kept of an earlier login.
        """
        person = self._access().person(name)
        key = self._tries.key(name, person, peer=peer, mark=mark)
        wait = self._tries.wait(key)
        if wait > 0:
            return wait
        if not _is(person, password) or person is None:
            self._tries.failed(key)
            return 0.0
        self._tries.ended(key)
        return Entered(cookie=self._begun(person), mark=self._tries.mark(person))

    def logout(self, cookie: str) -> None:
        """End the session."""
        with self._lock:
            self._held.pop(digest_of(cookie), None)

    def _found(self, cookie: str, *, seen: bool) -> Visitor | None:
        access = self._access()
        if not access.people:
            return None if access.closed else self._everybody
        now, name = self._monotonic(), digest_of(cookie)
        with self._lock:
            session = self._held.get(name)
            if session is None:
                return None
            person = access.person(session.visitor.name)
            late = now - session.began > LASTS_SECONDS or now - session.seen > IDLE_SECONDS
            if person != session.person or late:
                del self._held[name]
                return None
            session.seen = now if seen else session.seen
            return session.visitor

    def _begun(self, person: Person) -> str:
        """The cookie of a new session."""
        cookie, now = secrets.token_urlsafe(32), self._monotonic()
        visitor = Visitor(
            name=person.name,
            role=person.role,
            customer=person.customer,
            csrf=secrets.token_urlsafe(32),
        )
        with self._lock:
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[digest_of(cookie)] = _Session(
                visitor=visitor, person=person, began=now, seen=now
            )
        return cookie


def same(given: str, wanted: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def _is(person: Person | None, password: str) -> bool:
    """Takes as long for nobody as for somebody."""
    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return PasswordHasher().verify(person.password if person else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return False


_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$4vI8a9NmXhJyLrWyKSEKXSxvZgqSR4P4IqTHPZvSLqA"
"""The hash of nothing that anybody knows, of the usual cost."""
