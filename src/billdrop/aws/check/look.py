"""One look at how a stack is arranged, and what it says."""

from collections.abc import Callable
from typing import Any

from billdrop.aws.calls.clients import Clients
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line

DEPLOY = "`billdrop deploy --stack {}` puts it right"

Look = Callable[[Clients, Stack], Line]


def line(check: str, stack: Stack, wrong: str, right: str, fix: str = DEPLOY) -> Line:
    """`right` is the fact unless something is wrong."""
    return Line(
        check=check,
        ok=not wrong,
        fact=wrong or right,
        fix=fix.format(stack.name) if wrong else "",
    )


def queue(clients: Clients, stack: Stack) -> dict[str, Any]:
    """Every attribute of the queue."""
    found = clients.sqs.get_queue_attributes(QueueUrl=stack.queue_url, AttributeNames=["All"])
    return {str(name): value for name, value in found["Attributes"].items()}


def buckets(stack: Stack) -> tuple[str, ...]:
    """All three."""
    return (stack.inbox_bucket, stack.destination_bucket, stack.results_bucket)
