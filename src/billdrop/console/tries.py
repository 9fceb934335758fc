"""Wrong passwords in a row: who guesses waits, and nobody waits for the guesses of others."""

import hmac
import secrets
from collections.abc import Callable
from threading import Lock

from billdrop.console.access import Person, digest_of

TRIES = 5
"""Failed logins in a row, before there is a wait."""
WAIT_SECONDS = 30.0
MOST = 10_000
"""Of whom it is remembered; who failed longest ago goes for the next."""


class Tries:
    """
    Counted for a name by where the tries come from; from any thread.

    A browser in which a person has logged in keeps a mark, and is counted by that instead: nobody
    who does not have it can make its wait longer. Marks end with the process and the password.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failed: dict[str, tuple[int, float]] = {}
        self._lock = Lock()
        self._secret = secrets.token_bytes(32)

    def mark(self, person: Person) -> str:
        """For a browser in which they just logged in; another one each time."""
        return self._mark(person, secrets.token_urlsafe(16))

    def key(self, name: str, person: Person | None, *, peer: str, mark: str) -> str:
        """What is counted by; of one size, whatever was typed."""
        if person is not None and mark:
            good = self._mark(person, mark.partition(".")[0])
            if hmac.compare_digest(mark.encode(), good.encode()):
                return digest_of(mark)
        return digest_of(f"{name}\0{peer}")

    def wait(self, key: str) -> float:
        """Seconds until another try is looked at; 0 for none."""
        with self._lock:
            count, last = self._failed.get(key, (0, 0.0))
        left = WAIT_SECONDS - (self._monotonic() - last)
        return max(left, 0.0) if count >= TRIES else 0.0

    def failed(self, key: str) -> None:
        """Count one."""
        with self._lock:
            count, _ = self._failed.pop(key, (0, 0.0))
            while len(self._failed) >= MOST:
                del self._failed[next(iter(self._failed))]
            self._failed[key] = count + 1, self._monotonic()

    def ended(self, key: str) -> None:
        """They are in: what failed before is forgotten."""
        with self._lock:
            self._failed.pop(key, None)

    def _mark(self, person: Person, nonce: str) -> str:
        said = f"{person.name}\0{person.password}\0{nonce}".encode()
        return f"{nonce}.{hmac.digest(self._secret, said, 'sha256').hex()}"
