"""What every request passes: host, path and origin are looked at before anything else."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from billdrop.names import key_refused
from billdrop.web.metrics import Metrics
from billdrop.web.replies import (
    ALWAYS,
    CLOSE,
    Message,
    Receive,
    Reply,
    Scope,
    Send,
    failed,
    problem,
    send_reply,
)
from billdrop.web.rules import Asked, Headers, RefusedError, cross_site, host_allowed, parts, single
from billdrop.web.upload import Upload

App = Callable[[Scope, Receive, Send], Awaitable[None]]

WHOLE_BYTES = 64 * 1024

Guard = Callable[[str, Sequence[str], Headers], str | None]
"""Given method, parts of the path and headers; see `console.guard`."""


def open_to_all(method: str, parts: Sequence[str], headers: Headers) -> None:
    """Nobody has to say who they are."""


_BEARER = (b"www-authenticate", b'Bearer realm="billdrop"')
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """
    Refuses what must not come in, counts what was answered, and adds the security headers.

    Uploads go straight on; the rest is for the router.
    """

    def __init__(
        self,
        app: App,
        *,
        upload: Upload | None,
        hosts: frozenset[str] | None,
        metrics: Metrics,
        guard: Guard = open_to_all,
    ) -> None:
        """
        `upload`: None where nothing is taken in. `hosts`: None where every host is answered to.

        `guard` says why somebody may not ask what they ask.
        """
        self._guard = guard
        self._app = app
        self._upload = upload
        self._hosts = hosts
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = self._counting(scope["method"], send)
        asked = self._asked(scope["method"], scope["raw_path"], scope["headers"])
        if isinstance(asked, Reply):
            await send_reply(counted, asked)
        elif self._upload is not None and asked.is_upload:
            await self._answered(self._upload, asked, receive, counted)
        else:
            await self._app(scope, receive, counted)

    def whole(self, path: bytes, headers: Iterable[tuple[bytes, bytes]]) -> Asked | None:
        """
        What a PUT asks, when it can be taken by `take` as soon as its body is there.

        None for everything else, and for whatever will be refused: `__call__` says why.
        """
        upload = self._upload
        if (
            upload is None
            or not path.startswith(b"/")
            or b"?" in path
            or b"#" in path
            or not path.isascii()
        ):
            return None
        asked = self._asked("PUT", path, headers)
        if isinstance(asked, Reply) or not asked.is_upload:
            return None
        length = int(asked.headers.get(b"content-length", WHOLE_BYTES + 1))
        return asked if length <= WHOLE_BYTES and upload.refusal(asked) is None else None

    def take(self, asked: Asked, body: bytes, answer: Callable[[Reply], None]) -> None:
        """Take an upload whose body is there; `answer` is called in this event loop."""

        def counted(reply: Reply) -> None:
            self._count("PUT", reply.status)
            answer(reply)

        assert self._upload is not None
        self._upload.take(asked, body, counted)

    async def _answered(self, upload: Upload, asked: Asked, receive: Receive, send: Send) -> None:
        try:
            await upload(asked, receive, send)
        except Exception as error:  # noqa: BLE001  outermost: the sender waits for an answer
            await send_reply(send, failed(asked.path, error))

    def _asked(
        self, method: str, path: bytes, headers: Iterable[tuple[bytes, bytes]]
    ) -> Asked | Reply:
        """What is asked, or the refusal of what must not come in."""
        try:
            named = single(headers)
        except RefusedError as error:
            return problem(path, 400, str(error), hint=error.hint, extra=CLOSE)
        host = named.get(b"host", b"")
        if self._hosts is not None and not host_allowed(host.decode("latin-1"), self._hosts):
            shown = ascii(host.decode("latin-1")[:80])
            return problem(path, 421, f"this door does not answer to the host {shown}", extra=CLOSE)
        if method not in _SAFE and cross_site(named, self._hosts or frozenset()):
            return problem(path, 403, "a page of another site may not write here", extra=CLOSE)
        try:
            found = parts(path)
        except RefusedError as error:
            return problem(path, 400, str(error), code="BD1006", hint=error.hint, extra=CLOSE)
        asked = Asked(method=method, path=path, parts=found, key="/".join(found[1:]), headers=named)
        return self._kept_out(asked) or asked

    def _kept_out(self, asked: Asked) -> Reply | None:
        """Why a request that looks right is not taken."""
        reason = key_refused(asked.key) if len(asked.parts) > 1 else None
        if reason is not None:
            return problem(asked.path, 400, reason, code="BD1006", extra=CLOSE)
        reason = self._guard(asked.method, asked.parts, asked.headers)
        if reason is not None:
            return problem(asked.path, 401, reason, extra=(*CLOSE, _BEARER))
        return None

    def _count(self, method: str, status: int) -> None:
        known = method if method in _SAFE or method == "PUT" else "other"
        self._metrics.requests[known, status] += 1

    def _counting(self, method: str, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(method, message["status"])
                own = {name for name, _ in message["headers"]}
                further = (header for header in ALWAYS if header[0] not in own)
                message["headers"] = [*message["headers"], *further]
            await send(message)

        return counted
