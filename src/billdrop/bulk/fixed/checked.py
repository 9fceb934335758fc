"""Every value of some records read, and every check made, column by column."""

from collections.abc import Iterable

import numpy as np

from billdrop.bulk.agreeing import (
    Checked,
    added,
    amounts,
    disagreeing,
    unequal,
    wrong_heads,
)
from billdrop.bulk.columns import Reading, Told
from billdrop.bulk.filled import Source
from billdrop.bulk.fixed.groups import Chunk, Found, flags, wide
from billdrop.bulk.fixed.implied import LEAST_DIGITS, MOST_DECIMALS, Implied
from billdrop.bulk.fixed.laid import Column, Laid
from billdrop.bulk.values import decimals_of
from billdrop.bulk.words import Flags, Ints, repeats


class Looked:
    """A chunk being read: its records by what they are of, and which invoices are amiss."""

    def __init__(self, chunk: Chunk, laid: Laid) -> None:
        self.chunk = chunk
        self.source = Source(chunk.table.text.bytes[: len(chunk.table.part.data)])
        self.owners = chunk.owners
        self.lines = chunk.rows(laid.begins)
        self.starts: Ints = np.searchsorted(self.lines, chunk.starts)
        self.wrong: Flags = np.zeros(len(chunk.starts) - 1, np.bool_)
        self._single = not laid.layout.start
        self._heads = dict[frozenset[str], Ints]()
        self._lines = dict[frozenset[str], Ints]()

    def head(self, column: Column, read: Reading) -> Told:
        """What each invoice says in a column."""
        rows = self._heads.get(column.kinds)
        if rows is None:
            rows = self._heads[column.kinds] = self._of_invoices(column)
        return self._told(column, read, rows)

    def line(self, column: Column, read: Reading) -> Told:
        """What each line says in a column; what is amiss is amiss with the invoice."""
        rows = self._lines.get(column.kinds)
        if rows is None:
            found = self.chunk.of_lines(column.kinds, self.lines, self.owners)
            rows = self._lines[column.kinds] = self._fine(found)
        told = self._told(column, read, rows)
        self.wrong[self.owners[self.lines[told.bad]]] = True
        return told

    def _of_invoices(self, column: Column) -> Ints:
        if self._single:
            return self.chunk.starts[:-1]
        return self._fine(self.chunk.of_invoices(column.kinds, self.owners))

    def _fine(self, found: Found) -> Ints:
        self.wrong[found.twice] = True
        return found.rows

    def _told(self, column: Column, read: Reading, rows: Ints) -> Told:
        spot = column.spot
        if spot.entire and spot.cut.stop is not None:
            table = self.chunk.table
            there = rows[rows >= 0]
            cut = there[table.ends[there] - table.starts[there] < spot.cut.stop]
            self.wrong[self.owners[cut]] = True
        return read(self.chunk.cells(spot.cut, rows), self.source)


def reading(column: Column, laid: Laid) -> Reading:
    """What reads a column."""
    spot, asked = column.spot, column.asked
    decimals, ways = spot.decimals, laid.ways
    plain = not (spot.map or spot.refuse) and "leading-overpunch" not in ways
    many = laid.reader.limits.digits >= LEAST_DIGITS
    several = len({"minus", "trailing-minus", "overpunch"} & {*ways}) > 1
    if decimals is None or decimals > MOST_DECIMALS or not (plain and many) or several:
        return Reading(asked)
    return Implied(asked, decimals, ways)


class Check:
    """Reads chunk after chunk of one document."""

    def __init__(self, laid: Laid) -> None:
        self._laid = laid
        self._head = [(it, reading(it, laid)) for it in laid.heads]
        self._line = [(it, reading(it, laid)) for it in laid.lines]
        self._totals = [(it, reading(it.column, laid)) for it in laid.totals]
        self._mark = laid.lines[0].asked.mark or "."

    def __call__(self, chunk: Chunk) -> Checked:
        """Every value of the chunk read and every check made."""
        looked = Looked(chunk, self._laid)
        heads = {it.spot.name: looked.head(it, read) for it, read in self._head}
        lines = {it.spot.name: looked.line(it, read) for it, read in self._line}
        wrong, numbers = looked.wrong, chunk.table.numbers
        wrong[looked.owners[self._odd(chunk)]] = True
        if self._laid.compared and lines.keys() >= {"quantity", "unit_price"}:
            rows = disagreeing(lines, lambda row: self._written(chunk, looked.lines[row]))
            wrong[looked.owners[looked.lines[rows]]] = True
        wrong |= wrong_heads(heads, looked.source) | unequal(heads, lines, looked.starts)
        self._total(looked, heads, lines)
        return Checked(
            before=chunk.index,
            firsts=numbers[chunk.starts[:-1]],
            lasts=numbers[chunk.starts[1:] - 1],
            starts=looked.starts,
            places=numbers[looked.lines],
            text=chunk.table.text,
            source=looked.source,
            heads=heads,
            lines=lines,
            wrong=wrong,
        )

    def _odd(self, chunk: Chunk) -> Ints:
        """The records that say what is not read here, or more than can be."""
        laid, table = self._laid, chunk.table
        odd = flags(chunk.names, laid.odd)
        odd[-1] = True
        wrong = odd[table.kinds]
        wrong[wide(chunk)] = True
        if laid.layout.length:
            wrong |= table.ends - table.starts != laid.layout.length
        if not laid.layout.start:
            wrong[self._apart(chunk)] = True
        return np.flatnonzero(wrong)

    def _apart(self, chunk: Chunk) -> Ints:
        """The rows that say something else of their invoice than the row before."""
        rows = np.arange(len(chunk.table.starts))
        apart = np.zeros(len(rows), np.bool_)
        for column in self._laid.heads:
            starts, ends = chunk.stretches(column.spot.cut, rows)
            apart |= ~repeats(chunk.table.text, starts, ends)
        apart[chunk.starts[:-1]] = False
        return np.flatnonzero(apart)

    def _written(self, chunk: Chunk, row: int) -> int | None:
        net = next(it for it in self._laid.lines if it.spot.name == "net")
        if net.spot.decimals is not None:
            return net.spot.decimals
        cells = chunk.cells(net.spot.cut, np.array([row]))
        return decimals_of(cells.said(0).decode("latin-1"), net.asked.mark or self._mark)

    def _total(self, looked: Looked, heads: dict[str, Told], lines: dict[str, Told]) -> None:
        """Hold what an invoice states of itself against what is there."""
        for (of, column), read in self._totals:
            told = looked.head(column, read)
            looked.wrong |= told.nothing | (
                amounts(told) != self._counted(of, looked, heads, lines)
            )
            looked.wrong[told.bad] = True

    def _counted(
        self, of: str, looked: Looked, heads: dict[str, Told], lines: dict[str, Told]
    ) -> Ints:
        group, _, name = of.rpartition(".")
        if group:
            return added(lines[name], looked.starts)
        if of in heads:
            return amounts(heads[of])
        counts = {
            "lines": np.diff(looked.starts),
            "records": np.diff(looked.chunk.starts),
        }
        scale = np.int64(10**MOST_DECIMALS)
        return counts[of] * scale


def named(columns: Iterable[Column]) -> tuple[str, ...]:
    """The fields that stand in columns."""
    return tuple(it.spot.name for it in columns)
