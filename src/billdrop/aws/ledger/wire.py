"""
The calls to the table.

Requests are written by msgspec and put in place of what the SDK would write: it signs, sends,
tries again and reads the answers, and its checking of every attribute of every item, which costs
more than all else of a commit, is left out.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from billdrop.aws.clients import Clients
from billdrop.aws.faults import code_of, named
from billdrop.errors import UnavailableError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
"""Attributes in the form of the API: `{"S": text}`, `{"N": digits}`, `{"B": bytes}`."""

AT_ONCE = 100
"""Most items of one BatchGetItem, and most actions of one transaction."""

TRIES = 8
BACK_OFF = 0.05
READ = "pk, sk, v, n, b, r, q, f"
"""All attributes but the bytes of originals."""

CONDITION = "ConditionalCheckFailed"
_PASSING = frozenset(
    [
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
    ]
)
_body: ContextVar[bytes | None] = ContextVar("body", default=None)
_encode = msgspec.json.Encoder().encode


class Place(NamedTuple):
    """The key of an item."""

    pk: str
    sk: str


class Cancelled(Exception):
    """A transaction of which nothing was done: something is not as it was read, or was in use."""

    def __init__(self, found: Sequence[Item | None], *, told: bool) -> None:
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
        self._clients = clients
        self._table = table
        self._sleep = sleep
        self._a_read: Item = {"RequestItems": {table: {"Keys": [{}]}}}
        events = self._client.meta.events
        for name in ("BatchGetItem", "TransactWriteItems"):
            events.register(f"before-call.dynamodb.{name}", _written, unique_id=f"billdrop-{name}")

    @property
    def thing(self) -> str:
        """The table as messages name it."""
        return f"table {self._table}"

    @property
    def _client(self) -> "DynamoDBClient":
        return self._clients.dynamodb

    def get(self, places: Iterable[Place]) -> dict[Place, Item | None]:
        """What is at some places, consistently read; None where nothing is."""
        found: dict[Place, Item | None] = dict.fromkeys(places)
        for chunk in cut(list(found), AT_ONCE):
            for item in self._get(chunk):
                found[Place(item["pk"]["S"], item["sk"]["S"])] = item
        return found

    def whole(self, place: Place) -> Item | None:
        """An item with all of its attributes."""
        with named(self.thing):
            answer = self._client.get_item(
                TableName=self._table,
                Key={"pk": {"S": place.pk}, "sk": {"S": place.sk}},
                ConsistentRead=True,
            )
        return answer.get("Item")

    def query(
        self, pk: str, *, prefix: str = "", backwards: bool = False, until: str = ""
    ) -> Iterator[Item]:
        """The items of a partition in order, consistently read; `until` is left out."""
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition += " AND begins_with(sk, :sk)"
            values[":sk"] = {"S": prefix}
        elif until:
            condition += " AND sk < :sk"
            values[":sk"] = {"S": until}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            ScanIndexForward=not backwards,
        )
        with named(self.thing):
            for page in pages:
                yield from page["Items"]

    def put(self, item: Item) -> None:
        """Write an item, or replace it."""
        with named(self.thing):
            self._client.put_item(TableName=self._table, Item=item)

    def transact(self, actions: Sequence[Item], token: str = "") -> None:
        """
        Do all of it or nothing; raises `Cancelled` when it was nothing.

        Any other error leaves open whether it was done.
        """
        from botocore.exceptions import ClientError

        request: dict[str, Any] = {"TransactItems": [self._named(each) for each in actions]}
        if token:
            request["ClientRequestToken"] = token
        try:
            self._call("transact_write_items", request, _A_WRITE)
        except ClientError as error:
            raise self._refused(error) from error

    def delete(self, places: Iterable[Place]) -> None:
        """Remove items; one that is not there is no error."""
        for chunk in cut(places, AT_ONCE):
            actions = [{"Delete": {"Key": key_of(place)}} for place in chunk]
            for _ in self.tries():
                try:
                    self.transact(actions)
                    break
                except Cancelled:
                    continue

    def tries(self, fact: str = "others wrote the same items at the same time") -> Iterator[int]:
        """Some tries, with a longer wait between; raises `UnavailableError`, with the fact, after the last."""
        for attempt in range(TRIES):
            if attempt:
                wait = BACK_OFF * 2 ** (attempt - 1)
                self._sleep(random.uniform(0.5, 1.0) * wait)  # noqa: S311 - no secret
            yield attempt
        raise UnavailableError(f"{self.thing}: {fact}, {TRIES} times", hint="it is tried again")

    def _get(self, places: Sequence[Place]) -> Iterator[Item]:
        from botocore.exceptions import ClientError

        keys = [key_of(place) for place in places]
        for _ in self.tries("it read only a part of what was asked"):
            asked = {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": READ}
            try:
                answer = self._call(
                    "batch_get_item", {"RequestItems": {self._table: asked}}, self._a_read
                )
            except ClientError as error:
                raise self._refused(error) from error
            yield from answer["Responses"].get(self._table, ())
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                return

    def _call(self, method: str, request: Item, stub: Item) -> Any:
        """Make a call whose body is `request`; `stub` is what the SDK looks at instead."""
        from botocore.exceptions import BotoCoreError

        mark = _body.set(_encode(request))
        try:
            return getattr(self._client, method)(**stub)
        except BotoCoreError as error:
            raise UnavailableError(f"{self.thing}: {error}", hint="it is tried again") from error
        finally:
            _body.reset(mark)

    def _named(self, action: Item) -> Item:
        return {kind: {"TableName": self._table, **about} for kind, about in action.items()}

    def _refused(self, error: Exception) -> Exception:
        from billdrop.aws.faults import ours

        if code_of(error) != "TransactionCanceledException":
            return error if code_of(error) == "ValidationException" else ours(error, self.thing)
        reasons = getattr(error, "response", {}).get("CancellationReasons", ())
        codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
        if not codes <= _PASSING | {CONDITION}:
            return error
        return Cancelled(
            [
                reason.get("Item", {}) if reason.get("Code") == CONDITION else None
                for reason in reasons
            ],
            told=codes == {CONDITION},
        )


def key_of(place: Place) -> dict[str, Any]:
    """A place as the API has it."""
    return {"pk": {"S": place[0]}, "sk": {"S": place[1]}}


def _written(params: dict[str, Any], **_: object) -> None:
    body = _body.get()
    if body is not None:
        params["body"] = body


def cut(whole: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """The same in pieces of up to `size`."""
    rest = iter(whole)
    while chunk := tuple(islice(rest, size)):
        yield chunk


_A_WRITE: Item = {"TransactItems": [{}]}
