"""The rows of a regular document, a chunk of whole invoices at a time."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from billdrop.bulk.regular import Layout, body


class Chunk(Struct, frozen=True, kw_only=True):
    """Some whole invoices."""

    index: int
    """How many came before."""
    first: int
    """The line of the first row."""
    lines: list[str]
    starts: list[int]
    """Where each invoice begins among the lines, and where the last ends."""

    def place(self, at: int) -> tuple[int, int]:
        """The first and the last line of an invoice in the document."""
        return self.first + self.starts[at], self.first + self.starts[at + 1] - 1

    def lines_of(self, at: int) -> list[str]:
        """The rows of an invoice as they stand."""
        return self.lines[self.starts[at] : self.starts[at + 1]]


def chunks(content: bytes, found: Layout, starts: "array[int]") -> Iterator[Chunk]:
    """Cut where an invoice ends; the one that a block ends in waits for the next."""
    index, held, read = 0, list[str](), 0
    for _, text in body(content, found):
        held += text.split("\n")
        read = starts[index] + len(held)
        end = bisect_right(starts, read) - 1
        if end > index:
            begin = starts[index]
            whole = starts[end] - begin
            yield Chunk(
                index=index,
                first=found.first + begin,
                lines=held[:whole],
                starts=[row - begin for row in starts[index : end + 1]],
            )
            index, held = end, held[whole:]
