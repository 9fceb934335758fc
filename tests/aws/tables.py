"""A table for the ledger, on the stand-in."""

import functools
import time

from billdrop.aws.calls.clients import Clients
from billdrop.aws.ledger import DynamoLedger
from billdrop.aws.ledger.ledger import dynamo_ledger
from billdrop.aws.ledger.wire import Wire
from billdrop.aws.store.objects import Objects
from tests.aws.standin import ACCOUNT, REGION, fresh, root


def ledger_table(name: str, clients: Clients | None = None) -> str:
    """Make the table, as the template does."""
    (clients or root()).dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    return name


def open_table(name: str, clients: Clients | None = None, *, patient: bool = False) -> DynamoLedger:
    """A ledger on the table, as a worker of its own; it waits before it tries again if `patient`."""
    sleep = time.sleep if patient else _at_once
    wire = Wire(clients or root(), name, sleep=sleep)
    return dynamo_ledger(wire, store())


def _at_once(seconds: float) -> None:
    """Waits for nobody."""


@functools.cache
def store() -> Objects:
    """The bucket that large originals of all tests lie in."""
    bucket = fresh()
    root().s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    return Objects(root(), bucket, owner=ACCOUNT)
