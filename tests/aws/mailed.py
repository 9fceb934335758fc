"""An inbox bucket with its topic, queue and dead-letter queue, as the stack makes them."""

import json
from datetime import UTC, datetime
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.inbox.queue import Queue
from billdrop.aws.inbox.s3_inbox import S3Inbox
from billdrop.aws.store.objects import Objects
from tests.aws.buckets import bucket
from tests.aws.standin import ACCOUNT, fresh


def now() -> datetime:
    return datetime.now(UTC)


class Mailed:
    """The inbox, and what lies behind it."""

    def __init__(
        self, clients: Clients, name: str, queue: str, dead_letters: str, **options: Any
    ) -> None:
        self.clients = clients
        self.bucket = name
        self.queue_url = queue
        self.dead_letters = dead_letters
        self.objects = Objects(clients, name, owner=ACCOUNT)
        self.inbox = self.another(**options)

    def another(self, *, visibility: int = 300, **options: Any) -> S3Inbox:
        """One more worker on the same queue."""
        queue = Queue(self.clients, self.queue_url, visibility=visibility)
        return S3Inbox(
            self.objects, queue, now, bucket=self.bucket, **{"poll_seconds": 1, **options}
        )

    def put(self, key: str, content: bytes) -> None:
        self.objects.put(key, content)

    def remove(self, key: str) -> None:
        """Every version of it, so that nothing of it can be read."""
        for version in list(self.objects.versions(key)):
            self.clients.s3.delete_object(
                Bucket=self.bucket, Key=version.key, VersionId=version.version_id
            )

    def say(self, body: str) -> None:
        """A message that S3 did not send."""
        self.clients.sqs.send_message(QueueUrl=self.queue_url, MessageBody=body)

    def waiting(self) -> int:
        """Messages in the queue, seen or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.clients.sqs.get_queue_attributes(
            QueueUrl=self.queue_url,
            AttributeNames=names,  # type: ignore[arg-type]
        )["Attributes"]
        return sum(int(count) for name, count in found.items() if name in names)

    def parked(self) -> list[tuple[str, str]]:
        """Reason and body of what lies in the dead-letter queue."""
        answer = self.clients.sqs.receive_message(
            QueueUrl=self.dead_letters, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return [
            (each["MessageAttributes"]["reason"]["StringValue"], each["Body"])
            for each in answer.get("Messages", ())
        ]


def mailed(clients: Clients, *, versions: bool, removals: bool = True, **options: Any) -> Mailed:
    """A new one; `options` go to `S3Inbox`, `visibility` to its queue."""
    name = bucket(clients, versions=versions)
    dead, queue = fresh(), fresh()
    dead_url = clients.sqs.create_queue(QueueName=dead)["QueueUrl"]
    redrive = {"deadLetterTargetArn": _arn(clients, dead_url), "maxReceiveCount": 50}
    url = clients.sqs.create_queue(
        QueueName=queue, Attributes={"RedrivePolicy": json.dumps(redrive)}
    )["QueueUrl"]
    topic = clients.sns.create_topic(Name=queue)["TopicArn"]
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=_arn(clients, url))
    events = ["s3:ObjectCreated:*", *(["s3:ObjectRemoved:*"] if removals else [])]
    _announce(clients, name, topic, events)
    return Mailed(clients, name, url, dead_url, **options)


def _announce(clients: Clients, name: str, topic: str, events: Any) -> None:
    clients.s3.put_bucket_notification_configuration(
        Bucket=name,
        NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic, "Events": events}]},
    )


def _arn(clients: Clients, url: str) -> str:
    return clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])[
        "Attributes"
    ]["QueueArn"]
