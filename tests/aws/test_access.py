"""The access check: of a whole stack nothing is found, and of one that lacks a thing, that thing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import DENIED
from billdrop.aws.check import access
from billdrop.aws.check.arrangement import arrangement
from billdrop.aws.check.rights import RIGHTS, rights, tried
from billdrop.aws.deploy.proposal import template
from billdrop.aws.query import catalogue
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from tests.aws.acting import acting
from tests.aws.deployed import deploy, over_http
from tests.aws.made import (
    made,
)
from tests.aws.standin import ACCOUNT, StandIn, fresh, root, standin


def now() -> datetime:
    """The true time of the test, however long ago it was collected."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def whole() -> tuple[Clients, Stack]:
    """A stack that nobody changes, on the server that enforces rights."""
    clients = root(auth=True)
    stack = made(clients, fresh())
    catalogue.create(clients, stack)
    return clients, stack


@pytest.fixture
def stack(clients: Clients, unique: str) -> Stack:
    """A stack of the test's own."""
    return made(clients, unique)


def failing(lines: Iterator[Line]) -> list[str]:
    return [line.check for line in lines if not line.ok]


def test_whole_stack_passes_every_line(whole: tuple[Clients, Stack]) -> None:
    lines = list(access.examine(*whole, now()))
    assert [line for line in lines if not (line.ok and line.known)] == []
    assert len({line.check for line in lines}) == len(lines) == 40
    assert not any(line.fix for line in lines)


def needed(clients: Clients, stack: Stack) -> list[tuple[str, str]]:
    return [(right.action, right.resource(clients, stack)) for right in RIGHTS]


def test_role_with_just_these_rights_has_them_all(
    whole: tuple[Clients, Stack], guarded: StandIn
) -> None:
    lines = list(rights(acting(guarded, needed(*whole)), whole[1]))
    assert [line for line in lines if not line.ok or not line.known] == []
    assert len(lines) == len(list(RIGHTS))


@pytest.mark.parametrize("lacking", [right.check for right in RIGHTS])
def test_role_that_lacks_one_right_fails_exactly_that_line(
    whole: tuple[Clients, Stack], guarded: StandIn, lacking: str
) -> None:
    (right,) = [right for right in RIGHTS if right.check == lacking]
    missing = (right.action, right.resource(*whole))
    role = acting(guarded, [one for one in needed(*whole) if one != missing])
    lines = {line.check: line for line in rights(role, whole[1]) if not line.ok}
    assert list(lines) == [lacking]
    assert lines[lacking].fix == f"allow {missing[0]} on {missing[1]}"
    assert lines[lacking].lacking == missing[0]


def test_denial_of_the_listing_says_nothing_against_the_right_to_read(
    whole: tuple[Clients, Stack],
) -> None:
    def denied(clients: Clients, stack: Stack) -> object:
        message = "User: x is not authorized to perform: s3:ListBucket on resource: y"
        answer: Any = {"Error": {"Code": "AccessDenied", "Message": message}}
        raise ClientError(answer, "GetObject")

    (right,) = [right for right in RIGHTS if right.check == "read inbox"]
    assert "AccessDenied" in DENIED
    assert tried(right._replace(probe=denied), "arn", *whole).ok


def test_nothing_is_changed_by_the_check(clients: Clients, stack: Stack) -> None:
    clients.sqs.send_message(QueueUrl=stack.queue_url, MessageBody="waits")
    list(access.examine(clients, stack, now()))
    for bucket in (stack.inbox_bucket, stack.destination_bucket):
        assert clients.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert clients.dynamodb.scan(TableName=stack.table)["Count"] == 0
    found = clients.sqs.receive_message(
        QueueUrl=stack.queue_url,
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )["Messages"]
    counts = {each["Body"]: each["Attributes"]["ApproximateReceiveCount"] for each in found}
    assert counts["waits"] == "1", "its first receipt is ours"


def test_role_that_may_not_look_claims_nothing(
    whole: tuple[Clients, Stack], guarded: StandIn
) -> None:
    lines = list(arrangement(acting(guarded, needed(*whole)), whole[1]))
    assert failing(iter(lines)) == []
    unknown = {line.check for line in lines if not line.known}
    assert {"notification", "lifecycle", "topic policy", "encryption"} <= unknown
    assert {line.check for line in lines if line.known} >= {"visibility", "retention"}


def test_role_without_athena_fails_that_line(
    whole: tuple[Clients, Stack], guarded: StandIn
) -> None:
    line = access.sql(acting(guarded, needed(*whole)), whole[1])
    assert not line.ok
    assert "athena:StartQueryExecution" in line.fact


def test_every_call_to_a_bucket_says_whose_it_must_be(clients: Clients, stack: Stack) -> None:
    """The stand-in does not look at it; AWS refuses a bucket of another account."""
    asked: list[tuple[str, object]] = []

    def keep(params: dict[str, Any], model: Any, **_: object) -> None:
        asked.append((model.name, params["headers"].get("x-amz-expected-bucket-owner")))

    own = standin().clients()
    own.s3.meta.events.register("before-call.s3", keep)
    list(access.examine(own, stack, now()))
    assert len(asked) > 20
    assert [name for name, owner in asked if owner != ACCOUNT] == []


def test_credentials_of_another_account_are_named(clients: Clients, stack: Stack) -> None:
    line = access.identity(clients, structs.replace(stack, account="444455556666"), now())
    assert not line.ok
    assert ACCOUNT in line.fact
    assert "AWS_PROFILE" in line.fix


def test_clock_that_is_wrong_is_named(clients: Clients, stack: Stack) -> None:
    line = access.identity(clients, stack, now() + timedelta(minutes=10))
    assert (line.ok, line.fix) == (False, "set the clock")


def test_secret_that_is_wrong_is_named(guarded: StandIn, whole: tuple[Clients, Stack]) -> None:
    admin, name = root(auth=True), fresh()
    admin.iam.create_user(UserName=name)
    key = admin.iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
    line = access.identity(guarded.clients(key, "wrong"), whole[1], now())
    assert not line.ok
    assert "credentials" in line.fix


def test_tables_that_are_missing_or_old_are_named(clients: Clients, stack: Stack) -> None:
    assert "raw_invoices" in access.tables(clients, stack).fact
    catalogue.create(clients, stack)
    assert access.tables(clients, stack).ok


def test_role_of_the_template_has_every_right_and_none_that_is_not_tried(guarded: StandIn) -> None:
    admin = root(auth=True)
    stack = deploy(admin, fresh(), body=over_http(template()))
    assert stack is not None
    found = admin.cloudformation.describe_stack_resource(
        StackName=stack.name, LogicalResourceId="Role"
    )
    policy: Any = admin.iam.get_role_policy(
        RoleName=found["StackResourceDetail"]["PhysicalResourceId"], PolicyName="program"
    )
    given = policy["PolicyDocument"]["Statement"]
    assert actions(given) == {right.action for right in RIGHTS}
    role = acting(guarded, [(each["Action"], each["Resource"]) for each in given])
    assert [line for line in rights(role, stack) if not line.ok or not line.known] == []


def actions(statements: Sequence[Any]) -> set[str]:
    found = [each["Action"] for each in statements]
    return {action for one in found for action in ([one] if isinstance(one, str) else one)}
