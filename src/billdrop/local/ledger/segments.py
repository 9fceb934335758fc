"""The rows of a committed segment, from memory or from the ledger: the same rows in the same order."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from billdrop.columns import line_head
from billdrop.local.ledger.answers import cells_of, lines_of
from billdrop.model import Row, Segment

Pages = Callable[[int, int], Iterator[tuple[str, str]]]
"""Reads cells and lines of the invoices with ids from the first to the last."""


class Rows:
    """Rows that can be gone through again and again."""

    def __init__(self, start: Callable[[], Iterator[Row]]) -> None:
        self._start = start

    def __iter__(self) -> Iterator[Row]:
        return self._start()


def held(name: str, received: date, kept: Sequence[tuple[Row, Sequence[Row]]]) -> Segment:
    """A segment whose rows are in memory."""

    def lines() -> Iterator[Row]:
        for row, rest in kept:
            head = line_head(row)
            for line in rest:
                yield (*head, *line)

    return Segment(
        name=name,
        received=received,
        invoices=Rows(lambda: (row for row, _ in kept)),
        lines=Rows(lines),
    )


def stored(name: str, received: date, first: int, last: int, pages: Pages) -> Segment:
    """A segment whose rows are asked of the ledger whenever they are gone through."""

    def lines() -> Iterator[Row]:
        for cells, rest in pages(first, last):
            head = line_head(cells_of(cells))
            for line in lines_of(rest):
                yield (*head, *line)

    return Segment(
        name=name,
        received=received,
        invoices=Rows(lambda: (cells_of(cells) for cells, _ in pages(first, last))),
        lines=Rows(lines),
    )
