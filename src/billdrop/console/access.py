"""Who may do what: people with a password and a role, and tokens for uploads; kept as hashes in one file."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from billdrop.console.placing import placed
from billdrop.errors import ConfigurationError, UsageError
from billdrop.names import customer_refused

Role = Literal["operator", "finance", "customer"]
ROLES: tuple[Role, ...] = ("operator", "finance", "customer")

LEAST_CHARS = 12
"""Of a password (ASVS 6.2.1 asks for 8, and recommends 15)."""
TOKEN_BYTES = 32


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who may look, or do."""

    name: str
    role: Role
    customer: str = ""
    """Whose documents a person of the role `customer` sees and uploads."""
    password: str
    """Its argon2id hash."""


class Token(Struct, frozen=True, kw_only=True):
    """A right to upload for one customer."""

    name: str
    customer: str
    sha256: str
    """Of the token, hexadecimal; 256 random bits need no slow hash."""
    made_at: datetime


class Access(Struct, frozen=True, kw_only=True):
    """Everybody, and every token. Without any, whoever reaches the port may do all."""

    people: tuple[Person, ...] = ()
    tokens: tuple[Token, ...] = ()
    closed: bool = False
    """Whether nobody may do anything where nobody is named: somebody was, or strangers reach the port."""

    @property
    def asked(self) -> bool:
        """Whether anybody has to say who they are."""
        return bool(self.people or self.tokens or self.closed)

    def person(self, name: str) -> Person | None:
        """The person of that name."""
        return next((one for one in self.people if one.name == name), None)

    def uploader(self, token: str) -> str | None:
        """The customer for whom the token uploads."""
        digest = digest_of(token)
        for one in self.tokens:
            if secrets.compare_digest(one.sha256, digest):
                return one.customer
        return None


def read(path: Path) -> Access:
    """What the file says; nothing where there is none. Raises `ConfigurationError` for another file."""
    try:
        return decoded(path.read_bytes(), str(path))
    except FileNotFoundError:
        return Access()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}", hint="restore it") from error


def write(path: Path, access: Access) -> None:
    """Replace the file, whole, for the owner's eyes only."""
    placed(path, encoded(access), mode=0o600)


def encoded(access: Access) -> bytes:
    """As it is kept; what holds for one process only is left out."""
    return msgspec.json.format(msgspec.json.encode(replace(access, closed=False))) + b"\n"


def decoded(body: bytes, thing: str) -> Access:
    """What was kept in a thing; raises `ConfigurationError`, which names it, for anything else."""
    try:
        return msgspec.json.decode(body, type=Access)
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"{thing} cannot be read: {error}", hint="restore it") from error


def with_person(access: Access, *, name: str, role: Role, customer: str, password: str) -> Access:
    """Add a person, or give one another role and password; raises `UsageError`."""
    from argon2 import PasswordHasher

    _named(name)
    if (role == "customer") != bool(customer):
        raise UsageError(
            f"the role {role} {'needs' if role == 'customer' else 'has no'} customer",
            hint="--customer is for the role customer, and for no other",
        )
    if customer:
        _whose(customer)
    if len(password) < LEAST_CHARS:
        raise UsageError(
            f"the password has {len(password)} characters, fewer than {LEAST_CHARS}",
            hint="take a longer one; several words will do",
        )
    person = Person(
        name=name, role=role, customer=customer, password=PasswordHasher().hash(password)
    )
    return replace(access, people=(*_but(access.people, name), person))


def with_token(access: Access, *, name: str, customer: str, at: datetime) -> tuple[Access, str]:
    """Add a token; it is said once and kept as a hash. Raises `UsageError`."""
    _named(name)
    _whose(customer)
    if any(one.name == name for one in access.tokens):
        raise UsageError(f"there is a token `{name}`", hint="remove it first, or name another")
    token = f"bd_{secrets.token_urlsafe(TOKEN_BYTES)}"
    made = Token(name=name, customer=customer, sha256=digest_of(token), made_at=at)
    return replace(access, tokens=(*access.tokens, made)), token


def without(access: Access, name: str) -> Access:
    """Remove a person or a token; raises `UsageError` when there is none of the name."""
    left = replace(
        access,
        people=tuple(_but(access.people, name)),
        tokens=tuple(one for one in access.tokens if one.name != name),
    )
    if left == access:
        raise UsageError(
            f"nobody and no token is named `{name}`", hint="see `billdrop access list`"
        )
    return left


def digest_of(secret: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _but(people: Iterable[Person], name: str) -> list[Person]:
    return [one for one in people if one.name != name]


def _named(name: str) -> None:
    if not name.isprintable() or not 0 < len(name.strip()) <= 80:
        raise UsageError(f"{name!a} is no name", hint="up to 80 printable characters")


def _whose(customer: str) -> None:
    reason = customer_refused(customer)
    if reason is not None:
        raise UsageError(reason, hint="name a customer as its folder in the inbox is named")
