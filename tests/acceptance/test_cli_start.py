"""How the command line starts, refuses and ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from billdrop.cli.app import SECTIONS, root
from billdrop.cli.ingest import MANY
from billdrop.cli.lazy import LazyGroup
from tests.process import answer, billdrop, eventually
from tests.samples import docproc

COMMANDS = [name for section in SECTIONS.values() for name in section]
HEAVY = (
    "duckdb",
    "sqlglot",
    "pydantic",
    "apsw",
    "rich",
    "starlette",
    "uvicorn",
    "re2",
    "watchfiles",
)


def imported_by(*arguments: str) -> set[str]:
    program = (
        "import sys; from billdrop.cli import main; code = main(sys.argv[1:]);"
        "print('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules})); sys.exit(code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return set(run.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported_by(*arguments).isdisjoint(HEAVY)


def test_where_many_documents_are_read_apart_nothing_that_reads_them_is_imported_here(
    tmp_path: Path,
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(MANY):
        (files / f"{number}.txt").write_text(docproc(f"inv-{number}"))
    data = str(tmp_path / "data")
    imported = imported_by("ingest", "--data-dir", data, "--customer", "acme", str(files))
    assert imported.isdisjoint({"pydantic", "re2", "duckdb", "sqlglot"})
    assert answer("status", tmp_path / "data")["recorded"] == MANY


def test_help_of_the_group_lists_every_command_without_importing_it() -> None:
    program = (
        "import sys; from billdrop.cli import main; main(['--help']);"
        "print('\\n' + ' '.join(name for name in sys.modules if name.startswith('billdrop.cli.')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    *text, modules = run.stdout.splitlines()
    assert set(modules.split()) == {"billdrop.cli.app", "billdrop.cli.lazy"}
    assert all(any(line.split()[:1] == [name] for line in text) for name in COMMANDS)


def test_every_command_can_be_loaded_and_says_first_what_the_list_says() -> None:
    assert isinstance(root, LazyGroup)
    context = root.make_context("billdrop", ["status"])
    for name, (_, text) in root.entries.items():
        command = root.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(200)
        assert command.name == name, text


@pytest.mark.parametrize(
    "arguments",
    [["stauts"], ["status", "--nope"], ["history", "--state", "gone"], ["expenses", "--from", "x"]],
)
def test_wrong_use_exits_2_and_says_so_on_stderr(arguments: list[str]) -> None:
    run = billdrop(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("error: ")
    assert "(BD5001)\nhint: " in run.stderr


def test_a_misspelt_command_is_answered_with_the_one_that_was_meant() -> None:
    assert "did you mean 'status'?" in billdrop("stauts").stderr


def test_a_directory_without_a_ledger_is_a_configuration_error_with_its_remedy(
    tmp_path: Path,
) -> None:
    run = billdrop("status", "--data-dir", str(tmp_path))
    assert (run.returncode, run.stdout) == (3, "")
    first, second = run.stderr.splitlines()
    assert first.startswith("error: ")
    assert first.endswith("(BD5002)")
    assert second.startswith("hint: ")


def test_with_json_an_error_is_one_json_object_on_stderr(tmp_path: Path) -> None:
    run = billdrop("status", "--json", "--data-dir", str(tmp_path))
    assert (run.returncode, run.stdout) == (3, "")
    assert json.loads(run.stderr)["error"]["code"] == "BD5002"
    misused = billdrop("status", "--json", "--nope")
    assert misused.returncode == 2
    assert json.loads(misused.stderr)["error"]["code"] == "BD5001"


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-m", "billdrop", "--help"],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert (run.returncode, run.stderr) == (141, b"")


def test_ctrl_c_exits_130_without_a_traceback() -> None:
    program = """
import signal, sys
from billdrop.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it

class Stdin:
    def read(self):
        signal.raise_signal(signal.SIGINT)

sys.stdin = Stdin()
sys.exit(main(["sql", "-"]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 130
    assert "Traceback" not in run.stderr


def test_sigterm_ends_a_command_as_ctrl_c_does_and_it_can_be_run_again(tmp_path: Path) -> None:
    march, data = tmp_path / "march", tmp_path / "data"
    march.mkdir()
    for number in range(3_000):
        (march / f"{number}.txt").write_text(docproc(f"inv-{number}"))
    command = ["ingest", "--customer", "acme", "--data-dir", str(data), str(march)]
    given = os.environ | {"BILLDROP_BATCH_DOCUMENTS": "10"}
    with subprocess.Popen(
        [sys.executable, "-m", "billdrop", *command],
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        eventually(lambda: list(data.glob("destination/invoices/*/*.csv")), bool)
        process.terminate()
        told, said = process.communicate(timeout=60)
    assert (process.returncode, told, said) == (130, "", "")
    again = billdrop(*command)
    assert again.returncode == 0, again.stderr
    assert "3,000 documents" in again.stdout


def test_what_a_command_could_not_do_is_to_be_run_again() -> None:
    program = """
import sys
from billdrop.cli import app
from billdrop.errors import UnavailableError

def silent(arguments):
    raise UnavailableError("the table does not answer", hint="it is tried again")

app._invoke = silent
sys.exit(app.run(["status"]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 5
    assert run.stderr.splitlines()[-1] == "hint: run it again"


def test_at_its_end_nothing_is_left_to_search_for_cycles() -> None:
    program = "import gc; from billdrop.cli import main; main(['status', '--help']); left = len(gc.get_objects()); print(f'\\n{left}')"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(run.stdout.splitlines()[-1]) < 1000


def test_version_is_the_one_of_the_package() -> None:
    from billdrop import __version__

    assert billdrop("--version").stdout.strip() == f"billdrop {__version__}"
