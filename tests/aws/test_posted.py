"""What the topic posts to a real worker is believed by its signature, and answered once it is durable."""

import json
import signal
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from http.client import RemoteDisconnected
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.aws.standin import REGION
from tests.aws.test_crash import event
from tests.aws.worked import Site, Worker, worker
from tests.process import eventually
from tests.samples import docproc
from tests.unit.aws.signer import certificate, confirmation, notification, pem, signed

URL = f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService-a86cb10b4e1f29c9.pem"


class Post:
    """A stack whose topic posts to a worker, and who signs for it."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(auth=False)
        for one in self.subscriptions():
            self.site.clients.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
        at = datetime.now(UTC)
        span: Any = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        made = {
            "root": certificate("root", "root", authority=True, **span),
            "issuer": certificate("issuer", "root", authority=True, **span),
            "leaf": certificate("sns", "issuer", **span),
        }
        for name, one in made.items():
            (folder / f"{name}.pem").write_bytes(pem(one))
        root = str(Path(__file__).parents[2])
        self.environment = {
            **self.site.server.environment(),
            "SIGNER_FOLDER": str(folder),
            "PYTHONPATH": root,
        }

    def subscriptions(self) -> list[Any]:
        """Of the topic that S3 announces new objects to."""
        topic = self.site.stack.topic_arn
        found = self.site.clients.sns.list_subscriptions_by_topic(TopicArn=topic)
        return list(found["Subscriptions"])

    def worker(self, failpoint: str = "") -> Any:
        """One with a door, that takes nothing from the queue: nothing is there."""
        return worker(
            self.site,
            "--listen",
            "0",
            failpoint=failpoint,
            environment=self.environment,
            module="tests.aws.trusting",
        )

    def fields(self, **changes: Any) -> dict[str, Any]:
        """What is in every message of the topic now."""
        sent = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
        arn = self.site.stack.topic_arn
        return {"TopicArn": arn, "Timestamp": sent, "SigningCertURL": URL} | changes

    def announcing(self, key: str, text: str, **changes: Any) -> dict[str, Any]:
        """The message about an upload, unsigned."""
        name = self.site.upload(key, text)
        records = json.dumps({"Records": [event(self.site, name, text.encode())]})
        return notification(records, **self.fields(MessageId=f"id-{key}", **changes))


def answer(running: Worker, message: dict[str, Any]) -> int:
    """The status."""
    request = urllib.request.Request(f"{running.url}/sns", data=json.dumps(message).encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as found:
            return int(found.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.timeout(120)
def test_signed_post_is_answered_once_it_is_recorded_and_forged_ones_are_refused(
    tmp_path: Path,
) -> None:
    post = Post(tmp_path)
    site = post.site
    with post.worker() as running:
        eventually(lambda: [it for it in running.log if it["event"] == "inbox"], bool)
        told = post.announcing("acme/a.txt", docproc("posted-1"))
        forged = {
            "by another": signed(told, key="evil"),
            "changed": signed(told) | {"Message": told["Message"].replace("acme", "evil")},
            "of another topic": signed(told | {"TopicArn": told["TopicArn"] + "-other"}),
            "from long ago": signed(told | {"Timestamp": "2020-01-01T00:00:00.000Z"}),
            "unsigned": told | {"Signature": "A" * 344},
            "under another host": signed(told | {"SigningCertURL": URL.replace("sns.", "sns-")}),
        }
        assert {
            what: answer(running, message) for what, message in forged.items()
        } == dict.fromkeys(forged, 403)
        assert site.books.states()["recorded"] == 0

        assert answer(running, signed(told)) == 200
        assert site.books.states()["recorded"] == 1
        assert site.receipt("acme/a.txt")["outcome"] == "recorded"
        assert answer(running, signed(told)) == 200
        again = signed(told | {"MessageId": "another"})
        assert answer(running, again) == 200
        assert running.stop() == 0
    assert [row["number"] for row in site.rows("invoices")] == ["posted-1"]
    assert site.run("verify").returncode == 0


@pytest.mark.timeout(120)
def test_subscription_is_confirmed_by_a_signed_post_alone(
    tmp_path: Path, ear: tuple[str, "SimpleQueue[bytes]"]
) -> None:
    post, (url, heard) = Post(tmp_path), ear
    clients = post.site.clients

    def pending() -> str:
        (one,) = post.subscriptions()
        found = clients.sns.get_subscription_attributes(SubscriptionArn=one["SubscriptionArn"])
        return found["Attributes"]["PendingConfirmation"]

    with post.worker() as running:
        clients.sns.subscribe(TopicArn=post.site.stack.topic_arn, Protocol="http", Endpoint=url)
        said = json.loads(heard.get(timeout=20))
        offer = confirmation(**post.fields(Token=said["Token"]))
        for forged in (said, signed(offer, key="evil"), signed(offer) | {"Token": "0" * 64}):
            assert answer(running, forged) == 403
        assert pending() == "true"
        assert answer(running, signed(offer)) == 200
        assert pending() == "false"
        assert running.stop() == 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("boundary", ["parsed", "committed", "put:2", "answered", "settled"])
def test_killed_before_the_answer_a_post_that_comes_again_counts_once(
    tmp_path: Path, boundary: str
) -> None:
    post = Post(tmp_path)
    with post.worker(failpoint=boundary) as victim:
        told = post.announcing("acme/a.txt", docproc("posted-1"))
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            answer(victim, signed(told))
        assert victim.ended() == -signal.SIGKILL, victim.said
    with post.worker() as running:
        assert answer(running, signed(told)) == 200
        post.site.until(recorded=1, duplicate=0, unpublished_segments=0)
        assert running.stop() == 0
    assert [row["number"] for row in post.site.rows("invoices")] == ["posted-1"]
    assert post.site.receipt("acme/a.txt")["outcome"] == "recorded"
