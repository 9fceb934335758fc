"""The tables and views of a stack are as the columns say, and stay so."""

import base64
import json
from typing import Any

import pytest
import sqlglot

from billdrop.aws.calls.clients import Clients
from billdrop.aws.query.catalogue import create, stale, tables
from billdrop.aws.stack import Stack
from billdrop.books.columns import INVOICES, LINES
from billdrop.errors import ConfigurationError
from billdrop.query.views import TABLES, body
from tests.aws.mirrored import queried
from tests.aws.standin import standin

NAMES = ["raw_invoices", "raw_lines", "invoices", "invoices_all", "lines", "lines_all"]


@pytest.fixture
def stack(unique: str) -> Stack:
    return queried(unique)


def table(clients: Clients, stack: Stack, name: str) -> Any:
    return clients.glue.get_table(DatabaseName=stack.database, Name=name)["Table"]


def changes(clients: Clients) -> list[str]:
    """What is made or changed in Glue from now on."""
    calls: list[str] = []

    def keep(model: Any, **_: object) -> None:
        if not model.name.startswith("Get"):
            calls.append(model.name)

    clients.glue.meta.events.register("before-call.glue", keep)
    return calls


def test_database_has_two_raw_tables_and_four_views(clients: Clients, stack: Stack) -> None:
    found = clients.glue.get_tables(DatabaseName=stack.database)["TableList"]
    assert sorted(one["Name"] for one in found) == sorted(NAMES)


def test_made_again_nothing_changes(stack: Stack) -> None:
    own = standin().clients()
    calls = changes(own)
    create(own, stack)
    assert calls == []


def test_what_is_missing_or_old_is_renewed_and_nothing_else(stack: Stack) -> None:
    own = standin().clients()
    own.glue.delete_table(DatabaseName=stack.database, Name="invoices")
    old: Any = next(one for one in tables(stack) if one["Name"] == "raw_lines")
    old["StorageDescriptor"]["Columns"].pop()
    own.glue.update_table(DatabaseName=stack.database, TableInput=old)
    assert [one["Name"] for one in stale(own, stack)] == ["raw_lines", "invoices"]
    calls = changes(own)
    create(own, stack)
    assert calls == ["CreateTable", "UpdateTable", "CreateTable"]
    assert stale(own, stack) == []


def test_what_others_say_of_a_table_is_left(clients: Clients, stack: Stack) -> None:
    said: Any = next(one for one in tables(stack) if one["Name"] == "raw_lines")
    said["Parameters"]["owner"] = "finance"
    clients.glue.update_table(DatabaseName=stack.database, TableInput=said)
    assert stale(clients, stack) == []


def test_database_that_is_not_there_is_named(clients: Clients, unique: str) -> None:
    stack = queried(unique)
    clients.glue.delete_database(Name=stack.database)
    with pytest.raises(ConfigurationError, match=stack.database):
        create(clients, stack)


def test_raw_table_is_all_strings_over_the_csv(clients: Clients, stack: Stack) -> None:
    found = table(clients, stack, "raw_lines")
    columns = [(one["Name"], one["Type"]) for one in found["StorageDescriptor"]["Columns"]]
    assert columns == [(column.name, "string") for column in LINES]
    folder = f"s3://{stack.destination_bucket}/lines/"
    assert found["StorageDescriptor"]["Location"] == folder
    serde = found["StorageDescriptor"]["SerdeInfo"]["Parameters"]
    assert serde == {"separatorChar": ",", "quoteChar": '"', "escapeChar": "\x01"}
    assert found["Parameters"]["skip.header.line.count"] == "1"
    assert found["Parameters"]["storage.location.template"] == f"{folder}received=${{received}}/"
    assert [key["Name"] for key in found["PartitionKeys"]] == ["received"]


@pytest.mark.parametrize("name", TABLES)
def test_view_is_written_as_athena_writes_views(clients: Clients, stack: Stack, name: str) -> None:
    found = table(clients, stack, name)
    assert (found["TableType"], found["Parameters"]["presto_view"]) == ("VIRTUAL_VIEW", "true")
    encoded = found["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    view = json.loads(base64.b64decode(encoded))
    assert (view["catalog"], view["schema"]) == ("awsdatacatalog", stack.database)
    assert view["originalSql"] == body(name)
    tree: Any = sqlglot.parse_one(view["originalSql"], read="athena")
    selected = tree.named_selects
    assert [column["name"] for column in view["columns"]] == selected
    glue = found["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in glue] == selected


def test_views_have_the_types_that_each_side_knows_them_by(clients: Clients, stack: Stack) -> None:
    assert {column.kind for column in (*INVOICES, *LINES)} == {
        "text", "money", "number", "integer", "date", "timestamp"
    }  # fmt: skip
    for name in ("invoices", "lines"):
        found = table(clients, stack, name)
        encoded = found["ViewOriginalText"].split()[3]
        trino = {
            one["name"]: one["type"] for one in json.loads(base64.b64decode(encoded))["columns"]
        }
        hive = {one["Name"]: one["Type"] for one in found["StorageDescriptor"]["Columns"]}
        for column in TABLES[name]:
            assert (trino[column.name], hive[column.name]) == {
                "text": ("varchar", "string"),
                "money": ("decimal(18,4)", "decimal(18,4)"),
                "number": ("decimal(38,10)", "decimal(38,10)"),
                "integer": ("bigint", "bigint"),
                "date": ("date", "date"),
                "timestamp": ("timestamp(3)", "timestamp"),
            }[column.kind]
