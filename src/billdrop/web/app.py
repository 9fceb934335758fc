"""The HTTP interface: what may come in, and where it goes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from billdrop.errors import BilldropError
from billdrop.ports import Books
from billdrop.web.door import HttpDoor
from billdrop.web.gate import Gate, Guard, open_to_all
from billdrop.web.metrics import Metrics
from billdrop.web.replies import Receive, Scope, Send, error_reply, problem, send_reply
from billdrop.web.rules import RefusedError
from billdrop.web.sns import Sns
from billdrop.web.upload import Upload
from billdrop.web.views import Views, Vitals

BODY_BYTES = 32 * 1024 * 1024
ANSWER_SECONDS = 60.0


class _Reply(Response):
    """What the exception handlers of Starlette give back: a problem."""

    def __init__(self, status: int, detail: str, allow: str = "") -> None:
        self.status = status
        self.detail = detail
        self.allow = allow
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        extra = ((b"allow", self.allow.encode()),) if self.allow else ()
        await send_reply(send, problem(scope["raw_path"], self.status, self.detail, extra=extra))


class _Problem(Response):
    """One of our errors as a response."""

    def __init__(self, error: BilldropError) -> None:
        self.error = error
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        await send_reply(send, error_reply(scope["raw_path"], self.error))


def create_app(
    door: HttpDoor,
    books: Books,
    *,
    now: Callable[[], datetime],
    ready: Callable[[], BilldropError | None],
    version: str,
    hosts: Iterable[str] = (),
    body_bytes: int = BODY_BYTES,
    answer_seconds: float = ANSWER_SECONDS,
    routes: Iterable[BaseRoute] = (),
    work: Callable[[], Mapping[str, int]] = dict,
    guard: Guard = open_to_all,
) -> Gate:
    """
    The application, behind its gate.

    `ready` says what keeps documents from being recorded now, None when nothing does;
    `hosts` are the names in `Host` that are answered besides loopback;
    `routes` are further pages; `work` counts what the pump does, for the metrics.
    """
    metrics = Metrics(work)
    upload = Upload(
        door,
        now=now,
        ready=ready,
        body_bytes=body_bytes,
        answer_seconds=answer_seconds,
        metrics=metrics,
    )
    views = Views(door, books, ready=ready, version=version, metrics=metrics)
    app = _routed(
        Route("/inbox/{customer}/{name:path}", _unreached, methods=["PUT"]),
        *(Route(path, _nameless, methods=["PUT"]) for path in ("/inbox", "/inbox/{customer}")),
        *(Route(path, view, methods=["GET"]) for path, view in views.routes()),
        *routes,
    )
    named = frozenset(map(str.lower, hosts))
    return Gate(app, upload=upload, hosts=named, metrics=metrics, guard=guard)


def create_topic_app(
    sns: Sns,
    *,
    ready: Callable[[], BilldropError | None],
    version: str,
    work: Callable[[], Mapping[str, int]] = dict,
) -> Gate:
    """
    What a worker answers: the topic, and whether it is well. Nothing can be uploaded.

    It answers to every host: what comes in is believed by its signature alone, and a load balancer
    asks for its health by address.
    """
    metrics = Metrics(work)
    vitals = Vitals(ready=ready, version=version, metrics=metrics)
    pages = (Route(path, view, methods=["GET"]) for path, view in vitals.routes())
    return Gate(_routed(sns.route(), *pages), upload=None, hosts=None, metrics=metrics)


def create_pages_app(routes: Iterable[BaseRoute], hosts: Iterable[str] = ()) -> Gate:
    """Pages alone: nothing can be uploaded. `hosts` as for `create_app`."""
    named = frozenset(map(str.lower, hosts))
    return Gate(_routed(*routes), upload=None, hosts=named, metrics=Metrics())


def _routed(*routes: BaseRoute) -> Starlette:
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: _http,
            BilldropError: _ours,
            RefusedError: _refused,
            Exception: _surprise,
        },
    )
    app.router.redirect_slashes = False
    return app


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    allow = (error.headers or {}).get("Allow", "")
    detail = f"only {allow} is taken here" if allow else "there is nothing of that name"
    return _Reply(error.status_code, detail, allow)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, BilldropError)
    return _Problem(error)


async def _refused(request: Request, error: Exception) -> Response:
    return _Reply(400, str(error))


async def _surprise(request: Request, error: Exception) -> Response:
    return _Reply(500, "billdrop failed; its log says why")


async def _nameless(request: Request) -> Response:
    return _Reply(404, "a document is uploaded with a name: PUT /inbox/<customer>/<name>")


async def _unreached(request: Request) -> Response:
    """The gate takes uploads; this route is there for what other methods are told."""
    return _Reply(404, "there is nothing of that name")
