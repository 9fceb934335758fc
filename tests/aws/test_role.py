"""The role of the stack, on a server that enforces rights: what a worker can do, and what it cannot."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import DENIED, code_of
from billdrop.aws.check.rights import rights
from billdrop.aws.stack import Stack, read_stack
from tests.aws.deployed import deployed_with_rights, worker


def now() -> datetime:
    """The true time of the test, however long ago it was collected."""
    return datetime.now(UTC)


Deed = Callable[[Clients, Stack], object]


def put(bucket: str, key: str) -> Deed:
    return lambda clients, stack: clients.s3.put_object(Bucket=getattr(stack, bucket), Key=key)


def test_worker_may_do_all_that_it_has_to() -> None:
    lines = list(rights(worker(), deployed_with_rights()))
    assert [line.fact for line in lines if not line.ok or not line.known] == []


def test_worker_knows_its_stack_by_name() -> None:
    stack = deployed_with_rights()
    assert read_stack(worker(), stack.name) == stack


FORBIDDEN: dict[str, Deed] = {
    "delete from the inbox": lambda clients, stack: clients.s3.delete_object(
        Bucket=stack.inbox_bucket, Key="acme/a.txt"
    ),
    "write to the inbox": put("inbox_bucket", "acme/a.txt"),
    "replace the program": put("destination_bucket", "artifacts/billdrop.zip"),
    "write beside its prefixes": put("destination_bucket", "invoices.csv"),
    "read what queries answered": lambda clients, stack: clients.s3.get_object(
        Bucket=stack.results_bucket, Key="a.csv"
    ),
    "open a bucket": lambda clients, stack: clients.s3.delete_public_access_block(
        Bucket=stack.inbox_bucket
    ),
    "read the whole ledger": lambda clients, stack: clients.dynamodb.scan(TableName=stack.table),
    "drop the ledger": lambda clients, stack: clients.dynamodb.delete_table(TableName=stack.table),
    "make up events": lambda clients, stack: clients.sqs.send_message(
        QueueUrl=stack.queue_url, MessageBody="{}"
    ),
    "announce to the topic": lambda clients, stack: clients.sns.publish(
        TopicArn=stack.topic_arn, Message="{}"
    ),
    "empty the queue": lambda clients, stack: clients.sqs.purge_queue(QueueUrl=stack.queue_url),
    "ask Athena": lambda clients, stack: clients.athena.start_query_execution(
        QueryString="SELECT 1", WorkGroup=stack.workgroup
    ),
    "look at metrics": lambda clients, stack: clients.cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        StartTime=now(),
        EndTime=now(),
        Period=60,
    ),
    "look at roles": lambda clients, stack: clients.iam.list_roles(),
    "take the stack down": lambda clients, stack: clients.cloudformation.delete_stack(
        StackName=stack.name
    ),
}


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_worker_may_not(deed: str) -> None:
    with pytest.raises(ClientError) as caught:
        FORBIDDEN[deed](worker(), deployed_with_rights())
    assert code_of(caught.value) in DENIED
