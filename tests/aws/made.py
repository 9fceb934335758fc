"""A whole stack as the access check wants it, made by calls: for tests that need one without a deployment."""

import json
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.stack import Stack
from tests.aws.standin import ACCOUNT, REGION

DAY = 24 * 3600
LIFECYCLE: list[Any] = [
    {
        "ID": "a-day",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 1},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
]


def made(clients: Clients, name: str) -> Stack:
    """Buckets, topic, queues, table, database and workgroup; all of it as it should be."""
    stack = Stack(
        name=name,
        region=REGION,
        account=ACCOUNT,
        inbox_bucket=f"{name}-inbox",
        destination_bucket=f"{name}-destination",
        results_bucket=f"{name}-results",
        topic_arn=clients.sns.create_topic(Name=name)["TopicArn"],
        queue_url=clients.sqs.create_queue(QueueName=name)["QueueUrl"],
        table=name,
        database=name.replace("-", "_"),
        workgroup=name,
        results_topic_arn=clients.sns.create_topic(Name=f"{name}-results")["TopicArn"],
    )
    for bucket in (stack.inbox_bucket, stack.destination_bucket, stack.results_bucket):
        locked_bucket(clients, bucket)
    eventful(clients, stack)
    clients.dynamodb.create_table(
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
        DeletionProtectionEnabled=True,
    )
    clients.dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    asked(clients, stack)
    return stack


def asked(clients: Clients, stack: Stack) -> None:
    """What Athena needs: a database and a workgroup."""
    clients.glue.create_database(DatabaseInput={"Name": stack.database})
    clients.athena.create_work_group(
        Name=stack.workgroup,
        Configuration={
            "ResultConfiguration": {"OutputLocation": f"s3://{stack.results_bucket}/answers/"},
            "EnforceWorkGroupConfiguration": True,
            "BytesScannedCutoffPerQuery": 10**10,
        },
    )


def locked_bucket(clients: Clients, bucket: str) -> None:
    """Encrypted, and closed to the public."""
    clients.s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    clients.s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    clients.s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )


def eventful(clients: Clients, stack: Stack) -> None:
    """Inbox to topic to queue, with both dead-letter queues and the policies between them."""
    queue = queue_arn(stack.name)
    dead, undelivered = (
        clients.sqs.create_queue(QueueName=f"{stack.name}-{which}")["QueueUrl"]
        for which in ("dead", "undelivered")
    )
    for url in (dead, undelivered):
        clients.sqs.set_queue_attributes(
            QueueUrl=url,
            Attributes={"MessageRetentionPeriod": str(14 * DAY), "SqsManagedSseEnabled": "true"},
        )
    clients.sqs.set_queue_attributes(
        QueueUrl=stack.queue_url,
        Attributes={
            "VisibilityTimeout": "300",
            "MessageRetentionPeriod": str(4 * DAY),
            "SqsManagedSseEnabled": "true",
            "RedrivePolicy": json.dumps(
                {"deadLetterTargetArn": queue_arn(f"{stack.name}-dead"), "maxReceiveCount": 20}
            ),
            "Policy": json.dumps(queue_policy(stack)),
        },
    )
    clients.sns.set_topic_attributes(
        TopicArn=stack.topic_arn,
        AttributeName="Policy",
        AttributeValue=json.dumps(topic_policy(stack)),
    )
    clients.sns.set_topic_attributes(
        TopicArn=stack.topic_arn, AttributeName="SignatureVersion", AttributeValue="2"
    )
    clients.sns.subscribe(
        TopicArn=stack.topic_arn,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={
            "RedrivePolicy": json.dumps(
                {"deadLetterTargetArn": queue_arn(f"{stack.name}-undelivered")}
            )
        },
    )
    clients.s3.put_bucket_lifecycle_configuration(
        Bucket=stack.inbox_bucket, LifecycleConfiguration={"Rules": LIFECYCLE}
    )
    clients.s3.put_bucket_notification_configuration(
        Bucket=stack.inbox_bucket,
        NotificationConfiguration={
            "TopicConfigurations": [{"TopicArn": stack.topic_arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def topic_policy(stack: Stack) -> dict[str, Any]:
    """S3 may publish, about the inbox of this account only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sns:Publish",
                "Resource": stack.topic_arn,
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{stack.inbox_bucket}"},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
            }
        ],
    }


def queue_policy(stack: Stack) -> dict[str, Any]:
    """SNS may send, from the topic only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn(stack.name),
                "Condition": {"ArnEquals": {"aws:SourceArn": stack.topic_arn}},
            }
        ],
    }
