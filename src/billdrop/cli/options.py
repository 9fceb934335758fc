"""The options that commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

Command = TypeVar("Command", bound=Callable[..., Any])

_DATA_DIR = click.option(
    "--data-dir",
    envvar="BILLDROP_DATA_DIR",
    default="data",
    show_default=True,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where inbox, guidelines, ledger and destination lie.",
)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def data_dir(command: Command) -> Command:
    """Add `--data-dir DIR`, passed as `data_dir`."""
    return _DATA_DIR(command)


def as_json(command: Command) -> Command:
    """Add `--json`, passed as `as_json`."""
    return _AS_JSON(command)


def not_both(name: str, *, as_json: bool, beside: str = "") -> None:
    """Raise a usage error when `--json` and another form of output are both asked for."""
    context = click.get_current_context()
    value = context.params[name]
    said = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    if as_json and said and value != beside:
        option = next(one for one in context.command.params if one.name == name).opts[0]
        shown = option if value is True else f"{option} {value}"
        raise click.UsageError(f"--json and {shown} are two forms of output; say one", context)
