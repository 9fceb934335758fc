"""
The shapes of documents that a guideline read before, so that one more of the same shape is read in one go.

What they answer is what the exact reader answers, or nothing: how much they remember changes no answer.
"""

from typing import Protocol

from msgspec import Struct

from billdrop.guidelines.guide import Guide
from billdrop.model import Record, Spans
from billdrop.parsing.completing import Plan
from billdrop.parsing.undisputed import check, finish
from billdrop.readers import Draft
from billdrop.readers.labelled import LabelledReader
from billdrop.readers.labelled.block import Takers
from billdrop.readers.labelled.learning import learned
from billdrop.readers.labelled.shape import Shape
from billdrop.readers.usual import UnusualError
from billdrop.readers.written import DECIMALS, DIGITS

LONGEST = 8 * 1024
"""Documents of more bytes are not tried."""
MOST = 8
"""So many shapes are remembered, those used last."""
PRICE = 64
"""What one shape costs to learn, in documents that were known by theirs."""


class Memory(Protocol):
    """What is remembered of the documents of one guide."""

    def record(self, content: bytes) -> Record | None:
        """The one record of a document of a known shape, with nothing to find; or nothing."""
        ...

    def learn(self, content: bytes, draft: Draft) -> None:
        """Remember the shape of a document that is this one draft, in which nothing was found."""
        ...


class Shapes:
    """The shapes of one guide, the last one used first. Learning stops when it does not pay."""

    def __init__(self, reader: LabelledReader, asked: Plan) -> None:
        self.reader, self.asked = reader, asked
        self.takers, self.finish = Takers(reader.tables), finish(asked)
        self.known: tuple[Shape, ...] = ()
        self.credit = MOST * PRICE

    def record(self, content: bytes) -> Record | None:
        """The one record of a document of a known shape, with nothing to find; or nothing."""
        if not self.known or len(content) > LONGEST:
            return None
        text = self.reader.text(content)
        if text is None:
            return None
        for shape in self.known:
            try:
                invoice = shape.take(text)
                if invoice is not None:
                    check(invoice, self.asked)
                    self.used(shape)
                    return Record(
                        index=0,
                        first_line=1,
                        last_line=shape.others + len(invoice.lines),
                        invoice=invoice,
                        spans=Reread(self.reader, content),
                    )
            except UnusualError:
                continue
        return None

    def used(self, shape: Shape) -> None:
        """A shape that was of use comes first, and pays for new ones."""
        if self.credit < MOST * PRICE:
            self.credit += 1
        known = self.known
        if not known or known[0] is not shape:
            self.known = (shape, *(other for other in known if other is not shape))

    def learn(self, content: bytes, draft: Draft) -> None:
        """Remember the shape of a document that is this one draft, in which nothing was found."""
        text = self.reader.text(content) if len(content) <= LONGEST else None
        if text is None:
            return
        if self.credit < PRICE:
            self.known = ()
            return
        self.credit -= PRICE
        shape = learned(text, draft, self.reader.tables, self.takers, self.finish)
        if shape is not None:
            self.known = (shape, *self.known[: MOST - 1])


class Reread(Struct, frozen=True, gc=False):
    """Where the values stand, found by the exact reader when it is asked for."""

    reader: LabelledReader
    content: bytes

    def __call__(self) -> Spans:
        """Of the one record."""
        return next(self.reader.read(self.content)).spans()


def shapes(guide: Guide, asked: Plan) -> Memory | None:
    """A memory of shapes for a guide, if it can have any."""
    reader = guide.reader
    if guide.guideline.input.reader in ("x12", "edifact"):
        from billdrop.parsing.interchanges import SegmentReader, interchanges

        assert isinstance(reader, SegmentReader)
        return interchanges(reader, asked)
    if not isinstance(reader, LabelledReader) or reader.tables.wrapped:
        return None
    limits = reader.limits
    bounded = min(limits.value_chars, limits.line_chars, limits.rows) >= LONGEST
    digits = limits.digits >= DIGITS + DECIMALS
    return Shapes(reader, asked) if bounded and digits and limits.records else None
