"""What the commands share that make, change and take down a stack."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from billdrop.cli.options import Command
from billdrop.errors import UsageError

if TYPE_CHECKING:
    from billdrop.runtime.deployment import Event

_STACK = click.option(
    "--stack",
    envvar="BILLDROP_STACK",
    required=True,
    show_envvar=True,
    metavar="NAME",
    help="The stack on AWS.",
)
_YES = click.option("--yes", is_flag=True, help="Go on without being asked.")


def stack(command: Command) -> Command:
    """Add `--stack NAME`, passed as `stack`."""
    return _STACK(command)


def yes(command: Command) -> Command:
    """Add `--yes`, passed as `yes`."""
    return _YES(command)


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the person says yes; where nobody can be asked, nobody does."""
    from billdrop.cli.output import talk

    if yes:
        return True
    if not sys.stdin.isatty():
        talk(f"{question}, with --yes: nobody is there to be asked")
        return False
    return click.confirm(f"{question}; go on?", err=True)


def tell(event: "Event") -> None:
    """A line for what is done, and for what failed."""
    from billdrop.cli.output import talk
    from billdrop.cli.render import visible

    if event.failed:
        line = f"{event.status.lower()}  {event.resource}: {event.reason}"
        talk(click.style(visible(line), fg="red"))
    elif event.status.endswith(("_COMPLETE", "_SKIPPED")):
        talk(f"{event.status.lower().replace('_', ' ')}  {event.resource}")


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` each; raises `UsageError` for what is not."""
    for text in texts:
        if not text.partition("=")[0] or "=" not in text:
            raise UsageError(f"{text!a} is not NAME=VALUE", hint="such as MaxInstances=8")
    return {text.partition("=")[0]: text.partition("=")[2] for text in texts}
