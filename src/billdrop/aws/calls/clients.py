"""The SDK's clients, made when first asked for: one session, one set of time-outs and retries."""

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from boto3.session import Session
    from types_boto3_athena import AthenaClient
    from types_boto3_autoscaling import AutoScalingClient
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_ec2 import EC2Client
    from types_boto3_glue import GlueClient
    from types_boto3_iam import IAMClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient

    from billdrop.aws.calls.frequent import Call

ATTEMPTS = 4
"""How often the SDK tries a call in all, with its own backing off and jitter."""

CONNECTIONS = 32
"""Connections that a client keeps open; more threads than that wait for each other."""


class Clients:
    """
    One client for each service, safe to share among threads.

    Credentials, profile and `AWS_ENDPOINT_URL` come from where the SDK takes them, and the region
    too, but that `AWS_REGION` is asked first: the SDK for Python passes it over, all others know it.
    """

    def __init__(self, session: "Session | None" = None) -> None:
        self._session = session
        self._calls: dict[str, Call] = {}
        self._lock = RLock()

    @cached_property
    def session(self) -> "Session":
        """The session that all clients come from."""
        return self._session or _session()

    @property
    def region(self) -> str:
        """The region of all calls; raises `ConfigurationError` (BD5002) when none is set."""
        from billdrop.errors import ConfigurationError

        name = self.session.region_name
        if not name:
            raise ConfigurationError(
                "no AWS region is set", hint="set AWS_REGION, or the region of the profile"
            )
        return str(name)

    @cached_property
    def account(self) -> str:
        """The number of the account that the credentials belong to."""
        return self.sts.get_caller_identity()["Account"]

    def calls(self, service: Literal["dynamodb", "sns", "sqs"]) -> "Call":
        """The frequent calls of a service."""
        from billdrop.aws.calls.frequent import Calls

        with self._lock:
            if service not in self._calls:
                self._calls[service] = Calls(self.session, getattr(self, service))
            return self._calls[service]

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(
            region_name=self.region,
            signature_version="s3v4" if service == "s3" else None,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=CONNECTIONS,
            user_agent_extra="billdrop",
        )
        with self._lock:
            return self.session.client(service, config=config)  # type: ignore[call-overload]

    @cached_property
    def athena(self) -> "AthenaClient":
        """Athena."""
        client: AthenaClient = self._client("athena")
        return client

    @cached_property
    def autoscaling(self) -> "AutoScalingClient":
        """EC2 Auto Scaling."""
        client: AutoScalingClient = self._client("autoscaling")
        return client

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        """CloudWatch metrics and alarms."""
        client: CloudWatchClient = self._client("cloudwatch")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB, with typed attribute values."""
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def ec2(self) -> "EC2Client":
        """EC2."""
        client: EC2Client = self._client("ec2")
        return client

    @cached_property
    def glue(self) -> "GlueClient":
        """The Glue data catalogue."""
        client: GlueClient = self._client("glue")
        return client

    @cached_property
    def iam(self) -> "IAMClient":
        """IAM."""
        client: IAMClient = self._client("iam")
        return client

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @cached_property
    def s3(self) -> "S3Client":
        """S3, signing with version 4."""
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def sns(self) -> "SNSClient":
        """SNS."""
        client: SNSClient = self._client("sns")
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        client: SQSClient = self._client("sqs")
        return client

    @cached_property
    def ssm(self) -> "SSMClient":
        """Systems Manager parameters."""
        client: SSMClient = self._client("ssm")
        return client

    @cached_property
    def sts(self) -> "STSClient":
        """Who am I."""
        client: STSClient = self._client("sts")
        return client


def _session() -> "Session":
    import botocore.session
    from boto3.session import Session

    region = ("region", ["AWS_REGION", "AWS_DEFAULT_REGION"], None, None)
    # the stubs know one name for a variable only; botocore takes several, the first that is set
    variables: Any = {"region": region}
    return Session(botocore_session=botocore.session.Session(session_vars=variables))
