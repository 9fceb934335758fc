"""A progress bar with its rate, on a terminal only."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from billdrop.operations import Progress


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Progress]:
    """Gives what is to be told the outcomes of each batch; silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda outcomes: None
        return
    with _bar() as bar:
        task = bar.add_task(title, total=total)

        def advance(outcomes: Sequence[Any]) -> None:
            bar.advance(task, len(outcomes))

        yield advance


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed
    from rich.text import Text

    class Rate(ProgressColumn):
        """Documents in a second."""

        def render(self, task: Any) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:,.0f}", markup=False),
        Rate(),
        Elapsed(),
        console=Console(stderr=True, markup=False),
        transient=True,
    )
