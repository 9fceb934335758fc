"""`billdrop destroy`."""

from typing import TYPE_CHECKING

import click

from billdrop.cli import options, stacks

if TYPE_CHECKING:
    from billdrop.runtime.deployment import Farewell


@click.command()
@stacks.stack
@stacks.yes
@options.as_json
def destroy(stack: str, *, yes: bool, as_json: bool) -> int:
    """Take the stack down, but for what holds data.

    Buckets with objects and the ledger are kept, and named.
    """
    from billdrop.cli.output import counted, print_json, talk
    from billdrop.runtime.deployment import foresee, remove

    farewell = foresee(stack)
    kept = [fate for fate in farewell.fates if fate.kept]
    _show(farewell)
    going = counted(len(farewell.fates) - len(kept), "resource")
    if not stacks.agreed(f"{going} of the stack {stack} are deleted", yes=yes):
        talk("nothing was changed")
        return 1
    for event in remove(farewell):
        stacks.tell(event)
    if as_json:
        print_json({"stack": stack, "kept": kept})
    else:
        talk(f"the stack {stack} is gone, {counted(len(kept), 'resource')} kept")
    return 0


def _show(farewell: "Farewell") -> None:
    from billdrop.cli.output import table, talk

    rows = [(f"keep: {fate.kept}", fate.kind, fate.name) for fate in farewell.fates if fate.kept]
    rows += [("delete", fate.kind, fate.name) for fate in farewell.fates if not fate.kept]
    talk(table(("fate", "kind", "name"), rows))
