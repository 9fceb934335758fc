"""The policy file: what holds for whatever is read, and which guidelines of billdrop's own read at all."""

import hashlib
from collections.abc import Iterator

from msgspec import Struct
from pydantic import Field as Key

from billdrop.guidelines import toml
from billdrop.guidelines.extending import names
from billdrop.guidelines.faults import Fault, Problem, meant
from billdrop.guidelines.model import INVOICE_FIELDS
from billdrop.guidelines.part import Part
from billdrop.guidelines.places import Path, places
from billdrop.guidelines.policy import Policy
from billdrop.guidelines.shape import misshapen
from billdrop.model import Finding

FILE = "policy.toml"
"""Its name, in the folder of the guidelines."""
NAME = "policy"
"""What no guideline can be called."""


class Builtins(Part):
    """Which of the guidelines that come with billdrop read documents."""

    only: list[str] | None = Key(None, description="These and no others; `[]`: none.")
    off: list[str] = Key([], description="All but these.")

    def reads(self, name: str) -> bool:
        """Whether the guideline of that name does."""
        return name not in self.off and (self.only is None or name in self.only)


class OfCustomer(Part):
    """What holds for the documents of one customer."""

    builtins: Builtins | None = Key(
        None, description="Which guidelines of billdrop read them; in place of what holds for all."
    )
    policy: Policy | None = Key(None, description="What was agreed beyond what holds for all.")


class PolicyFile(Part):
    """What holds whichever guideline reads a document."""

    builtins: Builtins = Key(
        Builtins(), description="Which of the guidelines that come with billdrop read documents."
    )
    policy: Policy | None = Key(None, description="What every invoice has to keep.")
    customers: dict[str, OfCustomer] = Key({}, description="What holds for one customer, by name.")


class House(Struct, frozen=True, kw_only=True):
    """The policy file, made ready; also one that is not there, or cannot be used."""

    text: str = ""
    said: PolicyFile = PolicyFile()
    problem: Problem | None = None
    """Why it cannot be used: then nothing is read, since nobody knows what it forbids."""

    @property
    def digest(self) -> str:
        """Another one for each other text."""
        return hashlib.sha256(self.text.encode()).hexdigest() if self.text else ""

    def reads(self, builtin: str, customer: str) -> bool:
        """Whether a guideline that comes with billdrop reads documents of the customer."""
        own = self.said.customers.get(customer)
        chosen = own.builtins if own and own.builtins else self.said.builtins
        return chosen.reads(builtin)

    def policies(self, customer: str) -> tuple[Policy, ...]:
        """All that an invoice of the customer has to keep, beside the policy of its guideline."""
        own = self.said.customers.get(customer)
        agreed = (self.said.policy, own.policy if own else None)
        return tuple(it for it in agreed if it is not None)

    def limits(self, builtin: str) -> str:
        """Whose documents a guideline that comes with billdrop reads, in words."""
        every = self.said.builtins.reads(builtin)
        others = [it for it in self.said.customers if self.reads(builtin, it) is not every]
        if every:
            return f"any but {', '.join(others)}" if others else "any"
        return ", ".join(others) or "none"

    def refusal(self) -> Finding | None:
        """Why no document can be read."""
        if self.problem is None:
            return None
        it = self.problem
        return Finding(
            code="BD2510",
            message=f"the policy file cannot be used: {FILE}:{it.line}:{it.column}: {it.message}",
            hint="correct it: what waits for it is read again by itself",
        )


def examined(text: str) -> tuple[House, list[Problem]]:
    """The policy file, and everything that is wrong with it in the order of the text."""
    try:
        data = toml.parsed(text)
    except toml.NotTomlError as error:
        line, column = error.place
        hint = "texts stand in quotes, a key stands once"
        found = Problem(
            code="BD4002", message=error.fact, path="", line=line, column=column, hint=hint
        )
        return House(text=text, problem=found), [found]
    said, faults = misshapen(PolicyFile, data)
    if said is not None:
        faults = list(_faults(said))
    known = places(text)
    problems = sorted((it.at(known) for it in faults), key=lambda it: (it.line, it.column))
    if problems or said is None:
        return House(text=text, problem=problems[0]), problems
    return House(text=text, said=said), []


def _faults(said: PolicyFile) -> Iterator[Fault]:
    yield from _unknown_builtins(("builtins",), said.builtins)
    yield from _of_policy(("policy",), said.policy)
    for customer, its in said.customers.items():
        path = ("customers", customer)
        yield from _unknown_builtins((*path, "builtins"), its.builtins)
        yield from _of_policy((*path, "policy"), its.policy)


def _unknown_builtins(path: Path, said: Builtins | None) -> Iterator[Fault]:
    known = names()
    for key in ("only", "off"):
        for index, name in enumerate((said and getattr(said, key)) or ()):
            if name not in known:
                hint = meant(name, known) or "`billdrop guideline list` shows their names"
                fact = f"no guideline `{name}` comes with billdrop"
                yield Fault((*path, key, index), fact, hint)


def _of_policy(path: Path, policy: Policy | None) -> Iterator[Fault]:
    for rule in ("required", "identifiers"):
        table = getattr(policy, rule, None)
        for index, name in enumerate(table.fields if table else ()):
            if name not in INVOICE_FIELDS:
                fact = f"`{rule}` names `{name}`, which is no field of an invoice"
                yield Fault((*path, rule, "fields", index), fact, meant(name, INVOICE_FIELDS))
    if policy and policy.file and not policy.file.name and not policy.file.bytes:
        yield Fault((*path, "file"), "`file` has neither `name` nor `bytes`")
