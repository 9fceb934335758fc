"""`billdrop deploy`, step by step: propose, agree, change, upload the program, make tables and views."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.deploy.artifact import Machine, artifact_key, build
from billdrop.aws.deploy.progress import Event, Sleep
from billdrop.aws.deploy.proposal import Proposal, apply, discard, found, propose, refuse_name
from billdrop.aws.query import catalogue
from billdrop.aws.stack import Stack, read_stack
from billdrop.aws.topic import issuers
from billdrop.aws.topic.issuers import Issuers

Pack = Callable[[Path, Machine], None]
"""Writes the zip that workers of such a machine run."""


class Program(NamedTuple):
    """What the workers are to run."""

    machine: Machine
    pack: Pack
    signers: Issuers | None
    """Who signs for the topic, where workers have a door."""

    @property
    def key(self) -> str:
        """Where it lies in the destination bucket."""
        return artifact_key(self.machine)


class Person(Protocol):
    """Who deploys: is shown, asked and told."""

    def agrees(self, proposal: Proposal) -> bool:
        """Show what would change; whether it may."""

    def hears(self, event: Event) -> None:
        """Something happened to a resource."""

    def told(self, text: str) -> None:
        """What is done next."""


def roll_out(
    clients: Clients,
    name: str,
    person: Person,
    *,
    body: str,
    values: Mapping[str, str],
    role: str,
    at: datetime,
    sleep: Sleep,
    pack: Pack = build,
    signers: Issuers = issuers.of_amazon,
) -> Stack | None:
    """
    Make a stack, or bring it to this version of the program; None when the person does not agree.

    Doing it again changes nothing, and finishes what was interrupted.
    """
    refuse_name(name)
    settings = {**_parameters(clients, name), **values}
    has_door = settings.get("Door", "off") != "off"
    program = Program(_machine(settings), pack, signers if has_door else None)
    values = {**values, "Artifact": program.key}
    proposal = propose(clients, name, values=values, at=at, body=body, role=role, sleep=sleep)
    if proposal and not person.agrees(proposal):
        discard(clients, proposal)
        return None
    there = proposal is not None and not proposal.new
    if there:
        _supply(clients, read_stack(clients, name), program, person)
    for event in apply(clients, proposal, sleep=sleep) if proposal else ():
        person.hears(event)
    stack = read_stack(clients, name)
    if not there:
        _supply(clients, stack, program, person)
    person.told(f"tables and views are made in {stack.database}")
    catalogue.create(clients, stack)
    return stack


def _parameters(clients: Clients, name: str) -> dict[str, str]:
    """Those that the stack has now."""
    stack = found(clients, name)
    held = stack.get("Parameters", ()) if stack else ()
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in held}


def _machine(settings: Mapping[str, str]) -> Machine:
    """The processor of the workers, as the parameter of the template names it."""
    return "aarch64" if settings.get("Processor") == "arm64" else "x86_64"


def _supply(clients: Clients, stack: Stack, program: Program, person: Person) -> None:
    """What workers look for when they start; without a way to where Amazon publishes who signs."""
    if program.signers is not None:
        person.told("the certificates under which the topic signs are fetched")
        amiss = issuers.provide(clients, stack, program.signers)
        if amiss:
            person.told(amiss)
    _upload(clients, stack, program, person)


def _upload(clients: Clients, stack: Stack, program: Program, person: Person) -> None:
    """Put the program where the workers fetch it; the same program is there once."""
    bucket, key, owner = stack.destination_bucket, program.key, stack.account
    with named(f"bucket {bucket}"), TemporaryDirectory() as folder:
        listed = clients.s3.list_objects_v2(Bucket=bucket, Prefix=key, ExpectedBucketOwner=owner)
        if listed.get("KeyCount"):
            return
        person.told(f"the program is packed for {program.machine}")
        file = Path(folder) / "program.zip"
        program.pack(file, program.machine)
        person.told(f"the program is uploaded, {file.stat().st_size / 1e6:,.0f} MB")
        extra = {"ExpectedBucketOwner": owner}
        clients.s3.upload_file(str(file), bucket, key, ExtraArgs=extra)
