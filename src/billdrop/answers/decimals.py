"""How many decimals of an answer are shown: a column's type has ten, its values seldom need them."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any

_EXACT = Context(prec=100)


def as_needed(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same values, those of a column each with as many decimals as the longest of them needs."""
    columns = [_evened(column) for column in zip(*rows, strict=True)]
    return list(zip(*columns, strict=True)) if columns else list(rows)


def _evened(column: Sequence[Any]) -> Sequence[Any]:
    needed = max((_decimals(each) for each in column if isinstance(each, Decimal)), default=0)
    unit = Decimal(1).scaleb(-needed)
    return [
        _EXACT.quantize(each, unit) if isinstance(each, Decimal) and each.is_finite() else each
        for each in column
    ]


def _decimals(value: Decimal) -> int:
    exponent = _EXACT.normalize(value).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
