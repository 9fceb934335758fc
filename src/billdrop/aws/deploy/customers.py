"""Customers of a stack: where they upload, and who is told what became of it."""

import json
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.stack import Stack
from billdrop.errors import ConfigurationError, UsageError
from billdrop.names import customer_refused

CONTENT_TYPE = "text/plain"
PENDING = "PendingConfirmation"
"""What SNS calls a subscription that nobody has confirmed."""


class Form(Struct, frozen=True, kw_only=True):
    """An upload that somebody without an account may do: a POST of these fields and a file."""

    url: str
    fields: dict[str, str]
    customer: str
    expires_seconds: int
    largest_bytes: int


class Subscription(Struct, frozen=True, kw_only=True):
    """Who is told, and of whose documents."""

    protocol: Literal["email", "https"]
    endpoint: str
    customers: tuple[str, ...]
    confirmed: bool


def checked(customer: str) -> str:
    """The name of a customer; raises `UsageError` (BD5001) when none can have it."""
    if refused := customer_refused(customer):
        raise UsageError(refused, hint="take another name")
    return customer


def upload_form(
    clients: Clients, stack: Stack, customer: str, *, seconds: int, largest: int
) -> Form:
    """
    A form that puts text files into the customer's part of the inbox, under the names they have.

    S3 refuses other keys, other types, empty and larger files, and all of it after the time.
    """
    prefix = f"{checked(customer)}/"
    with named(f"bucket {stack.inbox_bucket}"):
        made = clients.s3.generate_presigned_post(
            Bucket=stack.inbox_bucket,
            Key=prefix + "${filename}",
            Fields={"Content-Type": CONTENT_TYPE},
            Conditions=[
                ["starts-with", "$key", prefix],
                ["content-length-range", 1, largest],
                {"Content-Type": CONTENT_TYPE},
            ],
            ExpiresIn=seconds,
        )
    return Form(
        url=made["url"],
        fields=made["fields"],
        customer=customer,
        expires_seconds=seconds,
        largest_bytes=largest,
    )


def subscribe(
    clients: Clients,
    stack: Stack,
    customer: str,
    *,
    protocol: Literal["email", "https"],
    endpoint: str,
) -> Subscription:
    """
    Tell an address or endpoint what becomes of the documents of a customer, and of no other.

    One that is told of other customers already is told of this one too. It has to confirm first.
    """
    topic = stack.results_topic_arn
    with named(f"topic {topic}"):
        known = next(_subscriptions(clients, topic, protocol, endpoint), None)
        if known == PENDING:
            raise ConfigurationError(
                f"{endpoint} has not confirmed that it wants to be told",
                hint="confirm it by what SNS sent there, then run this again",
            )
        if known:
            return _widened(clients, known, checked(customer), protocol, endpoint)
        made = clients.sns.subscribe(
            TopicArn=topic,
            Protocol=protocol,
            Endpoint=endpoint,
            Attributes={"FilterPolicy": json.dumps({"customer": [checked(customer)]})},
            ReturnSubscriptionArn=True,
        )
        confirmed = _confirmed(clients, made["SubscriptionArn"])
    return Subscription(
        protocol=protocol, endpoint=endpoint, customers=(customer,), confirmed=confirmed
    )


def _subscriptions(clients: Clients, topic: str, protocol: str, endpoint: str) -> Iterator[str]:
    pages = clients.sns.get_paginator("list_subscriptions_by_topic")
    for page in pages.paginate(TopicArn=topic):
        for each in page["Subscriptions"]:
            if (each["Protocol"], each["Endpoint"]) == (protocol, endpoint):
                yield each["SubscriptionArn"]


def _confirmed(clients: Clients, arn: str) -> bool:
    if not arn.startswith("arn:"):
        return False
    facts = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    return facts.get("PendingConfirmation") == "false"


def _widened(
    clients: Clients, arn: str, customer: str, protocol: Literal["email", "https"], endpoint: str
) -> Subscription:
    facts = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    before = json.loads(facts.get("FilterPolicy") or "{}").get("customer", [])
    customers = tuple(sorted({*before, customer}))
    clients.sns.set_subscription_attributes(
        SubscriptionArn=arn,
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps({"customer": customers}),
    )
    confirmed = facts.get("PendingConfirmation") == "false"
    return Subscription(
        protocol=protocol, endpoint=endpoint, customers=customers, confirmed=confirmed
    )
