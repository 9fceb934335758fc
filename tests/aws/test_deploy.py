"""A stack is made, changed and taken down; what was made is read back, for the stand-in drops things."""

import base64
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from boto3.session import Session

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.arrangement import arrangement
from billdrop.aws.deploy import destroy
from billdrop.aws.deploy.progress import remedy
from billdrop.aws.deploy.proposal import template
from billdrop.aws.stack import Stack, read_stack
from billdrop.errors import ConfigurationError, StackFailedError
from tests.aws.deployed import Witness, deploy, deployed

DROPPED = {"lifecycle", "signatures", "table"}
"""What the stand-in forgets of the template: rules of buckets, how topics sign, point-in-time recovery."""


DOOR: Any = {"DoorHost": "in.acme.example", "DoorCertificate": "arn:aws:acm:x:1:certificate/y"}


@pytest.fixture
def stack() -> Stack:
    return deployed()


def resource(clients: Clients, stack: Stack, name: str) -> str:
    """The physical name of a resource."""
    found = clients.cloudformation.describe_stack_resource(
        StackName=stack.name, LogicalResourceId=name
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]


def test_stack_is_arranged_as_the_access_check_wants_it(clients: Clients, stack: Stack) -> None:
    assert {line.check for line in arrangement(clients, stack) if not line.ok} == DROPPED


def test_upload_reaches_the_queue(clients: Clients, stack: Stack) -> None:
    clients.s3.put_object(Bucket=stack.inbox_bucket, Key="acme/a b+c.txt", Body=b"x")
    assert "acme/a+b%2Bc.txt" in [event["s3"]["object"]["key"] for event in events(clients, stack)]


def events(clients: Clients, stack: Stack) -> Iterator[Any]:
    """What waits in the queue, delivered raw."""
    answer = clients.sqs.receive_message(
        QueueUrl=stack.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=2
    )
    for message in answer["Messages"]:
        yield from json.loads(message["Body"]).get("Records", ())


