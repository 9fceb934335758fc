"""A page: its values as HTML, as JSON or as CSV, and the headers that keep strangers' text text."""

import csv
import hashlib
import io
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from billdrop.books.csvfile import TRIGGERS
from billdrop.console.desk import Desk
from billdrop.console.sessions import Visitor

if TYPE_CHECKING:
    from billdrop.console.asking import Page

ROOT = "/console"

KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Sheet(Struct, kw_only=True):
    """What a page shows: a template with its values, and the rows that its twins have."""

    title: str
    template: str
    values: dict[str, Any]
    rows: Sequence[Mapping[str, object]] = ()
    """Of `.json` and `.csv`; amounts are text."""
    status: int = 200
    connect: str = ""
    """An origin that scripts of the page may reach beside this one."""


def html(request: Request, desk: Desk, visitor: Visitor, sheet: Sheet) -> Response:
    """The page, for whoever asks."""
    nonce = secrets.token_urlsafe(16)
    text = (
        _templates()
        .get_template(sheet.template)
        .render(
            title=sheet.title,
            desk=desk,
            visitor=visitor,
            nonce=nonce,
            root=ROOT,
            path=request.url.path,
            twin=lambda kind: _twin(request, kind),
            query=dict(request.query_params),
            pages=_pages(),
            **sheet.values,
        )
    )
    return Response(
        text,
        status_code=sheet.status,
        media_type="text/html; charset=utf-8",
        headers={
            "content-security-policy": policy(nonce, connect=sheet.connect),
            "referrer-policy": "same-origin",
        },
    )


def policy(nonce: str, *, connect: str = "") -> str:
    """Nothing but what comes from here, and no script without the page's own mark."""
    also = f" {connect}" if connect else ""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            f"connect-src 'self'{also}",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        ]
    )


def as_json(sheet: Sheet) -> Response:
    """The rows."""
    body = msgspec.json.encode(list(sheet.rows), enc_hook=str) + b"\n"
    return Response(body, media_type="application/json", status_code=sheet.status)


def as_csv(sheet: Sheet) -> Response:
    """The rows, texts guarded against being taken for formulas."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in sheet.rows for name in row))
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in sheet.rows)
    name = re.sub(r"[^a-z0-9]+", "-", sheet.title.lower()).strip("-")
    disposition = f'attachment; filename="{name or "page"}.csv"'
    return Response(
        out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": disposition},
    )


_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = re.compile(rf"[ ']*[{TRIGGERS}]")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def asset(name: str) -> Response | None:
    """A file of `static`, kept by browsers for as long as they like: its name changes with it."""
    found = _assets().get(name)
    if found is None:
        return None
    body, kind, _ = found
    return Response(
        body, media_type=kind, headers={"cache-control": "public, max-age=31536000, immutable"}
    )


def _pages() -> "Mapping[str, Page]":
    from billdrop.console.pages import PAGES

    return PAGES


@cache
def _assets() -> dict[str, tuple[bytes, str, str]]:
    """By name: the bytes, what they are, and a mark of them."""
    held = {}
    for file in (files("billdrop.console") / "static").iterdir():
        kind = KINDS.get(file.name.rpartition(".")[2])
        if kind is not None:
            body = file.read_bytes()
            held[file.name] = (body, kind, hashlib.sha256(body).hexdigest()[:12])
    return held


def asset_url(name: str) -> str:
    """Where a file of `static` is found."""
    return f"{ROOT}/static/{name}?v={_assets()[name][2]}"


def _twin(request: Request, kind: str) -> str:
    query = urlencode(sorted(request.query_params.multi_items()))
    return f"{request.url.path.rstrip('/') or ROOT}.{kind}{'?' if query else ''}{query}"


def link(page: str, **query: object) -> str:
    """A page of the console with its whole state in the query; what is empty is left out."""
    given = urlencode(
        {name: str(value) for name, value in query.items() if value not in (None, "")},
        quote_via=quote,
    )
    return f"{ROOT}/{page}{'?' if given else ''}{given}".rstrip("/")


def money(value: object) -> Markup | str:
    """An amount as exact text that the browser may show in its reader's way."""
    if value is None or value == "":
        return ""
    return Markup('<data class="money" value="{0}">{0}</data>').format(value)


def number(value: int) -> Markup:
    """A count that the browser may show in its reader's way."""
    return Markup('<data class="count" value="{0}">{0}</data>').format(value)


def figure(value: float | None) -> str:
    """A rate or a duration with as many digits as anybody reads; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"


def moment(value: datetime | str | None) -> Markup | str:
    """
    A time that the browser may show in its reader's way and zone; its title is the exact instant.

    Text is that of a column, in UTC.
    """
    if not value:
        return ""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    exact = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    text = exact.isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{0}" title="{0}">{1} UTC</time>').format(
        text, text[:19].replace("T", " ")
    )


_AT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC\b")


def timed(text: str) -> Markup:
    """A fact, its times as every other time."""
    pieces = _AT.split(text)
    return Markup("").join(moment(each) if place % 2 else each for place, each in enumerate(pieces))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("billdrop.console"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": asset_url, "link": link}
    made.filters |= {
        "money": money,
        "moment": moment,
        "figure": figure,
        "number": number,
        "timed": timed,
    }
    return made
