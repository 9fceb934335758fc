"""The records of a document in order, some whole invoices at a time."""

from collections.abc import Collection, Iterator
from itertools import chain

import numpy as np
from msgspec import Struct

from billdrop.bulk.columns import Cells
from billdrop.bulk.fixed.laid import Laid
from billdrop.bulk.fixed.table import NOTHING, WIDE, Table, kinds_of, slices, table
from billdrop.bulk.slices import LONGEST
from billdrop.bulk.words import Flags, Ints, repeats, stripped
from billdrop.model import Sliced
from billdrop.readers.fixed.records import Cut, Record
from billdrop.readers.stream import Unreadable


class Found(Struct, frozen=True):
    """The records of one kind, or of several, by what they are of."""

    rows: Ints
    """Of each invoice, or of each line: its record; -1: it has none."""
    twice: Ints
    """The invoices that have one too many, or one before their first line."""


class Chunk(Struct, frozen=True, kw_only=True):
    """Some whole invoices."""

    index: int
    """How many came before."""
    table: Table
    """Their records."""
    starts: Ints
    """Where each invoice begins among the records, and where the last ends."""
    apart: Table
    """The records that are of no invoice."""
    names: tuple[str, ...]
    """See `kinds_of`."""

    @property
    def owners(self) -> Ints:
        """The invoice of each record."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def rows(self, kinds: Collection[str]) -> Ints:
        """The records of some kinds."""
        return np.flatnonzero(flags(self.names, kinds)[self.table.kinds])

    def of_invoices(self, kinds: Collection[str], owners: Ints) -> Found:
        """Of each invoice the record of some kinds."""
        rows = self.rows(kinds)
        return _once(rows, owners[rows], len(self.starts) - 1, owners)

    def of_lines(self, kinds: Collection[str], lines: Ints, owners: Ints) -> Found:
        """Of each line the record of some kinds, at it or after it."""
        rows = self.rows(kinds)
        at = np.searchsorted(lines, rows, "right") - 1
        lost = (at < 0) | (owners[lines[np.maximum(at, 0)]] != owners[rows]) if len(lines) else None
        if lost is None:
            return Found(np.empty(0, np.int64), owners[rows])
        found = _once(rows[~lost], at[~lost], len(lines), owners)
        return Found(found.rows, np.concatenate((found.twice, owners[rows[lost]])))

    def cells(self, cut: Cut, rows: Ints) -> Cells:
        """What stands in some columns of each record; nothing where there is none."""
        starts, ends = stripped(self.table.text, *self.stretches(cut, rows))
        odd = self.table.holding(rows, starts, ends)
        return Cells(self.table.text, self.table.part.data, starts, ends, odd)

    def stretches(self, cut: Cut, rows: Ints) -> tuple[Ints, Ints]:
        """The same with the blanks around it."""
        start, stop = cut
        begins, stops = self.table.starts[rows], self.table.ends[rows]
        starts = np.minimum(begins + start, stops)
        ends = stops.copy() if stop is None else np.minimum(begins + stop, stops)
        none = rows < 0
        if none.any():
            starts[none] = ends[none] = 0
        return starts, ends

    def records(self, place: int) -> list[Record]:
        """Those of one invoice, as the exact way has them."""
        first, last = self.starts[place : place + 2].tolist()
        return records(self.table.some(slice(first, last)))


def records(of: Table) -> list[Record]:
    """As the exact way has them."""
    each = zip(of.numbers.tolist(), of.starts.tolist(), of.ends.tolist(), strict=True)
    return [Record(number, of.part.text(start, end)) for number, start, end in each]


def flags(names: tuple[str, ...], kinds: Collection[str]) -> Flags:
    """Whether each kind is one of some; the last is that of a record of no kind."""
    return np.array([*(name in kinds for name in names), False])


def _once(rows: Ints, at: Ints, count: int, owners: Ints) -> Found:
    found = np.full(count, -1, np.int64)
    found[at] = rows
    again = rows[1:][at[1:] == at[:-1]]
    return Found(found, owners[again])


def chunks(content: Sliced, laid: Laid) -> Iterator[Chunk]:
    """Cut where an invoice begins; raises `Unreadable` for what the exact way has to judge."""
    names, (index, line, rest) = kinds_of(laid), (0, 1, NOTHING)
    beside = flags(names, laid.layout.apart | laid.layout.ignored)
    for part in chain(slices(content, laid), [NOTHING]):
        joined = rest + part
        everything, after = table(joined, laid, line)
        out = beside[everything.kinds]
        own, apart = everything.chosen(~out), everything.chosen(out)
        starts = _begins(own, laid, names)
        if part is NOTHING:
            starts = np.append(starts, len(own.kinds))
        if len(own.kinds) and (not len(starts) or starts[0]):
            raise Unreadable
        if len(own.kinds):
            end = len(joined.data) if part is NOTHING else int(own.starts[starts[-1]])
            yield Chunk(
                index=index,
                table=own.some(slice(0, int(starts[-1]))),
                starts=starts,
                apart=apart.chosen(apart.starts < end),
                names=names,
            )
            index, rest = index + len(starts) - 1, joined.since(end)
            line = after if part is NOTHING else int(own.numbers[starts[-1]])
        else:
            yield Chunk(
                index=index, table=own, starts=np.zeros(1, np.int64), apart=apart, names=names
            )
            rest, line = NOTHING, after
        if len(rest.data) > LONGEST:
            raise Unreadable


def _begins(own: Table, laid: Laid, names: tuple[str, ...]) -> Ints:
    """Where invoices begin: at a record of the kind that does, or of another number."""
    if laid.layout.start:
        return np.flatnonzero(flags(names, laid.layout.start)[own.kinds])
    if not len(own.kinds):
        return own.kinds
    start, stop = next(it.spot.cut for it in laid.heads if it.spot.name == "number")
    begins = np.minimum(own.starts + start, own.ends)
    ends = own.ends if stop is None else np.minimum(own.starts + stop, own.ends)
    length = laid.layout.length
    starts, ends = stripped(own.text, begins, ends)
    odd = own.holding(np.arange(len(starts)), starts, ends)
    short = bool(length) and bool((own.ends - own.starts != length).any())
    if short or (starts == ends).any() or (odd is not None and odd.any()):
        raise Unreadable
    return np.flatnonzero(~repeats(own.text, starts, ends))


def wide(of: Chunk) -> Ints:
    """The records with a character that is read the exact way alone."""
    special = of.table.special
    at = special[of.table.text.bytes[special] == WIDE]
    rows = np.searchsorted(of.table.starts, at, "right") - 1
    kept = rows[(rows >= 0) & (at < of.table.ends[rows])] if len(of.table.starts) else rows[:0]
    return np.unique(kept)
