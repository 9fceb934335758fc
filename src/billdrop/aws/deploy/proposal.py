"""A stack is made and changed through change sets: proposed, shown, and applied after a yes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import code_of, named
from billdrop.aws.deploy.progress import PAUSE, Event, Sleep, follow, known, remedy, validated
from billdrop.errors import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]")
"""Stack names: buckets, queues and the Glue database are called after them."""

_FOR_CHECKERS = re.compile(r"    Metadata:\n      checkov:\n        skip:\n(?:          - .*\n)+")

Action = Literal["add", "modify", "replace", "remove"]


class Change(Struct, frozen=True, kw_only=True):
    """What a change set would do to one resource."""

    action: Action
    resource: str
    kind: str
    perhaps: bool = False
    """Whether it is replaced only if AWS finds no other way."""


class Proposal(Struct, frozen=True, kw_only=True):
    """A change set that waits for a yes."""

    stack: str
    change_set: str
    new: bool
    """Whether the stack is made by it."""
    changes: tuple[Change, ...]


def template() -> str:
    """The template as CloudFormation is given it: what only checkers read does not travel."""
    text = files("billdrop.aws.deploy").joinpath("template.yaml").read_text(encoding="utf-8")
    return _FOR_CHECKERS.sub("", text)


def found(clients: Clients, name: str) -> "StackTypeDef | None":
    """The stack as CloudFormation describes it; None when there is none."""
    with named(f"stack {name}"):
        try:
            return clients.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except clients.cloudformation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise


def propose(
    clients: Clients,
    name: str,
    *,
    values: Mapping[str, str],
    at: datetime,
    body: str,
    role: str = "",
    sleep: Sleep,
) -> Proposal | None:
    """
    Make a change set; None when it would change nothing.

    `values` are parameters of the template; others keep the value they have in the stack.
    `role`: the ARN of the role that CloudFormation makes the changes with.
    """
    refuse_name(name)
    stack = found(clients, name)
    _refuse(stack, name)
    new = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    options: dict[str, Any] = {"RoleARN": role} if role else {}
    if new:
        options["OnStackFailure"] = "DELETE"
    with _taken(clients, name):
        made = clients.cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=f"billdrop-{at:%Y%m%d-%H%M%S-%f}",
            ChangeSetType="CREATE" if new else "UPDATE",
            TemplateBody=body,
            Parameters=_parameters(clients, body, values, stack),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "billdrop", "Value": name}],
            **options,
        )
        changes = _settled(clients, made["Id"], sleep)
    if not changes:
        return None
    return Proposal(stack=made["StackId"], change_set=made["Id"], new=new, changes=changes)


@contextmanager
def _taken(clients: Clients, name: str) -> Iterator[None]:
    """Raise `ConfigurationError` where CloudFormation does not take the template or a parameter."""
    with named(f"stack {name}"):
        try:
            yield
        except clients.cloudformation.exceptions.ClientError as error:
            if code_of(error) != "ValidationError":
                raise
            reason = error.response["Error"]["Message"]
            raise ConfigurationError(
                f"CloudFormation does not take the stack {name}: {reason}", hint=remedy(reason)
            ) from error


def refuse_name(name: str) -> None:
    """Raise `ConfigurationError` for a name that no stack can have."""
    if not NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!a} cannot be the name of a stack",
            hint="2 to 32 small letters, digits and `-`, the first a letter, the last none of `-`",
        )


def _refuse(stack: "StackTypeDef | None", name: str) -> None:
    """Raise for a state of the stack that no change set can be made for."""
    status = stack["StackStatus"] if stack else ""
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        raise UnavailableError(f"the stack {name} is being changed: {status}", hint="wait for it")
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}:
        raise ConfigurationError(
            f"the stack {name} is not whole: {status}",
            hint=f"run `billdrop destroy --stack {name}`, then deploy again",
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise ConfigurationError(
            f"the stack {name} could neither be changed nor be changed back",
            hint=f"correct what its events name, then run "
            f"`aws cloudformation continue-update-rollback --stack-name {name}`",
        )


def _parameters(
    clients: Clients, body: str, values: Mapping[str, str], stack: "StackTypeDef | None"
) -> "list[ParameterTypeDef]":
    summary = clients.cloudformation.get_template_summary(TemplateBody=body)
    names = [each["ParameterKey"] for each in summary["Parameters"]]
    for name in values.keys() - set(names):
        raise ConfigurationError(
            f"the template has no parameter {name}", hint=f"it has {', '.join(sorted(names))}"
        )
    before = {each["ParameterKey"] for each in stack.get("Parameters", ())} if stack else set()
    kept: list[ParameterTypeDef] = [
        {"ParameterKey": name, "UsePreviousValue": True}
        for name in names
        if name in before and name not in values
    ]
    return kept + [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def _settled(clients: Clients, change_set: str, sleep: Sleep) -> tuple[Change, ...]:
    """The changes, once CloudFormation has worked them out."""
    while True:
        answer = clients.cloudformation.describe_change_set(ChangeSetName=change_set)
        if answer["Status"] == "CREATE_COMPLETE":
            changes = tuple(_changes(clients, change_set))
            if not changes:
                _forget(clients, change_set)
            return changes
        if answer["Status"] == "FAILED":
            reason = answer.get("StatusReason", "")
            if "didn't contain changes" in reason or "No updates" in reason:
                _forget(clients, change_set)
                return ()
            reason = "; ".join(validated(clients, reason, ChangeSetName=change_set)) or reason
            raise ConfigurationError(
                f"CloudFormation takes no such change: {reason}", hint=remedy(reason)
            )
        sleep(PAUSE)


def _forget(clients: Clients, change_set: str) -> None:
    clients.cloudformation.delete_change_set(ChangeSetName=change_set)


def _changes(clients: Clients, change_set: str) -> Iterator[Change]:
    pages = clients.cloudformation.get_paginator("describe_change_set")
    for page in pages.paginate(ChangeSetName=change_set):
        for each in page["Changes"]:
            facts = each["ResourceChange"]
            replaced = facts.get("Replacement", "False")
            action = "replace" if replaced == "True" else facts["Action"].lower()
            yield Change(
                action=action,  # type: ignore[arg-type]
                resource=facts["LogicalResourceId"],
                kind=facts["ResourceType"],
                perhaps=replaced == "Conditional",
            )


def discard(clients: Clients, proposal: Proposal) -> None:
    """Forget a change set, and the empty stack that was made to hold it."""
    with named(proposal.stack):
        _forget(clients, proposal.change_set)
        if proposal.new:
            clients.cloudformation.delete_stack(StackName=proposal.stack)


def apply(clients: Clients, proposal: Proposal, *, sleep: Sleep) -> Iterator[Event]:
    """
    Execute a change set and tell what happens, until it is done.

    Raises `StackFailedError` (BD5011) with the first reason when the stack could not be changed.
    """
    wanted = "CREATE_COMPLETE" if proposal.new else "UPDATE_COMPLETE"
    with named(proposal.stack):
        seen = known(clients, proposal.stack)
        clients.cloudformation.execute_change_set(ChangeSetName=proposal.change_set)
        yield from follow(clients, proposal.stack, seen, wanted, sleep)
