"""`billdrop ingest`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from billdrop.cli import options

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

S3 = "s3://"
_PATH = click.Path(exists=True, path_type=Path)

MANY = 1_000
"""Documents that take longer to read than a process to start."""


class _Source(click.ParamType["Path | str"]):
    """A file or folder, or `s3://BUCKET/PREFIX` as text."""

    name = "path"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> "Path | str":
        if str(value).startswith(S3):
            return str(value)
        return _PATH.convert(str(value), param, ctx)


@click.command()
@click.argument("sources", metavar="PATH...", nargs=-1, required=True, type=_Source())
@click.option(
    "--customer", metavar="NAME", help="Whose documents they are; of an object, its key says so."
)
@click.option(
    "--stack",
    envvar="BILLDROP_STACK",
    default="",
    show_envvar=True,
    metavar="NAME",
    help="The stack on AWS that takes s3://… in.",
)
@options.data_dir
@options.as_json
def ingest(
    sources: "tuple[Path | str, ...]",
    customer: str | None,
    stack: str,
    data_dir: Path,
    as_json: bool,
) -> int:
    """Take files and folders in, or what lies in the inbox bucket of a stack, once.

    A PATH is a file, a folder whose files are taken with those of its folders, or
    s3://BUCKET/PREFIX. Running it again changes nothing. Exit code 0 when everything is recorded
    or was before, 1 when something waits in quarantine.
    """
    urls = [source for source in sources if isinstance(source, str)]
    paths = tuple(source for source in sources if isinstance(source, Path))
    if urls:
        _only_objects(paths, customer, stack)
        return _ingest_objects(urls, stack, as_json=as_json)
    if customer is None:
        raise click.UsageError("Missing option '--customer'.")
    with second_if(any(map(_many, paths))) as second:
        return _ingest(paths, customer, data_dir, second, as_json=as_json)


def _only_objects(paths: Sequence[Path], customer: str | None, stack: str) -> None:
    """Raise a usage error for what does not go with objects of a bucket."""
    if paths:
        raise click.UsageError(f"{paths[0]} is no object: take files and objects in one by one")
    if customer is not None:
        raise click.UsageError("--customer is for files; of an object, its key says whose it is")
    if not stack:
        raise click.UsageError("s3://… is taken in by a stack: name it with --stack")


def _ingest_objects(urls: Sequence[str], stack: str, *, as_json: bool) -> int:
    from billdrop.cli.progress import progress
    from billdrop.cli.summary import report
    from billdrop.operations import take_in
    from billdrop.runtime import on_the_way
    from billdrop.runtime.aws import open_bucket_of_stack

    with open_bucket_of_stack(stack, urls) as (writing, inbox):
        reading = writing.reading
        with on_the_way(writing, inbox) as way, progress("ingest") as told:
            summary = take_in(way, reading.archive, reading.settings, told)
    return report(summary, as_json=as_json)


@contextmanager
def second_if(many: bool) -> "Iterator[ProcessPoolExecutor | None]":
    """A process that reads, started before all else where many documents wait."""
    if not many:
        yield None
        return
    from billdrop.parsing.second import second_process

    with second_process() as pool:
        yield pool


def _ingest(
    paths: tuple[Path, ...],
    customer: str,
    data_dir: Path,
    second: "ProcessPoolExecutor | None",
    *,
    as_json: bool,
) -> int:
    from billdrop.cli.progress import progress
    from billdrop.cli.summary import report
    from billdrop.operations import drain
    from billdrop.runtime import files_inbox, on_the_way, open_writing

    with open_writing(data_dir, takes_in=True) as writing:
        writing.second = second
        settings = writing.reading.settings
        inbox = files_inbox(paths, customer, settings)
        with on_the_way(writing, inbox) as way, progress("ingest") as told:
            summary = drain(inbox, way, settings, told)
    named = as_given(paths, customer)
    return report(summary, as_json=as_json, left=inbox.unfinished, named=named)


def as_given(paths: Sequence[Path], customer: str) -> Callable[[str], str]:
    """Gives an object its path again, by the way of the path that was given."""
    given = {_start(path.resolve(), customer): path for path in paths}

    def named(name: str) -> str:
        if name in given:
            return str(given[name])
        starts = [start for start in given if start.endswith("/") and name.startswith(start)]
        start = max(starts, key=len, default="")
        return str(given[start] / name.removeprefix(start)) if start else name

    return named


def _many(path: Path) -> bool:
    """Whether a folder has enough in it that reading is worth a process of its own."""
    return path.is_dir() and sum(1 for _ in islice(path.iterdir(), MANY)) == MANY


def _start(real: Path, customer: str) -> str:
    return f"{real}/{customer}/" if real.is_dir() else f"{real.parent}/{customer}/{real.name}"
