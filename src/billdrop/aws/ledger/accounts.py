"""Who may log in at the consoles of a stack: one item of the table, replaced as a whole."""

from typing import Any

from billdrop.aws.ledger.wire import Cancelled, Place, Wire

PLACE = Place("access", "people")


class Accounts:
    """What stands there, and since which revision; safe to share among threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read(self) -> tuple[bytes, int]:
        """The text and its revision; nothing and 0 where nothing was ever written."""
        item = self._wire.whole(PLACE)
        return (bytes(item["b"]["B"]), int(item["n"]["N"])) if item else (b"", 0)

    def write(self, body: bytes, *, over: int) -> bool:
        """Replace what has this revision still; whether it did. Of two that try, one does."""
        item = {**PLACE.key, "b": {"B": body}, "n": {"N": str(over + 1)}}
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if over:
            condition = {
                "ConditionExpression": "n = :n",
                "ExpressionAttributeValues": {":n": {"N": str(over)}},
            }
        for _ in self._wire.tries():
            try:
                self._wire.transact([{"Put": {"Item": item, **condition}}])
            except Cancelled as cancelled:
                if cancelled.told:
                    return False
            else:
                return True
        return False
