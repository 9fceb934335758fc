"""A bucket through obstore, which needs a tenth of the SDK's processor time for a call."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from billdrop.aws.clients import Clients
from billdrop.aws.faults import named

if TYPE_CHECKING:
    from obstore.store import S3Store

RENEWED = timedelta(minutes=10)
"""How long credentials are kept; the SDK renews them when they have less than that."""


def store(clients: Clients, bucket: str, owner: str) -> "S3Store":
    """
    The bucket, with the credentials, region and endpoint of the clients.

    Every request is signed together with whose bucket it has to be.
    """
    from obstore.auth.boto3 import Boto3CredentialProvider
    from obstore.store import S3Store

    with named("credentials"):
        found = clients.session.get_credentials()
        if found is None:
            from botocore.exceptions import NoCredentialsError

            raise NoCredentialsError
    endpoint = clients.s3.meta.endpoint_url
    return S3Store(
        bucket,
        region=clients.region,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "default_headers": {"x-amz-expected-bucket-owner": owner},
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=30),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        credential_provider=Boto3CredentialProvider(clients.session, ttl=RENEWED),
        **address(endpoint, bucket),
    )


def address(endpoint: str, bucket: str) -> dict[str, Any]:
    """Where the bucket is: on AWS by a host of its own where its name allows, elsewhere by path."""
    parts = urlsplit(endpoint)
    is_aws = (parts.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if is_aws and "." not in bucket:
        own = f"{parts.scheme}://{bucket}.{parts.netloc}"
        return {"endpoint": own, "virtual_hosted_style_request": True}
    return {"endpoint": endpoint, "virtual_hosted_style_request": False}
