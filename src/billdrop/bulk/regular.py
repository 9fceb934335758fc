"""Whether every row of a document is in its place, and how its columns stand."""

import re
from array import array
from collections.abc import Iterator, Sequence

from msgspec import Struct

from billdrop.guidelines.inputs import DelimitedInput
from billdrop.guidelines.model import Guideline
from billdrop.readers import Limits
from billdrop.readers.assembly import Assembly, Column
from billdrop.readers.cells import LONG, Dialect
from billdrop.readers.delimited import Delimited
from billdrop.readers.stream import Block, Unreadable, blocks


class Layout(Struct, frozen=True, kw_only=True):
    """How the rows of a document are made."""

    dialect: Dialect
    encoding: str
    first: int
    """The line of the first row, after the header."""
    width: int
    number: int
    """The position of the invoice number."""
    lead: int
    """So many cells from the first are of the invoice itself."""
    trail: int
    """And so many to the last."""
    head: tuple[Column, ...]
    line: tuple[Column, ...]
    assembly: Assembly
    limits: Limits

    @property
    def cell(self) -> str:
        """A regular expression for a cell as it stands, quotes included."""
        mark, quote, _ = self.dialect
        free = rf"[^{re.escape(mark + quote)}\n]*+"
        if not quote:
            return free
        shut = re.escape(quote)
        return rf"(?:{shut}[^{shut}\n]*+(?:{shut}{shut}[^{shut}\n]*+)*+{shut}|{free})"


def layout(content: bytes, reader: Delimited, guideline: Guideline) -> Layout | None:
    """How the columns of a document stand; None where the short way cannot follow."""
    given = guideline.input
    assert isinstance(given, DelimitedInput)
    try:
        opened = reader.opened(content)
    except Unreadable:
        return None
    table = opened.assembly.table
    own = {column.at for column in table.invoice}
    lines = {column.at for column in table.line or ()}
    width, number = opened.width, opened.columns["number"]
    lead = next((at for at in range(width) if at not in own), width)
    trail = next((at for at in range(width) if width - 1 - at not in own), width)
    between = range(lead, width - trail)
    if number >= lead or not between or own & {*between} or not lines <= {*between}:
        return None
    return Layout(
        dialect=table.dialect,
        encoding=given.encoding,
        first=opened.line,
        width=width,
        number=number,
        lead=lead,
        trail=trail,
        head=table.invoice,
        line=table.line or (),
        assembly=opened.assembly,
        limits=reader.limits,
    )


def body(content: bytes, found: Layout) -> Iterator[Block]:
    """The blocks of rows."""
    for first, text in blocks(content, found.encoding, found.limits):
        if first >= found.first:
            yield first, text
        elif first + text.count("\n") >= found.first:
            yield found.first, text.split("\n", found.first - first)[-1]


def regular(content: bytes, found: Layout) -> "array[int] | None":
    """
    The places among the rows at which another invoice begins, and their number at the end.

    None unless all rows have their cells and a number, and those of one number stand together.
    """
    try:
        return _regular(body(content, found), found)
    except Unreadable:
        return None


def _regular(taken: Iterator[Block], found: Layout) -> "array[int] | None":
    mark, at = found.dialect.delimiter, found.number
    whole, starts = _Whole(found), array("L")
    key, known, rows = "\n", set[str](), 0
    for _, text in taken:
        lines = text.split("\n")
        if not whole(text, lines):
            return None
        for row, line in enumerate(lines, rows):
            if not line.startswith(key):
                cells = line.split(mark, at + 1)
                number = cells[at]
                key = line[: len(line) - len(cells[-1])]
                if number in known or not _plain(number, key, found.dialect):
                    return None
                known.add(number)
                starts.append(row)
        rows += len(lines)
    limits = found.limits
    if not 0 < rows <= limits.rows or len(starts) > limits.records:
        return None
    starts.append(rows)
    return starts


def _plain(number: str, key: str, dialect: Dialect) -> bool:
    quoted = bool(dialect.quote) and dialect.quote in key
    return number != "" and number.strip() == number and not quoted


class _Whole:
    """Whether lines are rows, each with all of its cells."""

    def __init__(self, found: Layout) -> None:
        mark, self._quote, self._end = found.dialect
        self._mark, self._count = mark, found.width - 1
        cells = rf"{found.cell}(?:{re.escape(mark)}{found.cell}){{{self._count}}}"
        self._fit = re.compile(cells).fullmatch

    def __call__(self, text: str, lines: Sequence[str]) -> bool:
        mark, quote, end = self._mark, self._quote, self._end
        if end and not all(line.endswith(end) for line in lines):
            return False
        if quote and quote in text:
            fit, plain = self._fit, [line for line in lines if quote not in line]
            if not all(len(line) < LONG and fit(line) for line in lines if quote in line):
                return False
            lines = plain or [mark * self._count]
        return {line.count(mark) for line in lines} == {self._count}
