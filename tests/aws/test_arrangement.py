"""Whether a stack is arranged as it must be: of one that lacks a thing, that thing is named."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.arrangement import arrangement
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from tests.aws.made import DAY, LIFECYCLE, made, queue_policy, topic_policy
from tests.aws.standin import ACCOUNT, REGION, standin


@pytest.fixture
def stack(clients: Clients, unique: str) -> Stack:
    return made(clients, unique)


def failing(lines: Iterator[Line]) -> list[str]:
    return [line.check for line in lines if not line.ok]


Change = Callable[[Clients, Stack], object]


def rules(**changed: Any) -> Change:
    found: Any = [{name: part for name, part in {**LIFECYCLE[0], **changed}.items() if part}]
    return lambda clients, stack: clients.s3.put_bucket_lifecycle_configuration(
        Bucket=stack.inbox_bucket, LifecycleConfiguration={"Rules": found}
    )


def announcing(*events: str, **more: Any) -> Change:
    def change(clients: Clients, stack: Stack) -> None:
        topics: Any = [{"TopicArn": stack.topic_arn, "Events": [event], **more} for event in events]
        clients.s3.put_bucket_notification_configuration(
            Bucket=stack.inbox_bucket,
            NotificationConfiguration={"TopicConfigurations": topics},
        )

    return change


def queue_with(**attributes: str) -> Change:
    return lambda clients, stack: clients.sqs.set_queue_attributes(
        QueueUrl=stack.queue_url,
        Attributes=attributes,  # type: ignore[arg-type]
    )


def topic_trusting(condition: dict[str, Any]) -> Change:
    def change(clients: Clients, stack: Stack) -> None:
        policy = topic_policy(stack)
        policy["Statement"][0]["Condition"] = condition
        clients.sns.set_topic_attributes(
            TopicArn=stack.topic_arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
        )

    return change


def queue_trusting(**changed: Any) -> Change:
    def change(clients: Clients, stack: Stack) -> None:
        policy = queue_policy(stack)
        policy["Statement"][0] |= changed
        queue_with(Policy=json.dumps(policy))(clients, stack)

    return change


def weakly_signed(clients: Clients, stack: Stack) -> None:
    clients.sns.set_topic_attributes(
        TopicArn=stack.topic_arn, AttributeName="SignatureVersion", AttributeValue="1"
    )


def unsubscribed(clients: Clients, stack: Stack) -> None:
    for one in clients.sns.list_subscriptions_by_topic(TopicArn=stack.topic_arn)["Subscriptions"]:
        clients.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def undelivered_is_lost(clients: Clients, stack: Stack) -> None:
    unsubscribed(clients, stack)
    clients.sns.subscribe(
        TopicArn=stack.topic_arn,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{stack.name}",
    )


def dead_letter(clients: Clients, stack: Stack) -> None:
    clients.sqs.send_message(QueueUrl=f"{stack.queue_url}-dead", MessageBody="unreadable")


def feeding(clients: Clients, stack: Stack) -> None:
    events: Any = ["s3:ObjectCreated:*"]
    clients.s3.put_bucket_notification_configuration(
        Bucket=stack.destination_bucket,
        NotificationConfiguration={
            "TopicConfigurations": [{"TopicArn": stack.topic_arn, "Events": events}]
        },
    )


def opened(clients: Clients, stack: Stack) -> None:
    clients.s3.put_public_access_block(
        Bucket=stack.destination_bucket,
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True},
    )


def unprotected(clients: Clients, stack: Stack) -> None:
    clients.dynamodb.update_table(TableName=stack.table, DeletionProtectionEnabled=False)


def workgroup_with(**changed: Any) -> Change:
    updates: Any = changed
    return lambda clients, stack: clients.athena.update_work_group(
        WorkGroup=stack.workgroup, ConfigurationUpdates=updates
    )


def unbounded(clients: Clients, stack: Stack) -> None:
    kept = clients.athena.get_work_group(WorkGroup=stack.workgroup)["WorkGroup"]["Configuration"]
    clients.athena.delete_work_group(WorkGroup=stack.workgroup)
    configuration: Any = {**kept}
    del configuration["BytesScannedCutoffPerQuery"]
    clients.athena.create_work_group(Name=stack.workgroup, Configuration=configuration)


KINDS = ("Put", "Post", "Copy", "CompleteMultipartUpload")
SUFFIX = {"Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".txt"}]}}}
PINNED = {"aws:SourceArn": "arn:aws:s3:::someone-elses"}

WRONG: dict[str, tuple[str, Change]] = {
    "only Put is announced": ("notification", announcing("s3:ObjectCreated:Put")),
    "multipart uploads are not announced": (
        "notification",
        announcing(*(f"s3:ObjectCreated:{kind}" for kind in KINDS[:3])),
    ),
    "only some keys are announced": ("notification", announcing("s3:ObjectCreated:*", **SUFFIX)),
    "objects stay two days": ("lifecycle", rules(Expiration={"Days": 2})),
    "only some objects are forgotten": ("lifecycle", rules(Filter={"Prefix": "a/"})),
    "the rule is off": ("lifecycle", rules(Status="Disabled")),
    "old versions stay": ("lifecycle", rules(NoncurrentVersionExpiration=None)),
    "unfinished uploads stay": ("lifecycle", rules(AbortIncompleteMultipartUpload=None)),
    "any bucket may publish": ("topic policy", topic_trusting({})),
    "another bucket may publish": ("topic policy", topic_trusting({"ArnLike": PINNED})),
    "the account is not pinned": (
        "topic policy",
        lambda clients, stack: topic_trusting(
            {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{stack.inbox_bucket}"}}
        )(clients, stack),
    ),
    "the topic signs with SHA-1": ("signatures", weakly_signed),
    "any topic may send": ("queue policy", queue_trusting(Condition={})),
    "nothing may send": ("queue policy", queue_trusting(Effect="Deny")),
    "nothing is subscribed": ("subscription", unsubscribed),
    "the subscription has no dead-letter queue": ("subscription", undelivered_is_lost),
    "messages come back too soon": ("visibility", queue_with(VisibilityTimeout="30")),
    "messages are forgotten before the objects": (
        "retention",
        queue_with(MessageRetentionPeriod=str(2 * DAY)),
    ),
    "the queue has no dead-letter queue": ("dead letters", queue_with(RedrivePolicy="")),
    "dead letters wait": ("dead letters", dead_letter),
    "the destination feeds the inbox": ("no loop", feeding),
    "the queue is not encrypted": ("encryption", queue_with(SqsManagedSseEnabled="false")),
    "a bucket can be opened": ("public access", opened),
    "the table can be deleted": ("table", unprotected),
    "a query may read anything": ("workgroup", unbounded),
    "a query may go elsewhere": (
        "workgroup",
        workgroup_with(EnforceWorkGroupConfiguration=False),
    ),
    "answers go elsewhere": (
        "workgroup",
        workgroup_with(ResultConfigurationUpdates={"OutputLocation": "s3://elsewhere/"}),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_arrangement_that_is_wrong_is_named_with_its_remedy(
    clients: Clients, stack: Stack, case: str
) -> None:
    check, change = WRONG[case]
    change(clients, stack)
    lines = [line for line in arrangement(clients, stack) if not line.ok]
    assert [line.check for line in lines] == [check]
    assert stack.name in lines[0].fix


@pytest.mark.parametrize(
    "change",
    [
        announcing(*(f"s3:ObjectCreated:{kind}" for kind in KINDS)),
        announcing("s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"),
        queue_trusting(Action=["sqs:SendMessage"]),
        queue_trusting(Action="sqs:*"),
    ],
)
def test_arrangement_may_be_said_otherwise(clients: Clients, stack: Stack, change: Change) -> None:
    change(clients, stack)
    assert failing(arrangement(clients, stack)) == []


def test_bucket_that_is_gone_is_named(clients: Clients, stack: Stack) -> None:
    clients.s3.delete_bucket(Bucket=stack.results_bucket)
    lines = {line.check: line for line in arrangement(clients, stack) if not line.ok}
    assert stack.results_bucket in lines["owner"].fact


def test_bucket_of_another_account_is_named(clients: Clients, stack: Stack) -> None:
    def refuse(params: dict[str, Any], **_: object) -> None:
        if params["headers"].get("x-amz-expected-bucket-owner"):
            answer: Any = {"Error": {"Code": "403", "Message": "Forbidden"}}
            raise ClientError(answer, "HeadBucket")

    own = standin().clients()
    own.s3.meta.events.register("before-call.s3.HeadBucket", refuse)
    lines = {line.check: line for line in arrangement(own, stack) if not line.ok}
    assert list(lines) == ["owner"]
    assert f"does not belong to account {ACCOUNT}" in lines["owner"].fact
