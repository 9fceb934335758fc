"""What a policy of a topic or queue lets a service of AWS do."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any


def allows(policy: str, *, service: str, action: str, source: str, account: str = "") -> bool:
    """
    Whether the service may do it for that source, and for no other.

    A statement without a condition on the source lets anybody's bucket or topic in by way of the
    service (the confused deputy). With `account`, the account of the source must be pinned too: the
    ARN of a bucket does not say whose it is.
    """
    statements = list(_many(json.loads(policy or "{}").get("Statement", [])))
    may = [
        statement
        for statement in statements
        if statement.get("Effect") == "Allow"
        and service in _services(statement)
        and any(fnmatchcase(action.lower(), one.lower()) for one in _many(statement["Action"]))
    ]
    return bool(may) and all(_pinned(statement, source, account) for statement in may)


def _services(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    return list(_many(principal.get("Service", []))) if isinstance(principal, dict) else []


def _pinned(statement: Mapping[str, Any], source: str, account: str) -> bool:
    """Whether the conditions name the source, and the account when one is asked for."""
    arns = set(
        _values(statement, ("ArnLike", "ArnEquals", "StringEquals", "StringLike"), "aws:sourcearn")
    )
    accounts = set(_values(statement, ("StringEquals",), "aws:sourceaccount"))
    return arns == {source} and (not account or accounts == {account})


def _values(statement: Mapping[str, Any], operators: Iterable[str], key: str) -> Iterable[str]:
    for operator in operators:
        for name, values in statement.get("Condition", {}).get(operator, {}).items():
            if name.lower() == key:
                yield from _many(values)


def _many(value: Any) -> Iterable[Any]:
    """Policies have one, or a list of them."""
    return value if isinstance(value, list) else [value]
