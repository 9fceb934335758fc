"""The commands that make a stack, let customers in, and take it down, as a person runs them."""

import json
import subprocess
from typing import Any

import pytest

from billdrop.aws.stack import OUTPUTS
from tests.aws.standin import fresh, standin
from tests.process import billdrop


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return billdrop(*arguments, stdin="", **standin().environment())


@pytest.fixture(scope="module")
def stack() -> str:
    """A stack that the command made."""
    name = fresh()
    made = run("deploy", "--stack", name, "--yes", "--json")
    assert made.returncode == 0, made.stderr
    assert set(json.loads(made.stdout)["outputs"]) == set(OUTPUTS)
    assert "create complete  InboxBucket\n" in made.stderr
    return name


def test_deploying_again_says_the_same_and_changes_nothing(stack: str) -> None:
    again = run("deploy", "--stack", stack)
    assert again.returncode == 0, again.stderr
    assert f"\nInboxBucket        {stack}-inbox-" in again.stdout
    assert "complete" not in again.stderr


def test_customer_gets_a_form_and_news(stack: str) -> None:
    form: Any = json.loads(run("customer", "upload-url", "acme", "--stack", stack, "--json").stdout)
    assert form["fields"]["key"] == "acme/${filename}"
    command = run("customer", "upload-url", "acme", "--stack", stack).stdout
    assert command.startswith("curl ")
    assert command.endswith(f"-F file=@invoice.txt {form['url']}\n")
    told = run("customer", "add", "acme", "--stack", stack, "--email", "a@acme.example")
    assert told.stdout == "a@acme.example is told of acme\n"


def test_where_nobody_can_be_asked_changes_are_shown_and_nothing_is_made() -> None:
    name = fresh()
    asked = run("deploy", "--stack", name)
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "\nadd     AWS::DynamoDB::Table " in asked.stderr
    assert "nobody is there to be asked" in asked.stderr
    gone = run("destroy", "--stack", name, "--json")
    assert gone.returncode == 3
    assert json.loads(gone.stderr)["error"]["message"].startswith(f"there is no stack {name}")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["deploy"], 2),
        (["deploy", "--stack", "Big"], 3),
        (["deploy", "--stack", "books", "--parameter", "Zones"], 2),
        (["deploy", "--stack", "books", "--parameter", "Zone=1"], 3),
        (["customer", "add", "acme", "--stack", "nowhere", "--email", "a@acme.example"], 3),
        (["customer", "add", "acme", "--stack", "nowhere"], 2),
        (["customer", "add", "acme", "--stack", "nowhere", "--endpoint", "http://acme.example"], 2),
        (["customer", "upload-url", "acme", "--stack", "nowhere"], 3),
        (["customer", "upload-url", "acme", "--stack", "nowhere", "--minutes", "0"], 2),
    ],
)
def test_call_that_cannot_work_says_why(arguments: list[str], code: int) -> None:
    failed = run(*arguments)
    assert (failed.returncode, failed.stdout) == (code, "")
    assert failed.stderr.startswith("error: ")
    assert "\nhint: " in failed.stderr


@pytest.mark.parametrize("command", ["status", "deploy", "worker"])
def test_aws_that_does_not_answer_is_an_exit_code_of_its_own(command: str) -> None:
    nobody = standin().environment() | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    failed = billdrop(command, "--stack", "books", stdin="", **nobody)
    assert (failed.returncode, failed.stdout) == (5, "")
    assert "stack books: Could not connect" in failed.stderr


def test_destroying_says_what_is_kept(stack: str) -> None:
    asked = run("destroy", "--stack", stack)
    assert (asked.returncode, asked.stdout) == (1, "")
    done = run("destroy", "--stack", stack, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    kept = {each["resource"]: each["kept"] for each in json.loads(done.stdout)["kept"]}
    assert set(kept) == {"DestinationBucket", "Table"}
    assert f"keep: {kept['Table']}" in done.stderr
