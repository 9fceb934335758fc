"""Buckets for the tests of the AWS family."""

from billdrop.aws.calls.clients import Clients
from tests.aws.standin import REGION, fresh


def bucket(clients: Clients, *, versions: bool) -> str:
    """A new bucket."""
    name = fresh()
    clients.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if versions:
        clients.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name
