"""The bookings of the plain invoices of a chunk: their texts are gathered for all of them at once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np

from billdrop.books.decide import SEPARATOR, folded
from billdrop.bulk.agreeing import Checked, amounts
from billdrop.bulk.filled import Piece, cut, filled
from billdrop.bulk.templates import Template, Templates
from billdrop.bulk.words import Bytes, Flags, Ints
from billdrop.model import Booking
from billdrop.parsing.completing import Plan

_json = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str).decode
_POINT = 0x2E
_OWN = ("issue_date", "currency", "net", "tax", "total")


class Book:
    """Makes bookings of one document."""

    def __init__(
        self, head: Sequence[str], made: Templates, asked: Plan, identity: Sequence[str]
    ) -> None:
        """`head`: the fields of an invoice that stand in the document."""
        self._made, self._asked, self._identity = made, asked, identity
        self._row = Template(f"{made.line.text},", made.line.names)
        self._extra = [name for name in head if name.startswith("extra.")]
        self._constants = {"type_code": "380", "currency": asked.currency} | asked.constants

    def __call__(self, checked: Checked) -> list[Booking | None]:
        """One for each invoice of the chunk; None for one that is not plainly right."""
        _point(checked)
        count = len(checked.wrong)
        pieces = self._pieces(checked)
        before, after = (
            _cut(*filled(template, pieces, checked.source, count))
            for template in (self._made.before, self._made.after)
        )
        lines = self._lines(checked)
        own = self._own(checked)
        identities = self._identities(checked)
        return [
            None if wrong else self._booking(*each)
            for wrong, *each in zip(
                checked.wrong.tolist(), identities, before, after, lines, *own, strict=True
            )
        ]

    def stated(self, checked: Checked) -> "Stated":
        """What the invoices state, asked for by field."""
        _point(checked)
        return Stated(self, checked)

    def _booking(
        self,
        told: tuple[str, str],
        before: str,
        after: str,
        lines: str,
        *own: str | None,
    ) -> Booking:
        number, whole = told
        short = folded(number)
        issue_date, currency, net, tax, total = own
        return Booking(
            number=short,
            identity="" if whole in ("", short) else whole,
            printed=number,
            issue_date=issue_date or "",
            currency=currency or "",
            net=net,
            tax=tax,
            total=total or "",
            cells=(before, after),
            further=self._made.booking.further,
            lines=f"[{lines[:-1]}]",
        )

    def _own(self, checked: Checked) -> Iterator[Sequence[str | None]]:
        """What a booking has of some fields, by invoice."""
        for name in _OWN:
            told = checked.heads.get(name)
            if told is None:
                yield [getattr(self._made.booking, name)] * len(checked.wrong)
            else:
                yield checked.source.texts(told.piece)

    def _identities(self, checked: Checked) -> list[tuple[str, str]]:
        """The number as printed, and the whole identity, empty where it is the number."""
        numbers = self.values("number", checked)
        if list(self._identity) == ["number"]:
            return [(number, "") for number in numbers]
        stated = [self.values(name, checked) for name in self._identity]
        wholes = [SEPARATOR.join(map(folded, each)) for each in zip(*stated, strict=True)]
        return list(zip(numbers, wholes, strict=True))

    def values(self, name: str, checked: Checked) -> list[str]:
        """What a field says, by invoice."""
        told = checked.heads.get(name)
        if told is None:
            return [self._constants.get(name) or ""] * len(checked.wrong)
        texts = checked.source.texts(told.piece)
        if any("\\" in text for text in texts):
            texts = [_decode(f'"{text}"') if "\\" in text else text for text in texts]
        for at in np.flatnonzero(told.nothing).tolist():
            texts[at] = ""
        return texts

    def _pieces(self, checked: Checked) -> dict[str, Sequence[Piece]]:
        """Of each invoice."""
        source, index = checked.source, checked.before
        counted = {
            "index": np.arange(index, index + len(checked.firsts)),
            "first": checked.firsts,
            "last": checked.lasts,
            "count": np.diff(checked.starts),
        }
        pieces: dict[str, Sequence[Piece]] = {
            name: source.numerals(values) for name, values in counted.items()
        }
        pieces |= {name: (told.piece,) for name, told in checked.heads.items()}
        if self._asked.extra:
            pieces["extra"] = (self._further(checked),)
        return pieces

    def _further(self, checked: Checked) -> Piece:
        """The fields beyond the model, as one text of JSON."""
        columns = [self.values(name, checked) for name in self._extra]
        names = [name.removeprefix("extra.") for name in self._extra]
        places = []
        for each in zip(*columns, strict=True):
            stated = {name: value for name, value in zip(names, each, strict=True) if value}
            text = json.dumps(stated, ensure_ascii=False) if stated else None
            places.append(checked.source.add(_json(text).decode()))
        found = np.array(places, np.int64)
        return Piece(found[:, 0], found[:, 1])

    def _lines(self, checked: Checked) -> list[str]:
        """The lines of each invoice, one after the other."""
        source, starts = checked.source, checked.starts
        rows = np.arange(len(checked.places))
        positions = rows - np.repeat(starts[:-1], np.diff(starts)) + 1
        pieces: Mapping[str, Any] = {
            "position": source.numerals(positions),
            "source": source.numerals(checked.places),
        } | {name: (told.piece,) for name, told in checked.lines.items()}
        text, begins = filled(self._row, pieces, source, len(rows))
        return _cut(text, begins[starts])


class Stated(NamedTuple):
    """What some invoices state."""

    book: Book
    checked: Checked

    @property
    def wrong(self) -> Flags:
        """Those that are read the exact way."""
        return self.checked.wrong

    def texts(self, name: str) -> Sequence[str]:
        """What a field says, empty where it says nothing."""
        return self.book.values(name, self.checked)

    def amounts(self, name: str) -> Ints:
        """In 0.0001; 0 where it is not stated."""
        told = self.checked.heads.get(name)
        return np.zeros(len(self.wrong), np.int64) if told is None else amounts(told)


def _point(checked: Checked) -> None:
    """Amounts have a point in SQL."""
    data = checked.text.bytes
    for told in (*checked.heads.values(), *checked.lines.values()):
        if told.points is not None:
            data[told.points] = _POINT


def _cut(text: Bytes, begins: Ints) -> list[str]:
    """The stretches of a text, given where each begins and the last ends."""
    return cut(text, pairwise(begins.tolist()))
