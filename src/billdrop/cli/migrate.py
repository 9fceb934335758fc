"""`billdrop migrate`."""

import click

from billdrop.cli import options, stacks

TOLD_EVERY = 10_000
"""Invoices between two words on how far it is."""


@click.command()
@stacks.stack
@options.as_json
def migrate(stack: str, as_json: bool) -> None:
    """Bring the ledger of a stack, written by an older billdrop, to this version.

    Lists older invoices among those that look like them, so that one which is sent again in another
    standard waits for a person. Workers go on meanwhile; cut off, it is run again.
    """
    from billdrop.cli.output import counted, print_json, talk

    looked, listed = _done(stack)
    if as_json:
        print_json({"invoices": looked, "listed": listed})
        return
    talk(f"{counted(looked, 'invoice')} looked at, {listed:,} of them listed now")


def _done(stack: str) -> tuple[int, int]:
    """How many invoices were looked at and listed in the end; says now and then how far it is."""
    from billdrop.cli.output import counted, talk
    from billdrop.runtime.aws import migrate_stack

    done, told = (0, 0), TOLD_EVERY
    for done in migrate_stack(stack):
        if done[0] >= told:
            talk(f"{counted(done[0], 'invoice')} so far")
            told = done[0] + TOLD_EVERY
    return done
