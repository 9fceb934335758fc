"""How the columns of a document stand, and whether the short way can follow."""

import codecs
from collections.abc import Sequence

from msgspec import Struct

from billdrop.guidelines.inputs import DelimitedInput
from billdrop.guidelines.model import Guideline
from billdrop.model import Sliced
from billdrop.readers import Limits
from billdrop.readers.delimited import Delimited
from billdrop.readers.delimited.assembly import Assembly, Column
from billdrop.readers.delimited.cells import Dialect
from billdrop.readers.stream import Unreadable

_NAMES_OF_UTF8 = ("utf-8", "utf-8-sig")


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
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8 as they stand."""
        return codecs.lookup(self.encoding).name in _NAMES_OF_UTF8


def layout(content: Sliced, reader: Delimited, guideline: Guideline) -> Layout | None:
    """How the columns of a document stand; None where the short way cannot follow."""
    given = guideline.input
    assert isinstance(given, DelimitedInput)
    dialect = Dialect(given.delimiter, given.quote, given.line_end)
    if not "".join(dialect).isascii() or (given.quote and given.line_end):
        return None
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
    if guideline.locale.decimal != "." and _shared((*table.invoice, *(table.line or ()))):
        return None
    return Layout(
        dialect=dialect,
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


def _shared(columns: Sequence[Column]) -> bool:
    """Whether a text stands in the cells of another value, whose decimal marks become points there."""
    texts = {column.at for column in columns if column.convert is None}
    return any(column.at in texts for column in columns if column.convert is not None)
