"""
Large delimited documents, straight to what the books need of them.

A document in which every row is in its place is read by columns, some thousand rows at a time, and its
plain invoices are booked without being made. Whatever is not plainly right is read the exact way: one
invoice where its values are amiss, all of the document where a row is.
"""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from billdrop.bulk.groups import Chunk, chunks
from billdrop.bulk.plain import Plain
from billdrop.bulk.regular import Layout, layout, regular
from billdrop.bulk.templates import learnt
from billdrop.checks.agree import LOOKED_AT, looked_at
from billdrop.completing import Plan, completed
from billdrop.guidelines.fields import INVOICE_FIELDS
from billdrop.guidelines.guide import Guide
from billdrop.model import DocumentRef, Record
from billdrop.readers.cells import rows
from billdrop.readers.delimited import Delimited

_HEAD = frozenset(
    (
        *("number", "issue_date", "currency", "net", "tax", "total", "seller", "seller_id"),
        *("seller_tax_id", "buyer", "buyer_id", "buyer_tax_id", "buyer_ref", "order_ref"),
        *("payment_account", "customer_id"),
    )
)
_LINE = frozenset(
    ("id", "name", "description", "item_id", "quantity", "unit", "unit_price", "net", "tax")
)
"""What the short way knows of; beside them other checks come in, or other columns of SQL."""
_CHECKS = frozenset((*LOOKED_AT, "line_amount"))


class Opened(NamedTuple):
    """A document in which every row is in its place."""

    layout: Layout
    starts: "array[int]"
    """The places among the rows at which another invoice begins."""


class Bulk:
    """The short way of one guideline."""

    def __init__(self, guide: Guide, asked: Plan, reader: Delimited) -> None:
        self._guide, self._asked, self._reader = guide, asked, reader

    def opened(self, content: bytes) -> Opened | None:
        """How a document is laid out, where every row is in its place; such a one has an invoice."""
        found = layout(content, self._reader, self._guide.guideline)
        starts = None if found is None else regular(content, found)
        return None if found is None or starts is None else Opened(found, starts)

    def records(self, content: bytes, opened: Opened, ref: DocumentRef) -> Iterator[Record] | None:
        """The records, those of plain invoices with their booking alone; None where these cannot be made."""
        found, starts = opened
        made = learnt(found, self._guide, self._asked, ref)
        if made is None:
            return None
        plain = Plain(found, made, self._asked, self._guide.guideline)
        return self._records(chunks(content, found, starts), found, plain)

    def _records(self, taken: Iterator[Chunk], found: Layout, plain: Plain) -> Iterator[Record]:
        for chunk in taken:
            for place, booking in enumerate(plain.bookings(chunk)):
                if booking is None:
                    yield self._exact(chunk, place, found)
                else:
                    first, last = chunk.place(place)
                    yield Record(
                        index=chunk.index + place,
                        first_line=first,
                        last_line=last,
                        invoice=None,
                        booking=booking,
                    )

    def _exact(self, chunk: Chunk, place: int, found: Layout) -> Record:
        first, _ = chunk.place(place)
        text = "\n".join(chunk.lines_of(place))
        taken = list(rows(iter([(first, text)]), found.dialect))
        return completed(found.assembly.draft(taken, []), chunk.index + place, self._asked)


_TOLD_BY = frozenset(INVOICE_FIELDS)
"""What an identity may be made of here; what is worked out of other values goes the exact way."""


def bulk(guide: Guide, asked: Plan) -> Bulk | None:
    """The short way of a guideline; None for one that says more than it knows."""
    guideline, reader = guide.guideline, guide.reader
    if not isinstance(reader, Delimited) or guideline.lines is None or guideline.ignore:
        return None
    line = guideline.lines.fields
    known = _HEAD.issuperset(guideline.fields) and _LINE.issuperset(line)
    summed = any(field.sum for field in guideline.fields.values())
    special = any(field.less or field.required_where for field in line.values())
    checks = {name for name, _, _ in asked.checks}
    fits = (
        looked_at(guideline) == LOOKED_AT
        and _CHECKS.issuperset(checks)
        and not asked.tolerance
        and asked.constants.keys().isdisjoint(("number", "currency"))
        and not any(path.startswith("extra.") for path in asked.constants)
        and _TOLD_BY.issuperset(guideline.identity)
    )
    amounts = "net" in guideline.fields and "net" in line and line["net"].column is not None
    if not (known and fits and amounts) or summed or special or guideline.policy is not None:
        return None
    return Bulk(guide, asked, reader)


__all__ = ["Bulk", "Opened", "bulk"]
