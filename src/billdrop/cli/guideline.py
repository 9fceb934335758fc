"""`billdrop guideline lint|test|list|show`; the others come from `drafting` and `placing`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.drafting import diff, draft
from billdrop.cli.placing import add, is_policy, put, remove
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.guidelines.faults import Problem
    from billdrop.model import Finding

_FILES = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)


@click.group()
def guideline() -> None:
    """Draft, lint, test, compare and show guidelines; put them to use."""


guideline.add_command(draft)
guideline.add_command(diff)
guideline.add_command(add)
guideline.add_command(put)
guideline.add_command(remove)


@guideline.command()
@_FILES
@options.as_json
def lint(files: Sequence[Path], as_json: bool) -> int:
    """Find everything that is wrong with guideline files, own examples included."""
    return told(files, as_json=as_json, only="")


@guideline.command()
@_FILES
@options.as_json
def test(files: Sequence[Path], as_json: bool) -> int:
    """Read the examples of guideline files and compare with what they expect."""
    return told(files, as_json=as_json, only="examples")


def told(files: Sequence[Path], *, as_json: bool, only: str, quiet: bool = False) -> int:
    """
    Print everything that is wrong with guideline files; the exit code.

    `only`: what was asked for, where it is not everything; `quiet`: where nothing is wrong.
    """
    from billdrop.cli.output import print_json_list
    from billdrop.guidelines.load import lint as problems_of

    found = []
    for file in files:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        problems = problems_of(text, str(file))
        found += [(file, problem) for problem in problems]
        if not as_json and (problems or not quiet):
            _tell(file, text, problems, only=only)
    if as_json and (found or not quiet):
        from msgspec import structs

        print_json_list({"file": str(file), **structs.asdict(one)} for file, one in found)
    return 1 if found else 0


def _tell(file: Path, text: str, problems: "Sequence[Problem]", *, only: str) -> None:
    from billdrop.cli.render import finding_text, visible
    from billdrop.guidelines.marks import marks

    lines = text.splitlines()
    for problem in problems:
        click.echo(finding_text(_finding(problem, lines), str(file)) + "\n")
    if not problems:
        verdict = "can be used" if is_policy(file) else _verdict(text, only)
        click.echo(f"{visible(str(file))}: {verdict}")
    for mark in () if only else marks(text):
        click.echo(f"{visible(str(file))}:{mark.line}: unsure: {visible(mark.what)}")


def _verdict(text: str, only: str) -> str:
    import tomllib

    count = len(tomllib.loads(text).get("examples", []))
    examples = f"{count} example{'' if count == 1 else 's'}"
    if only and not count:
        return "has no examples to test"
    if only:
        return f"{examples} read as expected"
    return f"can be used, {examples if count else 'and has no example to be tried with'}"


def _finding(problem: "Problem", lines: Sequence[str]) -> "Finding":
    from billdrop.model import Finding

    line = lines[problem.line - 1] if problem.line <= len(lines) else ""
    return Finding(
        code=problem.code,
        message=problem.message,
        line=problem.line,
        column=problem.column,
        length=_word(line, problem.column - 1),
        excerpt=line,
        offset=problem.column - 1,
        hint=problem.hint,
    )


def _word(line: str, start: int) -> int:
    end = start
    while end < len(line) and not line[end].isspace() and line[end] not in "=]}":
        end += 1
    return max(1, end - start)


@guideline.command("list")
@where
@options.as_json
def list_(where: Where, as_json: bool) -> int:
    """List the guidelines that can be used now; exit code 1 when a file cannot.

    Of those that come with billdrop it says whose documents they read by policy.toml.
    """
    from billdrop.cli.output import print_json_list, table, talk

    library, problems = where.guidelines()
    names = ("name", "version", "reader", "customers", "title")
    rows = [
        (g.guideline, g.version, g.input.reader, library.readers_of(guide), g.title)
        for guide in library.guides
        for g in (guide.guideline,)
    ]
    if as_json:
        print_json_list(dict(zip(names, row, strict=True)) for row in rows)
    else:
        click.echo(table(names, rows, right=("version",)))
    for problem in problems:
        talk(problem)
    return 1 if problems else 0


@guideline.command()
@click.argument("target", metavar="DOCUMENT|NAME")
@click.option(
    "--guideline", "named", default="", metavar="FILE|NAME", help="Read the document with it."
)
@click.option("--customer", default="", metavar="NAME", help="Whose document it is.")
@click.option("--sample", is_flag=True, help="A document that the guideline reads, to try.")
@options.data_dir
@options.as_json
def show(
    target: str, *, named: str, customer: str, sample: bool, data_dir: Path, as_json: bool
) -> None:
    """Show which rule took which span of a document, or a guideline itself.

    With the path of a document: every line, carets under what was read, a `?` before lines that
    no rule took. With the name of a guideline: its text, or with --sample its first example.
    """
    from billdrop.cli import claims
    from billdrop.cli.check import document_of, parsed_by

    if sample:
        _print(_sample_of(target, data_dir), as_json=as_json)
    elif Path(target).is_file():
        parsed = parsed_by(document_of(Path(target), customer), named, data_dir)
        claims.show(target, parsed, as_json=as_json)
    else:
        _print(_text_of(target, data_dir), as_json=as_json)


def _text_of(name: str, data_dir: Path) -> str:
    """The text of a guideline, or of the policy file."""
    from billdrop.cli.check import guide_of
    from billdrop.layout import Layout
    from billdrop.runtime import settings_of

    policy = Layout(data_dir).guidelines / "policy.toml"
    if name == "policy" and policy.is_file():
        return policy.read_text(encoding="utf-8-sig")
    return guide_of(name, data_dir, settings_of(data_dir)).ref.text


def _sample_of(name: str, data_dir: Path) -> str:
    """The first document that a guideline has as an example."""
    from billdrop.cli.check import guide_of
    from billdrop.errors import UsageError
    from billdrop.runtime import settings_of

    guide = guide_of(name, data_dir, settings_of(data_dir))
    for one in guide.guideline.examples:
        if one.text:
            return one.text
    raise UsageError(
        f"`{guide.ref.name}` has no example in its own text",
        hint="`billdrop guideline list` names others",
    )


def _print(text: str, *, as_json: bool) -> None:
    from billdrop.cli.output import print_json
    from billdrop.cli.render import visible

    if as_json:
        print_json({"text": text})
    elif sys.stdout.isatty():
        click.echo("\n".join(map(visible, text.splitlines())))
    else:
        click.echo(text, nl=False)
