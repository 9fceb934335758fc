"""
The shapes of interchanges that a guideline read before, so that one more of the same shape is read in one go.

What they answer is what the exact reader answers, or nothing: how much they remember changes no answer.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator
from decimal import getcontext

from msgspec import Struct

from billdrop.checks import Check
from billdrop.checks.agree import PRECISION
from billdrop.model import Invoice, Record, Spans
from billdrop.parsing.completing import Plan, completed
from billdrop.readers import Draft
from billdrop.readers.edi.envelope import Envelope
from billdrop.readers.edi.learning import UnlikeError
from billdrop.readers.edi.pieces import source
from billdrop.readers.edi.whole import Whole, whole
from billdrop.readers.edifact import EdifactReader
from billdrop.readers.usual import UnusualError
from billdrop.readers.x12 import X12Reader

SegmentReader = X12Reader | EdifactReader

LONGEST = 8 * 1024
"""Documents of more bytes are not tried."""
HEADER = 160
"""The header of an interchange is as long, or longer; what it begins with tells who the partners are."""
MOST = 8
"""So many shapes are remembered of what one partner sends to another, those used last."""
IN_ALL = 512
"""So many are remembered of all; then it begins anew."""
PRICE = 64
"""What one shape costs to learn, in documents that were known by theirs."""
CREDIT = 64 * PRICE
"""What may be learnt before it pays: partners are many, and the guideline is one."""

HELD = {
    "lines_net": (),
    "net": (),
    "allowances": (),
    "credit": (),
    "dates": (),
    "total": ("rounding",),
    "taxes": ("taxes.rate",),
    "bases": ("taxes.base",),
    "payable": ("payable",),
    "line_tax": ("lines.tax",),
    "lines_tax": ("lines.tax",),
    "line_amount": ("lines.price_base",),
}
"""Checks that find nothing in what a shape takes, unless one of these is stated."""


class Known(Struct, frozen=True):
    """One shape, and the checks that are left."""

    shape: Whole
    encoding: str
    checks: tuple[Check, ...]


class Interchanges:
    """The shapes of one guide, by partners, the last one used first. Learning stops when it does not pay."""

    def __init__(self, reader: SegmentReader, asked: Plan) -> None:
        self.reader, self.asked = reader, asked
        self.known: dict[bytes, tuple[Known, ...]] = {}
        self.latest: tuple[Known, ...] = ()
        """Those learnt last: a new partner often uses the software of another."""
        self.count, self.credit = 0, CREDIT

    def record(self, content: bytes) -> Record | None:
        """The one record of a document of a known shape, with nothing to find; or nothing."""
        if len(content) > LONGEST or getcontext().prec < PRECISION:
            return None
        partners = partners_of(content)
        text, encoding = "", ""
        for known in self.known.get(partners, self.latest):
            try:
                if known.encoding != encoding:
                    text, encoding = content.decode(known.encoding).rstrip(), known.encoding
                taken = known.shape.take(text)
                if taken is None:
                    continue
                for check in known.checks:
                    if check(taken[0], self.asked.tolerance):
                        return None
            except (UnusualError, UnicodeDecodeError):
                continue
            self.used(known, partners)
            invoice, first, last = taken
            return Record(
                index=0,
                first_line=first,
                last_line=last,
                invoice=invoice,
                spans=Reread(self.reader, content),
            )
        return None

    def used(self, known: Known, partners: bytes) -> None:
        """A shape that was of use comes first, and pays for new ones."""
        if self.credit < CREDIT:
            self.credit += 1
        alike = self.known.get(partners, ())
        if not alike or alike[0] is not known:
            self.keep(known, partners)

    def keep(self, known: Known, partners: bytes) -> None:
        """A shape is the first that is tried of what the partners send."""
        alike = self.known.get(partners, ())
        if known not in alike and self.count >= IN_ALL:
            self.known, self.count, alike = {}, 0, ()
        kept = (known, *(other for other in alike if other is not known))[:MOST]
        self.known[partners] = kept
        self.count += len(kept) - len(alike)

    def learn(self, content: bytes, draft: Draft) -> None:
        """Remember the shape of a document that is this one draft, in which nothing was found."""
        if len(content) > LONGEST or content.startswith(BOM_UTF8) or self.credit < PRICE:
            return
        self.credit -= PRICE
        try:
            known = self.learned(content, draft)
        except (UnlikeError, UnusualError):
            return
        if known is None:
            return
        self.latest = (known, *self.latest[: MOST - 1])
        self.keep(known, partners_of(content))

    def learned(self, content: bytes, draft: Draft) -> Known | None:
        """The shape of a document; none if it has none, or would be taken for anything else by it."""
        encoding = self.reader.encoding_of(content)
        text = content.decode(encoding).rstrip()
        marks = self.reader.drafts.standard.marks(text)
        assert marks is not None, "it was read"
        given = source(text, marks)
        message = Envelope(self.reader.drafts, text, self.reader.limits).single(given)
        invoice = completed(draft, 0, self.asked).invoice
        if message is None or invoice is None:
            return None
        shape = whole(self.reader.drafts, given, message, invoice.currency)
        taken = shape.take(text)
        alike = taken is not None and _same(taken[0], invoice)
        return Known(shape, encoding, tuple(self.left(shape))) if alike else None

    def left(self, shape: Whole) -> Iterator[Check]:
        """The checks that the shape does not hold by itself."""
        worked = self.reader.drafts.standard.name == "X12"
        for name, check, _ in self.asked.checks:
            unless = HELD.get(name)
            if unless is None or shape.names & {*unless} or (worked and name == "line_amount"):
                yield check


class Reread(Struct, frozen=True, gc=False):
    """Where the values stand, found by the exact reader when it is asked for."""

    reader: SegmentReader
    content: bytes

    def __call__(self) -> Spans:
        """Of the one record."""
        return next(self.reader.read(self.content)).spans()


def partners_of(content: bytes) -> bytes:
    """Who sends it to whom, as far as the usual separators tell: the first elements of its header."""
    if content.startswith(b"ISA"):
        return b"*".join(content[:HEADER].split(b"*", 9)[5:9])
    at = 2 if content.startswith(b"UNA") else 1
    return b"+".join(content[:HEADER].split(b"+", at + 3)[at : at + 3])


def _same(one: Invoice, other: Invoice) -> bool:
    """To the digits that amounts are printed with."""
    return one == other and repr(one) == repr(other)


def interchanges(reader: SegmentReader, asked: Plan) -> Interchanges | None:
    """A memory of shapes for a reader of segments, if it can have any."""
    limits = reader.limits
    bounded = min(limits.value_chars, limits.line_chars, limits.rows) >= LONGEST
    plain = not (asked.constants or asked.sums or asked.negative)
    able = bounded and plain and limits.digits >= PRECISION and limits.records > 0
    return Interchanges(reader, asked) if able else None
