"""The buckets of a stack: whose they are, what they announce, forget and keep to themselves."""

from collections.abc import Sequence
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import GONE, code_of
from billdrop.aws.check.look import Look, buckets, line, queue
from billdrop.aws.check.rights import queue_arn
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line

CREATED = frozenset(
    f"s3:ObjectCreated:{kind}" for kind in ("Put", "Post", "Copy", "CompleteMultipartUpload")
)
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _owner(clients: Clients, stack: Stack) -> Line:
    """A bucket of another account is refused, whatever its policy says."""
    wrong = [found for bucket in buckets(stack) if (found := _foreign(clients, stack, bucket))]
    right = f"{', '.join(buckets(stack))} belong to account {stack.account}"
    fix = "take nothing from a bucket of someone else; check the outputs of the stack {}"
    return line("owner", stack, "; ".join(wrong), right, fix)


def _foreign(clients: Clients, stack: Stack, bucket: str) -> str:
    """What is wrong with the owner of a bucket; raises a denial where that cannot be told."""
    from botocore.exceptions import ClientError

    try:
        clients.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=stack.account)
    except ClientError as error:
        if code_of(error) in GONE:
            return f"{bucket} is not there"
        clients.s3.head_bucket(Bucket=bucket)
        return f"{bucket} does not belong to account {stack.account}"
    return ""


def _notification(clients: Clients, stack: Stack) -> Line:
    configured = clients.s3.get_bucket_notification_configuration(
        Bucket=stack.inbox_bucket, ExpectedBucketOwner=stack.account
    )
    ours = [
        one
        for one in configured.get("TopicConfigurations", [])
        if one["TopicArn"] == stack.topic_arn
    ]
    announced = {event for one in ours if not one.get("Filter") for event in one["Events"]}
    missing = sorted(CREATED - announced) if "s3:ObjectCreated:*" not in announced else []
    filtered = " for every key" if any(one.get("Filter") for one in ours) else ""
    wrong = f"{stack.inbox_bucket} does not announce {', '.join(missing)}{filtered}"
    right = f"{stack.inbox_bucket} announces every new object to {stack.topic_arn}"
    return line("notification", stack, wrong if missing else "", right)


def _lifecycle(clients: Clients, stack: Stack) -> Line:
    from botocore.exceptions import ClientError

    try:
        rules: Sequence[Any] = clients.s3.get_bucket_lifecycle_configuration(
            Bucket=stack.inbox_bucket, ExpectedBucketOwner=stack.account
        )["Rules"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
            raise
        rules = []
    whole = [rule for rule in rules if rule["Status"] == "Enabled" and of_all(rule)]
    asked = {
        "objects": ("Expiration", "Days"),
        "old versions": ("NoncurrentVersionExpiration", "NoncurrentDays"),
        "unfinished uploads": ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    }
    kept = [
        what
        for what, (part, days) in asked.items()
        if not any(rule.get(part, {}).get(days) == 1 for rule in whole)
    ]
    wrong = f"{stack.inbox_bucket} does not forget after one day: {', '.join(kept)}"
    right = (
        f"{stack.inbox_bucket} forgets objects, old versions and unfinished uploads after one day"
    )
    return line("lifecycle", stack, wrong if kept else "", right)


def of_all(rule: Any) -> bool:
    """Whether a rule is about every object."""
    chosen = rule.get("Filter", {})
    return not rule.get("Prefix") and not any(chosen.values())


def _no_loop(clients: Clients, stack: Stack) -> Line:
    """What the program writes must not come back as a document."""
    written = (stack.destination_bucket, stack.results_bucket)
    feeding = [bucket for bucket in written if bucket == stack.inbox_bucket]
    for bucket in written:
        configured = clients.s3.get_bucket_notification_configuration(
            Bucket=bucket, ExpectedBucketOwner=stack.account
        )
        topics = [one["TopicArn"] for one in configured.get("TopicConfigurations", [])]
        queues = [one["QueueArn"] for one in configured.get("QueueConfigurations", [])]
        if stack.topic_arn in topics or queue_arn(clients, stack) in queues:
            feeding.append(bucket)
    wrong = f"{', '.join(dict.fromkeys(feeding))} feeds the inbox with what the program writes"
    right = "what the program writes does not come back as a document"
    fix = "remove that notification, or name another bucket; then `billdrop deploy --stack {}`"
    return line("no loop", stack, wrong if feeding else "", right, fix)


def _encryption(clients: Clients, stack: Stack) -> Line:
    """S3 encrypts every bucket; queues have to be told."""
    found = {_algorithm(clients, stack, bucket) for bucket in buckets(stack)}
    attributes = queue(clients, stack)
    safe = attributes.get("KmsMasterKeyId") or attributes.get("SqsManagedSseEnabled") == "true"
    return line(
        "encryption",
        stack,
        "" if safe else f"not encrypted: {stack.queue_url}",
        f"buckets ({', '.join(sorted(found))}) and queue are encrypted",
    )


def _algorithm(clients: Clients, stack: Stack, bucket: str) -> str:
    found = clients.s3.get_bucket_encryption(Bucket=bucket, ExpectedBucketOwner=stack.account)
    (rule, *_) = found["ServerSideEncryptionConfiguration"]["Rules"]
    return str(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"])


def _public_access(clients: Clients, stack: Stack) -> Line:
    from botocore.exceptions import ClientError

    opened = []
    for bucket in buckets(stack):
        try:
            blocked: dict[str, Any] = dict(
                clients.s3.get_public_access_block(
                    Bucket=bucket, ExpectedBucketOwner=stack.account
                )["PublicAccessBlockConfiguration"]
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchPublicAccessBlockConfiguration":
                raise
            blocked = {}
        if not all(blocked.get(block) for block in BLOCKS):
            opened.append(bucket)
    wrong = f"Block Public Access is not on, all four: {', '.join(opened)}"
    return line("public access", stack, wrong if opened else "", "blocked on every bucket")


LOOKS: tuple[Look, ...] = (
    _owner,
    _notification,
    _lifecycle,
    _no_loop,
    _encryption,
    _public_access,
)
