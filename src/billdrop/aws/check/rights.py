"""
The rights that the program needs, each tried for real on something that is not there.

A call either is denied, or fails as it must (no such key, a condition that cannot hold, a receipt
that never was): nothing is written, and no document is read.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from botocore.exceptions import ClientError

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import DENIED, GONE, code_of, named
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from billdrop.errors import BilldropError, PermissionDeniedError

NOTHING = "billdrop-doctor/nothing-is-here"
KEY = {"pk": {"S": NOTHING}, "sk": {"S": NOTHING}}
LISTED = {"pk": {"S": "u"}, "sk": {"S": NOTHING}}
"""Below the lists of what is still to be done, from which alone anything is ever removed."""
NEVER = "attribute_exists(pk) AND attribute_not_exists(pk)"
NO_ETAG = '"00000000000000000000000000000000"'
WRITTEN = ("invoices", "lines", "originals", "receipts")
"""Prefixes of the destination that the program writes below."""

PROOF = GONE | {
    "PreconditionFailed",
    "ConditionalCheckFailedException",
    "TransactionCanceledException",
    "ReceiptHandleIsInvalid",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "InvalidParameter",
}
"""What is answered to a call that was allowed, and then had nothing to do."""

_ACTION = re.compile(r"not authorized to perform: (\S+)")


class Right(NamedTuple):
    """One thing that the program must be allowed to do."""

    check: str
    action: str
    resource: Callable[[Clients, Stack], str]
    """Its ARN; empty where the stack has no such thing."""
    probe: Callable[[Clients, Stack], object]


def rights(clients: Clients, stack: Stack) -> Iterator[Line]:
    """Every right, one line each; one that is missing never stops the next."""
    for right in RIGHTS:
        try:
            resource = right.resource(clients, stack)
        except PermissionDeniedError as error:
            yield Line(check=right.check, ok=True, known=False, fact=error.message)
            continue
        except BilldropError as error:
            yield Line(check=right.check, ok=False, fact=error.message, fix=error.hint)
            continue
        if resource:
            yield tried(right, resource, clients, stack)


def tried(right: Right, resource: str, clients: Clients, stack: Stack) -> Line:
    """The line of one right."""
    try:
        with named(resource):
            probed(right, clients, stack)
    except _Denied as denied:
        return Line(
            check=right.check,
            ok=False,
            fact=f"{right.action} is denied: {denied}",
            fix=f"allow {right.action} on {resource}",
            lacking=right.action,
        )
    except BilldropError as error:
        return Line(check=right.check, ok=False, fact=error.message, fix=error.hint)
    return Line(check=right.check, ok=True, fact=f"{right.action} on {resource} is allowed")


class _Denied(Exception):
    """The right is missing."""


def probed(right: Right, clients: Clients, stack: Stack) -> None:
    try:
        right.probe(clients, stack)
    except ClientError as error:
        code = code_of(error)
        if code in DENIED and said_of(error) in {"", right.action}:
            raise _Denied(str(error)) from error
        if code not in PROOF | DENIED:
            raise


def said_of(error: ClientError) -> str:
    """
    The action that a denial names, if it names one.

    A key that is not there is denied for want of `s3:ListBucket`, which says nothing against the
    right to read it.
    """
    found = _ACTION.search(str(error))
    return found[1] if found else ""


def _inbox(path: str) -> Callable[[Clients, Stack], str]:
    return lambda clients, stack: f"{bucket_arn(stack, stack.inbox_bucket)}{path}"


def _destination(path: str) -> Callable[[Clients, Stack], str]:
    return lambda clients, stack: f"{bucket_arn(stack, stack.destination_bucket)}{path}"


def bucket_arn(stack: Stack, bucket: str) -> str:
    """In the partition that the topic is in."""
    return f"arn:{stack.topic_arn.split(':')[1]}:s3:::{bucket}"


def queue_arn(clients: Clients, stack: Stack) -> str:
    """The queue, which outputs name by its URL."""
    partition = stack.topic_arn.split(":")[1]
    name = stack.queue_url.rpartition("/")[2]
    return f"arn:{partition}:sqs:{stack.region}:{stack.account}:{name}"


def dead_letters(clients: Clients, stack: Stack) -> str:
    """The ARN of the queue's dead-letter queue; raises `PermissionDeniedError` where it may not look."""
    with named(f"the queue {stack.queue_url}"):
        attributes = clients.sqs.get_queue_attributes(
            QueueUrl=stack.queue_url, AttributeNames=["RedrivePolicy"]
        ).get("Attributes", {})
    found: str = json.loads(attributes.get("RedrivePolicy", "{}")).get("deadLetterTargetArn", "")
    return found


def queue_url(stack: Stack, arn: str) -> str:
    """The URL of another queue beside ours."""
    return f"{stack.queue_url.rpartition('/')[0]}/{arn.rpartition(':')[2]}"


def _table(clients: Clients, stack: Stack) -> str:
    partition = stack.topic_arn.split(":")[1]
    return f"arn:{partition}:dynamodb:{stack.region}:{stack.account}:table/{stack.table}"


def _write(clients: Clients, stack: Stack) -> None:
    """A write on the condition that something is there, below each prefix."""
    for prefix in WRITTEN:
        try:
            clients.s3.put_object(
                Bucket=stack.destination_bucket,
                Key=f"{prefix}/{NOTHING}",
                IfMatch=NO_ETAG,
                ExpectedBucketOwner=stack.account,
            )
        except ClientError as error:
            if code_of(error) not in PROOF:
                raise


