"""Where a question is asked: in a data directory, or on AWS."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from billdrop.cli import options

if TYPE_CHECKING:
    from billdrop.doctoring import Line
    from billdrop.guidelines.library import Library
    from billdrop.runtime import Reading, Writing

_STACK = click.option(
    "--stack",
    envvar="BILLDROP_STACK",
    default="",
    show_envvar=True,
    metavar="NAME",
    help="The stack on AWS, in place of a data directory.",
)


class Where(NamedTuple):
    """A data directory, or a stack."""

    data_dir: Path
    stack: str
    """Empty: the data directory."""

    @contextmanager
    def reading(self) -> "Iterator[Reading]":
        """What answers there; in the end, says on stderr what the answer cost."""
        from billdrop.cli.output import talk
        from billdrop.runtime import open_reading

        if not self.stack:
            with open_reading(self.data_dir) as reading:
                yield reading
            return
        from billdrop.runtime.aws import open_reading_of_stack

        with open_reading_of_stack(self.stack) as reading:
            yield reading
            if bill := reading.bill():
                talk(bill)

    @contextmanager
    def writing(self) -> "Iterator[Writing]":
        """What changes it, by hand."""
        if self.stack:
            from billdrop.runtime.aws import open_writing_of_stack

            with open_writing_of_stack(self.stack) as writing:
                yield writing
            return
        from billdrop.runtime import open_writing

        with open_writing(self.data_dir) as writing:
            yield writing

    def guidelines(self) -> "tuple[Library, list[str]]":
        """The guidelines that can be used there now, and a line for each file that cannot."""
        if self.stack:
            from billdrop.runtime.aws import guidelines_of_stack

            return guidelines_of_stack(self.stack)
        from billdrop.layout import Layout
        from billdrop.runtime import open_guidelines, settings_of

        return open_guidelines(Layout(self.data_dir), settings_of(self.data_dir))

    def examined(self) -> "Iterator[Line]":
        """Everything it depends on, one line each."""
        if self.stack:
            from billdrop.runtime.aws import examine_stack

            return examine_stack(self.stack)
        from billdrop.runtime import examine

        return examine(self.data_dir)


def where(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data-dir DIR` and `--stack NAME`, passed together as `where`."""

    @wraps(command)
    def told(*, data_dir: Path, stack: str, **given: Any) -> Any:
        return command(where=Where(data_dir, _one(stack)), **given)

    return options.data_dir(_STACK(told))


def _one(stack: str) -> str:
    """The stack that is meant: an option that is typed comes before the environment."""
    context = click.get_current_context()
    typed = {
        name
        for name in ("data_dir", "stack")
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if typed == {"data_dir", "stack"}:
        raise click.UsageError("--data-dir and --stack are two places; say one", context)
    return "" if typed == {"data_dir"} else stack
