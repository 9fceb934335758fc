"""Our template as a stack on the stand-in."""

import functools
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from billdrop.aws.calls.clients import Clients
from billdrop.aws.deploy.progress import Event
from billdrop.aws.deploy.proposal import Proposal, template
from billdrop.aws.deploy.rollout import roll_out
from billdrop.aws.stack import Stack
from billdrop.runtime import now
from tests.aws.standin import fresh, root, standin

_TLS = re.compile(r"          - Sid: OnlyOverTls.*\n(?:            .*\n)+")


def over_http(body: str) -> str:
    """The template without what is refused over plain HTTP: the stand-in speaks nothing else."""
    return re.sub(r"        Statement:\n(?=\n|  \w)", "        Statement: []\n", _TLS.sub("", body))


class Witness(Struct):
    """A person who agrees or not, and remembers."""

    agreeing: bool = True
    proposals: list[Proposal] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def agrees(self, proposal: Proposal) -> bool:
        self.proposals.append(proposal)
        return self.agreeing

    def hears(self, event: Event) -> None:
        self.events.append(event)

    def told(self, text: str) -> None:
        self.texts.append(text)


def pack(path: Path, machine: str) -> None:
    """A program of no size; what is in the real one is tested by itself."""
    path.write_bytes(machine.encode())


def nobody() -> bytes:
    """The issuers of Amazon, from where there is no way to them."""
    return b""


def deploy(
    clients: Clients,
    name: str,
    person: Witness | None = None,
    *,
    body: str = "",
    packing: Callable[[Path, Any], None] = pack,
    signers: Callable[[], bytes] = nobody,
    **values: str,
) -> Stack | None:
    """What `billdrop deploy` does, without the wait between two looks."""
    return roll_out(
        clients,
        name,
        person or Witness(),
        body=body or template(),
        values=values,
        role="",
        at=now(),
        sleep=lambda seconds: time.sleep(seconds / 100),
        pack=packing,
        signers=signers,
    )


@functools.cache
def deployed() -> Stack:
    """One stack for each process of the tests; those that only look share it."""
    stack = deploy(root(), fresh())
    assert stack is not None
    return stack


@functools.cache
def deployed_with_rights() -> Stack:
    """The same on the server that enforces rights."""
    stack = deploy(root(auth=True), fresh(), body=over_http(template()))
    assert stack is not None
    return stack


def as_worker(stack: Stack) -> dict[str, str]:
    """Key, secret and token of the role of the stack, for `StandIn.clients` and `.environment`."""
    clients = root(auth=True)
    found = clients.cloudformation.describe_stack_resource(
        StackName=stack.name, LogicalResourceId="Role"
    )
    role = clients.iam.get_role(RoleName=found["StackResourceDetail"]["PhysicalResourceId"])["Role"]
    given = clients.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="worker")["Credentials"]
    return {
        "key": given["AccessKeyId"],
        "secret": given["SecretAccessKey"],
        "token": given["SessionToken"],
    }


def worker() -> Clients:
    """Clients with the rights that a worker of that stack has, and no others."""
    return standin(auth=True).clients(**as_worker(deployed_with_rights()))
