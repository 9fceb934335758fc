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
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits
    from billdrop.runtime.aws import put_guideline

    if told([file], as_json=as_json, only="", quiet=True):
        return 1
    text = file.read_text(encoding="utf-8-sig")
    if is_policy(file):
        _tell_added(file.stem, _policy_placed(where, text), (), as_json=as_json)
        return 0
    guide = compile_guide(text, origin=str(file), limits=Limits())
    if not (where.stack or replace):
        replace = (Layout(where.data_dir).guidelines / f"{guide.ref.name}.toml").exists()
    _not_builtin(guide.ref.name, replace=replace)
    if where.stack:
        place = put_guideline(where.stack, guide.ref.name, text)
    else:
        place = str(_copied(file, guide, where.data_dir))
    _tell_added(guide.ref.name, place, _reads(where, guide.ref.name), as_json=as_json)
    return 0


def _policy_placed(where: Where, text: str) -> str:
    """Where the policy file is now."""
    from billdrop.runtime.aws import put_guideline

    if where.stack:
        return put_guideline(where.stack, "policy", text)
    folder = Layout(where.data_dir).guidelines
    folder.mkdir(parents=True, exist_ok=True)
    return str(_place(folder, "policy.toml", text.encode()))


def _not_builtin(name: str, *, replace: bool) -> None:
    """Raises `UsageError` where a guideline would take the place of one of ours unnoticed."""
    from billdrop.guidelines.extending import names

    if name in names() and not replace:
        raise UsageError(
            f"`{name}` is a guideline that comes with billdrop, and would be used no more",
            hint=f'give it another name and `extends = "{name}"`, or say --replace',
        )


def _copied(file: Path, guide: "Guide", data_dir: Path) -> Path:
    """Copy a guideline, and the examples that lie beside it, into a data directory."""
    from billdrop.guidelines.extending import BASE

    folder = Layout(data_dir).guidelines
    folder.mkdir(parents=True, exist_ok=True)
    for example in guide.guideline.examples:
        if example.file:
            _place(folder, example.file, (file.parent / example.file).read_bytes())
    text = guide.ref.text.partition(BASE)[0]
    _unlike(guide, folder / f"{guide.ref.name}.toml", text)
    return _place(folder, f"{guide.ref.name}.toml", text.encode())


def _unlike(guide: "Guide", target: Path, text: str) -> None:
    """Raises `UsageError` where another text has the name and the version, so that no two are one."""
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits

    try:
        known = target.read_text(encoding="utf-8-sig")
        same = compile_guide(known, origin=str(target), limits=Limits()).ref.version
    except (OSError, BilldropError):
        return
    if known != text and same == guide.ref.version:
        raise UsageError(
            f"`{guide.ref.name}` version {same} is in use with another text, in {target}",
            hint="count `version` up to replace it, or give `guideline` another name",
        )


def _place(folder: Path, name: str, content: bytes) -> Path:
    """Write a file of the folder whole, or not at all."""
    target = folder / name
    if not target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"the example {name} lies elsewhere", hint="put it beside the guideline")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    temporary.write_bytes(content)
    temporary.replace(target)
    return target


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
    from billdrop.guidelines.load import compile_guide
    from billdrop.readers import Limits
    from billdrop.runtime.aws import put_guideline

    if told([file], as_json=as_json, only="", quiet=True):
        return 1
    text = file.read_text(encoding="utf-8-sig")
    name = file.stem
    if not is_policy(file):
        name = compile_guide(text, origin=str(file), limits=Limits()).ref.name
        _not_builtin(name, replace=replace)
    place = put_guideline(stack, name, text)
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
