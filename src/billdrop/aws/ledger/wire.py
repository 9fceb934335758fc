"""The calls to the table."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import code_of, named
from billdrop.aws.calls.patience import tries
from billdrop.errors import UnavailableError

TableItem = Mapping[str, Any]
"""Attributes in the form of the API: `{"S": text}`, `{"N": digits}`, `{"B": bytes}`."""

AT_ONCE = 100
"""Most items of one BatchGetItem, and most actions of one transaction."""

TRIES = 8
BACK_OFF = 0.05
READ = "pk, sk, v, n, b, r, q, f"
"""All attributes but the bytes of originals."""

CANCELLED = "TransactionCanceledException"
CONDITION = "ConditionalCheckFailed"
_PASSING = frozenset(
    [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
    ]
)


class Place(NamedTuple):
    """The key of an item."""

    pk: str
    sk: str

    @property
    def key(self) -> dict[str, Any]:
        """As the API has it."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}


class Cancelled(Exception):
    """A transaction of which nothing was done: something is not as it was read, or was in use."""

    def __init__(self, found: Sequence[TableItem | None], *, told: bool) -> None:
        super().__init__("the transaction was cancelled")
        self.found = found
        """For each action whose condition failed, the item as it is now, empty when there is none."""
        self.told = told
        """Whether these are all reasons; not where others were at work on the same items."""


class Wire:
    """One table; safe to share among threads."""

    def __init__(
        self, clients: Clients, table: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._calls = clients.calls("dynamodb")
        self._table = table
        self._sleep = sleep

    @property
    def thing(self) -> str:
        """The table as messages name it."""
        return f"table {self._table}"

    def get(self, places: Iterable[Place]) -> dict[Place, TableItem | None]:
        """What is at some places, consistently read; None where nothing is."""
        found: dict[Place, TableItem | None] = dict.fromkeys(places)
        for chunk in cut(list(found), AT_ONCE):
            for item in self._get(chunk):
                found[Place(item["pk"]["S"], item["sk"]["S"])] = item
        return found

    def whole(self, place: Place) -> TableItem | None:
        """An item with all of its attributes."""
        answer = self._call("get_item", Key=place.key, ConsistentRead=True)
        found: TableItem | None = answer.get("Item")
        return found

    def query(
        self, pk: str, *, prefix: str = "", backwards: bool = False, until: str = ""
    ) -> Iterator[TableItem]:
        """The items of a partition in order, consistently read; `until` is left out."""
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition += " AND begins_with(sk, :sk)"
            values[":sk"] = {"S": prefix}
        elif until:
            condition += " AND sk < :sk"
            values[":sk"] = {"S": until}
        asked = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            "ScanIndexForward": not backwards,
        }
        while asked:
            page = self._call("query", **asked)
            yield from page["Items"]
            last = page.get("LastEvaluatedKey")
            asked = {**asked, "ExclusiveStartKey": last} if last else {}

    def put(self, item: TableItem) -> None:
        """Write an item, or replace it."""
        self._call("put_item", Item=item)

    def transact(self, actions: Sequence[TableItem], token: str = "") -> None:
        """
        Do all of it or nothing; raises `Cancelled` when it was nothing.

        Any other error leaves open whether it was done.
        """
        request: dict[str, Any] = {"TransactItems": [self._named(each) for each in actions]}
        if token:
            request["ClientRequestToken"] = token
        self._made("transact_write_items", request)

    def delete(self, places: Iterable[Place]) -> None:
        """Remove items; one that is not there is no error."""
        for chunk in cut(places, AT_ONCE):
            actions = [{"Delete": {"Key": place.key}} for place in chunk]
            for _ in self.tries():
                try:
                    self.transact(actions)
                    break
                except Cancelled:
                    continue

    def tries(self, fact: str = "others wrote the same items at the same time") -> Iterator[int]:
        """Some tries, with a longer wait between; raises `UnavailableError`, with the fact, after the last."""
        yield from tries(TRIES, BACK_OFF, self._sleep)
        raise UnavailableError(f"{self.thing}: {fact}, {TRIES} times", hint="it is tried again")

    def _get(self, places: Sequence[Place]) -> Iterator[TableItem]:
        keys = [place.key for place in places]
        for _ in self.tries("it read only a part of what was asked"):
            asked = {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": READ}
            answer = self._made("batch_get_item", {"RequestItems": {self._table: asked}})
            yield from answer["Responses"].get(self._table, ())
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                return

    def _call(self, method: str, **about: Any) -> dict[str, Any]:
        return self._made(method, {"TableName": self._table, **about})

    def _made(self, method: str, request: Mapping[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        with named(self.thing):
            try:
                return self._calls(method, request)
            except ClientError as error:
                cancelled = _cancelled(error)
                if cancelled is None:
                    raise
                raise cancelled from error

    def _named(self, action: TableItem) -> TableItem:
        return {kind: {"TableName": self._table, **about} for kind, about in action.items()}


def _cancelled(error: Exception) -> Cancelled | None:
    """None for any other error, and for reasons that are not about what others wrote."""
    if code_of(error) != CANCELLED:
        return None
    reasons = getattr(error, "response", {}).get("CancellationReasons", ())
    codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
    if not codes <= _PASSING | {CONDITION}:
        return None
    return Cancelled(
        [reason.get("Item", {}) if reason.get("Code") == CONDITION else None for reason in reasons],
        told=codes == {CONDITION},
    )


def cut(whole: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """The same in pieces of up to `size`."""
    rest = iter(whole)
    while chunk := tuple(islice(rest, size)):
        yield chunk
