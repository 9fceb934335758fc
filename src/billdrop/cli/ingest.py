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

MANY = 1_000
"""Documents that take longer to read than a process to start."""


@click.command()
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--customer", required=True, metavar="NAME", help="Whose documents they are.")
@options.data_dir
@options.as_json
def ingest(paths: tuple[Path, ...], customer: str, data_dir: Path, as_json: bool) -> int:
    """Take files and folders in, once.

    A PATH is a file, or a folder whose files are taken with those of its folders. Running it
    again changes nothing. Exit code 0 when everything is recorded or was before, 1 when
    something waits in quarantine.
    """
    with second_if(any(map(_many, paths))) as second:
        return _ingest(paths, customer, data_dir, second, as_json=as_json)


@contextmanager
def second_if(many: bool) -> "Iterator[ProcessPoolExecutor | None]":
    """A process that reads, started before all else where many documents wait."""
    if not many:
        yield None
        return
    from billdrop.second import second_process

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
