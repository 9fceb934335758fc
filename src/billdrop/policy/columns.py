"""Which of many invoices keep every policy, asked of what they state column by column."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from billdrop.guidelines.policy import Policy
from billdrop.model import Invoice
from billdrop.policy.rules import RULES

Flags = NDArray[np.bool_]

_SCALE = 4
"""Amounts are whole numbers of 0.0001."""
_MOST = Decimal(10) ** 14
_KEPT = 65_536
"""So many answers are remembered."""
_OF_TEXTS: dict[str, Callable[[Policy], Sequence[str]]] = {
    "currencies": lambda _: ("currency",),
    "dates": lambda _: ("issue_date",),
    "identifiers": lambda policy: policy.identifiers.fields if policy.identifiers else (),
    "sellers": lambda _: ("seller_tax_id", "seller_id", "seller", "payment_account"),
}
"""What a rule looks at; it says the same of all invoices that state the same there."""
BY_COLUMNS = frozenset((*_OF_TEXTS, "required", "largest", "tax_rates"))
"""The rules that are known here; what states a tax rate does not come this way."""


class Stated(Protocol):
    """What some invoices state; those that are wrong are read the exact way and asked there."""

    @property
    def wrong(self) -> Flags: ...

    def texts(self, name: str) -> Sequence[str]:
        """Of each invoice what a field says; empty where it says nothing."""
        ...

    def amounts(self, name: str) -> NDArray[np.int64]: ...


class Keeping:
    """Asks the policies of one document."""

    def __init__(self, policies: Sequence[Policy], came: date) -> None:
        self._policies, self._came = policies, came
        self._known: dict[tuple[int, str, tuple[str, ...]], bool] = {}

    def __call__(self, stated: Stated) -> Flags:
        """The invoices that do not keep one of them; and perhaps some that are wrong."""
        broken = np.zeros(len(stated.wrong), np.bool_)
        for at, policy in enumerate(self._policies):
            for found in self._broken(at, policy, stated):
                broken |= found
        return broken

    def _broken(self, at: int, policy: Policy, stated: Stated) -> Iterator[Flags]:
        for name, fields in _OF_TEXTS.items():
            if getattr(policy, name) is not None:
                yield self._by_texts(at, name, list(fields(policy)), stated)
        for field in policy.required.fields if policy.required else ():
            yield np.array([not text for text in stated.texts(field)], np.bool_)
        if policy.largest:
            room = {code: _whole(most) for code, most in policy.largest.total.items()}
            most = [room.get(code, -1) for code in stated.texts("currency")]
            yield np.abs(stated.amounts("total")) > np.array(most, np.int64)

    def _by_texts(self, at: int, name: str, fields: Sequence[str], stated: Stated) -> Flags:
        known, wrong = self._known, stated.wrong.tolist()
        if len(known) > _KEPT:
            known.clear()
        each = zip(*(stated.texts(field) for field in fields), strict=True)
        broken = []
        for out, texts in zip(wrong, each, strict=True):
            key = (at, name, texts)
            if not out and key not in known:
                known[key] = self._asked(at, name, dict(zip(fields, texts, strict=True)))
            broken.append(not out and known[key])
        return np.array(broken, np.bool_)

    def _asked(self, at: int, name: str, texts: dict[str, str]) -> bool:
        """Whether an invoice that states this breaks a rule."""
        values: dict[str, Any] = {field: text for field, text in texts.items() if text}
        dated = values.pop("issue_date", None)
        issued = date.fromisoformat(dated) if dated else self._came
        usual = {"number": "1", "currency": "XXX", "total": Decimal(0)}
        invoice = Invoice(**{**usual, **values}, issue_date=issued)
        return any(True for _ in RULES[name](invoice, self._policies[at], self._came))


def _whole(most: Decimal) -> int:
    """The largest amount in 0.0001 that is no more."""
    scaled: Fraction = Fraction(min(max(most, Decimal(-1)), _MOST)) * 10**_SCALE
    return floor(scaled)
