"""`billdrop guideline put` and `billdrop guideline remove`: what the workers of a stack read with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options, stacks

if TYPE_CHECKING:
    from billdrop.model import Document, Parsed

LOOKED_AT = 100
"""Of so many documents in quarantine it is said whether a new guideline reads them."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@stacks.stack
@options.as_json
def put(file: Path, stack: str, as_json: bool) -> int:
    """Give a guideline to the workers of a stack, in place of one of its name.

    What is wrong with it, or is not read as its examples say, is not put. The workers use it
    within half a minute.
    """
    from billdrop.cli.guideline import told
    from billdrop.cli.output import print_json, talk
    from billdrop.cli.render import visible
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits
    from billdrop.runtime.aws import put_guideline

    if told([file], as_json=as_json, only="", quiet=True):
        return 1
    text = file.read_text(encoding="utf-8-sig")
    name = compile_guide(text, origin=str(file), limits=Limits()).ref.name
    place = put_guideline(stack, name, text)
    waiting = _waiting(stack, name)
    if as_json:
        print_json({"guideline": name, "object": place, "reads": waiting})
        return 0
    click.echo(f"{name} is {place}")
    for document in waiting:
        talk(f"it reads {visible(document)}, which waits in quarantine")
    if waiting:
        talk(f"next: billdrop quarantine redrive --all --stack {stack}")
    return 0


@click.command()
@click.argument("name")
@stacks.stack
def remove(name: str, stack: str) -> None:
    """Take a guideline from the workers of a stack.

    What was read with it stays as it is. A guideline that comes with billdrop is used again.
    """
    from billdrop.cli.lookup import not_found
    from billdrop.runtime.aws import remove_guideline

    if not remove_guideline(stack, name):
        fact = f"the stack {stack} has no guideline {name!r} of its own"
        raise not_found(fact, hint=f"`billdrop guideline list --stack {stack}` shows the names")
    click.echo(f"{name} is removed")


def _waiting(stack: str, name: str) -> Sequence[str]:
    """Documents in quarantine that the guideline reads, of the first that wait."""
    from billdrop.operations import readable
    from billdrop.reading import parse
    from billdrop.runtime.aws import open_reading_of_stack

    with open_reading_of_stack(stack) as reading:
        library, _ = reading.guidelines()

        def read(document: "Document") -> "Parsed":
            return parse(document, library)

        entries = reading.books.quarantine()[:LOOKED_AT]
        return list(readable(entries, reading.archive, read, name))
