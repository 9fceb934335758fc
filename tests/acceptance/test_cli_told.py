"""What the command line says: names a person can use, one form of error, tables that fit."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

from billdrop.cli.output import table
from billdrop.cli.render import cut
from tests.acceptance.commands import answer, books
from tests.process import billdrop, up
from tests.samples import docproc


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    return books(folder, good=docproc("inv-1"), bad=docproc("inv-2", total="9999"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("quarantine", "show", "99"),
        ("quarantine", "redrive", "99"),
        ("why", "x?"),
        ("explain", "x?"),
    ],
)
def test_what_is_not_there_exits_1_with_its_code(data: Path, arguments: tuple[str, ...]) -> None:
    run = billdrop(*arguments, "--data-dir", data)
    assert (run.returncode, run.stdout) == (1, "")
    assert "(BD5009)\nhint: `billdrop " in run.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "SELECT 1", "--csv"),
        ("expenses", "--format", "csv"),
        ("expenses", "--format", "plot"),
    ],
)
def test_json_and_another_form_of_output_are_wrong_use(
    data: Path, arguments: tuple[str, ...]
) -> None:
    run = billdrop(*arguments, "--json", "--data-dir", data)
    assert (run.returncode, run.stdout) == (2, "")
    assert "are two forms of output" in run.stderr


def test_a_format_of_the_environment_gives_way_to_json(data: Path) -> None:
    run = billdrop("expenses", "--json", "--data-dir", data, BILLDROP_EXPENSES_FORMAT="csv")
    assert run.stdout.startswith("[{")


@pytest.mark.parametrize("arguments", [(), ("guideline",), ("quarantine",)])
def test_a_group_without_a_command_shows_its_help(arguments: tuple[str, ...]) -> None:
    run = billdrop(*arguments)
    assert run.returncode == 2
    assert run.stderr.startswith("Usage: billdrop")


def test_lists_call_documents_by_the_names_of_their_objects(data: Path) -> None:
    ids = {one["document_id"] for one in answer("history", "--data-dir", data)}
    for command in (("history",), ("quarantine", "list")):
        listed = billdrop(*command, "--data-dir", data).stdout
        assert any(name.rpartition("@")[0] in listed for name in ids)
        assert "@18" not in listed
        assert not any(name in listed for name in ids)


def test_whole_numbers_are_numbers_in_json(data: Path) -> None:
    (invoice,) = answer("why", "good.txt", "--data-dir", data)["invoices"]
    names = ("revision", "line_count", "guideline_version", "record", "first_line", "last_line")
    assert {type(invoice[name]) for name in names} == {int}
    assert {type(line["source_line"]) for line in invoice["lines"]} == {int}
    assert type(invoice["total"]) is str


def test_times_in_tables_are_those_of_the_csv(data: Path) -> None:
    shown = billdrop("sql", "SELECT recorded_at FROM invoices", "--data-dir", data).stdout
    (line,) = (data / "destination" / "invoices").glob("*/*.csv")
    assert shown.splitlines()[1] in line.read_text("utf-8")


def test_check_counts_what_would_be_recorded_and_what_would_wait(tmp_path: Path) -> None:
    rows = [f"I-{n},2026-11-01,EUR,{10 if n % 2 else 11},2,12" for n in range(5)]
    file, rules = tmp_path / "five.csv", tmp_path / "rules.toml"
    file.write_text("\n".join(["number,date,currency,net,tax,total", *rows]) + "\n")
    names = ("number", "currency", "net", "tax", "total")
    fields = "".join(f'{name} = {{ column = "{name}" }}\n' for name in names)
    head = 'guideline = "five"\nversion = 1\ninput = { reader = "delimited" }\n'
    rules.write_text(head + "[fields]\n" + fields + 'issue_date = { column = "date" }\n')
    run = billdrop("check", file, "--guideline", rules)
    assert run.returncode == 1
    assert "2 would be recorded, 3 would wait in quarantine" in run.stdout
    rules.write_text("atomic = true\n" + rules.read_text())
    assert (
        f"{file} would wait in quarantine" in billdrop("check", file, "--guideline", rules).stdout
    )


def test_who_is_busy_is_said_with_what_helps(data: Path) -> None:
    with up(data):
        taken = billdrop("ingest", "--customer", "acme", data / "lock", "--data-dir", data)
        swept = billdrop("sweep", "--data-dir", data)
    assert (taken.returncode, swept.returncode) == (3, 3)
    assert "hint: drop files into" in taken.stderr
    assert "hint: its console settles what waits" in swept.stderr


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("発票番号", 5, "発票…"), ("", 3, "")],
)
def test_what_does_not_fit_ends_in_an_ellipsis(text: str, room: int, shown: str) -> None:
    assert cut(text, room) == shown


def test_a_table_is_cut_to_the_terminal_and_whole_where_there_is_none(data: Path) -> None:
    command = [sys.executable, "-m", "billdrop", "history", "--data-dir", str(data)]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = on_terminal(command, columns=50)
    assert max(map(len, whole.splitlines())) > 50
    assert [line[:49] for line in whole.splitlines()] == [line[:49] for line in lines]
    assert {len(line) for line in lines} == {50}


def on_terminal(command: list[str], *, columns: int) -> list[str]:
    """What a command prints on a terminal of so many columns, without its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment: dict[str, Any] = {**os.environ, "NO_COLOR": "1"}
    environment.pop("COLUMNS", None)
    subprocess.run(command, stdout=theirs, env=environment, check=True)
    os.close(theirs)
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    return text.splitlines()


def test_a_table_of_nothing_is_its_header() -> None:
    assert table(("a", "b"), []) == "\x1b[1ma  b\x1b[0m"


def test_check_without_a_customer_says_that_guidelines_may_be_of_one(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("what is this\n")
    anyone, acme = billdrop("check", file), billdrop("check", file, "--customer", "acme")
    assert "guidelines for any customer" in anyone.stdout
    assert anyone.stderr.startswith("--customer NAME ")
    assert "guidelines for customer `acme`" in acme.stdout
    assert acme.stderr == ""
