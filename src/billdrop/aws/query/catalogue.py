"""
The tables and views of a stack, in its Glue database: made through Glue, so no query is paid for.

Views are written as Athena writes them itself, as JSON in a comment (`presto_view`). `AthenaEngine`
spells them out in its queries and needs the raw tables only; the views are for everybody else.
"""

import base64
import json
from typing import TYPE_CHECKING

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.stack import Stack
from billdrop.books.columns import SQL_TYPE, Column
from billdrop.query.ddl import ESCAPE, ROWS, SERDE, properties
from billdrop.query.views import TABLES, body

if TYPE_CHECKING:
    from types_boto3_glue.type_defs import TableInputTypeDef, TableTypeDef

INPUT = "org.apache.hadoop.mapred.TextInputFormat"
OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

KEPT = ("TableType", "Parameters", "PartitionKeys", "ViewOriginalText", "ViewExpandedText")
"""What a table in Glue has to have as we say, beside its columns and where they lie."""


def create(clients: Clients, stack: Stack) -> None:
    """
    Make what is missing in the database of the stack, and renew what is not as this program has it.

    Doing it again changes nothing. Raises `ConfigurationError` when there is no such database.
    """
    for table in stale(clients, stack):
        with named(f"the table {table['Name']} in {stack.database}"):
            try:
                clients.glue.create_table(DatabaseName=stack.database, TableInput=table)
            except clients.glue.exceptions.AlreadyExistsException:
                clients.glue.update_table(DatabaseName=stack.database, TableInput=table)


def stale(clients: Clients, stack: Stack) -> "list[TableInputTypeDef]":
    """The tables and views that are missing, or are not as this program has them."""
    with named(f"the database {stack.database}"):
        pages = clients.glue.get_paginator("get_tables").paginate(DatabaseName=stack.database)
        there = {table["Name"]: table for page in pages for table in page["TableList"]}
    return [table for table in tables(stack) if not same(table, there.get(table["Name"]))]


def tables(stack: Stack) -> "list[TableInputTypeDef]":
    """Raw tables first, then the views over them."""
    raw = [raw_table(table, f"s3://{stack.destination_bucket}") for table in ROWS]
    return [*raw, *(view(name, stack.database) for name in TABLES)]


def raw_table(table: str, location: str) -> "TableInputTypeDef":
    """The CSV as it is: every cell a string, partitions worked out from the date."""
    folder = f"{location}/{table}/"
    return {
        "Name": f"raw_{table}",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": "csv", **properties(folder)},
        "PartitionKeys": [{"Name": "received", "Type": "string"}],
        "StorageDescriptor": {
            "Columns": [
                {"Name": column.name, "Type": "string", "Comment": column.doc}
                for column in TABLES[table]
            ],
            "Location": folder,
            "InputFormat": INPUT,
            "OutputFormat": OUTPUT,
            "SerdeInfo": {
                "SerializationLibrary": SERDE,
                "Parameters": {"separatorChar": ",", "quoteChar": '"', "escapeChar": escape()},
            },
        },
    }


def view(name: str, database: str) -> "TableInputTypeDef":
    """A view as Athena keeps it: its SQL for Trino, its columns for everyone."""
    columns = TABLES[name]
    said = {
        "originalSql": body(name),
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": column.name, "type": trino(column)} for column in columns],
    }
    encoded = base64.b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [
                {"Name": column.name, "Type": hive(column), "Comment": column.doc}
                for column in columns
            ],
            "SerdeInfo": {},
        },
    }


def trino(column: Column) -> str:
    """The type as Trino calls it."""
    said = SQL_TYPE[column.kind].lower()
    return "timestamp(3)" if said == "timestamp" else said


def hive(column: Column) -> str:
    """The type as Glue calls it."""
    said = SQL_TYPE[column.kind].lower()
    return "string" if said == "varchar" else said


def escape() -> str:
    """The character itself, where DDL writes it as Hive reads it."""
    return ESCAPE.encode("ascii").decode("unicode_escape")


def same(ours: "TableInputTypeDef", theirs: "TableTypeDef | None") -> bool:
    """Whether a table in Glue is as we have it; what Glue or others add to it is left alone."""
    if theirs is None:
        return False
    kept = dict(theirs)
    kept["Parameters"] = {
        key: value
        for key, value in theirs.get("Parameters", {}).items()
        if key in ours["Parameters"]
    }
    alike = all((ours.get(key) or None) == (kept.get(key) or None) for key in KEPT)
    mine, found = ours["StorageDescriptor"], theirs.get("StorageDescriptor", {})
    return alike and all(
        mine.get(key) == found.get(key)
        for key in ("Columns", "Location", "SerdeInfo")
        if mine.get(key)
    )
