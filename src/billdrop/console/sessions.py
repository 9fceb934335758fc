"""Who is there: sessions of people who logged in, in memory alone, so that a restart ends them all."""

import hmac
import secrets
from collections.abc import Callable
from threading import Lock

from msgspec import Struct

from billdrop.console.access import Access, Person, Role, digest_of

COOKIE = "billdrop_session"
LASTS_SECONDS = 12 * 3600
IDLE_SECONDS = 2 * 3600
MOST = 10_000
"""Sessions at a time; the oldest goes for the next."""
TRIES = 5
"""Failed logins in a row for one name, before it has to wait."""
WAIT_SECONDS = 30.0


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
        self._failed: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        self._everybody = Visitor(name="", role="operator", csrf=secrets.token_urlsafe(32))

    def visitor(self, cookie: str) -> Visitor | None:
        """Who has the cookie; without any person in the file, everybody is the operator."""
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
            session.seen = now
            return session.visitor

    def login(self, name: str, password: str) -> tuple[str, Visitor] | float:
        """The new cookie and its visitor; or how many seconds to wait before another try, 0 for none."""
        wait = self._wait(name)
        if wait > 0:
            return wait
        person = self._access().person(name)
        if not _is(person, password) or person is None:
            self._count_failure(name)
            return 0.0
        cookie, now = secrets.token_urlsafe(32), self._monotonic()
        visitor = Visitor(
            name=person.name,
            role=person.role,
            customer=person.customer,
            csrf=secrets.token_urlsafe(32),
        )
        with self._lock:
            self._failed.pop(name, None)
            while len(self._held) >= MOST:
                del self._held[next(iter(self._held))]
            self._held[digest_of(cookie)] = _Session(
                visitor=visitor, person=person, began=now, seen=now
            )
        return cookie, visitor

    def logout(self, cookie: str) -> None:
        """End the session."""
        with self._lock:
            self._held.pop(digest_of(cookie), None)

    def _wait(self, name: str) -> float:
        with self._lock:
            count, last = self._failed.get(name, (0, 0.0))
        return WAIT_SECONDS - (self._monotonic() - last) if count >= TRIES else 0.0

    def _count_failure(self, name: str) -> None:
        with self._lock:
            if len(self._failed) >= MOST:
                self._failed.clear()
            self._failed[name] = (self._failed.get(name, (0, 0.0))[0] + 1, self._monotonic())


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
