"""The rows of a regular document, a chunk of whole invoices at a time."""

from collections.abc import Iterator
from itertools import chain

import numpy as np
from msgspec import Struct

from billdrop.bulk.columns import UNSURE
from billdrop.bulk.columns import cells as of_column
from billdrop.bulk.index import Index, index
from billdrop.bulk.regular import Layout
from billdrop.bulk.slices import LONGEST, slices
from billdrop.bulk.twins import Numbers
from billdrop.bulk.words import Flags, Ints, repeats
from billdrop.model import Sliced
from billdrop.readers.stream import Unreadable


class Chunk(Struct, frozen=True, kw_only=True):
    """Some whole invoices."""

    index: int
    """How many came before."""
    first: int
    """The line of the first row."""
    cells: Index
    starts: Ints
    """Where each invoice begins among the rows, and where the last ends."""

    def lines(self) -> list[int]:
        """The first line of each invoice in the document, and that after the last."""
        found: list[int] = (self.starts + self.first).tolist()
        return found

    def text(self, at: int) -> str:
        """The rows of an invoice as they stand."""
        cells = self.cells
        first, last = (cells.rows[row] for row in self.starts[at : at + 2])
        return cells.data[first : last - 1].decode()


class _Numbered:
    """Tells where another invoice begins, slice after slice."""

    def __init__(self, found: Layout) -> None:
        self._at = found.number
        self._last: bytes | None = None

    def __call__(self, cells: Index) -> Flags:
        """Of each row, whether its number is another than that of the row before."""
        new = ~repeats(cells.text, cells.starts[:, self._at], cells.ends[:, self._at])
        new[0] = cells.cell(0, self._at) != self._last
        self._last = cells.cell(-1, self._at)
        return new


def regular(content: Sliced, found: Layout) -> bool:
    """
    Whether all rows have their cells and a number, and those of one number stand together.

    Numbers are told apart by 64 bits of each, in any case: where two meet, the answer is no.
    """
    rows, seen, longest = 0, Numbers("utf-8"), 0
    numbered, before, began = _Numbered(found), 0, 0
    try:
        for data in slices(content, found):
            cells = index(data, found)
            if cells is None or not _sure(cells, found.number):
                return False
            new = np.flatnonzero(numbered(cells))
            seen.add(of_column(cells, found.number, new))
            begins = before + cells.rows[new]
            ended = np.concatenate((np.array([began]), begins, np.array([before + len(data)])))
            longest = max(longest, int(np.diff(ended).max()))
            began = int(begins[-1]) if len(begins) else began
            before += len(data)
            rows += len(cells.starts)
    except Unreadable:
        return False
    within = 0 < rows <= found.limits.rows and len(seen) <= found.limits.records
    return within and longest <= LONGEST and seen.differ


def _sure(cells: Index, at: int) -> bool:
    """Whether every number is there and stands for itself."""
    starts, ends, data = cells.starts[:, at], cells.ends[:, at], cells.text.bytes
    odd = cells.odd is not None and bool(cells.odd[:, at].any())
    blank = bool((starts == ends).any())
    return not (
        odd or blank or UNSURE[data.take(starts)].any() or UNSURE[data.take(ends - 1)].any()
    )


def chunks(content: Sliced, found: Layout) -> Iterator[Chunk]:
    """Cut where an invoice ends; the one that a slice ends in waits for the next."""
    index_, line, rest = 0, found.first, b""
    for data in chain(slices(content, found), [b""]):
        cells = index(rest + data, found) if rest or data else None
        if cells is None:
            raise Unreadable
        starts = np.flatnonzero(_Numbered(found)(cells))
        if not data:
            starts = np.append(starts, len(cells.starts))
        if len(starts) > 1:
            chunk = Chunk(
                index=index_, first=line, cells=_first(cells, int(starts[-1])), starts=starts
            )
            yield chunk
            index_, line = index_ + len(starts) - 1, line + int(starts[-1])
        rest = cells.data[cells.rows[starts[-1]] :]


def _first(cells: Index, rows: int) -> Index:
    odd = None if cells.odd is None else cells.odd[:rows]
    return cells._replace(
        rows=cells.rows[: rows + 1], starts=cells.starts[:rows], ends=cells.ends[:rows], odd=odd
    )
