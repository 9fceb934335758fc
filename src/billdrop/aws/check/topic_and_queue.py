"""The way of an event in a stack: topic, subscription, queue, and where goes what nobody took."""

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.look import Look, line, queue
from billdrop.aws.check.policies import allows
from billdrop.aws.check.rights import bucket_arn, dead_letters, queue_arn, queue_url
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line

DAY = 24 * 3600
VISIBILITY = 300
"""
Seconds for which a worker makes a message its own; it says so again at half of them.

The queue says the same of messages to whoever does not, such as a person in the console.
"""

LONGEST_STAY = 3 * DAY
"""Seconds that an object can be in the inbox: a day, up to one until midnight, and S3 takes its time."""


def _topic_policy(clients: Clients, stack: Stack) -> Line:
    attributes = clients.sns.get_topic_attributes(TopicArn=stack.topic_arn)["Attributes"]
    source = bucket_arn(stack, stack.inbox_bucket)
    may = allows(
        attributes.get("Policy", ""),
        service="s3.amazonaws.com",
        action="sns:Publish",
        source=source,
        account=stack.account,
    )
    wrong = f"the policy of {stack.topic_arn} does not let S3 publish for {source} of account {stack.account} only"
    return line("topic policy", stack, "" if may else wrong, f"S3 may publish, for {source} only")


def _signatures(clients: Clients, stack: Stack) -> Line:
    """The door believes nothing that is signed with SHA-1."""
    attributes = clients.sns.get_topic_attributes(TopicArn=stack.topic_arn)["Attributes"]
    version = attributes.get("SignatureVersion", "1")
    wrong = f"{stack.topic_arn} signs with version {version}, and a door believes version 2 only"
    return line("signatures", stack, "" if version == "2" else wrong, "signed with version 2")


def _subscription(clients: Clients, stack: Stack) -> Line:
    """The queue or the HTTPS door: confirmed, and with somewhere to put what cannot be delivered."""
    pages = clients.sns.get_paginator("list_subscriptions_by_topic")
    found = [
        one
        for page in pages.paginate(TopicArn=stack.topic_arn)
        for one in page["Subscriptions"]
        if one["Protocol"] == "https" or one["Endpoint"] == queue_arn(clients, stack)
    ]
    confirmed = [one for one in found if one["SubscriptionArn"].startswith("arn:")]
    attributes = [
        clients.sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])[
            "Attributes"
        ]
        for one in confirmed
    ]
    wrong = ""
    if not confirmed:
        pending = " (one waits to be confirmed)" if found else ""
        wrong = f"neither {stack.queue_url} nor a door is subscribed to {stack.topic_arn}{pending}"
    elif not all(one.get("RedrivePolicy") for one in attributes):
        wrong = f"{confirmed[0]['SubscriptionArn']} has no dead-letter queue"
    right = f"{', '.join(one['Protocol'] for one in confirmed)}, with a dead-letter queue"
    return line("subscription", stack, wrong, right)


def _queue_policy(clients: Clients, stack: Stack) -> Line:
    may = allows(
        queue(clients, stack).get("Policy", ""),
        service="sns.amazonaws.com",
        action="sqs:SendMessage",
        source=stack.topic_arn,
    )
    wrong = f"the policy of {stack.queue_url} does not let SNS send for {stack.topic_arn} only"
    return line(
        "queue policy", stack, "" if may else wrong, f"SNS may send, for {stack.topic_arn} only"
    )


def _visibility(clients: Clients, stack: Stack) -> Line:
    seconds = int(queue(clients, stack)["VisibilityTimeout"])
    wrong = f"a message is hidden for {seconds} s, and a worker takes {VISIBILITY} s for its own"
    right = f"a message is hidden for {seconds} s"
    return line("visibility", stack, wrong if seconds < VISIBILITY else "", right)


def _retention(clients: Clients, stack: Stack) -> Line:
    seconds = int(queue(clients, stack)["MessageRetentionPeriod"])
    fact = (
        f"a message is kept for {seconds / DAY:g} days, an object for up to {LONGEST_STAY // DAY}"
    )
    return line("retention", stack, fact if seconds < LONGEST_STAY else "", fact)


def _dead_letters(clients: Clients, stack: Stack) -> Line:
    arn = dead_letters(clients, stack)
    if not arn:
        return line("dead letters", stack, f"{stack.queue_url} has no dead-letter queue", "")
    attributes = clients.sqs.get_queue_attributes(
        QueueUrl=queue_url(stack, arn), AttributeNames=["All"]
    )["Attributes"]
    waiting = int(attributes.get("ApproximateNumberOfMessages", "0"))
    return line(
        "dead letters",
        stack,
        f"{waiting} wait in {arn}" if waiting else "",
        f"none in {arn}",
        "`billdrop sweep --stack {}` takes in what is still in the inbox; then send them again, or purge them",
    )


LOOKS: tuple[Look, ...] = (
    _topic_policy,
    _signatures,
    _subscription,
    _queue_policy,
    _visibility,
    _retention,
    _dead_letters,
)
