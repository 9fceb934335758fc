"""
Large delimited documents, straight to what the books need of them.

A document in which every row is in its place is read by columns, some thousand rows at a time, and its
plain invoices are booked without being made. Whatever is not plainly right is read the exact way: one
invoice where its values are amiss, all of the document where a row is.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from billdrop.bulk.regular import Layout, layout
from billdrop.bulk.templates import Templates, learnt
from billdrop.checks.agree import LOOKED_AT, looked_at
from billdrop.guidelines.fields import INVOICE_FIELDS
from billdrop.guidelines.guide import Guide
from billdrop.model import DocumentRef, Record, Sliced
from billdrop.parsing.completing import Plan, completed
from billdrop.readers.delimited import Delimited
from billdrop.readers.delimited.cells import rows

if TYPE_CHECKING:
    from billdrop.bulk.groups import Chunk

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


class Bulk:
    """The short way of one guideline."""

    def __init__(self, guide: Guide, asked: Plan, reader: Delimited) -> None:
        self._guide, self._asked, self._reader = guide, asked, reader

    def opened(self, content: Sliced) -> Opened | None:
        """How a document is laid out, where every row is in its place; such a one has an invoice."""
        from billdrop.bulk.groups import regular

        found = layout(content, self._reader, self._guide.guideline)
        return Opened(found) if found is not None and regular(content, found) else None

    def records(self, content: Sliced, opened: Opened, ref: DocumentRef) -> Iterator[Record] | None:
        """The records, those of plain invoices with their booking alone; None where these cannot be made."""
        made = learnt(opened.layout, self._guide, self._asked, ref)
        return None if made is None else self._records(content, opened.layout, made)

    def _records(self, content: Sliced, found: Layout, made: Templates) -> Iterator[Record]:
        from billdrop.bulk.booked import Book
        from billdrop.bulk.checked import Check
        from billdrop.bulk.groups import chunks

        guideline = self._guide.guideline
        check = Check(found, self._asked, guideline)
        book = Book(found, made, self._asked, guideline.identity)
        for chunk in chunks(content, found):
            lines = chunk.lines()
            for place, booking in enumerate(book(check(chunk))):
                if booking is None:
                    yield self._exact(chunk, place, lines[place], found)
                else:
                    yield Record(
                        index=chunk.index + place,
                        first_line=lines[place],
                        last_line=lines[place + 1] - 1,
                        invoice=None,
                        booking=booking,
                    )

    def _exact(self, chunk: "Chunk", place: int, line: int, found: Layout) -> Record:
        taken = list(rows(iter([(line, chunk.text(place))]), found.dialect))
        return completed(found.assembly.draft(taken, []), chunk.index + place, self._asked)


_TOLD_BY = frozenset(INVOICE_FIELDS)
"""
What an identity may be made of here; what is worked out of other values goes the exact way.

So does a number that is mapped: here it is taken as it stands, and each is known to be there once.
"""


def bulk(guide: Guide, asked: Plan) -> Bulk | None:
    """The short way of a guideline; None for one that says more than it knows."""
    guideline, reader = guide.guideline, guide.reader
    if not isinstance(reader, Delimited) or guideline.lines is None or guideline.ignore:
        return None
    line, number = guideline.lines.fields, guideline.fields.get("number")
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
        and number is not None
        and not number.map
    )
    amounts = "net" in guideline.fields and "net" in line and line["net"].column is not None
    if not (known and fits and amounts) or summed or special or guideline.policy is not None:
        return None
    return Bulk(guide, asked, reader)


__all__ = ["Bulk", "Opened", "bulk"]
