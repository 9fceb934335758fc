"""`billdrop deploy`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from billdrop.cli import options, stacks

if TYPE_CHECKING:
    from billdrop.runtime.deployment import Event, Proposal


@click.command()
@stacks.stack
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE",
    help="Of the template; others keep the value they have. May be given several times.",
)  # fmt: skip
@click.option(
    "--role", default="", metavar="ARN",
    help="The role that CloudFormation makes the changes with, instead of your rights.",
)  # fmt: skip
@stacks.yes
@options.as_json
def deploy(stack: str, *, parameters: Sequence[str], role: str, yes: bool, as_json: bool) -> int:
    """Make the stack on AWS, or bring it to this version.

    Shows what would change and asks first. Doing it again changes nothing.
    """
    from billdrop.cli.output import print_json, table, talk
    from billdrop.runtime.deployment import deploy as made
    from billdrop.runtime.deployment import outputs

    found = made(stack, _Person(stack, yes=yes), values=stacks.pairs(parameters), role=role)
    if found is None:
        talk("nothing was changed")
        return 1
    said = outputs(found)
    if as_json:
        print_json({"stack": stack, "outputs": said})
    else:
        click.echo(table(("output", "value"), said.items()))
        talk(f"next: billdrop customer upload-url CUSTOMER --stack {stack}")
    return 0


class _Person:
    """Whoever sits at the terminal."""

    def __init__(self, stack: str, *, yes: bool) -> None:
        self._stack = stack
        self._yes = yes

    def agrees(self, proposal: "Proposal") -> bool:
        from billdrop.cli.output import counted, table, talk

        rows = [
            (each.action + (", perhaps replace" if each.perhaps else ""), each.kind, each.resource)
            for each in proposal.changes
        ]
        talk(table(("change", "kind", "resource"), rows))
        what = "made of" if proposal.new else "changed in"
        question = f"the stack {self._stack} is {what} {counted(len(rows), 'resource')}"
        return stacks.agreed(question, yes=self._yes)

    def hears(self, event: "Event") -> None:
        stacks.tell(event)

    def told(self, text: str) -> None:
        from billdrop.cli.output import talk

        talk(text)
