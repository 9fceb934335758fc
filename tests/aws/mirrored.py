"""Athena over what lies in a folder, so that one suite asks both engines for the same."""

from pathlib import Path

from billdrop.aws.calls.clients import Clients
from billdrop.aws.query import catalogue
from billdrop.aws.query.athena import Answer, AthenaEngine
from billdrop.aws.stack import Stack
from tests.aws.made import asked, locked_bucket
from tests.aws.standin import ACCOUNT, REGION, fresh, root

DIFFERENT = {
    "average_of_decimals": "divides decimals as binary fractions",
    "dates_stay_dates": "has no date_add",
    "decimal_division": "divides decimals as binary fractions",
    "division_rounds_half_away_from_zero": "divides decimals as binary fractions",
    "extra_by_name": "has no json_extract_scalar",
    "integer_division": "divides whole numbers as binary fractions",
    "months": "makes a time of date_trunc",
    "patterns": "has no regexp_like",
    "round_keeps_the_scale": "rounds to the scale asked for",
    "share_of_the_total": "divides decimals as binary fractions",
    "sums_by_date": "names a column without a name otherwise than _col2",
    "texts_are_as_the_invoice_has_them": "leaves NULL out in concat",
    "test_columns_are_named": "names a column without a name otherwise than _col1",
    "test_broken_query_is_named_as_such[athena-SELECT sum(total) / 0 FROM invoices]": "gives NULL for it",
    "test_broken_query_is_named_as_such[athena-SELECT 1 / (revision - revision) FROM invoices]": "gives NULL for it",
}
"""
What ministack answers otherwise than Athena, for its Athena is DuckDB: statements of `golden` and tests.

The DuckDB engine, which rewrites them first, answers all of these as Athena must.
"""


class Mirrored:
    """A `QueryEngine` on the stand-in; objects of the folder are uploaded before each query."""

    def __init__(self, root_of_csv: Path) -> None:
        self._root = root_of_csv
        self._clients = root()
        self.stack = queried(fresh())
        self.engine = AthenaEngine(self._clients, self.stack)

    def run(self, sql: str) -> Answer:
        upload(self._clients, self._root, self.stack.destination_bucket)
        return self.engine.run(sql)


def upload(clients: Clients, folder: Path, bucket: str) -> None:
    """The CSV of a folder, under the same keys."""
    for path in sorted(folder.glob("*/received=*/*.csv")):
        key = path.relative_to(folder).as_posix()
        clients.s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


def queried(name: str) -> Stack:
    """As much of a stack as Athena needs, with its tables."""
    clients = root()
    stack = Stack(
        name=name,
        region=REGION,
        account=ACCOUNT,
        inbox_bucket=f"{name}-inbox",
        destination_bucket=f"{name}-destination",
        results_bucket=f"{name}-results",
        topic_arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}",
        queue_url=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}",
        table=name,
        database=name.replace("-", "_"),
        workgroup=name,
    )
    locked_bucket(clients, stack.destination_bucket)
    locked_bucket(clients, stack.results_bucket)
    asked(clients, stack)
    catalogue.create(clients, stack)
    return stack
