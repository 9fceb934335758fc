"""Who may use the door and the answers beside the pages, where anybody has to say who they are."""

from collections.abc import Callable, Mapping, Sequence
from http.cookies import CookieError, SimpleCookie

from billdrop.console.access import Access
from billdrop.console.sessions import COOKIE, Sessions, Visitor, same

Headers = Mapping[bytes, bytes]

ANSWERS = frozenset({"expenses", "status", "metrics"})
"""What is answered beside the pages and says something of the books."""


class Guard:
    """Without people and tokens, everybody may do all: the port is this machine's own."""

    def __init__(self, access: Callable[[], Access], sessions: Sessions) -> None:
        self._access, self._sessions = access, sessions

    def __call__(self, method: str, parts: Sequence[str], headers: Headers) -> str | None:
        """Why a request is not taken; None when it is."""
        if not parts or (parts[0] != "inbox" and parts[0] not in ANSWERS):
            return None
        access = self._access()
        if not access.asked:
            return None
        if parts[0] == "inbox":
            return self._upload(access, parts[1] if len(parts) > 1 else "", headers)
        visitor = self._visitor(headers)
        fits = visitor is not None and bool(visitor.name) and visitor.may("finance")
        asked = access.people or access.closed
        return None if fits or not asked else "log in to the console first"

    def _upload(self, access: Access, customer: str, headers: Headers) -> str | None:
        kind, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if kind.lower() == "bearer":
            whose = access.uploader(token.strip())
            return (
                None
                if whose is not None and whose == customer
                else "the token is not this customer's"
            )
        visitor = self._visitor(headers) if access.people else None
        if visitor is None or not visitor.name:
            return "an upload needs `Authorization: Bearer` with a token of its customer"
        if not same(headers.get(b"x-csrf-token", b"").decode("latin-1"), visitor.csrf):
            return "the upload is from another session; load the page again"
        mine = visitor.role == "operator" or visitor.customer == customer
        return None if mine else "this customer is not yours"

    def _visitor(self, headers: Headers) -> Visitor | None:
        try:
            found = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
        except CookieError:
            return None
        return self._sessions.visitor(found.value if found else "")
