"""How XML and JSON write values: decimals and dates of XML Schema, codes, texts."""

import re
from decimal import Decimal
from typing import NamedTuple

from billdrop.checks.exact import EXACT
from billdrop.guidelines.model import ValueType
from billdrop.values import Convert, Failure, Stated, Value
from billdrop.values.kinds import Kinds

_SHORT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?").fullmatch
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?").fullmatch
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?").fullmatch
"""What xs:decimal takes beside: a plus sign, and nothing on one side of the point."""
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
).fullmatch
_HUNDREDFOLD = 2
"""A fraction of one has so many digits more after the point than the same in percent."""


class Forms(NamedTuple):
    """The readers of texts, by what they are to be."""

    kinds: Kinds
    money: Convert
    part: Convert
    """See `Kinds`."""
    number: Convert
    percent: Convert
    fraction: Convert
    date: Convert

    def of(self, kind: ValueType) -> Convert:
        """The reader of a type."""
        chosen: Convert = getattr(self, kind, None) or self.kinds.of(kind)
        return chosen


def forms(kinds: Kinds, *, strict: bool) -> Forms:
    """`strict`: numbers are those of XML Schema and nothing else."""
    wrap = _decimal if strict else _as_declared
    number = wrap(kinds.number, "BD2012", "a number")
    return Forms(
        kinds=kinds,
        money=wrap(kinds.money, "BD2004", "an amount"),
        part=wrap(kinds.part, "BD2004", "an amount"),
        number=number,
        percent=wrap(kinds.percent, "BD2012", "a percentage"),
        fraction=_fraction(number),
        date=_date(kinds.date),
    )


def _as_declared(convert: Convert, code: str, article: str) -> Convert:
    return convert


def _decimal(convert: Convert, code: str, article: str) -> Convert:
    """What surely fits its column is read at once."""

    def read(text: str) -> Value | Stated | Failure:
        if _SHORT(text):
            return Decimal(text)
        if _PLAIN(text):
            return convert(text)
        found = _DECIMAL(text)
        if found is None or not (found[2] or found[3]):
            return Failure(code, f"`{text[:80]}` is not {article}", "XML writes 1234.56")
        sign = "-" if found[1] == "-" else ""
        return convert(f"{sign}{found[2] or '0'}" + (f".{found[3]}" if found[3] else ""))

    return read


def _fraction(number: Convert) -> Convert:
    def read(text: str) -> Value | Stated | Failure:
        value = number(text)
        return EXACT.scaleb(value, _HUNDREDFOLD) if isinstance(value, Decimal) else value

    return read


def _date(convert: Convert) -> Convert:
    """A date with a time or a zone is the day that is printed."""

    def read(text: str) -> Value | Stated | Failure:
        if len(text) > 10:
            found = _DATE(text)
            if found is not None:
                return convert(found[1])
        return convert(text)

    return read
