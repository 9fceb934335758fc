"""How much waits in the queue of events, and since when: asked of SQS, and of CloudWatch."""

from datetime import datetime, timedelta

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.inbox.queue import letters_url

LATELY = timedelta(minutes=5)
"""CloudWatch says it of each minute, and a minute or two late; what is older says nothing of now."""


class Lengths(Struct, frozen=True, kw_only=True):
    """Messages, about: SQS counts them by samples."""

    waiting: int
    in_flight: int


def lengths(clients: Clients, url: str) -> Lengths:
    """Of a queue; raises as `named` does."""
    with named(f"queue {url}"):
        found = clients.sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
    return Lengths(
        waiting=int(found["ApproximateNumberOfMessages"]),
        in_flight=int(found["ApproximateNumberOfMessagesNotVisible"]),
    )


def dead_letters(clients: Clients, url: str) -> int:
    """Messages in the dead-letter queue of a queue; raises as `named` does, and where it has none."""
    with named(f"queue {url}"):
        dead = letters_url(clients, url)
    return lengths(clients, dead).waiting


def age_of_oldest(clients: Clients, url: str, at: datetime) -> float | None:
    """Seconds, as CloudWatch said last; None where it said nothing lately. Raises as `named` does."""
    name = url.rpartition("/")[2]
    with named(f"the metrics of {name}"):
        points = clients.cloudwatch.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": name}],
            StartTime=at - LATELY,
            EndTime=at,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
    newest = max(points, key=lambda one: one["Timestamp"], default=None)
    return None if newest is None else newest["Maximum"]
