"""What happens to the resources of a stack while it changes, and why it fails when it does."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.errors import StackFailedError

PAUSE = 2.0
"""Seconds between two looks at how far CloudFormation is."""

Sleep = Callable[[float], None]


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened to a resource while the stack changed."""

    at: datetime
    resource: str
    kind: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether it is why the stack fails; what is only given up because of another is not."""
        return self.status.endswith("_FAILED") and "ancelled" not in self.reason


def follow(
    clients: Clients, stack: str, seen: set[str], wanted: str, sleep: Sleep
) -> Iterator[Event]:
    """Events that were not seen, oldest first, until the stack stands still as it is wanted to."""
    failures: list[Event] = []
    while True:
        for each in reversed(_told(clients, stack)):
            if each["EventId"] in seen:
                continue
            seen.add(each["EventId"])
            event = _event(each)
            failures += [event] if event.failed else []
            yield event
            if each.get("PhysicalResourceId") == stack and _stands(event.status):
                if event.status != wanted:
                    raise _failure(clients, failures or [event], stack)
                return
        sleep(PAUSE)


def _stands(status: str) -> bool:
    return status.endswith(("_COMPLETE", "_FAILED")) and "CLEANUP" not in status


def known(clients: Clients, stack: str) -> set[str]:
    """The events that there were before."""
    return {each["EventId"] for each in _told(clients, stack)}


def _told(clients: Clients, stack: str) -> list[Any]:
    """All events of the stack, newest first."""
    pages = clients.cloudformation.get_paginator("describe_stack_events")
    return [each for page in pages.paginate(StackName=stack) for each in page["StackEvents"]]


def _event(facts: Mapping[str, Any]) -> Event:
    return Event(
        at=facts["Timestamp"],
        resource=facts["LogicalResourceId"],
        kind=facts["ResourceType"],
        status=facts["ResourceStatus"],
        reason=facts.get("ResourceStatusReason", ""),
    )


def _failure(clients: Clients, failures: list[Event], stack: str) -> StackFailedError:
    first = failures[0]
    reason = first.reason or first.status
    found = validated(clients, reason, StackName=stack)
    said = "; ".join(found) or f"{first.resource} ({first.kind}): {reason}"
    return StackFailedError(said, hint=remedy(said), resource=first.resource)


def validated(clients: Clients, reason: str, **which: str) -> list[str]:
    """What CloudFormation found before it began, where the reason is that it found something."""
    if "DescribeEvents" not in reason or not hasattr(clients.cloudformation, "describe_events"):
        return []
    pages = clients.cloudformation.get_paginator("describe_events")
    return [
        f"{each['LogicalResourceId']} ({each['ResourceType']}): {each['ValidationStatusReason']}"
        for page in pages.paginate(**which)  # type: ignore[arg-type]
        for each in page["OperationEvents"]
        if each.get("ValidationStatus") == "FAILED"
    ]


_REMEDIES = {
    "is not authorized|AccessDenied|UnauthorizedTaggingOperation": "give the person or role that "
    "deploys this right, or name a role that has it: --role ARN",
    "already exists": "something of that name is not part of the stack: remove it, or take another name",
    "imit|quota|LimitExceeded|vCPU": "ask for a higher quota in Service Quotas, or take away what is not used",
    "Failed to receive .* signal|FAILURE signal": "the log group /billdrop/STACK/boot says how the "
    "instance started",
    "not supported in your requested Availability Zone|Unsupported": "take another size: "
    "--parameter InstanceType=t3a.small",
    "ertificate": "name a certificate of this region: --parameter DoorCertificate=ARN",
    "cannot be deleted|deletion protection": "that is what protects it; it stays, and costs what it holds",
    "not empty": "empty the bucket if nothing in it is needed, then run this again",
}


def remedy(reason: str) -> str:
    """What to do about a reason that CloudFormation gives."""
    for pattern, advice in _REMEDIES.items():
        if re.search(pattern, reason):
            return advice
    return "correct what it names, then run this again"
