"""Replies: JSON, and problems as RFC 9457 has them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from billdrop.codes import CODES
from billdrop.errors import BilldropError, PermissionDeniedError, StorageFullError, Transient
from billdrop.model import Outcome, Severity, State
from billdrop.web.door import BusyError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Extra = list[tuple[bytes, bytes]]

JSON = b"application/json"
PROBLEM = b"application/problem+json"
CLOSE: Extra = [(b"connection", b"close")]

_encode = msgspec.json.Encoder().encode


async def reply(
    send: Send, status: int, body: bytes, kind: bytes = JSON, extra: Extra | None = None
) -> None:
    """Send a whole response."""
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *(extra or ())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def reply_json(send: Send, value: object, status: int = 200) -> None:
    """Send a value, and a line end for those who read it on a terminal; amounts are strings."""
    await reply(send, status, _encode(value) + b"\n")


async def reply_problem(
    send: Send,
    scope: Scope,
    status: int,
    detail: str,
    *,
    code: str = "BD7001",
    hint: str = "",
    extra: Extra | None = None,
    **members: object,
) -> None:
    """Send a problem; `members` are added to those of RFC 9457."""
    body = _encode(
        {
            "type": f"urn:billdrop:{code}",
            "title": CODES[code].title,
            "status": status,
            "detail": detail,
            "instance": scope.get("raw_path", b"").decode("latin-1"),
            "code": code,
            "hint": hint or CODES[code].remedy,
            **members,
        }
    )
    body += b"\n"
    await reply(send, status, body, PROBLEM, extra)


async def reply_error(send: Send, scope: Scope, error: BilldropError) -> None:
    """Send one of our errors; those that pass say when to come again."""
    status = status_of(error)
    extra: Extra = [(b"retry-after", b"1" if status == 429 else b"5")] if status != 500 else []
    code = error.error_code if error.error_code in CODES else "BD5000"
    await reply_problem(send, scope, status, error.message, code=code, hint=error.hint, extra=extra)


def status_of(error: BilldropError) -> int:
    """The HTTP status of one of our errors."""
    if isinstance(error, BusyError):
        return 429
    if isinstance(error, StorageFullError):
        return 507
    return 503 if isinstance(error, Transient | PermissionDeniedError) else 500


async def reply_outcome(send: Send, scope: Scope, outcome: Outcome) -> None:
    """
    Send what became of an upload.

    201 when it changed the books, 200 when they had it already, 422 when (part of) it, or what has
    the same bytes, waits in quarantine: then `findings` say why, and `invoices` are those of it
    that were recorded.
    """
    errors = [one for one in outcome.findings if one.severity is Severity.ERROR]
    if outcome.state is not State.QUARANTINED and not errors:
        created = outcome.state is State.RECORDED and not outcome.known
        await reply_json(send, outcome, 201 if created else 200)
        return
    code = errors[0].code if errors and errors[0].code in CODES else "BD5000"
    detail = errors[0].message if errors else "the document waits in quarantine"
    members = msgspec.structs.asdict(outcome)
    hint = errors[0].hint if errors else ""
    await reply_problem(send, scope, 422, detail, code=code, hint=hint, **members)
