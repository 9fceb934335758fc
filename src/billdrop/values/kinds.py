"""One reader of texts for every type that a guideline may name."""

from msgspec import Struct

from billdrop.guidelines.model import Locale, ValueType
from billdrop.values import Convert, Failure, Value, amounts, currencies, dates


class Kinds(Struct, frozen=True, kw_only=True):
    """The readers of one locale."""

    text: Convert
    money: Convert
    part: Convert
    """Of amounts that are parts of an invoice: many standards write them with more decimals."""
    number: Convert
    integer: Convert
    percent: Convert
    date: Convert
    currency: Convert

    def of(self, kind: ValueType) -> Convert:
        """The reader of a type; words stay text here and are understood by their check."""
        chosen: Convert = getattr(self, "text" if kind == "words" else kind)
        return chosen


def kinds(locale: Locale, *, digits: int, value_chars: int) -> Kinds:
    """Compile a locale; raises `GuidelineError` for what it cannot mean."""

    def text(value: str) -> Value | Failure:
        if len(value) > value_chars:
            return Failure("BD2027", f"has {len(value)} characters, more than {value_chars}")
        return value

    return Kinds(
        text=text,
        money=amounts.money(locale, digits),
        part=amounts.money(locale, digits, "number"),
        number=amounts.number(locale, digits),
        integer=amounts.integer(locale, digits),
        percent=amounts.number(locale, digits, "percent"),
        date=dates.reader(locale),
        currency=currencies.reader(locale),
    )
