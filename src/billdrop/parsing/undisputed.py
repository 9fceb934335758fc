"""
From what a shape takes of a document to its invoice, if `completed` would find nothing in it either.

All that is required is known to be there, or to be a sum. Raises `UnusualError` where a second look is needed.
"""

from collections.abc import Callable, Collection
from typing import Any

from billdrop.checks.agree import agree
from billdrop.model import CREDIT_NOTES, Invoice
from billdrop.parsing.completing import Plan, set_extra, sum_up
from billdrop.readers.labelled.shape import Finish
from billdrop.readers.usual import UnusualError


def finish(asked: Plan) -> Finish:
    """How an invoice is made for a guideline; of its values alone where nothing is to be worked out."""
    currency = _currency(asked)

    def invoice(values: dict[str, Any], stated: Collection[str], named: str | None) -> Invoice:
        values = asked.constants | values
        if asked.sums:
            sum_up(values, values["lines"], asked)
            if not values.keys() >= set(asked.required):
                raise UnusualError
        values["currency"] = currency(stated, values.get("in_words"), named)
        if asked.extra:
            set_extra(values)
        return Invoice(**values)

    plain = not (asked.constants or asked.sums or asked.extra)
    return Finish(currency=currency, invoice=None if plain else invoice)


def _currency(asked: Plan) -> Callable[[Collection[str], str | None, str | None], str]:
    """The one currency: beside amounts, in the amount in words, named alone, constant; or the usual."""
    constant, usual, spoken = asked.constants.get("currency"), asked.currency, asked.spoken
    sure = usual and constant is None

    def currency(stated: Collection[str], in_words: str | None, named: str | None) -> str:
        said = None if in_words is None else spoken(in_words)
        if sure and not stated and named is None:
            return said or usual
        codes = {code for code in (*stated, said, named, constant) if code} or {usual}
        (code, *others) = codes
        if others or not code:
            raise UnusualError
        return code

    return currency


def check(invoice: Invoice, asked: Plan) -> None:
    """Raise `UnusualError` if any check finds anything, or the sign is not as it is printed."""
    if asked.negative and invoice.type_code in CREDIT_NOTES:
        raise UnusualError
    checks = asked.others if agree(invoice) else [check for _, check, _ in asked.checks]
    for finds in checks:
        if finds(invoice, asked.tolerance):
            raise UnusualError
