"""What every request passes: host, path and origin are looked at before anything else."""

from collections.abc import Awaitable, Callable

from billdrop.names import key_refused
from billdrop.web.metrics import Metrics
from billdrop.web.replies import CLOSE, Message, Receive, Scope, Send, reply_problem
from billdrop.web.rules import RefusedError, cross_site, host_allowed, parts, single

App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class Gate:
    """
    Refuses what must not come in, counts what was answered, and adds the security headers.

    Uploads go straight on; the rest is for the router.
    """

    def __init__(self, app: App, *, upload: App, hosts: frozenset[str], metrics: Metrics) -> None:
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
        refusal = self._refusal(scope)
        if refusal is None:
            app = self._upload if _is_upload(scope) else self._app
            await app(scope, receive, counted)
        else:
            status, detail, code = refusal
            await reply_problem(counted, scope, status, detail, code=code, extra=CLOSE)

    def _refusal(self, scope: Scope) -> tuple[int, str, str] | None:
        """Status, detail and code of what must not come in."""
        try:
            headers = single(scope["headers"])
        except RefusedError as error:
            return 400, str(error), "BD7001"
        host = headers.get(b"host", b"").decode("latin-1")
        if not host_allowed(host, self._hosts):
            return 421, f"this door does not answer to the host {host[:80]!a}", "BD7001"
        if scope["method"] not in _SAFE and cross_site(headers, self._hosts):
            return 403, "a page of another site may not write here", "BD7001"
        try:
            found = parts(scope["raw_path"])
        except RefusedError as error:
            return 400, str(error), "BD1006"
        reason = key_refused("/".join(found[1:])) if len(found) > 1 else None
        if reason is not None:
            return 400, reason, "BD1006"
        scope["billdrop.parts"] = found
        scope["billdrop.headers"] = headers
        return None

    def _counting(self, method: str, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = method if method in _SAFE or method == "PUT" else "other"
                self._metrics.requests[known, message["status"]] += 1
                message["headers"] = [*message["headers"], *_ALWAYS]
            await send(message)

        return counted


def _is_upload(scope: Scope) -> bool:
    path = scope["billdrop.parts"]
    return scope["method"] == "PUT" and path[0] == "inbox" and len(path) >= 3
