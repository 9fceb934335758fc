"""
What a booking looks like, learnt from one that the exact way makes.

Values that nobody else states stand for those to come; where they are found again is their place.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from billdrop.books.booking import book
from billdrop.books.columns import plain
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.model import INVOICE_FIELDS, LINE_FIELDS
from billdrop.model import Booking, DocumentRef, Invoice, Line, Record
from billdrop.parsing.completing import Plan

_json = msgspec.json.Encoder().encode
_LINES = 977
_EXTRA = {"\ue002": "\ue003"}
_PLACES = {"index": 98_765_001, "first": 98_765_002, "last": 98_765_003, "count": _LINES}


class Template(Struct, frozen=True):
    """A text with places, to be filled by `%`."""

    text: str
    names: tuple[str, ...]
    """What stands in each place, in order."""


class Templates(Struct, frozen=True, kw_only=True):
    """The texts of a booking."""

    before: Template
    after: Template
    line: Template
    booking: Booking
    """As made; what is the same for all is taken from it."""


class Named(Struct, frozen=True, kw_only=True):
    """What stands in a document."""

    head: tuple[str, ...]
    """The fields of an invoice."""
    line: tuple[str, ...]
    constants: Mapping[str, Any]
    """What every line has beside."""


def learnt(found: Named, guide: Guide, asked: Plan, ref: DocumentRef) -> Templates | None:
    """The templates of a document; None where a place is not told for certain."""
    head = [name for name in found.head if not name.startswith("extra.")]
    line = found.line
    signs = {name: _sign(INVOICE_FIELDS[name], at) for at, name in enumerate(head)}
    of_line = {name: _sign(LINE_FIELDS[name], 50 + at) for at, name in enumerate(line)}
    values: dict[str, Any] = {"currency": asked.currency} | asked.constants | signs
    if asked.extra:
        values["extra"] = _EXTRA
    made = Line(**{**found.constants, **of_line}, source_line=_PLACES["last"])
    record = Record(
        index=_PLACES["index"],
        first_line=_PLACES["first"],
        last_line=_PLACES["last"],
        invoice=Invoice(**values, lines=(made,) * _LINES),
    )
    identity = guide.guideline.identity
    booking = book(record, ref=ref, guideline=guide.ref, identity=identity, written=False)
    shown = {name: _quoted(sign) for name, sign in signs.items()}
    if asked.extra:
        shown["extra"] = _quoted(json.dumps(_EXTRA, ensure_ascii=False))
    shown |= {name: str(place) for name, place in _PLACES.items()}
    row = booking.lines.rpartition(",[")[2].removesuffix("]]")
    shown_in_line = {name: _quoted(sign) for name, sign in of_line.items()} | {
        "position": str(_LINES),
        "source": str(_PLACES["last"]),
    }
    return _templates(booking, shown, f"[{row}]", shown_in_line)


def _quoted(value: object) -> str:
    return _json(plain(value)).decode()


def _templates(
    booking: Booking, signs: Mapping[str, str], row: str, of_line: Mapping[str, str]
) -> Templates | None:
    number = {"number": signs["number"]}
    others = {name: sign for name, sign in signs.items() if name != "number"}
    before = _template(booking.cells[0], number)
    after = _template(booking.cells[1], others)
    line = _template(row, of_line)
    if before is None or after is None or line is None:
        return None
    return Templates(before=before, after=after, line=line, booking=booking)


def _sign(kind: str, at: int) -> Any:
    """A value that stands in no other place."""
    if kind == "date":
        return date(1, 1, 1) + timedelta(days=at)
    if kind in ("money", "number"):
        return Decimal(f"98765.43{at:02}")
    return f"\ue000{at}\ue001"


def _template(text: str, signs: Mapping[str, str]) -> Template | None:
    """The text with a place for each sign; None where one is not there just once."""
    found: list[tuple[int, str, str]] = []
    for name, sign in signs.items():
        if text.count(sign) != 1:
            return None
        found.append((text.index(sign), name, sign))
    parts, at = [], 0
    for start, _, shown in sorted(found):
        parts.append(text[at:start].replace("%", "%%"))
        at = start + len(shown)
    parts.append(text[at:].replace("%", "%%"))
    return Template("%s".join(parts), tuple(name for _, name, _ in sorted(found)))
