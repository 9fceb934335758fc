"""A stack is taken down: what holds data is kept and said, the rest goes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.deploy.progress import Event, Sleep, follow, known
from billdrop.aws.deploy.proposal import found
from billdrop.errors import ConfigurationError

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackResourceSummaryTypeDef

BUCKET = "AWS::S3::Bucket"
ANSWERS = "ResultsBucket"
"""Holds what queries answered: it can be asked again, so it is emptied and goes."""

KEPT = {
    "AWS::DynamoDB::Table": "the ledger; it is protected against deletion",
    "AWS::KMS::Key": "the key that what is kept is encrypted with",
}
IN_USE = "it holds objects"


class Fate(Struct, frozen=True, kw_only=True):
    """What becomes of a resource."""

    resource: str
    kind: str
    name: str
    kept: str
    """Why it is kept; empty when it goes."""


class Farewell(Struct, frozen=True, kw_only=True):
    """What taking down a stack would do."""

    name: str
    stack: str
    fates: tuple[Fate, ...]


def foresee(clients: Clients, name: str) -> Farewell:
    """What `remove` would do; raises `ConfigurationError` (BD5002) when there is no such stack."""
    stack = found(clients, name)
    if stack is None:
        raise ConfigurationError(
            f"there is no stack {name} in {clients.region}", hint="AWS_REGION names another region"
        )
    with named(f"stack {name}"):
        pages = clients.cloudformation.get_paginator("list_stack_resources")
        listed = [
            each
            for page in pages.paginate(StackName=stack["StackId"])
            for each in page["StackResourceSummaries"]
            if each["ResourceStatus"] != "DELETE_COMPLETE" and each.get("PhysicalResourceId")
        ]
        fates = tuple(_fate(clients, each) for each in listed)
    return Farewell(name=name, stack=stack["StackId"], fates=fates)


def _fate(clients: Clients, resource: "StackResourceSummaryTypeDef") -> Fate:
    kind, name = resource["ResourceType"], resource["PhysicalResourceId"]
    kept = KEPT.get(kind, "")
    if kind == BUCKET and resource["LogicalResourceId"] != ANSWERS and _holds(clients, name):
        kept = IN_USE
    return Fate(resource=resource["LogicalResourceId"], kind=kind, name=name, kept=kept)


def _holds(clients: Clients, bucket: str) -> bool:
    try:
        listed = clients.s3.list_object_versions(
            Bucket=bucket, MaxKeys=1, ExpectedBucketOwner=clients.account
        )
    except clients.s3.exceptions.NoSuchBucket:
        return False
    return bool(listed.get("Versions") or listed.get("DeleteMarkers"))


def remove(clients: Clients, farewell: Farewell, *, sleep: Sleep) -> Iterator[Event]:
    """
    Delete the stack, then its buckets that hold nothing; tells what happens.

    A bucket that something was put into meanwhile is left as it is.
    """
    with named(f"stack {farewell.name}"):
        seen = known(clients, farewell.stack)
        clients.cloudformation.delete_stack(StackName=farewell.stack)
        yield from follow(clients, farewell.stack, seen, "DELETE_COMPLETE", sleep)
    for fate in farewell.fates:
        if fate.kind == BUCKET and not fate.kept:
            with named(f"bucket {fate.name}"):
                _drop(clients, fate)


def _drop(clients: Clients, fate: Fate) -> None:
    """Delete a bucket; S3 refuses where something is in it."""
    owner = clients.account
    try:
        if fate.resource == ANSWERS:
            _empty(clients, fate.name, owner)
        clients.s3.delete_bucket(Bucket=fate.name, ExpectedBucketOwner=owner)
    except clients.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketNotEmpty", "NoSuchBucket"}:
            raise


def _empty(clients: Clients, bucket: str, owner: str) -> None:
    pages = clients.s3.get_paginator("list_object_versions")
    for page in pages.paginate(Bucket=bucket, ExpectedBucketOwner=owner):
        listed = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        for each in listed:
            clients.s3.delete_object(
                Bucket=bucket,
                Key=each["Key"],
                VersionId=each["VersionId"],
                ExpectedBucketOwner=owner,
            )
