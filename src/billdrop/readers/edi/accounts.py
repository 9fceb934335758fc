"""Every account that a message states, as each has to be known: the first is not all."""

from typing import NamedTuple

from billdrop.guidelines.fields import ACCOUNT
from billdrop.readers.edi.message import Spot
from billdrop.readers.edi.plan import Key
from billdrop.readers.edi.walk import Walk
from billdrop.values.accounts import bare


class Account(NamedTuple):
    """An account, and where it stands, if that was asked for."""

    text: str
    spot: Spot | None


def accounts(walk: Walk) -> list[Account]:
    """Each account once, those of the best path first."""
    values = walk.tables[0][0]
    spots = {key: spot for slot, _, key, spot in walk.put or () if not slot}
    stated: list[tuple[Key, Account]] = [
        (key, Account(value, spots.get(key)))
        for key, value in values.items()
        if _name(key) == ACCOUNT
    ]
    stated += [(key, Account(text, spot)) for key, text, spot in walk.further]
    known: dict[str, Account] = {}
    for _, account in sorted(stated, key=lambda each: _rank(each[0])):
        known.setdefault(bare(account.text), account)
    return list(known.values())


def _name(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def _rank(key: Key) -> int:
    return 0 if isinstance(key, str) else key[1]
