"""Athena SQL over the destination bucket, answered by Athena in the workgroup of the stack."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.query.unanswered import unanswered
from billdrop.aws.stack import Stack

if TYPE_CHECKING:
    from types_boto3_athena.type_defs import (
        ColumnInfoTypeDef,
        GetQueryResultsOutputTypeDef,
        QueryExecutionTypeDef,
        RowTypeDef,
    )

FIRST_LOOK, LONGEST_WAIT = 0.05, 1.0
"""Seconds between two looks at a query: half as much again each time."""

ENDED = frozenset(["SUCCEEDED", "FAILED", "CANCELLED"])

DOLLARS_PER_TB = Decimal(5)
MB, MB_PER_TB, LEAST_MB = 10**6, 10**6, 10


class Spent(Struct, frozen=True, kw_only=True):
    """What queries read, and what Athena asks for it."""

    queries: int = 0
    scanned: int = 0
    """Bytes."""
    dollars: Decimal = Decimal(0)
    """$5 for each TB read, at least 10 MB a query; some regions are dearer."""

    def and_query(self, scanned: int) -> "Spent":
        """With one query more, that read so many bytes."""
        megabytes = max(LEAST_MB, -(-scanned // MB))
        return Spent(
            queries=self.queries + 1,
            scanned=self.scanned + scanned,
            dollars=self.dollars + megabytes * DOLLARS_PER_TB / MB_PER_TB,
        )

    def __str__(self) -> str:
        """For a person."""
        if not self.queries:
            return "no query was run"
        asked = "1 query" if self.queries == 1 else f"{self.queries} queries"
        dollars = f"{self.dollars.normalize():f}"
        return f"Athena read {self.scanned:,} bytes for {asked}, about ${dollars}"


class AthenaEngine:
    """See `ports.QueryEngine`; `spent` says what the queries so far read and cost."""

    def __init__(
        self, clients: Clients, stack: Stack, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clients = clients
        self._stack = stack
        self._sleep = sleep
        self._running: set[str] = set()
        self.spent = Spent()

    def run(self, sql: str) -> "Answer":
        """
        See `ports.QueryEngine`. Waits until Athena has the answer; whatever ends the wait, ends the query.

        Raises `QueryRefusedError` (BD6003) for one that reads more than the workgroup allows.
        """
        from billdrop.query.inline import inlined

        return self.ask(inlined(sql))

    def ask(self, statement: str) -> "Answer":
        """The answer to a statement as it is, not looked at first."""
        with named(f"Athena, workgroup {self._stack.workgroup}"):
            name = self._started(statement)
            self._running.add(name)
            try:
                execution = self._ended(name)
            except BaseException:
                self._stop(name)
                raise
            finally:
                self._running.discard(name)
            if execution["Status"]["State"] != "SUCCEEDED":
                raise unanswered(execution["Status"])
            return Answer(self._clients, name)

    def close(self) -> None:
        """End the queries that still run, in whichever thread."""
        for name in tuple(self._running):
            self._stop(name)

    def _started(self, statement: str) -> str:
        athena = self._clients.athena
        try:
            return athena.start_query_execution(
                QueryString=statement,
                QueryExecutionContext={"Database": self._stack.database},
                WorkGroup=self._stack.workgroup,
            )["QueryExecutionId"]
        except athena.exceptions.InvalidRequestException as error:
            raise unanswered({"StateChangeReason": error.response["Error"]["Message"]}) from error

    def _ended(self, name: str) -> "QueryExecutionTypeDef":
        pause = FIRST_LOOK
        while True:
            found = self._clients.athena.get_query_execution(QueryExecutionId=name)
            execution = found["QueryExecution"]
            if execution["Status"]["State"] in ENDED:
                scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
                self.spent = self.spent.and_query(scanned)
                return execution
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT)

    def _stop(self, name: str) -> None:
        """A query that cannot be stopped ends by itself: the workgroup bounds what it reads."""
        from botocore.exceptions import BotoCoreError, ClientError

        with suppress(BotoCoreError, ClientError):
            self._clients.athena.stop_query_execution(QueryExecutionId=name)


class Answer:
    """See `ports.Rows`; later pages are asked for as they are read."""

    def __init__(self, clients: Clients, name: str) -> None:
        self._clients = clients
        self._name = name
        self._first = clients.athena.get_query_results(QueryExecutionId=name)
        described = self._first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        self.columns: Sequence[str] = [column["Name"] for column in described]
        self._restore = [restorer(column) for column in described]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for page, rows in enumerate(self._pages()):
            for row in rows[1:] if page == 0 else rows:
                yield self._restored(row)

    def _pages(self) -> "Iterator[Sequence[RowTypeDef]]":
        """The first row of the first page repeats the names of the columns."""
        page: GetQueryResultsOutputTypeDef = self._first
        yield page["ResultSet"]["Rows"]
        while token := page.get("NextToken"):
            with named(f"the answer to query {self._name}"):
                page = self._clients.athena.get_query_results(
                    QueryExecutionId=self._name, NextToken=token
                )
            yield page["ResultSet"]["Rows"]

    def _restored(self, row: "RowTypeDef") -> tuple[object, ...]:
        return tuple(
            None if (text := cell.get("VarCharValue")) is None else restore(text)
            for cell, restore in zip(row["Data"], self._restore, strict=True)
        )


def moment(text: str) -> datetime:
    """Every time in the CSV is UTC."""
    return datetime.fromisoformat(text.removesuffix(" UTC")).replace(tzinfo=UTC)


RESTORERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    **dict.fromkeys(("decimal", "double", "real", "float"), Decimal),
    **dict.fromkeys(("timestamp", "timestamp with time zone"), moment),
    "date": date.fromisoformat,
    "boolean": "true".__eq__,
}
"""What the text of a cell becomes; what is not here stays text, and nothing becomes a binary fraction."""


def restorer(column: "ColumnInfoTypeDef") -> Callable[[str], Any]:
    return RESTORERS.get(column["Type"], str)