def test_subscription_is_raw_and_has_a_dead_letter_queue(clients: Clients, stack: Stack) -> None:
    listed = clients.sns.list_subscriptions_by_topic(TopicArn=stack.topic_arn)["Subscriptions"]
    assert [each["Protocol"] for each in listed] == ["sqs"]
    facts = clients.sns.get_subscription_attributes(SubscriptionArn=listed[0]["SubscriptionArn"])
    assert facts["Attributes"]["RawMessageDelivery"] == "true"
    dead = json.loads(facts["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url = resource(clients, stack, "UndeliveredLetters")
    assert url.endswith(dead.rpartition(":")[2])


def test_queue_gives_up_after_many_receipts_and_never_forgets_sooner_than_the_inbox(
    clients: Clients, stack: Stack
) -> None:
    found = clients.sqs.get_queue_attributes(QueueUrl=stack.queue_url, AttributeNames=["All"])
    attributes = found["Attributes"]
    assert json.loads(attributes["RedrivePolicy"])["maxReceiveCount"] == 50
    assert int(attributes["MessageRetentionPeriod"]) == 14 * 24 * 3600
    assert int(attributes["VisibilityTimeout"]) == 300


def test_ledger_has_two_keys_and_is_paid_by_request(clients: Clients, stack: Stack) -> None:
    table = clients.dynamodb.describe_table(TableName=stack.table)["Table"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_workgroup_stops_queries_that_read_too_much(clients: Clients, stack: Stack) -> None:
    group = clients.athena.get_work_group(WorkGroup=stack.workgroup)["WorkGroup"]["Configuration"]
    assert group["EnforceWorkGroupConfiguration"] is True
    assert int(group["BytesScannedCutoffPerQuery"]) == 10 * 1024**3
    assert group["ResultConfiguration"]["OutputLocation"] == f"s3://{stack.results_bucket}/"


def test_tables_and_views_are_there(clients: Clients, stack: Stack) -> None:
    tables = clients.glue.get_tables(DatabaseName=stack.database)["TableList"]
    assert {"raw_invoices", "raw_lines", "invoices", "lines"} <= {each["Name"] for each in tables}


def test_workers_start_what_was_uploaded(clients: Clients, stack: Stack) -> None:
    launch = resource(clients, stack, "Launch")
    found = clients.ec2.describe_launch_template_versions(LaunchTemplateId=launch)
    data = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    objects = clients.s3.list_objects_v2(Bucket=stack.destination_bucket, Prefix="artifacts/")
    script = script_of(data["UserData"])
    assert f's3://{stack.destination_bucket}/{objects["Contents"][0]["Key"]}"' in script
    assert f"export STACK={stack.name} " in script
    assert "${" not in script
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert data["ImageId"].startswith("ami-")


def script_of(user_data: str) -> str:
    return base64.b64decode(user_data).decode()


def test_role_may_do_what_the_table_says_and_nothing_else(clients: Clients, stack: Stack) -> None:
    name = resource(clients, stack, "Role")
    allowed: dict[str, set[str]] = {}
    for policy in clients.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        found: Any = clients.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for statement in found["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in many(statement["Action"]):
                allowed.setdefault(action, set()).update(many(statement["Resource"]))
    assert allowed == table_of_rights(clients, stack)
    assert clients.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []


def many(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def table_of_rights(clients: Clients, stack: Stack) -> dict[str, set[str]]:
    """Action by action, what the program on a worker may touch."""
    inbox, destination = (
        f"arn:aws:s3:::{each}" for each in (stack.inbox_bucket, stack.destination_bucket)
    )
    here = f"{stack.region}:{stack.account}"
    queue = f"arn:aws:sqs:{here}:{stack.queue_url.rpartition('/')[2]}"
    dead = f"arn:aws:sqs:{here}:{resource(clients, stack, 'DeadLetters').rpartition('/')[2]}"
    table = f"arn:aws:dynamodb:{here}:table/{stack.table}"
    logs = {
        f"arn:aws:logs:{here}:log-group:/billdrop/{stack.name}/{each}:*"
        for each in ("worker", "boot")
    }
    this = f"arn:aws:cloudformation:{here}:stack/{stack.name}/*"
    written = {f"{destination}/{each}/*" for each in ("invoices", "lines", "originals", "receipts")}
    return {
        "sqs:ReceiveMessage": {queue},
        "sqs:DeleteMessage": {queue},
        "sqs:ChangeMessageVisibility": {queue},
        "sqs:GetQueueAttributes": {queue, dead},
        "sqs:SendMessage": {dead},
        "s3:GetObject": {f"{inbox}/*", f"{destination}/*"},
        "s3:GetObjectVersion": {f"{inbox}/*"},
        "s3:ListBucket": {inbox, destination},
        "s3:ListBucketVersions": {inbox},
        "s3:PutObject": written,
        "dynamodb:GetItem": {table},
        "dynamodb:BatchGetItem": {table},
        "dynamodb:Query": {table},
        "dynamodb:PutItem": {table},
        "dynamodb:UpdateItem": {table},
        "dynamodb:ConditionCheckItem": {table},
        "dynamodb:DeleteItem": {table},
        "sns:Publish": {stack.results_topic_arn},
        "cloudformation:DescribeStacks": {this},
        "cloudformation:SignalResource": {this},
        "logs:CreateLogStream": logs,
        "logs:DescribeLogStreams": logs,
        "logs:PutLogEvents": logs,
        "cloudwatch:PutMetricData": {"*"},
        "ssm:UpdateInstanceInformation": {"*"},
        "ssmmessages:CreateControlChannel": {"*"},
        "ssmmessages:CreateDataChannel": {"*"},
        "ssmmessages:OpenControlChannel": {"*"},
        "ssmmessages:OpenDataChannel": {"*"},
    }


def test_door_and_key_bring_their_rights(clients: Clients, unique: str) -> None:
    stack = deploy(clients, unique, Door="ready", OwnKey="yes", **DOOR)
    assert stack is not None
    role = resource(clients, stack, "Role")
    door, key = (statement_of(clients, role, name) for name in ("door", "key"))
    assert (door["Action"], door["Resource"]) == ("sns:ConfirmSubscription", stack.topic_arn)
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert f"s3.{stack.region}.amazonaws.com" in key["Condition"]["StringEquals"]["kms:ViaService"]


def test_topic_sends_to_the_door_or_the_queue_and_never_to_both(
    clients: Clients, unique: str
) -> None:
    seen = {}
    for workers, door in enumerate(("ready", "on", "off"), start=5):
        # the stand-in sees no change where only the condition of a resource changes
        stack = deploy(clients, unique, Door=door, MaxInstances=str(workers), **DOOR)
        assert stack is not None
        seen[door] = list(subscriptions(clients, stack))
    assert seen["on"] == [("https", "https://in.acme.example/sns")]
    assert [protocol for protocol, _ in seen["ready"] + seen["off"]] == ["sqs", "sqs"]


def subscriptions(clients: Clients, stack: Stack) -> Iterator[tuple[str, str]]:
    """Protocol and endpoint of each, none of which loses what it cannot deliver."""
    listed = clients.sns.list_subscriptions_by_topic(TopicArn=stack.topic_arn)["Subscriptions"]
    for each in listed:
        arn = each["SubscriptionArn"]
        facts = clients.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        assert "UndeliveredLetters" in facts["RedrivePolicy"]
        yield each["Protocol"], each["Endpoint"]


def statement_of(clients: Clients, role: str, policy: str) -> Any:
    """The one statement of a policy of a role."""
    found: Any = clients.iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    (statement,) = found["Statement"]
    return statement


def test_door_without_a_name_is_refused(clients: Clients, unique: str) -> None:
    with pytest.raises(ConfigurationError, match="DoorHost and DoorCertificate are needed"):
        deploy(clients, unique, Door="ready")


def test_deploying_again_asks_nothing_and_changes_nothing(clients: Clients, unique: str) -> None:
    first = deploy(clients, unique)
    person = Witness()
    assert deploy(clients, unique, person) == first
    assert (person.proposals, person.events) == ([], [])


def test_parameter_is_changed_and_the_others_keep_their_value(
    clients: Clients, unique: str
) -> None:
    deploy(clients, unique, MaxInstances="7")
    person = Witness()
    deploy(clients, unique, person, MinInstances="2")
    changed = {change.resource: change.action for change in person.proposals[0].changes}
    assert changed["Workers"] in {"modify", "replace"}
    assert "Table" not in changed
    found = clients.cloudformation.describe_stacks(StackName=unique)["Stacks"][0]["Parameters"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in found}
    assert (values["MinInstances"], values["MaxInstances"]) == ("2", "7")


def test_nothing_is_made_when_the_person_does_not_agree(clients: Clients, unique: str) -> None:
    person = Witness(agreeing=False)
    assert deploy(clients, unique, person) is None
    assert {change.action for change in person.proposals[0].changes} == {"add"}
    with pytest.raises(ConfigurationError, match="there is no stack"):
        read_stack(clients, unique)
    assert deploy(clients, unique) is not None


def test_nothing_is_changed_when_the_person_does_not_agree(clients: Clients, unique: str) -> None:
    deploy(clients, unique)
    assert deploy(clients, unique, Witness(agreeing=False), MaxInstances="9") is None
    person = Witness()
    deploy(clients, unique, person, MaxInstances="9")
    assert "Workers" in [change.resource for change in person.proposals[0].changes]


def test_stack_that_cannot_be_made_names_the_resource_the_reason_and_the_remedy(
    clients: Clients, unique: str
) -> None:
    bucket = f"{unique}-taken"
    clients.s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    own = "    Properties:\n      OwnershipControls"
    named = f"    Properties:\n      BucketName: {bucket}\n      OwnershipControls"
    broken = template().replace(own, named, 1)
    with pytest.raises(StackFailedError) as caught:
        deploy(clients, unique, body=broken)
    assert "DestinationBucket (AWS::S3::Bucket): " in caught.value.message
    assert "already exists" in caught.value.message
    assert "take another name" in caught.value.hint


def test_unknown_parameter_and_value_that_is_not_allowed_are_named(
    clients: Clients, unique: str
) -> None:
    with pytest.raises(ConfigurationError, match="no parameter MaxInstance") as caught:
        deploy(clients, unique, MaxInstance="9")
    assert "MaxInstances" in caught.value.hint
    with pytest.raises(ConfigurationError, match="Zones"):
        deploy(clients, unique, Zones="3")


@pytest.mark.parametrize("name", ["Acme", "a", "-a", "a-", "a_b", "a" * 33])
def test_stack_that_nothing_could_be_called_after_is_refused(clients: Clients, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the name of a stack"):
        deploy(clients, name)


def test_name_of_a_stack_is_looked_at_before_anything_is_asked() -> None:
    nowhere = Clients(Session(region_name=None))
    with pytest.raises(ConfigurationError, match="cannot be the name of a stack"):
        deploy(nowhere, "Acme")


def test_stack_that_is_not_whole_has_to_go_first(clients: Clients, unique: str) -> None:
    clients.cloudformation.create_stack(
        StackName=unique,
        TemplateBody="Resources: {A: {Type: AWS::SNS::Subscription, Properties: {}}, "
        "B: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: []}}}",
    )
    with pytest.raises(ConfigurationError, match="is not whole") as caught:
        deploy(clients, unique)
    assert f"billdrop destroy --stack {unique}" in caught.value.hint
    list(destroy.remove(clients, destroy.foresee(clients, unique), sleep=lambda seconds: None))
    assert deploy(clients, unique) is not None


REASONS = {
    "User: arn:aws:iam::1:user/a is not authorized to perform: sqs:CreateQueue": "--role ARN",
    "Resource of type 'AWS::S3::Bucket' with identifier 'a' already exists.": "another name",
    "The maximum number of VPCs has been reached. LimitExceeded": "Service Quotas",
    "Received 1 FAILURE signal(s) out of 1": "/boot",
    "Your requested instance type (t3.small) is not supported in your requested Availability Zone": (
        "InstanceType="
    ),
    "Certificate ARN 'x' is not valid": "DoorCertificate=",
    "something that was never seen": "correct what it names",
}


@pytest.mark.parametrize("reason", REASONS)
def test_reason_of_cloudformation_comes_with_a_remedy(reason: str) -> None:
    assert REASONS[reason] in remedy(reason)


def test_destroying_keeps_what_holds_data_and_deletes_the_rest(
    clients: Clients, unique: str
) -> None:
    stack = deploy(clients, unique)
    assert stack is not None
    clients.s3.put_object(Bucket=stack.results_bucket, Key="answer.csv", Body=b"1")
    farewell = destroy.foresee(clients, unique)
    assert {fate.name for fate in farewell.fates if fate.kept} == {
        stack.destination_bucket,
        stack.table,
    }
    list(destroy.remove(clients, farewell, sleep=lambda seconds: None))
    buckets = [each["Name"] for each in clients.s3.list_buckets()["Buckets"]]
    assert stack.destination_bucket in buckets
    assert stack.inbox_bucket not in buckets
    assert stack.results_bucket not in buckets
    assert stack.table in clients.dynamodb.list_tables()["TableNames"]
    with pytest.raises(ConfigurationError, match="there is no stack"):
        destroy.foresee(clients, unique)


def test_bucket_that_is_filled_while_the_stack_goes_is_left(clients: Clients, unique: str) -> None:
    stack = deploy(clients, unique)
    assert stack is not None
    farewell = destroy.foresee(clients, unique)
    clients.s3.put_object(Bucket=stack.inbox_bucket, Key="acme/late.txt", Body=b"x")
    list(destroy.remove(clients, farewell, sleep=lambda seconds: None))
    assert clients.s3.head_object(Bucket=stack.inbox_bucket, Key="acme/late.txt")["ContentLength"]


def test_stack_can_be_made_again_beside_what_an_earlier_one_left(
    clients: Clients, unique: str
) -> None:
    first = deploy(clients, unique)
    list(destroy.remove(clients, destroy.foresee(clients, unique), sleep=lambda seconds: None))
    second = deploy(clients, unique)
    assert first is not None
    assert second is not None
    assert first.inbox_bucket != second.inbox_bucket
