"""Whose a file of the inbox is, and what it is called: from where it lies, never from its content."""

import os

from billdrop.model import DocumentRef, Finding
from billdrop.names import NOBODY, customer_refused, escaped, key_refused

BUCKET = "inbox"

_ALLOWED: set[str] = set()
_MOST = 10_000


def ref_of(relative: str, version: str) -> DocumentRef:
    """The document at a path below the inbox, with `/` between its parts."""
    customer, slash, _ = relative.partition("/")
    if slash and _is_customer(customer) and key_refused(relative) is None:
        return DocumentRef(bucket=BUCKET, key=relative, version=version, customer=customer)
    key = relative if key_refused(relative) is None else escaped(os.fsencode(relative))
    owner = customer if slash and _is_customer(customer) else NOBODY
    return DocumentRef(bucket=BUCKET, key=key, version=version, customer=owner)


def findings_of(relative: str) -> tuple[Finding, ...]:
    """What is wrong with the name of the document at that path."""
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


def _is_customer(name: str) -> bool:
    if name in _ALLOWED:
        return True
    if customer_refused(name) is not None:
        return False
    if len(_ALLOWED) < _MOST:
        _ALLOWED.add(name)
    return True
