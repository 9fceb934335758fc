"""The command line asked about a stack: the same answers, and what they cost."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from billdrop.aws.calls.clients import Clients
from billdrop.aws.check.arrangement import LOOKS
from billdrop.aws.check.rights import RIGHTS
from billdrop.aws.query import catalogue
from billdrop.aws.stack import OUTPUTS, Stack
from tests.aws.made import made
from tests.aws.mirrored import upload
from tests.aws.standin import fresh, root, standin
from tests.aws.test_athena import HEAVY
from tests.process import billdrop, eventually
from tests.unit.query.books import published


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A stack that CloudFormation knows, with its tables and the small books."""
    clients, folder = root(), tmp_path_factory.mktemp("books")
    stack = made(clients, fresh())
    known(clients, stack)
    catalogue.create(clients, stack)
    published(folder)
    upload(clients, folder, stack.destination_bucket)
    return stack


def known(clients: Clients, stack: Stack) -> None:
    """A stack of nothing but outputs that name what was made by hand."""
    outputs = {output: {"Value": getattr(stack, field)} for output, field in OUTPUTS.items()}
    nothing = {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    template = json.dumps({"Resources": nothing, "Outputs": outputs})
    clients.cloudformation.create_stack(StackName=stack.name, TemplateBody=template)


def asked(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return billdrop(*arguments, **standin().environment())


def answer(*arguments: str) -> Any:
    run = asked(*arguments, "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_expenses_are_asked_of_athena(stack: Stack) -> None:
    found = answer("expenses", "--stack", stack.name)
    assert found[0] == {
        "date": "2026-11-15",
        "currency": "EUR",
        "invoices": 2,
        "net": "225.01",
        "tax": "25",
        "total": "250.01",
    }
    assert len(found) == 3


def test_expenses_are_those_of_one_machine(stack: Stack, tmp_path: Path) -> None:
    from billdrop.answers.expenses import as_json, from_sql
    from billdrop.local.duckdb_engine import DuckdbEngine

    published(tmp_path)
    here = from_sql(DuckdbEngine(tmp_path), "month")
    assert answer("expenses", "--by", "month", "--stack", stack.name) == [
        as_json(one, "month") for one in here
    ]


def test_answer_is_on_stdout_and_what_it_cost_on_stderr(stack: Stack) -> None:
    run = asked("sql", "SELECT number FROM invoices ORDER BY 1", "--csv", "--stack", stack.name)
    assert run.stdout == "number\n00042\na\nb\nc\n"
    assert run.stderr.startswith("Athena read ")
    assert run.stderr.endswith(" bytes for 1 query, about $0.00005\n")


def test_stack_may_be_named_by_the_environment(stack: Stack) -> None:
    environment = standin().environment() | {"BILLDROP_STACK": stack.name}
    run = billdrop("sql", "SELECT count(*) AS n FROM lines", "--csv", **environment)
    assert run.stdout == "n\n2\n"


def test_data_directory_that_is_typed_comes_before_the_environment(tmp_path: Path) -> None:
    run = billdrop("sql", "SELECT 1 AS n", "--data-dir", tmp_path / "none", BILLDROP_STACK="s")
    assert "is not a data directory" in run.stderr


def test_two_places_are_refused(tmp_path: Path) -> None:
    run = billdrop("sql", "SELECT 1 AS n", "--data-dir", tmp_path, "--stack", "s")
    assert (run.returncode, run.stdout) == (2, "")
    assert "two places" in run.stderr


def test_sql_that_is_refused_costs_nothing(stack: Stack) -> None:
    run = asked("sql", "SELECT totl FROM invoices", "--stack", stack.name)
    assert run.returncode == 2
    assert "1:8: there is no column totl" in run.stderr
    assert "Athena read" not in run.stderr


def test_stack_that_is_not_there_is_named() -> None:
    run = asked("sql", "SELECT 1 AS n", "--stack", "none-such")
    assert run.returncode == 3
    assert "none-such" in run.stderr
    assert "billdrop deploy --stack none-such" in run.stderr


def test_doctor_looks_at_the_stack(stack: Stack) -> None:
    lines = answer("doctor", "--stack", stack.name)
    assert [line for line in lines if not line["ok"]] == []
    assert lines[0]["check"] == "stack"
    further = ("tables", "sql", "metrics", "unfinished", "likenesses")
    assert len(lines) == len(("stack", "identity", *RIGHTS, *LOOKS, *further))


def test_doctor_says_of_a_stack_that_is_not_there_what_to_do() -> None:
    run = asked("doctor", "--stack", "none-such")
    assert run.returncode == 1
    assert run.stdout.startswith("FIX  stack")
    assert "billdrop deploy" in run.stdout


@pytest.fixture
def running(stack: Stack) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "billdrop", "sql", HEAVY, "--stack", stack.name]
    # what a shell starts in the background ignores Ctrl-C, and so would all that it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command,
        env={**os.environ, **standin().environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_ctrl_c_stops_the_query(stack: Stack, running: "subprocess.Popen[str]") -> None:
    athena = root().athena

    def heavy() -> list[Any]:
        ids = athena.list_query_executions(WorkGroup=stack.workgroup)["QueryExecutionIds"]
        found = [athena.get_query_execution(QueryExecutionId=one)["QueryExecution"] for one in ids]
        return [one["Status"] for one in found if "CROSS JOIN" in one["Query"]]

    eventually(heavy, lambda found: [one["State"] for one in found] == ["RUNNING"], 60)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    assert "cancelled" in heavy()[0]["StateChangeReason"]


def test_ledger_that_is_of_this_version_is_migrated_in_no_time(stack: Stack) -> None:
    assert answer("migrate", "--stack", stack.name) == {"invoices": 0, "listed": 0}
