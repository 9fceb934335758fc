"""The resources of one stack, as its outputs name them."""

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.errors import ConfigurationError


class Stack(Struct, frozen=True, kw_only=True):
    """Where everything is."""

    name: str
    region: str
    account: str
    inbox_bucket: str
    destination_bucket: str
    results_bucket: str
    """Where Athena writes its answers."""
    topic_arn: str
    """The topic that S3 announces new objects to."""
    queue_url: str
    table: str
    database: str
    workgroup: str
    results_topic_arn: str = ""
    """The topic that says what became of each document."""


OUTPUTS = {
    "InboxBucket": "inbox_bucket",
    "DestinationBucket": "destination_bucket",
    "ResultsBucket": "results_bucket",
    "TopicArn": "topic_arn",
    "QueueUrl": "queue_url",
    "TableName": "table",
    "Database": "database",
    "Workgroup": "workgroup",
    "ResultsTopicArn": "results_topic_arn",
}
"""The outputs of the template, and what they are here."""


def read_stack(clients: Clients, name: str) -> Stack:
    """The resources of a stack; raises `ConfigurationError` (BD5002) when it is not there or not ours."""
    with named(f"stack {name}"):
        try:
            stacks = clients.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except clients.cloudformation.exceptions.ClientError as error:
            if "does not exist" not in str(error):
                raise
            raise ConfigurationError(
                f"there is no stack {name} in {clients.region}",
                hint=f"`billdrop deploy --stack {name}` makes it; AWS_REGION names another region",
            ) from error
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", ())}
    missing = sorted(OUTPUTS.keys() - outputs.keys())
    if missing:
        raise ConfigurationError(
            f"the stack {name} has no output {', '.join(missing)}",
            hint="it is not a stack of billdrop, or still being made",
        )
    values = {field: outputs[output] for output, field in OUTPUTS.items()}
    return Stack(name=name, region=clients.region, account=clients.account, **values)
