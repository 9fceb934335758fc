"""Whose a file of the inbox is, and what it is called: from where it lies, never from its content."""

from billdrop.model import DocumentRef, Finding
from billdrop.names import NOBODY, customer_refused, key_of, key_refused, keyed, named_by

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


def name_of(key: str) -> str | None:
    """The name of which `key_of` made the key; None when there is none."""
    if key_of(key) == key:
        return key
    name = named_by(key)
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
