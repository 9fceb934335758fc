"""What the commands that make, change and take down a stack are given: clients, clock and template."""

import time
from collections.abc import Iterator, Mapping
from typing import Literal

from billdrop.aws.calls.clients import Clients
from billdrop.aws.deploy import customers, destroy
from billdrop.aws.deploy.customers import Form, Subscription
from billdrop.aws.deploy.destroy import Farewell
from billdrop.aws.deploy.progress import Event
from billdrop.aws.deploy.proposal import Proposal, template
from billdrop.aws.deploy.rollout import Person, roll_out
from billdrop.aws.stack import OUTPUTS, Stack, read_stack
from billdrop.runtime import now

__all__ = ["Event", "Farewell", "Form", "Person", "Proposal", "Stack", "Subscription"]


def deploy(name: str, person: Person, *, values: Mapping[str, str], role: str) -> Stack | None:
    """Make a stack or bring it up to date; None when the person does not agree."""
    return roll_out(
        Clients(),
        name,
        person,
        body=template(),
        values=values,
        role=role,
        at=now(),
        sleep=time.sleep,
    )


def outputs(stack: Stack) -> dict[str, str]:
    """The outputs of a stack, by their names in the template."""
    return {output: getattr(stack, field) for output, field in OUTPUTS.items()}


def foresee(name: str) -> Farewell:
    """What taking down a stack would do."""
    return destroy.foresee(Clients(), name)


def remove(farewell: Farewell) -> Iterator[Event]:
    """Take a stack down; tells what happens."""
    return destroy.remove(Clients(), farewell, sleep=time.sleep)


def upload_form(name: str, customer: str, *, seconds: int, largest: int) -> Form:
    """A form by which a customer uploads without an account."""
    clients = Clients()
    stack = read_stack(clients, name)
    return customers.upload_form(clients, stack, customer, seconds=seconds, largest=largest)


def subscribe(
    name: str, customer: str, *, protocol: Literal["email", "https"], endpoint: str
) -> Subscription:
    """Tell somebody what becomes of a customer's documents."""
    clients = Clients()
    stack = read_stack(clients, name)
    return customers.subscribe(clients, stack, customer, protocol=protocol, endpoint=endpoint)
