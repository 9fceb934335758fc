"""A real `billdrop worker` on a stack of its own, with the rights of that stack and no others."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.deploy.proposal import template
from billdrop.aws.ledger import DynamoBooks, open_dynamo_ledger
from billdrop.aws.stack import Stack
from billdrop.aws.store.objects import Objects
from tests.aws.deployed import as_worker, deploy, over_http
from tests.aws.standin import fresh, standin
from tests.process import billdrop, eventually

BY_BATCH = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
"""Calls that AWS allows by the right to the single call, and the stand-in by a right of their own."""


AT_ONCE = {"BILLDROP_SWEEP_AGE_SECONDS": "0"}
"""The sweep waits for no event: those of a killed worker come again after five minutes."""


class Site:
    """A stack, and how a person with every right looks at it."""

    def __init__(self, *, auth: bool) -> None:
        self.server = standin(auth=auth)
        self.clients = self.server.clients()
        body = over_http(template()) if auth else template()
        stack = deploy(self.clients, fresh(), body=body)
        assert stack is not None
        self.stack: Stack = stack
        self.destination = Objects(self.clients, stack.destination_bucket, owner=stack.account)
        self.role = _allowed(self.clients, stack) if auth else {}

    @property
    def books(self) -> DynamoBooks:
        """The ledger, asked by another process than those that write it."""
        return open_dynamo_ledger(self.clients, self.stack, self.destination).books

    def upload(self, key: str, text: str | bytes) -> str:
        """As a customer does; the id of the document."""
        body = text.encode() if isinstance(text, str) else text
        put = self.clients.s3.put_object(
            Bucket=self.stack.inbox_bucket, Key=key, Body=body, ContentType="text/plain"
        )
        return f"{self.stack.inbox_bucket}/{key}@{put['VersionId']}"

    def forbid(self, action: str) -> None:
        """Take a right from the role."""
        denied = {"Effect": "Deny", "Action": action, "Resource": "*"}
        self.clients.iam.put_role_policy(
            RoleName=role_of(self.clients, self.stack),
            PolicyName=action.replace(":", "-"),
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [denied]}),
        )

    def run(self, command: str, *args: str) -> "subprocess.CompletedProcess[str]":
        """A command of a person."""
        words = command.split()
        return billdrop(*words, *args, "--stack", self.stack.name, **self.server.environment())

    def answer(self, command: str, *args: str) -> Any:
        """The JSON answer of a command."""
        run = self.run(command, "--json", *args)
        assert run.returncode in (0, 1), run.stderr
        return json.loads(run.stdout)

    def until(self, **expected: int) -> dict[str, int]:
        """Wait until the ledger says so."""
        books = self.books
        return eventually(books.states, lambda now: expected.items() <= now.items(), 40)

    def receipt(self, key: str) -> dict[str, Any]:
        """What the customer is told of an upload."""
        body = b"".join(self.destination.pieces(f"receipts/{key}.json"))
        found: dict[str, Any] = json.loads(body)
        return found

    def rows(self, kind: str) -> list[dict[str, str]]:
        """Every row of every CSV object."""
        return [
            row
            for key in self.destination.keys(f"{kind}/")
            for row in csv.DictReader(
                io.StringIO(b"".join(self.destination.pieces(key)).decode(), newline="")
            )
        ]

    def waiting(self) -> int:
        """Events in the queue, in the hands of a worker or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.clients.sqs.get_queue_attributes(
            QueueUrl=self.stack.queue_url,
            AttributeNames=names,  # type: ignore[arg-type]
        )["Attributes"]
        return sum(int(count) for name, count in found.items() if name in names)


class Worker:
    """A running process, and what it said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.said.extend(lines)

    @property
    def log(self) -> list[dict[str, Any]]:
        """The events of its log."""
        return [json.loads(line) for line in list(self.said) if line.startswith("{")]

    @property
    def url(self) -> str:
        """Of its door."""
        line = next(line for line in self.said if "answers on" in line)
        return line.rpartition(" ")[2].strip()

    def ready(self) -> None:
        """Wait until it takes documents, or has ended."""
        eventually(
            lambda: any("takes what comes" in line for line in list(self.said)),
            lambda takes: takes or self.process.poll() is not None,
            40,
        )

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        code = self.process.wait(timeout=40)
        self._thread.join()
        return code


@contextmanager
def worker(
    site: Site,
    *args: str,
    failpoint: str = "",
    environment: Mapping[str, str] | None = None,
    module: str = "billdrop",
) -> Iterator[Worker]:
    """A worker with the rights of the stack's role, ended with the block."""
    given = environment or site.server.environment(**site.role)
    process = subprocess.Popen(
        [sys.executable, "-m", module, "worker", "--stack", site.stack.name, *args],
        env={**os.environ, **given, "BILLDROP_FAILPOINT": failpoint, **AT_ONCE},
        stderr=subprocess.PIPE,
        text=True,
    )
    running = Worker(process)
    try:
        running.ready()
        yield running
    finally:
        process.kill()
        running.ended()


def _allowed(clients: Clients, stack: Stack) -> dict[str, str]:
    """Credentials of the role; what it may do by single calls, the stand-in lets it do by tens."""
    name = role_of(clients, stack)
    program: Any = clients.iam.get_role_policy(RoleName=name, PolicyName="program")
    allowed = [
        {**statement, "Action": batch}
        for statement in program["PolicyDocument"]["Statement"]
        for batch, single in BY_BATCH.items()
        if single in _many(statement["Action"])
    ]
    assert len(allowed) == len(BY_BATCH)
    document = {"Version": "2012-10-17", "Statement": allowed}
    clients.iam.put_role_policy(
        RoleName=name, PolicyName="batches", PolicyDocument=json.dumps(document)
    )
    return as_worker(stack)


def role_of(clients: Clients, stack: Stack) -> str:
    """The name of the role of the workers."""
    found = clients.cloudformation.describe_stack_resource(
        StackName=stack.name, LogicalResourceId="Role"
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]


def _many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def heard(site: Site, customer: str) -> Callable[[], list[dict[str, Any]]]:
    """Subscribe to what becomes of a customer's documents; what was said since it was last asked."""
    clients = site.clients
    name, topic = fresh(), site.stack.results_topic_arn
    arn = f"arn:aws:sqs:{site.stack.region}:{site.stack.account}:{name}"
    sends = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [sends]})
    url = clients.sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"]
    clients.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn,
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"customer": [customer]}),
        },
    )

    def messages() -> list[dict[str, Any]]:
        found = clients.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        ).get("Messages", [])
        return [json.loads(each["Body"]) for each in found]

    return messages
