"""`billdrop sweep`, `billdrop verify` and `billdrop rebuild`."""

from typing import TYPE_CHECKING

import click
from msgspec import structs

from billdrop.cli import options
from billdrop.cli.where import Where, where

if TYPE_CHECKING:
    from billdrop.proof.agreement import Proof
    from billdrop.runtime import Reading


@click.command()
@where
@options.as_json
def sweep(where: Where, as_json: bool) -> int:
    """Compare the inbox with the ledger and take in what is missing; read again what waits.

    What waits in quarantine and is read without errors by now leaves it. `billdrop up` does both by
    itself; by hand it is the way to backfill a folder once.
    """
    from billdrop import operations
    from billdrop.cli.progress import progress
    from billdrop.cli.summary import report
    from billdrop.cli.writing import hands_on
    from billdrop.quarantine import redriving

    with hands_on(where) as (reading, way), progress("sweep") as told:
        summary = operations.sweep(way, reading.settings, told)
        redriving.redrive(way, reading.archive, summary, told)
    return report(summary, as_json=as_json)


REMEDY = "`billdrop rebuild` writes the CSV again; a ledger that was altered comes from a backup"


@click.command()
@click.option("--deep", is_flag=True, help="Also read every original again under its guideline.")
@where
@options.as_json
def verify(deep: bool, where: Where, as_json: bool) -> int:
    """Prove that ledger, originals, CSV and SQL agree.

    Names every difference; exit code 1 when there is one.
    """
    from billdrop.cli.output import counted, print_json, talk
    from billdrop.cli.render import visible

    with where.reading() as reading:
        proof = _settled(reading, deep=deep)
    if as_json:
        print_json({"agrees": proof.agrees, **structs.asdict(proof)})
        return 0 if proof.agrees else 1
    for one in proof.differences:
        text = f"{one.where}: {one.kind}: expected {one.expected}, found {one.found}"
        click.echo(f"{visible(text)} (BD5010)")
    facts = f"{counted(proof.invoices, 'invoice')} in {counted(proof.segments, 'segment')}"
    if proof.reread is not None:
        talk(f"{counted(proof.reread.read, 'invoice')} read again")
    if proof.agrees:
        click.echo(f"ledger, CSV and SQL agree on {facts}")
    else:
        talk(f"{counted(proof.difference_count, 'difference')} in {facts}; {REMEDY}")
    return 0 if proof.agrees else 1


def _settled(reading: "Reading", *, deep: bool) -> "Proof":
    """The proof; again while the ledger changed under it, so that a writer at work is no difference."""
    from billdrop.cli.progress import progress
    from billdrop.proof import agreement as core
    from billdrop.runtime import limits_of

    limits = limits_of(reading.settings) if deep else None
    sides = (reading.archive, reading.books, reading.destination, reading.engine)
    for _ in range(5):
        before = reading.books.states()
        with progress("verify") as told:
            found = core.verify(*sides, lambda _: told((None,)), deep=limits)
        if found.agrees or reading.books.states() == before:
            break
    return found


@click.command()
@click.option("--remove-extra", is_flag=True, help="Remove objects that belong to no segment.")
@where
@options.as_json
def rebuild(remove_extra: bool, where: Where, as_json: bool) -> None:
    """Write the CSV objects again from the ledger.

    Objects that are as they must be are left alone.
    """
    from billdrop.cli.output import print_json
    from billdrop.cli.writing import own_way
    from billdrop.proof import agreement as core

    with where.writing() as writing:
        reading = writing.reading
        done = core.rebuild(reading.archive, reading.destination, remove_extra=remove_extra)
        with own_way(writing):
            pass
    if as_json:
        print_json(done)
    else:
        click.echo(", ".join(f"{count:,} {what}" for what, count in structs.asdict(done).items()))
