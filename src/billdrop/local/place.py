"""Whose a file of the inbox is, and what it is called: from where it lies, never from its content."""

import os

from billdrop.model import DocumentRef, Finding
from billdrop.names import NOBODY, customer_refused, escaped, key_refused, unescaped

BUCKET = "inbox"

_ALLOWED: set[str] = set()
_MOST = 10_000


def placed(relative: str, version: str) -> tuple[DocumentRef, tuple[Finding, ...]]:
    """
    The document at a path below the inbox, with `/` between its parts.

    With it, what is wrong with its name.
    """
    customer, slash, _ = relative.partition("/")
    owner = customer if slash and _is_customer(customer) else NOBODY
    key, reason = keyed(relative)
    ref = DocumentRef(bucket=BUCKET, key=key, version=version, customer=owner)
    return ref, () if reason is None and owner != NOBODY else _findings(relative)


def key_of(name: str) -> str:
    """
    A name as a key: itself, where it is allowed, and escaped where it is not.

    Escaped too where it reads as the key of another name, so that no two names share a key.
    """
    return keyed(name)[0]


def keyed(name: str) -> tuple[str, str | None]:
    """A name as `key_of` makes it, and why no document can be called it."""
    reason = key_refused(name)
    if reason is None and ("%" not in name or not _reads_as_escaped(name)):
        return name, None
    return escaped(os.fsencode(name)), reason


def name_of(key: str) -> str | None:
    """The name of which `key_of` made the key; None when there is none."""
    if key_of(key) == key:
        return key
    name = os.fsdecode(unescaped(key))
    return name if key_of(name) == key and _stays_inside(name) else None


def _findings(relative: str) -> tuple[Finding, ...]:
    customer, slash, _ = relative.partition("/")
    if not slash:
        return (
            Finding(
                code="BD1007",
                message="the file lies in the inbox itself, not in the folder of a customer",
                hint="move it to inbox/<customer>/",
            ),
        )
    reasons = [
        (customer_refused(customer), "rename the customer's folder"),
        (key_refused(relative), "rename the file"),
    ]
    return tuple(
        Finding(code="BD1006", message=reason, hint=hint) for reason, hint in reasons if reason
    )


def _reads_as_escaped(name: str) -> bool:
    while "%" in name:
        source = unescaped(name)
        if escaped(source) != name:
            return False
        name = os.fsdecode(source)
        if key_refused(name) is not None:
            return True
    return False


def _stays_inside(name: str) -> bool:
    return "\0" not in name and not {"", ".", ".."} & set(name.split("/"))


def _is_customer(name: str) -> bool:
    if name in _ALLOWED:
        return True
    if customer_refused(name) is not None:
        return False
    if len(_ALLOWED) < _MOST:
        _ALLOWED.add(name)
    return True
