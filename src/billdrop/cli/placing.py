"""`billdrop guideline add`, `put` and `remove`: what a data directory or the workers of a stack read with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options, stacks
from billdrop.cli.where import Where, where
from billdrop.errors import BilldropError, UsageError
from billdrop.layout import Layout

if TYPE_CHECKING:
    from billdrop.console.shelf import Shelf
    from billdrop.guidelines.guide import Guide
    from billdrop.model import Document, Parsed
    from billdrop.runtime import Reading


def is_policy(file: Path) -> bool:
    """Whether it is the policy file, and not a guideline."""
    return file.name == "policy.toml"


LOOKED_AT = 100
"""Of so many documents in quarantine it is said whether a new guideline reads them."""


_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_REPLACE = click.option(
    "--replace", is_flag=True, help="Also in place of one that comes with billdrop."
)


@click.command()
@_FILE
@_REPLACE
@where
@options.as_json
def add(file: Path, replace: bool, where: Where, as_json: bool) -> int:
    """Put a guideline to use, in place of one of its name; or policy.toml, which holds for all.

    What is wrong with it, or is not read as its examples say, is not added. What waits in quarantine
    and is read by it is read again by itself: by a running `billdrop up` or the workers of a stack,
    or by the next `billdrop sweep`.
    """
    from billdrop.cli.guideline import told

    if told([file], as_json=as_json, only="", quiet=True):
        return 1
    beside = None if where.stack else Layout(where.data_dir).guidelines
    name, place = put_to_use(file, _shelf(where), beside, replace=replace)
    waiting = () if is_policy(file) else _reads(where, name)
    _tell_added(name, place, waiting, as_json=as_json)
    return 0


def _shelf(where: Where) -> "Shelf":
    """Where the guidelines of a data directory, or of a stack, are put."""
    if where.stack:
        from billdrop.runtime.shelf import shelf_of_stack

        return shelf_of_stack(where.stack)
    from billdrop.runtime.folder_shelf import FolderShelf

    return FolderShelf(Layout(where.data_dir).guidelines)


def put_to_use(
    file: Path, shelf: "Shelf", beside: Path | None, *, replace: bool
) -> tuple[str, str]:
    """The name of what the file says, and where it lies now; `beside`: where its examples belong."""
    from billdrop.console.shelf import mark_of
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits

    text = file.read_text(encoding="utf-8-sig")
    guide = None if is_policy(file) else compile_guide(text, origin=str(file), limits=Limits())
    name = guide.ref.name if guide else file.stem
    known, place = shelf.text(name), shelf.place(name)
    if guide is not None:
        _not_builtin(name, replace=replace or known is not None)
        _unlike(guide, known, place)
        if beside is not None:
            _bring_examples(file, guide, beside)
    if not shelf.put(name, text, over=mark_of(known)):
        raise UsageError(
            f"{place} was written by somebody else just now",
            hint=f"look at `billdrop guideline show {name}`, bring both together, and say it again",
        )
    return name, place


def _not_builtin(name: str, *, replace: bool) -> None:
    """Raises `UsageError` where a guideline would take the place of one of ours unnoticed."""
    from billdrop.guidelines.extending import names

    if name in names() and not replace:
        raise UsageError(
            f"`{name}` is a guideline that comes with billdrop, and would be used no more",
            hint=f'give it another name and `extends = "{name}"`, or say --replace',
        )


def _bring_examples(file: Path, guide: "Guide", folder: Path) -> None:
    """Copy the examples that lie beside a guideline."""
    for example in guide.guideline.examples:
        if example.file:
            _place(folder, example.file, (file.parent / example.file).read_bytes())


def _unlike(guide: "Guide", known: str | None, place: str) -> None:
    """Raises `UsageError` where another text has the name and the version, so that no two are one."""
    from billdrop.console.shelf import mark_of
    from billdrop.guidelines.extending import BASE
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits

    try:
        same = compile_guide(known or "", origin=place, limits=Limits()).ref.version
    except BilldropError:
        return
    own = guide.ref.text.partition(BASE)[0]
    if mark_of(known) != mark_of(own) and same == guide.ref.version:
        raise UsageError(
            f"`{guide.ref.name}` version {same} is in use with another text, in {place}",
            hint="count `version` up to replace it, or give `guideline` another name",
        )


def _place(folder: Path, name: str, content: bytes) -> None:
    """Write a file of the folder whole, or not at all."""
    from billdrop.console.placing import placed

    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"the example {name} lies elsewhere", hint="put it beside the guideline")
    target.parent.mkdir(parents=True, exist_ok=True)
    placed(target, content)


def _reads(where: Where, name: str) -> Sequence[str]:
    """Documents in quarantine that the guideline reads, if there are books at all."""
    if not where.stack and not Layout(where.data_dir).ledger.exists():
        return ()
    with where.reading() as reading:
        return _readable(reading, name)


def _tell_added(name: str, place: str, waiting: Sequence[str], *, as_json: bool) -> None:
    from billdrop.cli.output import print_json, talk
    from billdrop.cli.render import visible

    if as_json:
        print_json({"guideline": name, "place": place, "reads": waiting})
        return
    click.echo(f"{name} is {place}")
    for document in waiting:
        talk(f"it reads {visible(document)}, which waits in quarantine")
    if waiting:
        talk("what runs records it by itself; where nothing runs: billdrop sweep")


@click.command()
@_FILE
@_REPLACE
@stacks.stack
@options.as_json
def put(file: Path, replace: bool, stack: str, as_json: bool) -> int:
    """Give a guideline, or policy.toml, to the workers of a stack, in place of one of its name.

    What is wrong with it, or is not read as its examples say, is not put. The workers use it
    within half a minute.
    """
    from billdrop.cli.guideline import told
    from billdrop.cli.output import print_json, talk
    from billdrop.cli.render import visible
    from billdrop.runtime.shelf import shelf_of_stack

    if told([file], as_json=as_json, only="", quiet=True):
        return 1
    name, place = put_to_use(file, shelf_of_stack(stack), None, replace=replace)
    waiting = () if is_policy(file) else _waiting(stack, name)
    if as_json:
        print_json({"guideline": name, "object": place, "reads": waiting})
        return 0
    click.echo(f"{name} is {place}")
    for document in waiting:
        talk(f"it reads {visible(document)}, which waits in quarantine")
    if waiting:
        talk("the workers record it by themselves within a minute")
    return 0


@click.command()
@click.argument("name")
@where
def remove(name: str, where: Where) -> None:
    """Take a guideline, or policy, from a data directory or from the workers of a stack.

    What was read with it stays as it is, and so do the files of its examples. A guideline that comes
    with billdrop is used again.
    """
    from billdrop.cli.lookup import not_found
    from billdrop.runtime.aws import remove_guideline

    if where.stack:
        whose, place = f"the stack {where.stack}", f" --stack {where.stack}"
        removed = remove_guideline(where.stack, name)
    else:
        whose, place = str(where.data_dir), f" --data-dir {where.data_dir}"
        removed = _removed(Layout(where.data_dir).guidelines, name)
    if not removed:
        fact = f"{whose} has no guideline {name!r} of its own"
        raise not_found(fact, hint=f"`billdrop guideline list{place}` shows the names")
    click.echo(f"{name} is removed")


def _removed(folder: Path, name: str) -> bool:
    """Whether the file of that name, or the one that says it has it, was there to be removed."""
    from billdrop.guidelines.library import claimants

    found = claimants(folder, name)
    for file in found:
        file.unlink()
    return bool(found)


def _waiting(stack: str, name: str) -> Sequence[str]:
    """Documents in quarantine that the guideline reads, of the first that wait."""
    from billdrop.runtime.aws import open_reading_of_stack

    with open_reading_of_stack(stack) as reading:
        return _readable(reading, name)


def _readable(reading: "Reading", name: str) -> Sequence[str]:
    from billdrop.operations import readable
    from billdrop.parsing.reading import parse

    library, _ = reading.guidelines()

    def read(document: "Document") -> "Parsed":
        return parse(document, library)

    entries = reading.books.quarantine()[:LOOKED_AT]
    return list(readable(entries, reading.archive, read, name))
