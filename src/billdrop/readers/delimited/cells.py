"""Rows of cells from lines of text, quoted by RFC 4180; and where in its row a cell stands."""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from billdrop.readers.stream import Block, Row

LONG = csv.field_size_limit()
"""A cell of more characters is too long for the csv module."""


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
    """Every row but empty lines. A line is split at its delimiters; only one with quotes is parsed."""
    first, text = next(blocks, (1, ""))
    further = chain.from_iterable(text.split("\n") for _, text in blocks)
    lines = chain(text.split("\n"), further)
    if dialect.quote:
        return _quoted(first, lines, dialect)
    return (_ended if dialect.line_end else _plain)(first, lines, dialect)


def _plain(first: int, lines: Iterator[str], dialect: Dialect) -> Iterator[Row]:
    delimiter = dialect.delimiter
    for line, raw in enumerate(lines, first):
        if raw:
            yield line, raw, raw.split(delimiter)


def _ended(first: int, lines: Iterator[str], dialect: Dialect) -> Iterator[Row]:
    """Rows that must end with a text of their own, which is no part of the last cell."""
    cut = len(dialect.line_end)
    for line, raw in enumerate(lines, first):
        if raw.endswith(dialect.line_end):
            yield line, raw, raw[:-cut].split(dialect.delimiter)
        elif raw:
            yield line, raw, []


def _quoted(first: int, lines: Iterator[str], dialect: Dialect) -> Iterator[Row]:
    delimiter, quote, _ = dialect
    parser = _Parser(lines, dialect)
    line = first
    for raw in lines:
        if quote in raw:
            cells = _split(raw, delimiter, quote) if len(raw) < LONG else None
            if cells is not None:
                yield line, raw, cells
            else:
                whole, cells = parser.parsed(raw)
                yield line, whole, cells
                line += whole.count("\n")
        elif raw:
            yield line, raw, raw.split(delimiter)
        line += 1


def _split(raw: str, delimiter: str, quote: str) -> list[str] | None:
    """The cells of a row with one plainly quoted cell; None for the csv module to tell them apart."""
    parts = raw.split(quote)
    if len(parts) == 3:
        before, cell, after = parts
        if before[-1:] in ("", delimiter) and after[:1] in ("", delimiter):
            return [*before.split(delimiter)[:-1], cell, *after.split(delimiter)[1:]]
    return None


class _Parser:
    """The csv module, which takes from the lines that follow those that a quoted cell reaches into."""

    def __init__(self, lines: Iterator[str], dialect: Dialect) -> None:
        self._lines = lines
        self._taken: list[str] = []
        self._begins = True
        self._reader = csv.reader(
            self._fed(),
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            strict=True,
            lineterminator="\n",
        )

    def parsed(self, raw: str) -> tuple[str, list[str]]:
        """The text and the cells of the row that begins with a line; no cells if its quotes break."""
        self._taken = [raw]
        self._begins = True
        try:
            cells = next(self._reader)
        except csv.Error:
            cells = []
        return "\n".join(self._taken), cells

    def _fed(self) -> Iterator[str]:
        """The line that begins a row; asked again, while a cell is open, the one after it."""
        while True:
            if not self._begins:
                raw = next(self._lines, None)
                if raw is None:
                    return
                self._taken.append(raw)
            self._begins = False
            yield self._taken[-1] + "\n"


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
