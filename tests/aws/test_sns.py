"""What no one here wrote: messages that moto signs, and the subscription of the stand-in."""

import json
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from billdrop.aws.calls.clients import Clients
from billdrop.aws.inbox.events import Created, Test
from billdrop.aws.topic.certificates import Certificates, amazon_trust
from billdrop.aws.topic.sns import Keys, Topic, signers, subscribed
from billdrop.errors import BilldropError

_PYTHON = Path(__file__).resolve().parents[2] / ".tools/moto/bin/python"
KEY = "acme/this im + ä 🧾.txt"


@cache
def moto() -> list[dict[str, str]]:
    """What the topic of moto said of one upload: each body, and its certificate."""
    if not _PYTHON.exists():
        raise AssertionError(
            f"{_PYTHON.parents[1]} is not there: a signer that no one here wrote is part of the "
            "proof; `make .tools/moto/ready` installs it, and `make test` does so first"
        )
    script = Path(__file__).with_name("moto_signer.py")
    done = subprocess.run([_PYTHON, script, KEY], capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told: list[dict[str, str]] = json.loads(done.stdout)
    return told


def topic_of(told: dict[str, str], keys: Keys, *, notes: list[str] | None = None) -> Topic:
    message = json.loads(told["body"])
    sent = datetime.fromisoformat(message["Timestamp"])
    return Topic(
        message["TopicArn"],
        keys=keys,
        now=lambda: sent.astimezone(UTC),
        confirm=lambda token: None,
        note=(notes if notes is not None else []).append,
    )


def key_in(told: dict[str, str]) -> RSAPublicKey:
    key = load_pem_x509_certificate(told["pem"].encode()).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


def test_messages_that_moto_signed_are_believed() -> None:
    test, created = [
        topic_of(told, lambda url, told=told: key_in(told)).open(told["body"].encode())  # type: ignore[misc]
        for told in moto()
    ]
    assert test
    assert created
    assert list(test.events) == [Test(bucket="inbox-1")]
    (event,) = created.events
    assert isinstance(event, Created)
    assert (event.bucket, event.key, event.size) == ("inbox-1", KEY, 10)


def test_message_that_moto_signed_is_refused_once_changed() -> None:
    for told in moto():
        changed = told["body"].replace("inbox-1", "inbox-2")
        assert topic_of(told, lambda url, told=told: key_in(told)).open(changed.encode()) is None  # type: ignore[misc]


def test_certificate_of_moto_is_refused_though_it_names_sns_and_amazon() -> None:
    for told in moto():
        arn = json.loads(told["body"])["TopicArn"]
        notes: list[str] = []
        certificates = Certificates(
            names=signers(arn),
            trust=amazon_trust(),
            fetch=lambda url, told=told: told["pem"].encode(),  # type: ignore[misc]
            now=lambda: datetime.now(UTC),
        )
        topic = topic_of(told, certificates.key, notes=notes)
        assert topic.open(told["body"].encode()) is None
        assert "certificate" in notes[0]


def offered(
    clients: Clients, unique: str, ear: tuple[str, "SimpleQueue[bytes]"]
) -> tuple[str, bytes]:
    """A topic that was asked to post to us, and what it posts."""
    arn = clients.sns.create_topic(Name=unique)["TopicArn"]
    clients.sns.subscribe(TopicArn=arn, Protocol="http", Endpoint=ear[0])
    return arn, ear[1].get(timeout=20)


def pending(clients: Clients, arn: str) -> str:
    (found,) = clients.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    about = clients.sns.get_subscription_attributes(SubscriptionArn=found["SubscriptionArn"])
    return about["Attributes"]["PendingConfirmation"]


def test_subscription_is_confirmed_through_the_sdk_so_that_only_its_owner_can_end_it(
    clients: Clients, unique: str, ear: tuple[str, "SimpleQueue[bytes]"]
) -> None:
    arn, posted = offered(clients, unique, ear)
    assert pending(clients, arn) == "true"
    asked: list[dict[str, Any]] = []
    events = clients.sns.meta.events
    name = "provide-client-params.sns.ConfirmSubscription"
    events.register(name, lambda params, **_: asked.append(params), unique_id=unique)
    topic = subscribed(clients, arn, now=lambda: datetime.now(UTC), note=lambda _: None)
    topic.confirm(json.loads(posted)["Token"])
    events.unregister(name, unique_id=unique)
    (parameters,) = asked
    assert (parameters["TopicArn"], parameters["AuthenticateOnUnsubscribe"]) == (arn, "true")
    assert pending(clients, arn) == "false"


def test_confirmation_that_is_not_signed_by_aws_is_refused_without_a_call(
    clients: Clients, unique: str, ear: tuple[str, "SimpleQueue[bytes]"]
) -> None:
    arn, posted = offered(clients, unique, ear)
    asked: list[str] = []
    notes: list[str] = []
    topic = subscribed(
        clients, arn, now=lambda: datetime.now(UTC), note=notes.append, fetch=_never(asked)
    )
    assert topic.open(posted) is None
    assert (asked, len(notes)) == ([], 1)
    assert pending(clients, arn) == "true"


def _never(asked: list[str]) -> Any:
    def fetch(url: str) -> bytes | None:
        asked.append(url)
        return None

    return fetch


def test_token_that_is_none_confirms_nothing_and_is_our_error(
    clients: Clients, unique: str, ear: tuple[str, "SimpleQueue[bytes]"]
) -> None:
    arn, _ = offered(clients, unique, ear)
    topic = subscribed(clients, arn, now=lambda: datetime.now(UTC), note=lambda _: None)
    with pytest.raises(BilldropError, match="topic"):
        topic.confirm("no token")
    assert pending(clients, arn) == "true"
