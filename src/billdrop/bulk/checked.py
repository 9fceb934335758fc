"""Every value of a chunk of rows read, and every check made, column by column."""

from collections.abc import Collection, Mapping

import numpy as np

from billdrop.bulk.agreeing import Checked, disagreeing, unequal, wrong_heads
from billdrop.bulk.asked import AMOUNTS, LOOKED_UP, Asked, mark_of
from billdrop.bulk.columns import Reading, cells
from billdrop.bulk.filled import Source
from billdrop.bulk.groups import Chunk
from billdrop.bulk.regular import Layout
from billdrop.bulk.values import Values, decimals_of
from billdrop.bulk.words import Ints, repeats
from billdrop.guidelines.model import Field, Guideline
from billdrop.parsing.completing import Plan
from billdrop.readers.delimited.assembly import Column


class Check:
    """Reads chunk after chunk of one document."""

    def __init__(self, found: Layout, asked: Plan, guideline: Guideline) -> None:
        self._found, self._mark = found, guideline.locale.decimal
        self._compared = any(name == "line_amount" for name, _, _ in asked.checks)
        required = {column.name for column in found.assembly.table.required}
        of_lines = guideline.lines.fields if guideline.lines else {}
        mark, minus = mark_of(guideline.locale, found.limits), "minus" in guideline.locale.negative
        most = found.limits.value_chars

        def reading(
            column: Column, fields: Mapping[str, Field], needed: Collection[str]
        ) -> tuple[int, Reading]:
            field = fields.get(column.name)
            must = column.name in needed
            told = Asked(
                name=column.name,
                read=Values(column, found.dialect, most=most, required=must),
                free=column.convert is None and column.name not in LOOKED_UP,
                amount=column.name in AMOUNTS,
                mark="" if field is not None and field.map else mark,
                minus=minus,
                required=must,
                most=most,
            )
            return column.at, Reading(told)

        self._head = [reading(it, guideline.fields, asked.required) for it in found.head]
        self._line = [reading(it, of_lines, required) for it in found.line]
        self._net = next(at for at, it in self._line if it.name == "net")

    def __call__(self, chunk: Chunk) -> Checked:
        """Every value of the chunk read and every check made."""
        starts, at = chunk.starts, chunk.cells
        source = Source(at.text.bytes[: len(at.data)])
        firsts = starts[:-1]
        heads = {it.name: it(cells(at, column, firsts), source) for column, it in self._head}
        lines = {it.name: it(cells(at, column), source) for column, it in self._line}
        rows = np.zeros(len(at.starts), np.bool_)
        rows[self._apart(chunk)] = True
        for told in lines.values():
            rows[told.bad] = True
        if self._compared and lines.keys() >= {"quantity", "unit_price"}:
            rows[disagreeing(lines, lambda row: self._written(chunk, row))] = True
        wrong = np.logical_or.reduceat(rows, firsts) | wrong_heads(heads, source)
        wrong |= unequal(heads, lines, starts)
        return Checked(
            before=chunk.index,
            firsts=firsts + chunk.first,
            lasts=starts[1:] + (chunk.first - 1),
            starts=starts,
            places=np.arange(chunk.first, chunk.first + len(at.starts)),
            text=at.text,
            source=source,
            heads=heads,
            lines=lines,
            wrong=wrong,
        )

    def _apart(self, chunk: Chunk) -> Ints:
        """The rows that say something else of their invoice than the row before."""
        found, at = self._found, chunk.cells
        same = repeats(at.text, at.rows[:-1], at.ends[:, found.lead - 1])
        if found.trail:
            begins = at.starts[:, found.width - found.trail]
            same &= repeats(at.text, begins, at.rows[1:])
        same[chunk.starts[:-1]] = True
        return np.flatnonzero(~same)

    def _written(self, chunk: Chunk, row: int) -> int | None:
        return decimals_of(chunk.cells.cell(row, self._net).decode(), self._mark)
