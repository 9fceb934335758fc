"""What a worker looks at before it takes the first document: may it, and is all arranged."""

from collections.abc import Iterator

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.arrangement import arrangement
from billdrop.aws.check.rights import rights
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from billdrop.errors import PermissionDeniedError
from billdrop.way.pump import Log

SPARED = frozenset(
    [
        "list inbox",
        "list versions",
        "look at queue",
        "park message",
        "look at parked",
        "read csv",
        "list csv",
    ]
)
"""Rights without which documents are recorded all the same."""


def check_access(clients: Clients, stack: Stack, log: Log) -> None:
    """
    Say in the log what is not as it should be.

    Raises `PermissionDeniedError` when a right is missing without which nothing would be recorded.
    """
    found = list(rights(clients, stack))
    wrong = [*_told(found, log), *_told(arrangement(clients, stack), log)]
    missing = [line for line in wrong if line.lacking]
    needed = [line for line in missing if line.check not in SPARED]
    if needed:
        raise PermissionDeniedError(
            f"the worker may not {', '.join(line.check for line in needed)}",
            hint="; ".join(line.fix for line in needed),
        )
    log("access checked", rights=len(found), missing=len(missing), wrong=len(wrong))


def _told(lines: Iterator[Line] | list[Line], log: Log) -> Iterator[Line]:
    for line in lines:
        if not line.ok:
            denied = {"code": "BD5005"} if line.lacking else {}
            log("access", check=line.check, detail=line.fact, fix=line.fix, **denied)
            yield line
