"""Which of many invoices keep every policy, asked of what they state column by column."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from billdrop.guidelines.policy import Policy
from billdrop.model import Invoice
from billdrop.policy.rules import RULES

Flags = NDArray[np.bool_]

_SCALE = 4
"""Amounts are whole numbers of 0.0001."""
_KEPT = 65_536
"""So many answers are remembered."""


class Stated(Protocol):
    """What some invoices state; those that are wrong are read the exact way and asked there."""

    @property
    def wrong(self) -> Flags: ...

    def texts(self, name: str) -> Sequence[str]:
        """Of each invoice what a field says; empty where it says nothing."""
        ...

    def amounts(self, name: str) -> NDArray[np.int64]:
        """Of each invoice one that a rule looks at, in 0.0001; 0 where it is not stated."""
        ...


class Keeping:
    """Asks the policies of one document."""

    def __init__(self, policies: Sequence[Policy], came: date) -> None:
        self._policies, self._came = policies, came
        self._known: dict[tuple[int, str, tuple[object, ...]], bool] = {}

    def __call__(self, stated: Stated) -> Flags:
        """The invoices that do not keep one of them; and perhaps some that are wrong."""
        broken = np.zeros(len(stated.wrong), np.bool_)
        for at, policy in enumerate(self._policies):
            for found in self._broken(at, policy, stated):
                broken |= found
        return broken

    def _broken(self, at: int, policy: Policy, stated: Stated) -> Iterator[Flags]:
        for name, rule in RULES.items():
            if getattr(policy, name) is None:
                continue
            fields = rule.fields(policy)
            if rule.amounts:
                yield from self._by_amounts(at, name, fields, stated)
            elif fields:
                yield self._by_texts(at, name, fields, stated)

    def _by_texts(self, at: int, name: str, fields: Sequence[str], stated: Stated) -> Flags:
        known, broken = self._known, np.zeros(len(stated.wrong), np.bool_)
        if len(known) > _KEPT:
            known.clear()
        only_stated = RULES[name].stated
        for place, texts in _right(fields, stated):
            key = (at, name, tuple(map(bool, texts)) if only_stated else texts)
            if key not in known:
                known[key] = self._asked(at, name, dict(zip(fields, texts, strict=True)))
            broken[place] = known[key]
        return broken

    def _by_amounts(
        self, at: int, name: str, fields: Sequence[str], stated: Stated
    ) -> Iterator[Flags]:
        alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, texts in _right(fields, stated):
            alike[texts].append(place)
        for amount in RULES[name].amounts:
            sizes, broken = np.abs(stated.amounts(amount)), np.zeros(len(stated.wrong), np.bool_)
            for texts, places in alike.items():
                values: dict[str, Any] = dict(zip(fields, texts, strict=True))

                def breaks(size: int, values: dict[str, Any] = values, by: str = amount) -> bool:
                    return self._asked(at, name, {**values, by: Decimal(size).scaleb(-_SCALE)})

                broken[places] = sizes[places] > _largest(sizes[places], breaks)
            yield broken

    def _asked(self, at: int, name: str, stated: dict[str, Any]) -> bool:
        """Whether an invoice that states this breaks a rule."""
        values: dict[str, Any] = {
            field: None if value == "" else value for field, value in stated.items()
        }
        dated = values.pop("issue_date", None)
        issued = date.fromisoformat(dated) if dated else self._came
        usual: dict[str, Any] = {"number": "1", "currency": "XXX", "total": Decimal(0)}
        invoice = Invoice(**{**usual, **values}, issue_date=issued)
        return any(True for _ in RULES[name].finds(invoice, self._policies[at], self._came))


def _largest(sizes: NDArray[np.int64], breaks: Callable[[int], bool]) -> int:
    """Of amounts the largest that keeps a rule, which any further from 0 keeps less; -1 where none does."""
    ordered = np.unique(sizes)
    first = bisect_left(ordered.tolist(), True, key=breaks)
    return int(ordered[first - 1]) if first else -1


def _right(fields: Sequence[str], stated: Stated) -> Iterator[tuple[int, tuple[str, ...]]]:
    """What those state that are not wrong, by place."""
    each = zip(*(stated.texts(field) for field in fields), strict=True)
    wrong = stated.wrong.tolist()
    return ((place, texts) for place, texts in enumerate(each) if not wrong[place])
