"""What a request may look like. Pure functions over what came over the wire, undecoded."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes, urlsplit

from msgspec import Struct

from billdrop.names import customer_refused, key_refused

Headers = Mapping[bytes, bytes]
"""By name in lower case."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_DECIDING = (b"host", b"origin", b"sec-fetch-site", b"content-length", b"content-encoding")
_BODY = frozenset({b"content-length", b"transfer-encoding"})
_HALF_AN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")


class Asked(Struct, frozen=True, kw_only=True, gc=False):
    """What a request asks for."""

    method: str
    path: bytes
    """As it came."""
    parts: list[str]
    """Of the path, decoded."""
    key: str
    """All parts but the first."""
    headers: Headers

    @property
    def is_upload(self) -> bool:
        """Whether it is `PUT /inbox/<customer>/<name>`."""
        return self.method == "PUT" and len(self.parts) >= 3 and self.parts[0] == "inbox"


class RefusedError(Exception):
    """A request that is not taken: the fact, for the sender, and what to do about it."""

    def __init__(self, fact: str, hint: str = "") -> None:
        super().__init__(fact)
        self.hint = hint


def parts(raw_path: bytes) -> list[str]:
    """
    The parts of a path, each decoded once and on its own.

    Raises `RefusedError` for what could mean something else to someone who decodes otherwise:
    `%2F` in a part, half an escape, a bare `#`, bytes that are not UTF-8.
    """
    if b"#" in raw_path:
        raise RefusedError("the path has a `#` that is not escaped", "write it as %23")
    return [_decoded(part) for part in raw_path[1:].split(b"/")]


def target(path: Sequence[str]) -> tuple[str, str]:
    """Customer and key of an upload to `/inbox/<customer>/<name>`."""
    customer, key = path[1], "/".join(path[1:])
    reason = customer_refused(customer)
    if reason is not None:
        raise RefusedError(reason, "name the customer otherwise")
    reason = key_refused(key)
    if reason is not None:
        raise RefusedError(reason)
    return customer, key


@lru_cache(256)
def host_allowed(host: str, configured: frozenset[str] = frozenset()) -> bool:
    """
    Whether a `Host` names this door: loopback, or what was configured, with any port.

    A page of another site, whose name was made to point here, names that site.
    """
    match = _HOST.fullmatch(host)
    name = match.group(1).lower() if match else ""
    return name in _LOOPBACK or name in configured


def cross_site(headers: Headers, configured: frozenset[str] = frozenset()) -> bool:
    """
    Whether a browser sends this on behalf of a page that did not come from here.

    Another port of the same host is another site too.
    """
    if headers.get(b"sec-fetch-site", b"none") not in {b"same-origin", b"none"}:
        return True
    origin = headers.get(b"origin")
    return origin is not None and not _is_own(headers, origin, configured)


def single(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """
    Headers by name; raises `RefusedError` when one that decides something is there twice.

    And when a body comes with `Upgrade`: the parser would drop it, as one of another protocol.
    """
    pairs = list(headers)
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = [name for name in _DECIDING if names.count(name) > 1]
        if twice:
            raise RefusedError(f"the header {twice[0].decode()} is there twice")
    if b"upgrade" in found and not _BODY.isdisjoint(found):
        raise RefusedError(
            "a body is not taken together with `Upgrade`",
            "send it as HTTP/1.1, without that header",
        )
    return found


def _is_own(headers: Headers, origin: bytes, configured: frozenset[str]) -> bool:
    try:
        named = urlsplit(origin.decode("latin-1")).netloc
    except ValueError:
        return False
    return (
        host_allowed(named, configured)
        and named.lower() == headers.get(b"host", b"").decode("latin-1").lower()
    )


def _decoded(part: bytes) -> str:
    if b"%" in part:
        if _HALF_AN_ESCAPE.search(part):
            raise RefusedError("the path has a `%` that is not followed by two hexadecimal digits")
        part = unquote_to_bytes(part)
        if b"/" in part:
            raise RefusedError("the path has an escaped `/` within a part")
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError("the path is not UTF-8") from error
