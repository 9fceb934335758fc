"""The page of the command line says what the command line does."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from billdrop.cli.app import root

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
SHARED = {"--help", "--json", "--data-dir", "--stack"}
EXIT_CODES = (0, 1, 2, 3, 4, 5, 130, 141)


def commands(group: click.Group, name: str = "billdrop") -> Iterator[tuple[str, click.Command]]:
    """Every command under its whole name."""
    context = click.Context(group)
    for part in group.list_commands(context):
        command = group.get_command(context, part)
        assert command is not None
        yield f"{name} {part}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {part}")


def section(name: str) -> str:
    """What the page says below the heading of a command, down to the next heading."""
    found = re.search(rf"^#+ `{re.escape(name)}`\n(.*?)(?=^#+ |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"docs/cli.md has no heading for `{name}`"
    return found[1]


@pytest.mark.parametrize(("name", "command"), list(commands(root)))
def test_every_command_and_option_is_documented(name: str, command: click.Command) -> None:
    text = section(name)
    options = {option for parameter in command.params for option in parameter.opts}
    options = {option for option in options if option.startswith("--")}
    assert [one for one in sorted(options - SHARED) if one not in text] == []
    assert all(one in PAGE for one in SHARED)


def test_every_exit_code_is_documented() -> None:
    assert all(f"\n| {code} | " in PAGE for code in EXIT_CODES)


def test_the_examples_of_the_page_print_what_it_says(tmp_path: Path) -> None:
    for path, text in re.findall(
        r"^```text file=(\S+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, expected = example.partition("\n")
            text = printed(command, tmp_path)
            assert matches(expected, text), f"$ {command}\n{text}"


def printed(command: str, folder: Path) -> str:
    """What a command of the page prints, stderr among it; where it goes into a file, nothing."""
    command, _, file = command.partition(" > ")
    program, *arguments = shlex.split(command)
    assert program == "billdrop"
    run = subprocess.run(
        [sys.executable, "-m", "billdrop", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    if not file:
        return run.stdout
    (folder / file).write_text(run.stdout, encoding="utf-8")
    return ""


def matches(expected: str, text: str) -> bool:
    """Whether the text is what the page says; `…` stands for anything within a line."""
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, text) is not None