def _receive(clients: Clients, stack: Stack) -> object:
    """More at once than there may be: whatever waits is not counted as received."""
    return clients.sqs.receive_message(
        QueueUrl=stack.queue_url, MaxNumberOfMessages=11, VisibilityTimeout=0, WaitTimeSeconds=0
    )


def _send(clients: Clients, stack: Stack) -> object:
    """A text with a character that no message may have."""
    url = queue_url(stack, dead_letters(clients, stack))
    return clients.sqs.send_message(QueueUrl=url, MessageBody="\x0b")


def _check(clients: Clients, stack: Stack) -> object:
    return clients.dynamodb.transact_write_items(
        TransactItems=[
            {
                "ConditionCheck": {
                    "TableName": stack.table,
                    "Key": KEY,
                    "ConditionExpression": NEVER,
                }
            }
        ]
    )


def _read(bucket: str) -> Callable[[Clients, Stack], object]:
    return lambda clients, stack: clients.s3.get_object(
        Bucket=getattr(stack, bucket), Key=NOTHING, ExpectedBucketOwner=stack.account
    )


def _read_version(clients: Clients, stack: Stack) -> object:
    return clients.s3.get_object(
        Bucket=stack.inbox_bucket,
        Key=NOTHING,
        VersionId="null",
        ExpectedBucketOwner=stack.account,
    )


def _list(bucket: str) -> Callable[[Clients, Stack], object]:
    return lambda clients, stack: clients.s3.list_objects_v2(
        Bucket=getattr(stack, bucket), MaxKeys=1, ExpectedBucketOwner=stack.account
    )


RIGHTS: tuple[Right, ...] = (
    Right("read inbox", "s3:GetObject", _inbox("/*"), _read("inbox_bucket")),
    Right("read versions", "s3:GetObjectVersion", _inbox("/*"), _read_version),
    Right("list inbox", "s3:ListBucket", _inbox(""), _list("inbox_bucket")),
    Right(
        "list versions",
        "s3:ListBucketVersions",
        _inbox(""),
        lambda clients, stack: clients.s3.list_object_versions(
            Bucket=stack.inbox_bucket, MaxKeys=1, ExpectedBucketOwner=stack.account
        ),
    ),
    Right(
        "look at queue",
        "sqs:GetQueueAttributes",
        queue_arn,
        lambda clients, stack: clients.sqs.get_queue_attributes(
            QueueUrl=stack.queue_url, AttributeNames=["QueueArn"]
        ),
    ),
    Right(
        "receive",
        "sqs:ReceiveMessage",
        queue_arn,
        _receive,
    ),
    Right(
        "delete message",
        "sqs:DeleteMessage",
        queue_arn,
        lambda clients, stack: clients.sqs.delete_message(
            QueueUrl=stack.queue_url, ReceiptHandle=NOTHING
        ),
    ),
    Right(
        "keep message",
        "sqs:ChangeMessageVisibility",
        queue_arn,
        lambda clients, stack: clients.sqs.change_message_visibility(
            QueueUrl=stack.queue_url, ReceiptHandle=NOTHING, VisibilityTimeout=60
        ),
    ),
    Right("park message", "sqs:SendMessage", dead_letters, _send),
    Right(
        "look at parked",
        "sqs:GetQueueAttributes",
        dead_letters,
        lambda clients, stack: clients.sqs.get_queue_attributes(
            QueueUrl=queue_url(stack, dead_letters(clients, stack)), AttributeNames=["QueueArn"]
        ),
    ),
    Right(
        "get item",
        "dynamodb:GetItem",
        _table,
        lambda clients, stack: clients.dynamodb.get_item(
            TableName=stack.table, Key=KEY, ConsistentRead=True
        ),
    ),
    Right(
        "get items",
        "dynamodb:BatchGetItem",
        _table,
        lambda clients, stack: clients.dynamodb.batch_get_item(
            RequestItems={stack.table: {"Keys": [KEY]}}
        ),
    ),
    Right(
        "query items",
        "dynamodb:Query",
        _table,
        lambda clients, stack: clients.dynamodb.query(
            TableName=stack.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": KEY["pk"]},
            Limit=1,
        ),
    ),
    Right(
        "put item",
        "dynamodb:PutItem",
        _table,
        lambda clients, stack: clients.dynamodb.put_item(
            TableName=stack.table, Item=KEY, ConditionExpression=NEVER
        ),
    ),
    Right(
        "update item",
        "dynamodb:UpdateItem",
        _table,
        lambda clients, stack: clients.dynamodb.update_item(
            TableName=stack.table, Key=KEY, ConditionExpression=NEVER
        ),
    ),
    Right("check item", "dynamodb:ConditionCheckItem", _table, _check),
    Right(
        "cross off",
        "dynamodb:DeleteItem",
        _table,
        lambda clients, stack: clients.dynamodb.delete_item(
            TableName=stack.table, Key=LISTED, ConditionExpression=NEVER
        ),
    ),
    Right("write csv", "s3:PutObject", _destination("/*"), _write),
    Right("read csv", "s3:GetObject", _destination("/*"), _read("destination_bucket")),
    Right("list csv", "s3:ListBucket", _destination(""), _list("destination_bucket")),
    Right(
        "publish results",
        "sns:Publish",
        lambda clients, stack: stack.results_topic_arn,
        lambda clients, stack: clients.sns.publish(
            TopicArn=stack.results_topic_arn, Message="no JSON", MessageStructure="json"
        ),
    ),
)
"""In the order of the way of a document."""
