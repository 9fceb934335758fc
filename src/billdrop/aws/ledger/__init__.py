"""The ledger on DynamoDB: one table, written by any number of workers."""

import secrets
from collections.abc import Callable
from datetime import datetime

from billdrop.aws.calls.clients import Clients
from billdrop.aws.ledger.books import DynamoBooks
from billdrop.aws.ledger.ledger import DynamoLedger, dynamo_ledger
from billdrop.aws.ledger.migrating import Migration
from billdrop.aws.ledger.parcels import Parcels, Store
from billdrop.aws.ledger.places import stamp
from billdrop.aws.ledger.wire import Wire
from billdrop.aws.stack import Stack

__all__ = ["DynamoBooks", "DynamoLedger", "open_dynamo_ledger", "open_migration"]


def open_dynamo_ledger(
    clients: Clients,
    stack: Stack,
    objects: Store,
    reached: Callable[[str], None] = lambda boundary: None,
) -> DynamoLedger:
    """The ledger of a stack; `objects` are those of its destination bucket."""
    return dynamo_ledger(Wire(clients, stack.table), objects, reached)


def open_migration(clients: Clients, stack: Stack, objects: Store, at: datetime) -> Migration:
    """What brings the table of a stack to this version, beside its workers."""
    base = f"{stamp(at)}-{secrets.token_hex(5)}"
    return Migration(Wire(clients, stack.table), Parcels(objects), base)
