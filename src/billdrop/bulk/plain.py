"""The bookings of the plain invoices of a chunk, worked out column by column."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any

import msgspec

from billdrop.bulk.groups import Chunk
from billdrop.bulk.regular import Layout
from billdrop.bulk.templates import Template, Templates
from billdrop.bulk.values import NULL, Amounts, Pieces, Values, close
from billdrop.completing import Plan
from billdrop.decide import SEPARATOR, folded
from billdrop.guidelines.model import Guideline
from billdrop.model import Booking
from billdrop.readers.assembly import Column

_json = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(str | None).decode
_STATED = ("number", "issue_date", "currency", "net", "tax", "total")
"""Where one of them is blank, what takes its place is worked out the exact way."""
_AMOUNTS = ("net", "tax", "total", "quantity", "unit_price")

Cells = Mapping[str, Sequence[str]]
"""The cells of each column as they stand, by field."""
Pieced = dict[str, list[Any]]
"""What is made of them; None where it is not plainly right."""


class Plain:
    """Reads chunk after chunk of one document."""

    def __init__(self, found: Layout, made: Templates, asked: Plan, guideline: Guideline) -> None:
        self._found, self._made, self._asked = found, made, asked
        self._identity = guideline.identity
        self._mark = guideline.locale.decimal
        self._checked = any(name == "line_amount" for name, _, _ in asked.checks)
        required = {column.name for column in found.assembly.table.required}
        self._head = _Columns(found, found.head, {*asked.required})
        self._line = _Columns(found, found.line, required)
        self._cells = _finder(found)
        self._find, self._order = _middle(found)

    def bookings(self, chunk: Chunk) -> Sequence[Booking | None]:
        """One for each invoice of the chunk; None for one that is not plainly right."""
        heads, middles, wrong = self._taken(chunk)
        *columns, ends = zip(*self._find("\n".join(middles) + "\n"), strict=True)
        found = dict(zip(self._order, columns, strict=True))
        cells = {column.name: found[column.at] for column in self._found.line}
        pieces, amounts, bad = self._line(cells)
        bad |= {at for at, end in enumerate(ends) if not end}
        if self._checked and amounts.keys() >= {"quantity", "unit_price"}:
            bad.update(self._disagreeing(amounts, cells["net"]))
        wrong.update(bisect_right(chunk.starts, row) - 1 for row in bad)
        lines = self._lines(chunk, pieces, len(middles))
        each = list(pairwise(chunk.starts))
        sums: Pieced = {
            name: [sum(amounts[name][start:stop]) for start, stop in each]
            for name in ("net", "tax")
            if name in amounts
        }
        texts = [f"[{','.join(lines[start:stop])}]" for start, stop in each]
        return self._booked(chunk, heads, wrong, sums, texts)

    def _taken(self, chunk: Chunk) -> tuple[list[list[str]], list[str], set[int]]:
        """The cells of each invoice itself; what is between, by row; the invoices whose rows disagree."""
        found, starts = self._found, chunk.starts
        lead, trail = found.lead, found.trail
        mark, quote, end = found.dialect
        heads, middles, wrong = list[list[str]](), list[str](), set[int]()
        for at in range(len(starts) - 1):
            lines = chunk.lines[starts[at] : starts[at + 1]]
            line = lines[0]
            cells = self._cells(line) if quote and quote in line else line.split(mark)
            prefix = mark.join(cells[:lead]) + mark
            suffix = mark + mark.join(cells[-trail:]) if trail else end
            first, last = len(prefix), len(suffix)
            same = [
                line[first : len(line) - last]
                for line in lines
                if line.startswith(prefix) and line.endswith(suffix)
            ]
            if len(same) != len(lines):
                wrong.add(at)
                same = [""] * len(lines)
            middles += same
            cells[-1] = cells[-1].removesuffix(end)
            heads.append(cells)
        return heads, middles, wrong

    def _disagreeing(self, amounts: Pieced, nets: Sequence[str]) -> Iterator[int]:
        """The rows whose quantity times price is not their net."""
        each = zip(amounts["quantity"], amounts["unit_price"], amounts["net"], strict=True)
        for at, (quantity, price, net) in enumerate(each):
            if quantity * price != net * 10_000 and not close(
                quantity, price, net, nets[at], self._mark
            ):
                yield at

    def _lines(self, chunk: Chunk, pieces: Pieced, rows: int) -> list[str]:
        """The cells of each line as JSON."""
        starts = chunk.starts
        positions = chain.from_iterable(
            range(1, stop - start + 1) for start, stop in pairwise(starts)
        )
        counted = {"position": positions, "source": range(chunk.first, chunk.first + rows)}
        return _filled(self._made.line, pieces | counted)

    def _booked(
        self,
        chunk: Chunk,
        heads: list[list[str]],
        wrong: set[int],
        sums: Pieced,
        lines: list[str],
    ) -> Sequence[Booking | None]:
        columns = list(zip(*heads, strict=True))
        pieces, amounts, bad = self._head(
            {column.name: columns[column.at] for column in self._found.head}
        )
        wrong |= bad
        wrong.update(self._apart(pieces, amounts, sums))
        starts = chunk.starts
        pieces |= {
            "index": list(range(chunk.index, chunk.index + len(heads))),
            "first": [chunk.first + start for start in starts[:-1]],
            "last": [chunk.first + stop - 1 for stop in starts[1:]],
            "count": [stop - start for start, stop in pairwise(starts)],
        }
        if self._asked.extra:
            pieces["extra"] = self._extra(pieces, len(heads))
        made = self._made
        before, after = _filled(made.before, pieces), _filled(made.after, pieces)
        return [
            None if at in wrong else self._booking(at, pieces, (before[at], after[at]), lines[at])
            for at in range(len(heads))
        ]

    def _apart(self, pieces: Pieced, amounts: Pieced, sums: Pieced) -> Iterator[int]:
        """The invoices that do not agree with their lines, or state less than they should."""
        for name in _STATED:
            if NULL in pieces.get(name, ()):
                yield from (at for at, piece in enumerate(pieces[name]) if piece == NULL)
        of_lines = sums.get("tax")
        taxes = amounts.get("tax") or of_lines or [0] * len(amounts["net"])
        each = zip(amounts["net"], taxes, amounts["total"], sums["net"], strict=True)
        for at, (net, tax, total, lines) in enumerate(each):
            if net != lines or net + tax != total or (of_lines and of_lines[at] != tax):
                yield at

    def _booking(self, at: int, pieces: Pieced, cells: tuple[str, str], lines: str) -> Booking:
        number: str = _decode(pieces["number"][at]) or ""
        short = folded(number)
        whole = short if self._identity == ["number"] else self._whole(at, pieces)
        tax = pieces["tax"][at][1:-1] if "tax" in pieces else self._made.booking.tax
        return Booking(
            number=short,
            identity="" if whole == short else whole,
            printed=number,
            issue_date=pieces["issue_date"][at][1:-1],
            currency=pieces["currency"][at][1:-1]
            if "currency" in pieces
            else self._made.booking.currency,
            net=pieces["net"][at][1:-1],
            tax=tax,
            total=pieces["total"][at][1:-1],
            cells=cells,
            further=self._made.booking.further,
            lines=lines,
        )

    def _whole(self, at: int, pieces: Pieced) -> str:
        """The identity, of whatever fields it is."""
        constants = self._asked.constants | {"type_code": "380"}
        stated = [
            _decode(pieces[name][at]) if name in pieces else constants.get(name)
            for name in self._identity
        ]
        return SEPARATOR.join([folded(text or "") for text in stated])

    def _extra(self, pieces: Pieced, count: int) -> list[str]:
        """The fields beyond the model, as one text of JSON."""
        names = [column.name for column in self._found.head if column.name.startswith("extra.")]
        found = []
        for at in range(count):
            stated = {
                name.removeprefix("extra."): _decode(piece)
                for name in names
                if (piece := pieces[name][at]) is not None and piece != NULL
            }
            text = json.dumps(stated, ensure_ascii=False)
            found.append(_json(text).decode() if stated else NULL)
        return found


class _Columns:
    """Reads the cells of some columns."""

    def __init__(self, found: Layout, columns: Sequence[Column], required: set[str]) -> None:
        most = found.assembly.table.value_chars
        reads = {
            it.name: Values(it, found.dialect, most=most, required=it.name in required)
            for it in columns
        }
        self._pieces = {name: Pieces(read) for name, read in reads.items()}
        self._amounts = {
            name: Amounts(read, self._pieces[name])
            for name, read in reads.items()
            if name in _AMOUNTS
        }

    def __call__(self, cells: Cells) -> tuple[Pieced, Pieced, set[int]]:
        """Their pieces, their amounts, and where one is not plainly right: its amount is 0."""
        amounts: Pieced = {
            name: [*map(it.__getitem__, cells[name])] for name, it in self._amounts.items()
        }
        pieces: Pieced = {
            name: [*map(it.__getitem__, cells[name])] for name, it in self._pieces.items()
        }
        bad: set[int] = set()
        for values in chain(pieces.values(), amounts.values()):
            if None in values:
                bad.update(at for at, value in enumerate(values) if value is None)
        if bad:
            amounts = {name: [it or 0 for it in values] for name, values in amounts.items()}
        return pieces, amounts, bad


def _filled(template: Template, pieces: Mapping[str, Any]) -> list[str]:
    """The template filled for each of the columns' values."""
    columns = [pieces[name] for name in template.names]
    return [*map(template.text.__mod__, zip(*columns, strict=True))]


def _finder(found: Layout) -> Callable[[str], list[str]]:
    """Finds the cells of a row as they stand."""
    mark = re.escape(found.dialect.delimiter)
    return re.compile(rf"(?:^|{mark})({found.cell})").findall


def _middle(found: Layout) -> tuple[Callable[[str], list[tuple[str, ...]]], list[int]]:
    """Finds the cells that lines are made of in what is between; and their positions."""
    used = {column.at for column in found.line}
    cells = [
        f"({found.cell})" if at in used else f"(?:{found.cell})"
        for at in range(found.lead, found.width - found.trail)
    ]
    row = re.escape(found.dialect.delimiter).join(cells)
    return re.compile(rf"{row}(\n)|[^\n]*+\n").findall, sorted(used)
