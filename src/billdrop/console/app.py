"""The routes of the console, and what every request to it passes: who asks, and whether they may."""

import math
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from billdrop.console import page
from billdrop.console.access import Role
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.live import EVERY_SECONDS, Live
from billdrop.console.page import ROOT, Sheet
from billdrop.console.pages import PAGES
from billdrop.console.pages.way import state
from billdrop.console.sessions import COOKIE, KNOWN, Entered, Sessions, Visitor, same
from billdrop.console.turns import Turns
from billdrop.errors import BilldropError

FORM_BYTES = 4 * 1024 * 1024
"""A sample of the playground, each of its letters escaped, and a guideline."""
LOGINS = 2
"""Passwords looked at at once: each takes 64 MiB."""
LOGINS_WAITING = 8
KNOWN_SECONDS = 30 * 86_400

View = Callable[[Request], Awaitable[Response]]


class Console:
    """The pages of one desk."""

    def __init__(
        self, desk: Desk, sessions: Sessions, *, every_seconds: float = EVERY_SECONDS
    ) -> None:
        """`every_seconds`: how often it is looked at what flows, as long as a page is open."""
        self._desk, self._sessions = desk, sessions
        self._logins = Turns(at_once=LOGINS, waiting=LOGINS_WAITING)
        self._live = Live(lambda: state(desk), every=every_seconds)

    def routes(self) -> Iterator[BaseRoute]:
        """Every path."""
        yield Route("/", self._home, methods=["GET"])
        yield Route(f"{ROOT}/static/{{name}}", self._static, methods=["GET"])
        yield Route(f"{ROOT}/login", self._login, methods=["GET", "POST"])
        yield Route(f"{ROOT}/logout", self._logout, methods=["POST"])
        yield Route(f"{ROOT}/live", self._stream, methods=["GET"])
        for name, given in PAGES.items():
            path = f"{ROOT}/{name}".rstrip("/")
            yield Route(path, self._shown(given, page_kind="html"), methods=["GET"])
            yield Route(f"{path}.json", self._shown(given, page_kind="json"), methods=["GET"])
            yield Route(f"{path}.csv", self._shown(given, page_kind="csv"), methods=["GET"])
            for action, work in given.actions.items():
                yield Route(f"{path}/{action}", self._done((), work), methods=["POST"])
            for action, work in given.trials.items():
                view = self._done(given.roles, work, changes=False)
                yield Route(f"{path}/{action}", view, methods=["POST"])
            for name_of_raw, raw in given.raw.items():
                yield Route(f"{path}/{name_of_raw}", self._raw(given, raw), methods=["GET"])

    def _shown(self, given: Page, *, page_kind: str) -> View:
        async def view(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None:
                return _to_login(request)
            if not visitor.may(*given.roles):
                if given is PAGES[""] and page_kind == "html":
                    return RedirectResponse(f"{ROOT}/documents", status_code=303)
                return self._refused(request, visitor)
            ask = Ask(visitor, dict(request.query_params), {})
            try:
                sheet = await run_in_threadpool(given.show, self._desk, ask)
            except BilldropError as error:
                return self._said(request, visitor, 503, error.message, error.hint)
            return self._as(page_kind, request, visitor, sheet)

        return view

    def _as(self, kind: str, request: Request, visitor: Visitor, sheet: Sheet) -> Response:
        if kind == "html":
            return page.html(request, self._desk, visitor, sheet)
        return page.as_json(sheet) if kind == "json" else page.as_csv(sheet)

    def _done(
        self,
        roles: tuple[Role, ...],
        work: Callable[[Desk, Ask], str | Sheet],
        *,
        changes: bool = True,
    ) -> View:
        async def view(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None:
                return _to_login(request)
            form = await _form(request)
            wrong = _amiss(form, request.headers.get("x-csrf-token"), visitor)
            if form is None or wrong is not None:
                return self._said(request, visitor, *(wrong or _TOO_LARGE))
            if not visitor.may(*roles) or (changes and self._desk.read_only):
                return self._refused(request, visitor)
            ask = Ask(visitor, dict(request.query_params), form)
            try:
                answer = await run_in_threadpool(work, self._desk, ask)
            except BilldropError as error:
                return self._said(request, visitor, 409, error.message, error.hint)
            if isinstance(answer, str):
                return RedirectResponse(answer, status_code=303)
            return page.html(request, self._desk, visitor, answer)

        return view

    def _raw(self, given: Page, raw: "Callable[[Desk, Ask], Response]") -> View:
        async def view(request: Request) -> Response:
            visitor = self._visitor(request)
            if visitor is None:
                return _to_login(request)
            if not visitor.may(*given.roles):
                return self._refused(request, visitor)
            return await run_in_threadpool(
                raw, self._desk, Ask(visitor, dict(request.query_params), {})
            )

        return view

    async def _home(self, request: Request) -> Response:
        return RedirectResponse(ROOT, status_code=307)

    async def _static(self, request: Request) -> Response:
        found = page.asset(request.path_params["name"])
        return found if found is not None else Response("nothing of that name", status_code=404)

    async def _stream(self, request: Request) -> Response:
        visitor = self._visitor(request)
        if visitor is None or not visitor.may("finance"):
            return Response("log in first", status_code=403)
        if self._live.full:
            return Response(
                "too many pages are open", status_code=503, headers={"retry-after": "5"}
            )
        cookie = request.cookies.get(COOKIE, "")
        return self._live.response(lambda: self._holds(cookie))

    async def _login(self, request: Request) -> Response:
        if request.method != "POST":
            return self._asked_in(request)
        form = await _form(request) or {}
        name, password = form.get("name", ""), form.get("password", "")
        peer = request.client.host if request.client else ""
        mark = request.cookies.get(KNOWN, "")
        answer = await self._logins.taken(
            lambda: self._sessions.login(name, password, peer=peer, mark=mark)
        )
        if isinstance(answer, Entered):
            return _with_cookies(request, answer, _safe(form.get("next", "")))
        if answer == 0:
            return self._asked_in(request, name, "name or password is wrong", status=401)
        seconds = math.ceil(answer or 1)
        fact = "others are logging in" if answer is None else "too many tries"
        response = self._asked_in(request, name, f"{fact}; wait {seconds} seconds", status=429)
        response.headers["retry-after"] = str(seconds)
        return response

    def _asked_in(
        self, request: Request, name: str = "", said: str = "", *, status: int = 200
    ) -> Response:
        """The form, and why it is there again."""
        sheet = Sheet(
            title="Log in",
            template="login.html",
            values={"said": said, "name": name, "next": request.query_params.get("next", "")},
            status=status,
        )
        return page.html(request, self._desk, Visitor(name="", role="customer", csrf=""), sheet)

    async def _logout(self, request: Request) -> Response:
        visitor = self._visitor(request)
        form = await _form(request) or {}
        if visitor is not None and same(form.get("csrf", ""), visitor.csrf):
            self._sessions.logout(request.cookies.get(COOKIE, ""))
        response = RedirectResponse(f"{ROOT}/login", status_code=303)
        response.delete_cookie(COOKIE)
        return response

    def _visitor(self, request: Request) -> Visitor | None:
        return self._sessions.visitor(request.cookies.get(COOKIE, ""))

    def _holds(self, cookie: str) -> bool:
        """Nobody does where it cannot be known who may."""
        try:
            return self._sessions.holds(cookie)
        except BilldropError:
            return False

    def _refused(self, request: Request, visitor: Visitor) -> Response:
        fact = (
            "this console is read-only" if self._desk.read_only else f"your role is {visitor.role}"
        )
        return self._said(request, visitor, 403, "you may not do that", fact)

    def _said(
        self, request: Request, visitor: Visitor, status: int, fact: str, hint: str
    ) -> Response:
        sheet = Sheet(
            title="Not done",
            template="said.html",
            values={"fact": fact, "hint": hint, "typed": request.method == "POST"},
            status=status,
        )
        return page.html(request, self._desk, visitor, sheet)


_TOO_LARGE = (413, f"the form has more than {FORM_BYTES:,} bytes", "take a smaller sample")


def _amiss(
    form: dict[str, str] | None, mark: str | None, visitor: Visitor
) -> tuple[int, str, str] | None:
    """Why a form is not taken: status, fact and remedy."""
    if form is None:
        return _TOO_LARGE
    if not same(mark or form.get("csrf", ""), visitor.csrf):
        return 403, "the form is from another session", "load the page again"
    return None


def _to_login(request: Request) -> Response:
    if request.headers.get("accept", "").startswith("application/json"):
        return Response("log in first", status_code=401)
    path, _, action = request.url.path.rpartition("/")
    target = (
        path if request.method == "POST" else f"{path}/{action}?{request.url.query}".rstrip("?")
    )
    back = quote(target, safe="")
    return RedirectResponse(f"{ROOT}/login?next={back}", status_code=303)


def _safe(target: str) -> str:
    """Only back into the console."""
    return (
        target
        if target.startswith(f"{ROOT}") and "//" not in target and "\\" not in target
        else ROOT
    )


def _with_cookies(request: Request, entered: Entered, target: str) -> Response:
    response = RedirectResponse(target, status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(
        COOKIE, entered.cookie, httponly=True, samesite="strict", secure=secure, path="/"
    )
    response.set_cookie(
        KNOWN,
        entered.mark,
        max_age=KNOWN_SECONDS,
        httponly=True,
        samesite="strict",
        secure=secure,
        path=f"{ROOT}/login",
    )
    return response


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form; None for one that is larger than any of ours."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
    return {name: values[-1] for name, values in fields.items()}
