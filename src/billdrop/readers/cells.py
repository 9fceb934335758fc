"""Rows of cells from lines of text, quoted by RFC 4180; and where in its row a cell stands."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from billdrop.readers.stream import Block

Row = tuple[int, str, list[str]]
"""The first line, the text as it stands, and the cells; no cells when they cannot be told apart."""


class Dialect(NamedTuple):
    """How cells are told apart."""

    delimiter: str
    quote: str
    line_end: str


class Stretch(NamedTuple):
    """Where a cell stands in the text of its row, quotes left out."""

    start: int
    stop: int


class Broken(NamedTuple):
    """Where quoting breaks, and how."""

    start: int
    closed: bool
    """False: the quote that opens here is never closed; true: text follows the closing quote."""


def rows(blocks: Iterator[Block], dialect: Dialect) -> Iterator[Row]:
    """Every row but empty lines. Plain blocks are split; only blocks with quotes are parsed."""
    delimiter, quote, line_end = dialect
    for first, text in blocks:
        if quote and quote in text:
            yield from _quoted(_Lines(first, text, blocks), dialect)
        elif line_end:
            yield from _ended(first, text, dialect)
        else:
            for line, raw in enumerate(text.split("\n"), first):
                if raw:
                    yield line, raw, raw.split(delimiter)


def _ended(first: int, text: str, dialect: Dialect) -> Iterator[Row]:
    """Rows that must end with a text of their own, which is no part of the last cell."""
    cut = len(dialect.line_end)
    for line, raw in enumerate(text.split("\n"), first):
        if raw.endswith(dialect.line_end):
            yield line, raw, raw[:-cut].split(dialect.delimiter)
        elif raw:
            yield line, raw, []


class _Lines(Iterator[str]):
    """Lines for the csv module, which takes from the next block only to finish a quoted cell."""

    def __init__(self, first: int, text: str, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._waiting = iter(text.split("\n"))
        self.line = first
        self.taken: list[str] = []

    def __next__(self) -> str:
        raw = next(self._waiting, None)
        if raw is None and self.taken:
            self._waiting = iter(next(self._blocks)[1].split("\n"))
            raw = next(self._waiting)
        if raw is None:
            raise StopIteration
        self.taken.append(raw)
        return raw + "\n"

    def row(self) -> tuple[int, str]:
        """The first line and the text of the row that was just taken."""
        line, raw = self.line, "\n".join(self.taken)
        self.line += len(self.taken)
        self.taken.clear()
        return line, raw


def _quoted(lines: _Lines, dialect: Dialect) -> Iterator[Row]:
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        strict=True,
        lineterminator="\n",
    )
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        line, raw = lines.row()
        if raw:
            yield line, raw, cells


def stretches(raw: str, dialect: Dialect) -> list[Stretch] | Broken:
    """Where each cell of a row stands, found the slow way; or where its quoting breaks."""
    found: list[Stretch] = []
    at, end = 0, len(raw) - len(dialect.line_end) * raw.endswith(dialect.line_end)
    while at <= end:
        if dialect.quote and raw.startswith(dialect.quote, at):
            stop = _closing(raw, at + 1, dialect.quote)
            if stop is None:
                return Broken(at, closed=False)
            found.append(Stretch(at + 1, stop))
            stop += 1
            if stop < end and raw[stop] != dialect.delimiter:
                return Broken(stop, closed=True)
        else:
            stop = raw.find(dialect.delimiter, at, end)
            stop = end if stop < 0 else stop
            found.append(Stretch(at, stop))
        at = stop + 1
    return found


def _closing(raw: str, at: int, quote: str) -> int | None:
    """Where the quote closes; a doubled one does not."""
    while (at := raw.find(quote, at)) >= 0:
        if not raw.startswith(quote, at + 1):
            return at
        at += 2
    return None
