"""`billdrop guideline draft` and `billdrop guideline diff`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options
from billdrop.cli.where import Where, where
from billdrop.errors import UsageError

if TYPE_CHECKING:
    from billdrop.guidelines.comparing import Compared
    from billdrop.guidelines.draft import Drafted

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 60
"""So many characters of a value."""


@click.command()
@click.argument("samples", metavar="[SAMPLE]...", nargs=-1, type=_FILE)
@click.option(
    "--from-quarantine", "entry_id", type=int, metavar="ID", help="From the original of an entry."
)
@click.option("--name", default="", metavar="NAME", help="What the guideline is called.")
@click.option("--customer", default="", metavar="NAME", help="Whose documents it is to read.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write it there, not to stdout."
)
@where
@options.as_json
def draft(  # noqa: PLR0917  each is an option
    samples: Sequence[Path],
    entry_id: int | None,
    name: str,
    customer: str,
    output: Path | None,
    where: Where,
    as_json: bool,
) -> None:
    """Write a guideline that reads samples of one layout.

    What is recognised is said on stderr; what is unsure is marked in the draft, and has to be looked
    at. The samples, as they are read, become its examples.
    """
    from billdrop.cli.output import print_json
    from billdrop.guidelines.draft import draft as drafted

    if bool(samples) == (entry_id is not None):
        raise click.UsageError("name samples, or an entry with --from-quarantine")
    given = [(file.name, file.read_bytes()) for file in samples]
    if entry_id is not None:
        given, whose = _waiting(where, entry_id)
        customer = customer or whose
    if output is not None and output.exists():
        raise UsageError(f"{output} is there already", hint="name another file, or remove it")
    others = where.guidelines()[0].guides
    made = drafted(given, name=name, customer=customer, others=others)
    if output is not None:
        output.write_text(made.text, encoding="utf-8")
    if as_json:
        print_json(made)
        return
    _tell(made, output)


def _waiting(where: Where, entry_id: int) -> tuple[list[tuple[str, bytes]], str]:
    """The original of an entry, and whose it is."""
    from billdrop.cli.lookup import not_found

    with where.reading() as reading:
        entry = next((it for it in reading.books.quarantine() if it.id == entry_id), None)
        if entry is None:
            fact = f"there is no quarantine entry {entry_id}"
            raise not_found(fact, hint="`billdrop quarantine list` shows what waits")
        content = reading.archive.original(entry.document_id)[0].whole
    return [(entry.key, content or b"")], entry.customer


def _tell(made: "Drafted", output: Path | None) -> None:
    from billdrop.cli.output import talk
    from billdrop.cli.render import coloured, visible

    if output is None:
        click.echo("\n".join(visible(line) for line in made.text.splitlines()))
    for sentence in made.recognised:
        talk(f"recognised {visible(sentence)}")
    for doubt in made.unsure:
        talk(f"{coloured('unsure', 'warning')} {doubt.field}: {visible(doubt.why)}")
    if made.unread:
        names = ", ".join(visible(name) for name in made.unread)
        talk(
            f"{coloured('unread', 'warning')} {names}: it would wait in quarantine as the draft is"
        )
        tried = f"billdrop check SAMPLE --guideline {output or 'FILE'}"
        talk(f"next: correct what is unsure until the sample is accepted: {tried}")
    elif output is not None:
        talk(f"next: look at what is unsure, then billdrop guideline add {output}")


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option(
    "--on",
    "files",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="Documents to read with both; may be repeated.",
)
@options.as_json
def diff(old: Path, new: Path, files: Sequence[Path], as_json: bool) -> int:
    """Show what a changed guideline reads otherwise, by invoice and field, and by date.

    Exit code 1 when there is a difference. What it would change in the books is `billdrop replay`.
    """
    from billdrop.cli.check import document_of
    from billdrop.cli.output import print_json
    from billdrop.guidelines.comparing import compared
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits

    sides = [
        compile_guide(file.read_text(encoding="utf-8-sig"), origin=str(file), limits=Limits())
        for file in (old, new)
    ]
    documents = (document_of(file, "") for one in files for file in _files(one))
    found = compared(documents, *sides)
    if as_json:
        print_json(found)
    else:
        _tell_changes(found)
    return 1 if found.changes else 0


def _files(path: Path) -> list[Path]:
    return sorted(it for it in path.rglob("*") if it.is_file()) if path.is_dir() else [path]


def _tell_changes(found: "Compared") -> None:
    from billdrop.cli.output import counted, table, talk

    if found.totals:
        rows = [(it.issue_date, it.currency, it.before, it.after) for it in found.totals]
        header = ("date", "currency", "before", "after")
        click.echo(table(header, rows, right=header[2:]) + "\n")
    if found.changes:
        changes = [
            (it.document, it.invoice, it.field, _short(it.before), _short(it.after))
            for it in found.changes
        ]
        click.echo(table(("document", "invoice", "field", "before", "after"), changes))
    changed = counted(len(found.changes), "change") if found.changes else "no change"
    talk(f"{counted(found.documents, 'document')} read with both, {changed}")


def _short(text: str) -> str:
    return f"{text[: _SHOWN - 1]}…" if len(text) > _SHOWN else text
