"""What is made of the cells of a column, remembered by the text that stands in them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from billdrop.books.columns import plain
from billdrop.readers.delimited.assembly import Column
from billdrop.readers.delimited.cells import Dialect
from billdrop.readers.usual import KEPT, KEPT_CHARS, Known, UnusualError

_json = msgspec.json.Encoder().encode
_DIGITS = 4
"""Amounts are compared as whole numbers of 0.0001."""
_MOST = Decimal(10) ** 9
NULL = "null"

Read = Callable[[bytes], Any]
"""Reads what stands in a cell as the exact way does; raises `UnusualError`."""


class Values:
    """Reads a cell as the exact way does, the quotes around it taken off before."""

    def __init__(self, column: Column, dialect: Dialect, *, most: int, required: bool) -> None:
        self._known = Known(column.convert, most=most, required=required, kept=0)
        self._quote = dialect.quote

    def __call__(self, raw: bytes) -> Any:
        """The value; raises `UnusualError`."""
        text, quote = raw.decode(), self._quote
        return self._known[text.replace(quote * 2, quote) if quote else text]


class Pieces(dict[bytes, str | None]):
    """The cells of SQL as JSON, by the text; None for what is not plainly right."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: bytes) -> str | None:
        """Read a text that was not met before."""
        try:
            text = plain(self._read(raw))
            piece = NULL if text is None else _json(text).decode()
        except UnusualError:
            piece = None
        if len(raw) <= KEPT_CHARS:
            if len(self) >= KEPT:
                self.clear()
            self[raw] = piece
        return piece


class Amounts(dict[bytes, int | None]):
    """
    Amounts as whole numbers, by the text; a blank is 0, None what is not plainly right.

    What is read here is not read again for the cell of SQL.
    """

    def __init__(self, read: Read, pieces: Pieces) -> None:
        super().__init__()
        self._read, self._pieces = read, pieces

    def __missing__(self, raw: bytes) -> int | None:
        """Read a text that was not met before."""
        if len(self) >= KEPT:
            self.clear()
            self._pieces.clear()
        try:
            value = self._read(raw)
            amount = whole(value)
            self._pieces[raw] = NULL if value is None else f'"{plain(value)}"'
        except UnusualError:
            amount = self._pieces[raw] = None
        self[raw] = amount
        return amount


def whole(value: Decimal | None) -> int | None:
    """An amount in 0.0001; None where it is finer, or so large that others should look."""
    if not value:
        return 0
    scaled = value.scaleb(_DIGITS)
    made = int(scaled)
    return made if made == scaled and abs(value) < _MOST else None


def close(quantity: int, price: int, net: int, decimals: int | None) -> bool:
    """Whether quantity times price is net, to half a unit of the last digit that net is written with."""
    if decimals is None:
        return False
    room: int = 10 ** (2 * _DIGITS - decimals)
    scale: int = 10**_DIGITS
    return 2 * abs(quantity * price - net * scale) <= room


def decimals_of(text: str, mark: str) -> int | None:
    """With how many decimals an amount is written; None where that is not plain."""
    _, point, tail = text.strip('"').rpartition(mark)
    if point and not tail.isdigit():
        return None
    return len(tail) if point else 0
