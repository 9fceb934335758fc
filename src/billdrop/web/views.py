"""What can be asked by GET."""

from collections.abc import Awaitable, Callable, Iterator

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from billdrop.errors import BilldropError
from billdrop.ports import Books
from billdrop.web.answers import expenses, question
from billdrop.web.door import HttpDoor
from billdrop.web.metrics import CONTENT_TYPE, Metrics, holdings, vitals
from billdrop.web.openapi import description
from billdrop.web.replies import JSON

View = Callable[[Request], Awaitable[Response]]


class Vitals:
    """Whether a service lives, and what it counts."""

    def __init__(
        self,
        *,
        ready: Callable[[], BilldropError | None],
        version: str,
        metrics: Metrics,
        further: Callable[[], str] = str,
    ) -> None:
        """`further`: more metrics, asked for in another thread."""
        self._ready = ready
        self._version = version
        self._metrics = metrics
        self._further = further

    def routes(self) -> Iterator[tuple[str, View]]:
        """Every path with its view."""
        yield "/healthz", self.healthz
        yield "/readyz", self.readyz
        yield "/metrics", self.metrics
        yield "/version", self.version

    async def healthz(self, request: Request) -> Response:
        """That the process answers."""
        return _json({"alive": True})

    async def readyz(self, request: Request) -> Response:
        """That documents are recorded; 503 and why when they are not."""
        error = self._ready()
        if error is not None:
            raise error
        return _json({"ready": True})

    async def metrics(self, request: Request) -> Response:
        """For Prometheus."""
        further = await run_in_threadpool(self._further)
        page = vitals(self._metrics, ready=self._ready() is None, version=self._version)
        return Response(page + further, headers={"content-type": CONTENT_TYPE.decode()})

    async def version(self, request: Request) -> Response:
        """The running version."""
        return _json({"version": self._version})


class Views:
    """The books are asked in another thread, so that uploads do not wait for them."""

    def __init__(
        self,
        door: HttpDoor,
        books: Books,
        *,
        ready: Callable[[], BilldropError | None],
        version: str,
        metrics: Metrics,
    ) -> None:
        self._books = books
        self._version = version
        self._vitals = Vitals(
            ready=ready,
            version=version,
            metrics=metrics,
            further=lambda: holdings(metrics, door, books.states()),
        )

    def routes(self) -> Iterator[tuple[str, View]]:
        """Every path with its view."""
        yield "/expenses", self.expenses
        yield "/status", self.status
        yield from self._vitals.routes()
        yield "/openapi.json", self.openapi

    async def expenses(self, request: Request) -> Response:
        """What was spent, by issue date, month or currency."""
        by, since, until = question(request.query_params)
        totals = await run_in_threadpool(self._books.totals, since=since, until=until)
        return _json(expenses(totals, by))

    async def status(self, request: Request) -> Response:
        """Documents by state, as `billdrop status --json`."""
        return _json(await run_in_threadpool(self._books.states))

    async def openapi(self, request: Request) -> Response:
        """The description of this interface."""
        return _json(description(self._version))


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value) + b"\n", media_type=JSON.decode())
