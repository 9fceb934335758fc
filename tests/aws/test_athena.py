"""Athena answers what DuckDB answers, says what it cost, and stops when nobody waits."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec import structs

from billdrop.answers.expenses import Grouping, from_sql
from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.access import tables
from billdrop.aws.check.rights import rights
from billdrop.aws.deploy.proposal import template
from billdrop.aws.query.athena import RESTORERS, AthenaEngine, Spent
from billdrop.aws.stack import Stack, read_stack
from billdrop.books.csvfile import objects
from billdrop.errors import (
    BilldropError,
    ConfigurationError,
    PermissionDeniedError,
    QueryRefusedError,
)
from billdrop.local.duckdb_engine import DuckdbEngine
from billdrop.local.folder_destination import FolderDestination
from billdrop.model import Segment
from billdrop.ports import QueryEngine
from billdrop.query.inline import inlined
from tests.aws.acting import acting
from tests.aws.deployed import deploy, over_http
from tests.aws.mirrored import DIFFERENT, Mirrored
from tests.aws.standin import StandIn, fresh, root, standin
from tests.unit.query.books import invoice, line, published
from tests.unit.query.test_golden import GOLDEN

HEAVY = "SELECT count(*) FROM invoices_all a" + "".join(
    f" CROSS JOIN invoices_all {name}" for name in "bcdefghijk"
)
"""Millions of rows: it is still running when it is asked about first."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mirrored, DuckdbEngine]:
    """The same small books through both engines."""
    folder = tmp_path_factory.mktemp("books")
    published(folder)
    return Mirrored(folder), DuckdbEngine(folder)


def answered(engine: QueryEngine, sql: str) -> dict[str, object]:
    answer = engine.run(sql)
    rows = [[None if cell is None else str(cell) for cell in row] for row in answer]
    return {"columns": list(answer.columns), "rows": rows}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_statement_is_answered_as_on_one_machine(
    both: tuple[Mirrored, DuckdbEngine], path: Path, request: pytest.FixtureRequest
) -> None:
    if path.stem in DIFFERENT:
        why = f"the stand-in {DIFFERENT[path.stem]}"
        request.applymarker(pytest.mark.xfail(reason=why, raises=(AssertionError, BilldropError)))
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert answered(both[0], path.read_text("utf-8")) == expected


@pytest.mark.parametrize("by", get_args(Grouping))
def test_expenses_are_the_same_on_both_engines(
    both: tuple[Mirrored, DuckdbEngine], by: Grouping
) -> None:
    first, last = date(2026, 11, 1), date(2026, 12, 1)
    athena, duckdb = (from_sql(engine, by, first, last) for engine in both)
    assert athena == duckdb
    assert athena


TEXTS = (
    "=1+1",
    "'=1+1",
    "''' -x",
    "'quoted'",
    '"double", and comma',
    "ends in \\",
    "\\",
    " leading",
    "@me",
    "Ø 🛰 漢字",
    "a''b",
    "$1",
)


def test_every_text_comes_as_the_invoice_has_it_on_both_engines(tmp_path: Path) -> None:
    names = [f"i{number}" for number in range(len(TEXTS))]
    segment = Segment(
        name="s-1",
        received=date(2026, 11, 22),
        invoices=[
            invoice(name, "2026-11-15", "1", seller=text)
            for name, text in zip(names, TEXTS, strict=True)
        ],
        lines=[line(names[0], "1", name="=x", quantity="0.0000000001")],
    )
    destination = FolderDestination(tmp_path)
    for key, body in objects(segment):
        destination.put(key, body)
    sql = "SELECT invoice_id, seller FROM invoices"
    expected = sorted(zip(names, TEXTS, strict=True))
    engines: Sequence[QueryEngine] = (Mirrored(tmp_path), DuckdbEngine(tmp_path))
    for asking in engines:
        assert sorted(map(tuple, asking.run(sql))) == expected


