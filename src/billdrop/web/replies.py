"""Replies: JSON, and problems as RFC 9457 has them."""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from billdrop.codes import CODES
from billdrop.errors import BilldropError, PermissionDeniedError, StorageFullError, Transient
from billdrop.model import Outcome, State, errors_of
from billdrop.web.door import BusyError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Extra = tuple[tuple[bytes, bytes], ...]

JSON = b"application/json"
PROBLEM = b"application/problem+json"
CLOSE: Extra = ((b"connection", b"close"),)
ALWAYS: Extra = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
"""Headers that every answer has."""

_log = logging.getLogger("uvicorn.error")
_encode = msgspec.json.Encoder().encode


class Reply(Struct, frozen=True, kw_only=True, gc=False):
    """A whole answer, however it is sent."""

    status: int
    body: bytes
    kind: bytes = JSON
    extra: Extra = ()
    """Headers beside those that every answer has."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """All but what every answer has."""
        length = b"%d" % len(self.body)
        return [(b"content-type", self.kind), (b"content-length", length), *self.extra]

    def wire(self, first: Iterable[tuple[bytes, bytes]], *, close: bool) -> bytes:
        """As HTTP/1.1 has it; `first` are the headers of the server."""
        further = [*first, *self.extra, *(CLOSE if close else ())]
        lines = [b"%s: %s\r\n" % header for header in further]
        start = _start(self.status, self.kind)
        head = b"%s%scontent-length: %d" % (start, b"".join(lines), len(self.body))
        return head + b"\r\n\r\n" + self.body


def value_reply(value: object, status: int = 200) -> Reply:
    """A value, and a line end for those who read it on a terminal; amounts are strings."""
    return Reply(status=status, body=_encode(value) + b"\n")


def problem(
    path: bytes,
    status: int,
    detail: str,
    *,
    code: str = "BD7001",
    hint: str = "",
    extra: Extra = (),
    **members: object,
) -> Reply:
    """A problem; `members` are added to those of RFC 9457."""
    body = _encode(
        {
            "type": f"urn:billdrop:{code}",
            "title": CODES[code].title,
            "status": status,
            "detail": detail,
            "instance": path.decode("latin-1"),
            "code": code,
            "hint": hint or CODES[code].remedy,
            **members,
        }
    )
    return Reply(status=status, body=body + b"\n", kind=PROBLEM, extra=extra)


def error_reply(path: bytes, error: BilldropError) -> Reply:
    """One of our errors; those that pass say when to come again."""
    status = status_of(error)
    extra: Extra = ((b"retry-after", b"1" if status == 429 else b"5"),) if status != 500 else ()
    code = error.error_code if error.error_code in CODES else "BD5000"
    return problem(path, status, error.message, code=code, hint=error.hint, extra=extra)


def failed(path: bytes, error: Exception) -> Reply:
    """What is said of any error; one that we have no name for is for the log."""
    if isinstance(error, BilldropError):
        return error_reply(path, error)
    _log.error("an upload failed", exc_info=error)
    return problem(path, 500, "billdrop failed; its log says why")


async def send_reply(send: Send, reply: Reply) -> None:
    """Send it as ASGI has it."""
    head = {"type": "http.response.start", "status": reply.status, "headers": reply.headers()}
    await send(head)
    await send({"type": "http.response.body", "body": reply.body})


def status_of(error: BilldropError) -> int:
    """The HTTP status of one of our errors."""
    if isinstance(error, BusyError):
        return 429
    if isinstance(error, StorageFullError):
        return 507
    return 503 if isinstance(error, Transient | PermissionDeniedError) else 500


def outcome_reply(path: bytes, outcome: Outcome) -> Reply:
    """
    What became of an upload.

    201 when it changed the books, 200 when they had it already, 422 when (part of) it, or what has
    the same bytes, waits in quarantine: then `findings` say why, and `invoices` are those of it
    that were recorded.
    """
    errors = errors_of(outcome.findings)
    if outcome.state is not State.QUARANTINED and not errors:
        created = outcome.state is State.RECORDED and not outcome.known
        return value_reply(outcome, 201 if created else 200)
    code = errors[0].code if errors and errors[0].code in CODES else "BD5000"
    detail = errors[0].message if errors else "the document waits in quarantine"
    stated = msgspec.structs.asdict(outcome).items()
    members = {name: value for name, value in stated if value is not msgspec.UNSET}
    hint = errors[0].hint if errors else ""
    return problem(path, 422, detail, code=code, hint=hint, **members)


@cache
def _start(status: int, kind: bytes) -> bytes:
    """What is the same in every answer with that status."""
    lines = [
        b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()),
        *(b"%s: %s" % header for header in (*ALWAYS, (b"content-type", kind))),
    ]
    return b"\r\n".join(lines) + b"\r\n"
