"""Every value of a chunk read, and every check made, column by column."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from billdrop.bulk.columns import Reading, Told, cells
from billdrop.bulk.filled import Source
from billdrop.bulk.groups import Chunk
from billdrop.bulk.regular import Layout
from billdrop.bulk.values import close
from billdrop.bulk.words import Flags, Ints, repeats
from billdrop.guidelines.model import Field, Guideline
from billdrop.parsing.completing import Plan
from billdrop.readers.delimited.assembly import Column

STATED = ("number", "issue_date", "currency", "net", "tax", "total")
"""Where one of them is blank, what takes its place is worked out the exact way."""
_FARTHEST = float(1 << 60)


class Checked(NamedTuple):
    """A chunk whose amounts are added up and compared."""

    chunk: Chunk
    source: Source
    heads: dict[str, Told]
    """By field, of the first row of each invoice."""
    lines: dict[str, Told]
    """By field, of each row."""
    wrong: Flags
    """The invoices that are not plainly right."""


class Check:
    """Reads chunk after chunk of one document."""

    def __init__(self, found: Layout, asked: Plan, guideline: Guideline) -> None:
        self._found, self._mark = found, guideline.locale.decimal
        self._compared = any(name == "line_amount" for name, _, _ in asked.checks)
        required = {column.name for column in found.assembly.table.required}
        of_lines = guideline.lines.fields if guideline.lines else {}
        minus = "minus" in guideline.locale.negative

        def reading(
            column: Column, fields: Mapping[str, Field], needed: Collection[str]
        ) -> Reading:
            field = fields.get(column.name)
            mark = "" if field is not None and field.map else guideline.locale.decimal
            return Reading(column, found, mark, minus=minus, required=column.name in needed)

        self._head = [reading(it, guideline.fields, asked.required) for it in found.head]
        self._line = [reading(it, of_lines, required) for it in found.line]

    def __call__(self, chunk: Chunk) -> Checked:
        """Every value of the chunk read and every check made."""
        starts, at = chunk.starts, chunk.cells
        source = Source(at.text.bytes[: len(at.data)])
        firsts = starts[:-1]
        heads = {it.name: it(cells(at, it.at, firsts), source) for it in self._head}
        lines = {it.name: it(cells(at, it.at), source) for it in self._line}
        rows = np.zeros(len(at.starts), np.bool_)
        rows[self._apart(chunk)] = True
        for told in lines.values():
            rows[told.bad] = True
        if self._compared and lines.keys() >= {"quantity", "unit_price"}:
            rows[self._disagreeing(chunk, lines)] = True
        wrong: Flags = np.logical_or.reduceat(rows, firsts)
        for told in heads.values():
            wrong[told.bad] = True
        for name in STATED:
            if name in heads:
                wrong |= heads[name].nothing
        wrong |= self._unequal(heads, lines, firsts)
        return Checked(chunk, source, heads, lines, wrong)

    def _apart(self, chunk: Chunk) -> Ints:
        """The rows that say something else of their invoice than the row before."""
        found, at = self._found, chunk.cells
        same = repeats(at.text, at.rows[:-1], at.ends[:, found.lead - 1])
        if found.trail:
            begins = at.starts[:, found.width - found.trail]
            same &= repeats(at.text, begins, at.rows[1:])
        same[chunk.starts[:-1]] = True
        return np.flatnonzero(~same)

    def _disagreeing(self, chunk: Chunk, lines: Mapping[str, Told]) -> Ints:
        """The rows whose quantity times price is not their net."""
        quantity, price = _amounts(lines["quantity"]), _amounts(lines["unit_price"])
        told = lines["net"]
        net, decimals = _amounts(told), told.decimals
        assert decimals is not None, "it is an amount"
        far = np.abs(quantity.astype(np.float64) * price) > _FARTHEST
        difference = np.abs(quantity * price - net * 10_000)
        room = np.int64(10) ** (8 - np.maximum(decimals, 0))
        apart = far | (2 * difference > np.where(decimals < 0, 0, room))
        rows = np.flatnonzero(apart)
        kept = [row for row in rows.tolist() if not self._near(chunk, lines, row)]
        return np.array(kept, np.int64)

    def _near(self, chunk: Chunk, lines: Mapping[str, Told], row: int) -> bool:
        """Whether they agree after all: amounts that are written in another way, or are large."""
        column = next(it.at for it in self._line if it.name == "net")
        text = chunk.cells.cell(row, column).decode()
        quantity, price, net = (
            int(_amounts(lines[name])[row]) for name in ("quantity", "unit_price", "net")
        )
        return close(quantity, price, net, text, self._mark)

    def _unequal(self, heads: Mapping[str, Told], lines: Mapping[str, Told], firsts: Ints) -> Flags:
        """The invoices that do not agree with their lines."""
        sums = {name: _sums(lines[name], firsts) for name in ("net", "tax") if name in lines}
        net, total = _amounts(heads["net"]), _amounts(heads["total"])
        tax = _amounts(heads["tax"]) if "tax" in heads else sums.get("tax")
        wrong: Flags = net != sums["net"]
        if tax is None:
            wrong |= net != total
            return wrong
        if "tax" in sums:
            wrong |= tax != sums["tax"]
        wrong |= net + tax != total
        return wrong


def _amounts(told: Told) -> Ints:
    assert told.amounts is not None, "it is an amount"
    return told.amounts


def _sums(told: Told, firsts: Ints) -> Ints:
    found: Ints = np.add.reduceat(_amounts(told), firsts)
    return found
