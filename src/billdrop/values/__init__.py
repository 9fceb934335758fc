"""Texts as they stand in a document, to values: one reader per kind, compiled once per locale, raising nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from msgspec import Struct


class Failure(Struct, frozen=True):
    """Why a text is not a value of its kind."""

    code: str
    message: str
    """The fact about the text, to be put after the name of the field."""
    hint: str = ""


class Stated(Struct, frozen=True):
    """An amount with the currency that stands beside it."""

    amount: Decimal
    currency: str
    """ISO 4217."""


Value = str | Decimal | date
Convert = Callable[[str], Value | Stated | Failure]
"""Takes a text without surrounding blanks; only the reader of `money` answers with `Stated`."""