def test_values_have_their_types(both: tuple[Mirrored, DuckdbEngine]) -> None:
    (row,) = both[0].run(
        "SELECT invoice_id, revision, total, issue_date, recorded_at, due_date, revision = 2"
        " FROM invoices WHERE invoice_id = 'a2'"
    )
    at = datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)
    assert row == ("a2", 2, Decimal("200.0000"), date(2026, 11, 15), at, None, True)
    assert [type(cell) for cell in row[:3]] == [str, int, Decimal]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("decimal", "0.10", Decimal("0.10")),
        ("double", "1.5E-3", Decimal("0.0015")),
        ("bigint", "-7", -7),
        ("boolean", "false", False),
        ("timestamp", "2026-11-23 10:00:00.250", datetime(2026, 11, 23, 10, 0, 0, 250_000, UTC)),
        ("timestamp with time zone", "2026-11-23 10:00:00.000 UTC", datetime(2026, 11, 23, 10, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_cell_is_restored_from_how_athena_writes_it(kind: str, text: str, value: object) -> None:
    found = RESTORERS[kind](text)
    assert (found, type(found)) == (value, type(value))


def test_no_type_becomes_a_binary_fraction() -> None:
    numbers = [kind for kind in RESTORERS if kind not in {"date", "boolean"}]
    numbers = [kind for kind in numbers if not kind.startswith("timestamp")]
    assert float not in {type(RESTORERS[kind]("1")) for kind in numbers}


@pytest.mark.parametrize(
    ("scanned", "dollars"),
    [
        (0, "0.00005"),
        (1, "0.00005"),
        (10_000_000, "0.00005"),
        (10_000_001, "0.000055"),
        (10**12, "5"),
    ],
)
def test_query_costs_five_dollars_a_terabyte_and_ten_megabytes_at_least(
    scanned: int, dollars: str
) -> None:
    assert Spent().and_query(scanned).dollars == Decimal(dollars)


def test_what_queries_read_is_added_up(both: tuple[Mirrored, DuckdbEngine]) -> None:
    engine = AthenaEngine(root(), both[0].stack)
    assert str(engine.spent) == "no query was run"
    list(engine.run("SELECT * FROM invoices"))
    list(engine.run("SELECT * FROM lines"))
    assert engine.spent.queries == 2
    assert engine.spent.scanned > 0
    assert str(engine.spent).endswith("bytes for 2 queries, about $0.0001")


def test_waits_longer_from_look_to_look(both: tuple[Mirrored, DuckdbEngine]) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine(both, pause).run(HEAVY)
    assert pauses[:3] == [0.05, 0.05 * 1.5, 0.05 * 1.5 * 1.5]
    assert pauses[-1] == 1.0


def engine(
    both: tuple[Mirrored, DuckdbEngine], sleep: Callable[[float], None], own: Clients | None = None
) -> AthenaEngine:
    return AthenaEngine(own or standin().clients(), both[0].stack, sleep=sleep)


def asked_of(clients: Clients) -> list[tuple[str, dict[str, Any]]]:
    """Every call to Athena from now on."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def keep(params: dict[str, Any], model: Any, **_: object) -> None:
        calls.append((model.name, json.loads(params["body"])))

    clients.athena.meta.events.register("before-call.athena", keep)
    return calls


def test_query_that_nobody_waits_for_is_stopped(both: tuple[Mirrored, DuckdbEngine]) -> None:
    own = standin().clients()
    calls = asked_of(own)

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine(both, interrupt, own).run(HEAVY)
    (name, said) = calls[-1]
    assert name == "StopQueryExecution"
    status = own.athena.get_query_execution(QueryExecutionId=said["QueryExecutionId"])
    assert "cancelled" in status["QueryExecution"]["Status"]["StateChangeReason"]


def test_closing_stops_what_runs(both: tuple[Mirrored, DuckdbEngine]) -> None:
    found: list[AthenaEngine] = []
    asking = engine(both, lambda seconds: found[0].close())
    found.append(asking)
    with pytest.raises(BilldropError, match="cancelled"):
        asking.run(HEAVY)


def test_pages_are_read_as_they_are_needed(both: tuple[Mirrored, DuckdbEngine]) -> None:
    own = standin().clients()
    calls = asked_of(own)
    many = "invoices_all a CROSS JOIN invoices_all b CROSS JOIN invoices_all c"
    answer = engine(both, lambda seconds: None, own).run(
        f"SELECT a.number FROM {many} CROSS JOIN invoices_all d CROSS JOIN invoices_all e"
    )
    rows = iter(answer)
    next(rows)
    assert [name for name, _ in calls].count("GetQueryResults") == 1
    assert sum(1 for _ in rows) == 5**5 - 1
    assert [name for name, _ in calls].count("GetQueryResults") == 4


def test_query_runs_in_the_workgroup_and_the_database_of_the_stack(
    both: tuple[Mirrored, DuckdbEngine],
) -> None:
    own = standin().clients()
    calls = asked_of(own)
    list(engine(both, lambda seconds: None, own).run("SELECT count(*) FROM invoices"))
    said = calls[0][1]
    assert said["WorkGroup"] == both[0].stack.workgroup
    assert said["QueryExecutionContext"] == {"Database": both[0].stack.database}
    assert "ResultConfiguration" not in said


def test_what_the_linter_refuses_is_never_sent(both: tuple[Mirrored, DuckdbEngine]) -> None:
    own = standin().clients()
    calls = asked_of(own)
    for sql in ("DROP TABLE invoices", "SELECT * FROM raw_invoices", "SELECT totl FROM invoices"):
        with pytest.raises(QueryRefusedError):
            engine(both, lambda seconds: None, own).run(sql)
    assert calls == []


def without(both: tuple[Mirrored, DuckdbEngine], **changed: str) -> Stack:
    return structs.replace(both[0].stack, **changed)


def test_workgroup_that_is_not_there_is_named(both: tuple[Mirrored, DuckdbEngine]) -> None:
    asking = AthenaEngine(root(), without(both, workgroup="none"))
    with pytest.raises(ConfigurationError, match=r"output location.*deploy"):
        asking.run("SELECT 1 AS one")


def test_tables_that_are_not_there_are_named(both: tuple[Mirrored, DuckdbEngine]) -> None:
    asking = AthenaEngine(root(), without(both, database="none"))
    with pytest.raises(ConfigurationError, match=r"raw_invoices.*deploy"):
        asking.run("SELECT count(*) FROM invoices")


def test_right_that_is_missing_is_named(
    both: tuple[Mirrored, DuckdbEngine], guarded: StandIn, unique: str
) -> None:
    admin = guarded.clients()
    admin.iam.create_user(UserName=unique)
    key = admin.iam.create_access_key(UserName=unique)["AccessKey"]
    nobody = guarded.clients(key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(PermissionDeniedError, match="athena:StartQueryExecution"):
        AthenaEngine(nobody, both[0].stack).run("SELECT 1 AS one")


def test_policy_for_analysts_is_enough_to_ask_and_for_nothing_else(guarded: StandIn) -> None:
    admin = guarded.clients()
    stack = deploy(admin, fresh(), body=over_http(template()))
    assert stack is not None
    found = admin.cloudformation.describe_stack_resource(
        StackName=stack.name, LogicalResourceId="AnalystPolicy"
    )
    arn = found["StackResourceDetail"]["PhysicalResourceId"]
    version = admin.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    policy: Any = admin.iam.get_policy_version(PolicyArn=arn, VersionId=version)
    given = policy["PolicyVersion"]["Document"]["Statement"]
    analyst = acting(guarded, [(each["Action"], whole(each)) for each in given])
    assert read_stack(analyst, stack.name) == stack
    assert list(AthenaEngine(analyst, stack).run("SELECT count(*) FROM invoices")) == [(0,)]
    assert tables(analyst, stack).ok
    denied = {line.check for line in rights(analyst, stack) if not line.ok}
    assert {"read inbox", "list inbox", "receive", "get item", "put item", "write csv"} <= denied


def whole(statement: Any) -> Any:
    """Of Athena, the stand-in asks for a query's rights on everything; AWS on its workgroup."""
    return "*" if statement["Sid"] == "Ask" else statement["Resource"]


def test_views_are_spelt_out_where_they_stand() -> None:
    sql = "-- invoices\nSELECT i.total\nFROM invoices AS i\nJOIN lines ON lines.invoice_id = i.invoice_id"
    spelt = inlined(sql).splitlines()
    assert len(spelt) == 4
    assert spelt[0] == "-- invoices"
    assert spelt[2].startswith("FROM (SELECT ")
    assert spelt[2].endswith(") AS i")
    assert ") AS lines ON lines.invoice_id" in spelt[3]


def test_name_that_the_query_gives_comes_before_a_view() -> None:
    spelt = inlined("WITH lines AS (SELECT 1 AS one FROM invoices) SELECT one FROM lines")
    assert spelt.endswith("SELECT one FROM lines")
    assert "raw_lines" not in spelt


def test_names_in_capitals_and_quotes_are_views_too() -> None:
    assert inlined('SELECT count(*) FROM "invoices_all"').endswith(') AS "invoices_all"')
    assert inlined("SELECT count(*) FROM Lines").endswith(") AS Lines")
