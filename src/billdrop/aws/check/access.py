"""The access check: who am I, what may I do, is everything arranged as it must be."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.check.arrangement import arrangement
from billdrop.aws.check.rights import rights
from billdrop.aws.inbox.lengths import age_of_oldest
from billdrop.aws.query import catalogue
from billdrop.aws.query.athena import AthenaEngine
from billdrop.aws.stack import Stack
from billdrop.doctoring import Line
from billdrop.errors import BilldropError, PermissionDeniedError

SKEW = timedelta(minutes=5)
"""AWS refuses a signature that is older."""

NOTHING_THERE = "SELECT count(*) AS n FROM raw_invoices WHERE received = '2020-01-01'"
"""The first day of the table, long before there was a program to write to it."""


def examine(clients: Clients, stack: Stack, at: datetime) -> Iterator[Line]:
    """Everything, for `billdrop doctor`: as whoever runs it."""
    yield identity(clients, stack, at)
    yield from rights(clients, stack)
    yield from arrangement(clients, stack)
    yield tables(clients, stack)
    yield sql(clients, stack)
    yield metrics(clients, stack, at)


def identity(clients: Clients, stack: Stack, at: datetime) -> Line:
    """Who asks, in which account, and whether the clock is right."""
    try:
        with named("the credentials"):
            found = clients.sts.get_caller_identity()
    except BilldropError as error:
        return Line(check="identity", ok=False, fact=error.message, fix=error.hint)
    wrong, fix = "", ""
    if found["Account"] != stack.account:
        wrong = f", but the stack {stack.name} is in account {stack.account}"
        fix = "set AWS_PROFILE to credentials of that account"
    told = found["ResponseMetadata"]["HTTPHeaders"].get("date")
    if told and abs(parsedate_to_datetime(told) - at) > SKEW:
        wrong += f", and it is {told} there, here {at:%H:%M:%S} UTC"
        fix = fix or "set the clock"
    return Line(check="identity", ok=not wrong, fact=found["Arn"] + wrong, fix=fix)


def tables(clients: Clients, stack: Stack) -> Line:
    """Whether Glue has the tables and views as this program means them."""
    try:
        stale = [table["Name"] for table in catalogue.stale(clients, stack)]
    except PermissionDeniedError as error:
        return Line(check="tables", ok=True, known=False, fact=error.message)
    except BilldropError as error:
        return _failed("tables", error)
    return Line(
        check="tables",
        ok=not stale,
        fact=f"{stack.database} has no such table, or an older one: {', '.join(stale)}"
        if stale
        else f"{stack.database} has the tables and views of this version",
        fix=f"`billdrop deploy --stack {stack.name}` makes them" if stale else "",
    )


def sql(clients: Clients, stack: Stack) -> Line:
    """
    A query that finds the table and lists a day without objects; workers need no right to it.

    Athena asks its least for it, 1/200 of a cent.
    """
    try:
        list(AthenaEngine(clients, stack).ask(NOTHING_THERE))
    except BilldropError as error:
        return _failed("sql", error)
    return Line(check="sql", ok=True, fact=f"Athena answers in the workgroup {stack.workgroup}")


def metrics(clients: Clients, stack: Stack, at: datetime) -> Line:
    """Whether CloudWatch says how old the oldest message is; workers need no right to it."""
    try:
        age_of_oldest(clients, stack.queue_url, at)
    except PermissionDeniedError as error:
        return Line(check="metrics", ok=True, known=False, fact=error.message)
    except BilldropError as error:
        return _failed("metrics", error)
    return Line(check="metrics", ok=True, fact="cloudwatch:GetMetricStatistics is allowed")


def _failed(check: str, error: BilldropError) -> Line:
    return Line(check=check, ok=False, fact=f"{error.message} ({error.error_code})", fix=error.hint)
