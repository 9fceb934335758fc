"""Numbers as the standards write them: no grouping, a minus before, a decimal mark or none."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal
from weakref import WeakKeyDictionary

from billdrop.books.columns import Room, excess, room
from billdrop.values import Convert, Failure

Read = Callable[[str], Decimal | Failure]

KEPT = 16_384
"""How many texts are remembered with their numbers."""
_IMPLIED = WeakKeyDictionary[Convert, int]()
_CODES = {"money": ("BD2004", "an amount"), "number": ("BD2012", "a number")}


def plain(kind: Literal["money", "number"], marks: str, digits: int) -> Read:
    """The reader of numbers with one of the decimal marks, or none, and digits after it."""
    shape = re.compile(rf"-?(?:[0-9]+(?:[{re.escape(marks)}][0-9]+)?|[{re.escape(marks)}][0-9]+)")
    such = " or ".join(f"-1234{mark}5" for mark in marks)
    judged = _Why(kind, digits, f"digits, not grouped, such as {such}")
    whole, decimals = room(kind)

    def exact(text: str) -> Decimal | Failure:
        if shape.fullmatch(text) is None:
            return judged.refuse(text)
        number = text.replace(",", ".")
        head, _, tail = number.partition(".")
        if len(head) < whole and len(tail) <= decimals and len(number) <= digits:
            return Decimal(number)
        return judged.long(text, number)

    return _remembering(exact, 0)


def implied(places: int, digits: int) -> Read:
    """The reader of amounts whose last digits stand after a decimal mark that is not written."""
    hint = f"digits without a decimal mark, the last {places} of them decimals"
    judged = _Why("money", digits, f"{hint}; `decimals` of the field says otherwise")
    whole, _ = room("money")
    shape = re.compile("-?[0-9]+")

    def exact(text: str) -> Decimal | Failure:
        if shape.fullmatch(text) is None:
            return judged.refuse(text)
        sign = "-" if text[0] == "-" else ""
        figures = text.removeprefix("-").rjust(places + 1, "0")
        number = f"{sign}{figures[:-places]}.{figures[-places:]}"
        if len(figures) <= whole:
            return Decimal(number)
        return judged.long(text, number)

    return _remembering(exact, places)


def decimals(convert: Convert) -> int | None:
    """How many digits stand after a mark that is not written; None for a reader of anything else."""
    return _IMPLIED.get(convert)


def _remembering(exact: Read, places: int) -> Read:
    """Amounts, quantities and prices repeat, within a file and from day to day."""
    known: dict[str, Decimal] = {}

    def read(text: str) -> Decimal | Failure:
        value = known.get(text)
        if value is not None:
            return value
        found = exact(text)
        if type(found) is Decimal:
            if len(known) >= KEPT:
                known.clear()
            known[text] = found
        return found

    _IMPLIED[read] = places
    return read


class _Why:
    """Why a text is no number."""

    def __init__(self, kind: Literal["money", "number"], digits: int, such: str) -> None:
        self.code, self.article = _CODES[kind]
        self.held: Room = room(kind)
        self.digits, self.such = digits, such

    def refuse(self, text: str) -> Failure:
        """It is none at all."""
        return Failure(self.code, f"`{text[:80]}` is not {self.article}", f"write {self.such}")

    def long(self, text: str, number: str) -> Decimal | Failure:
        """It may be too long."""
        count = sum(map(str.isdigit, text))
        if count > self.digits:
            return Failure("BD2021", f"has {count} digits, more than {self.digits}")
        value = Decimal(number)
        if fact := excess(value, self.held):
            hint = "correct the file: SQL could not hold it exactly"
            return Failure("BD2028", f"`{text[:80]}` has {fact}", hint)
        return value
