"""The look through a document before its first invoice is booked: is it what it says of itself?"""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from billdrop.bulk.agreeing import amounts
from billdrop.bulk.fixed.checked import Looked, reading
from billdrop.bulk.fixed.groups import Chunk, chunks, flags, records
from billdrop.bulk.fixed.implied import MOST_DECIMALS
from billdrop.bulk.fixed.laid import Laid
from billdrop.bulk.fixed.table import WIDE
from billdrop.bulk.twins import Numbers
from billdrop.model import Sliced
from billdrop.readers.fixed.records import Record
from billdrop.readers.fixed.totals import Said, Tally, compared, said, tally
from billdrop.readers.stream import Unreadable


def regular(content: Sliced, laid: Laid) -> bool:
    """Whether every record is in its place, no number there twice, and every total of the file right."""
    look, count = _Look(laid), 0
    try:
        for chunk in chunks(content, laid):
            look(chunk)
            count = chunk.index + len(chunk.starts) - 1
    except Unreadable:
        return False
    return count > 0 and look.fine


class _Look:
    """Adds up what there is."""

    def __init__(self, laid: Laid) -> None:
        self._laid, self._controls = laid, laid.layout.of_file
        self._known: Tally = tally(self._controls)
        self._told, self._last = list[Said](), Record(1, "")
        self._numbers = Numbers("latin-1")
        columns = {f"lines.{it.spot.name}": it for it in laid.lines}
        columns |= {it.spot.name: it for it in laid.heads}
        self._number = columns["number"]
        self._summed = [(of, columns[of], reading(columns[of], laid)) for of in self._known.sums]
        self._sums = dict.fromkeys(self._known.sums, 0)
        self._rows = 0

    def __call__(self, chunk: Chunk) -> None:
        """Add a chunk; raises `Unreadable` for what the exact way has to judge."""
        laid = self._laid
        self._rows += len(chunk.table.starts) + len(chunk.apart.starts)
        looked = Looked(chunk, laid)
        self._add_numbers(chunk, looked)
        if self._controls:
            self._add(chunk, looked)

    def _add_numbers(self, chunk: Chunk, looked: Looked) -> None:
        if looked.wrong.size:
            rows = chunk.of_invoices(self._number.kinds, looked.owners).rows
            if not self._laid.layout.start:
                rows = chunk.starts[:-1]
            cells = chunk.cells(self._number.spot.cut, rows)
            there = np.flatnonzero(cells.ends > cells.starts)
            given = cells.some(there)
            if given.odd is not None and any(
                bytes([WIDE]) in given.said(row) for row in np.flatnonzero(given.odd).tolist()
            ):
                raise Unreadable
            self._numbers.add(given)

    def _add(self, chunk: Chunk, looked: Looked) -> None:
        counts = self._known.counts
        counts["invoices"] += len(looked.wrong)
        counts["lines"] += len(looked.lines)
        counts["records"] = self._rows
        for of, column, read in self._summed:
            told = (looked.line if of.startswith("lines.") else looked.head)(column, read)
            if len(told.bad):
                raise Unreadable
            self._sums[of] += int(amounts(told).sum())
        if looked.wrong.any():
            raise Unreadable
        for kind, record in self._stating(chunk):
            self._told += said(record, kind, self._controls)
            self._last = record

    def _stating(self, chunk: Chunk) -> Iterator[tuple[str, Record]]:
        """The records that state totals."""
        chosen = flags(chunk.names, {it.kind for it in self._controls})
        for of in (chunk.table, chunk.apart):
            some = of.chosen(chosen[of.kinds])
            yield from zip((chunk.names[at] for at in some.kinds), records(some), strict=True)

    @property
    def fine(self) -> bool:
        """Whether all that was added is what the document says of itself."""
        sums = {of: Decimal(value).scaleb(-MOST_DECIMALS) for of, value in self._sums.items()}
        self._known.sums.update(sums)
        wrong = any(compared(self._controls, self._told, self._known, self._last))
        limits, invoices = self._laid.reader.limits, len(self._numbers)
        within = self._rows <= limits.rows and invoices <= limits.records
        return within and not wrong and self._numbers.differ
