"""Whether the stack is arranged as it must be: read, never changed. One line each, the fix beside it."""

from collections.abc import Iterator

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.check import buckets, topic_and_queue
from billdrop.aws.check.look import Look, line
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from billdrop.errors import BilldropError, PermissionDeniedError


def arrangement(clients: Clients, stack: Stack) -> Iterator[Line]:
    """Every line; what may not be looked at is said to be unknown."""
    for look in LOOKS:
        name = look.__name__.strip("_").replace("_", " ")
        try:
            with named(name):
                yield look(clients, stack)
        except PermissionDeniedError as error:
            yield Line(check=name, ok=True, known=False, fact=error.message)
        except BilldropError as error:
            yield Line(check=name, ok=False, fact=error.message, fix=error.hint)


def _table(clients: Clients, stack: Stack) -> Line:
    found = clients.dynamodb.describe_table(TableName=stack.table)["Table"]
    backups = clients.dynamodb.describe_continuous_backups(TableName=stack.table)
    restorable = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    wrong = []
    if found["TableStatus"] not in {"ACTIVE", "UPDATING"}:
        wrong.append(f"is {found['TableStatus']}")
    if not found.get("DeletionProtectionEnabled"):
        wrong.append("can be deleted")
    if restorable.get("PointInTimeRecoveryStatus") != "ENABLED":
        wrong.append("cannot be restored to a moment")
    return line(
        "table",
        stack,
        f"{stack.table} {', '.join(wrong)}" if wrong else "",
        f"{stack.table} is protected and can be restored to a moment",
    )


def _workgroup(clients: Clients, stack: Stack) -> Line:
    """Nobody may write answers elsewhere, or read without a bound."""
    found = clients.athena.get_work_group(WorkGroup=stack.workgroup)["WorkGroup"]
    configured = found.get("Configuration", {})
    most = int(configured.get("BytesScannedCutoffPerQuery", 0))
    place = configured.get("ResultConfiguration", {}).get("OutputLocation", "")
    wrong = []
    if not configured.get("EnforceWorkGroupConfiguration"):
        wrong.append("does not enforce its configuration")
    if not most:
        wrong.append("lets a query read any number of bytes")
    if not place.startswith(f"s3://{stack.results_bucket}/"):
        wrong.append(f"writes answers to {place or 'nowhere'}")
    return line(
        "workgroup",
        stack,
        f"{stack.workgroup} {', '.join(wrong)}" if wrong else "",
        f"a query in {stack.workgroup} may read {most:,} bytes",
    )


LOOKS: tuple[Look, ...] = (*buckets.LOOKS, *topic_and_queue.LOOKS, _table, _workgroup)
