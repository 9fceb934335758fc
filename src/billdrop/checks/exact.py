"""Arithmetic that never rounds, whatever the precision of the thread."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from functools import reduce

EXACT = Context(prec=200, traps=[Inexact])
"""More digits than a sum of the longest numbers can have; to round here would be an error of ours."""

ZERO = Decimal(0)
_ADD = EXACT.add


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with the scale of the finest amount."""
    return reduce(_ADD, amounts, ZERO)


def same(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    """Whether two amounts are equal, or differ by no more than the tolerance."""
    return one == other or EXACT.subtract(one, other).copy_abs() <= tolerance
