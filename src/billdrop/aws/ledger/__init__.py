"""The ledger on DynamoDB: one table, written by any number of workers."""

from collections.abc import Callable

from billdrop.aws.calls.clients import Clients
from billdrop.aws.ledger.books import DynamoBooks
from billdrop.aws.ledger.ledger import DynamoLedger, dynamo_ledger
from billdrop.aws.ledger.parcels import Store
from billdrop.aws.ledger.wire import Wire
from billdrop.aws.stack import Stack

__all__ = ["DynamoBooks", "DynamoLedger", "open_dynamo_ledger"]


def open_dynamo_ledger(
    clients: Clients,
    stack: Stack,
    objects: Store,
    reached: Callable[[str], None] = lambda boundary: None,
) -> DynamoLedger:
    """The ledger of a stack; `objects` are those of its destination bucket."""
    return dynamo_ledger(Wire(clients, stack.table), objects, reached)
