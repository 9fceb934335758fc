"""The rows of a committed segment, as the ledger has them."""

from collections.abc import Callable, Iterator
from datetime import date

from billdrop.books.booking import lines_of, row_of
from billdrop.books.columns import line_head
from billdrop.model import Row, Segment, Written

Pages = Callable[[int, int], Iterator[tuple[str, str]]]
"""Reads cells and lines of the invoices with ids from the first to the last."""


class Rows:
    """Rows that can be gone through again and again."""

    def __init__(self, start: Callable[[], Iterator[Row]]) -> None:
        self._start = start

    def __iter__(self) -> Iterator[Row]:
        return self._start()


def stored(
    name: str,
    received: date,
    first: int,
    last: int,
    pages: Pages,
    *,
    written: Written | None = None,
) -> Segment:
    """A segment whose rows are asked of the ledger whenever they are gone through."""

    def lines() -> Iterator[Row]:
        for cells, rest in pages(first, last):
            head = line_head(row_of(cells))
            for line in lines_of(rest):
                yield (*head, *line)

    return Segment(
        name=name,
        received=received,
        invoices=Rows(lambda: (row_of(cells) for cells, _ in pages(first, last))),
        lines=Rows(lines),
        written=written,
    )
