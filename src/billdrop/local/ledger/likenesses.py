"""What one commit looks up, and takes in, of invoices that look alike under other identities."""

from collections.abc import Callable, Collection
from typing import Any

import apsw
import msgspec

from billdrop.books.alike import Told, apart, told_of
from billdrop.local.ledger.intake import Item, Key

_json = msgspec.json.Encoder().encode

Telling = Callable[[Key, int], Told | None]
"""What tells an invoice from others, by its key and the id of a row; None where another row counts."""


class Likenesses:
    """The revisions that count, by likeness: the ids of their rows."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._ids: dict[int, dict[Key, int]] = {}

    def __contains__(self, likeness: int) -> bool:
        return likeness in self._ids

    def look_up(self, likenesses: Collection[int]) -> None:
        """Find the invoices that look like some."""
        if not likenesses:
            return
        bound = (_json(list(likenesses)).decode(),)
        rows: list[Any] = self._connection.execute(_ALIKE, bound).fetchall()
        for likeness, number, customer, identity, row in rows:
            alike = self._ids.setdefault(likeness, {})
            alike.setdefault(Key(number, customer, identity), row)

    def add(self, item: Item, key: Key, number: int) -> None:
        """Take in a revision that counts from now on."""
        alike = self._ids.setdefault(item.likeness, {})
        alike.pop(key, None)
        alike[key] = number

    def clear(self) -> None:
        """Forget all of it."""
        self._ids.clear()

    def of(self, item: Item, told: Telling) -> Told | None:
        """An invoice that may be the one of an item; none where a person let the item pass."""
        found, key, booked = self._ids.get(item.likeness), item.key, item.booking
        if not found or key is None or booked is None or item.intake.stands_beside(item.record):
            return None
        mine = told_of(key.text, booked)
        for other, number in found.items():
            known = told(other, number) if other.customer == key.customer else None
            if known is not None and not apart(mine, known):
                return known
        return None


_ALIKE = """
SELECT likeness, number, customer, identity, id
FROM (SELECT value FROM json_each(?)) CROSS JOIN invoices WHERE likeness = value AND live = 1
"""
