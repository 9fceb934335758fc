"""
Large documents of rows or of records, straight to what the books need of them.

A document in which all stands in its place is read by columns, some thousand rows at a time, and its
plain invoices are booked without being made. Whatever is not plainly right is read the exact way: one
invoice where its values are amiss, all of the document where a row or a record is.
"""

from collections.abc import Callable, Iterator
from typing import Any

from billdrop.bulk.delimited import rows_of
from billdrop.bulk.fixed import records_of
from billdrop.bulk.form import Form, Opened
from billdrop.bulk.templates import Templates, learnt
from billdrop.checks.agree import LOOKED_AT, looked_at
from billdrop.guidelines.fields import INVOICE_FIELDS
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.model import Guideline
from billdrop.model import CREDIT_NOTES, DocumentRef, Record, Sliced
from billdrop.parsing.completing import Plan, completed
from billdrop.readers.delimited import Delimited
from billdrop.readers.fixed import Fixed

Asks = Callable[[Any], Any]
"""Finds invoices in what some state; see `billdrop.policy`."""

_HEAD = frozenset(
    (
        *("number", "issue_date", "due_date", "type_code", "currency", "net", "tax", "total"),
        *("seller", "seller_id", "seller_tax_id", "buyer", "buyer_id", "buyer_tax_id"),
        *("buyer_ref", "order_ref", "payment_account", "customer_id"),
    )
)
_LINE = frozenset(
    ("id", "name", "description", "item_id", "quantity", "unit", "unit_price", "net", "tax")
)
"""What the short way knows of; beside them other checks come in, or other columns of SQL."""
_CHECKS = frozenset((*LOOKED_AT, "line_amount", "dates", "credit"))
_STATED = ("number", "issue_date", "due_date", "currency")
"""What is read of the document alone."""
_TOLD_BY = frozenset(INVOICE_FIELDS)
"""
What an identity may be made of here; what is worked out of other values goes the exact way.

So does a number that is mapped: it is taken as it stands, and each is known to be there once.
"""


class Bulk:
    """The short way of one guideline."""

    def __init__(self, guide: Guide, asked: Plan, form: Form) -> None:
        self._guide, self._asked, self._form = guide, asked, form

    def opened(self, content: Sliced) -> Opened | None:
        """A document in which all stands in its place, so that it has an invoice."""
        return self._form.opened(content)

    def records(
        self, content: Sliced, opened: Opened, ref: DocumentRef, broken: Asks | None = None
    ) -> Iterator[Record] | None:
        """
        The records, those of plain invoices with their booking alone; None where these cannot be made.

        `broken` finds further invoices whose booking alone is not enough.
        """
        made = learnt(opened.named, self._guide, self._asked, ref)
        return None if made is None else self._records(content, opened, made, broken)

    def _records(
        self, content: Sliced, opened: Opened, made: Templates, broken: Asks | None
    ) -> Iterator[Record]:
        import numpy as np

        from billdrop.bulk.booked import Book

        book = Book(opened.named.head, made, self._asked, self._guide.guideline.identity)
        for checked, draft in opened.batches(content):
            if broken is not None:
                np.logical_or(checked.wrong, broken(book.stated(checked)), out=checked.wrong)
            firsts, lasts = checked.firsts.tolist(), checked.lasts.tolist()
            for place, booking in enumerate(book(checked)):
                index = checked.before + place
                if booking is None:
                    yield completed(draft(place), index, self._asked)
                else:
                    yield Record(
                        index=index,
                        first_line=firsts[place],
                        last_line=lasts[place],
                        invoice=None,
                        booking=booking,
                    )


def bulk(guide: Guide, asked: Plan) -> Bulk | None:
    """The short way of a guideline; None for one that says more than it knows."""
    guideline, reader = guide.guideline, guide.reader
    if not _is_plain(guideline, asked):
        return None
    form: Form | None = None
    if isinstance(reader, Delimited):
        form = rows_of(guideline, asked, reader)
    elif isinstance(reader, Fixed):
        form = records_of(guideline, asked, reader)
    return None if form is None else Bulk(guide, asked, form)


def _is_plain(guideline: Guideline, asked: Plan) -> bool:
    """Whether an invoice is what stands in its fields and lines, and no more."""
    if guideline.lines is None or guideline.ignore:
        return False
    line, number = guideline.lines.fields, guideline.fields.get("number")
    checks = {name for name, _, _ in asked.checks}
    constants = asked.constants
    return (
        _HEAD.issuperset(guideline.fields)
        and _LINE.issuperset(line)
        and "net" in guideline.fields
        and "net" in line
        and not any(field.sum for field in guideline.fields.values())
        and looked_at(guideline) == LOOKED_AT
        and _CHECKS.issuperset(checks)
        and not asked.tolerance
        and constants.keys().isdisjoint(_STATED)
        and constants.get("type_code") not in CREDIT_NOTES
        and not any(path.startswith("extra.") for path in constants)
        and number is not None
        and not number.map
        and "number" in guideline.identity
        and _TOLD_BY.issuperset(guideline.identity)
    )


__all__ = ["Asks", "Bulk", "Opened", "bulk"]
