"""How the amounts of a shape are written: the plainer they are, the less it takes to read them."""

import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal, Inexact
from enum import IntEnum

from billdrop.readers.usual import UnusualError
from billdrop.values import Convert

DIGITS = 12
"""A number with more before its first mark is left to the exact reader."""
DECIMALS = 4
"""Likewise with more after its decimal mark."""

DECIMAL = Context(prec=DIGITS + DECIMALS, traps=[Inexact]).create_decimal
"""As `Decimal`, and quicker: it has one way to be called."""

_WHOLE = rf"[0-9]{{1,{DIGITS}}}+"


class Written(IntEnum):
    """From the plainest."""

    WHOLE = 0
    """Digits alone."""
    PLAIN = 1
    """Digits, and a decimal mark with digits or none."""
    ANYHOW = 2


def written(texts: Iterable[str], mark: str) -> Written:
    """The plainest way in which all the texts are; `mark` is the decimal mark."""
    whole, plain = (
        re.compile(regex(way, mark)).fullmatch for way in (Written.WHOLE, Written.PLAIN)
    )
    found = Written.WHOLE
    for text in texts:
        if not whole(text):
            found = Written.PLAIN
            if not plain(text):
                return Written.ANYHOW
    return found


def regex(way: Written, mark: str) -> str:
    """An expression for an amount without sign and currency; where it ends early, `going_on` tells."""
    if way is Written.WHOLE:
        return _WHOLE
    if way is Written.PLAIN:
        return rf"{_WHOLE}(?:{re.escape(mark)}[0-9]{{1,{DECIMALS}}}+)?+"
    return rf"{_WHOLE}(?:[.,][0-9]++)*+"


GOING_ON = r"(?![.,]?[0-9])"
"""What stands after an amount is no more of it."""


def source(way: Written, mark: str, name: str, otherwise: str) -> str:
    """The expression of Python that reads the text `name`, which is written so, with `DECIMAL`."""
    if way is Written.ANYHOW:
        return otherwise
    plain = way is Written.WHOLE or mark == "."
    return f"DECIMAL({name})" if plain else f"DECIMAL({name}.replace({mark!r}, '.'))"


def surely(convert: Convert) -> Callable[[str], Decimal]:
    """Reads a number; raises `UnusualError` for anything else, also for one with its currency."""

    def read(text: str) -> Decimal:
        value = Decimal(text) if text.isdigit() else convert(text)
        if type(value) is not Decimal:
            raise UnusualError
        return value

    return read
