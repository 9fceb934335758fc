"""`billdrop sweep`, `billdrop verify` and `billdrop rebuild`."""

from collections.abc import Iterable
from pathlib import Path

import click

from billdrop.cli import options
from billdrop.ports import Archive, Destination


@click.command()
@options.data_dir
@options.as_json
def sweep(data_dir: Path, as_json: bool) -> int:
    """Compare the inbox with the ledger and take in what is missing.

    `billdrop up` does this by itself; by hand it is the way to backfill a folder once.
    """
    from billdrop import operations
    from billdrop.cli.progress import progress
    from billdrop.cli.summary import report
    from billdrop.cli.writing import hands_on

    with hands_on(data_dir) as (reading, way), progress("sweep") as told:
        summary = operations.sweep(way, reading.settings, told)
    return report(summary, as_json=as_json)


@click.command()
@options.data_dir
@options.as_json
def verify(data_dir: Path, as_json: bool) -> int:
    """Prove that ledger, CSV and SQL agree.

    Names every difference; exit code 1 when there is one.
    """
    from billdrop.cli import agreement
    from billdrop.cli.output import counted, print_json
    from billdrop.cli.render import visible
    from billdrop.runtime import open_reading

    with open_reading(data_dir) as reading:
        differences = [
            *agreement.objects(reading.archive, reading.destination),
            *agreement.sums(reading.books, reading.archive, reading.engine),
        ]
        invoices = sum(total.invoices for total in reading.books.totals())
    if as_json:
        print_json({"agree": not differences, "invoices": invoices, "differences": differences})
        return 1 if differences else 0
    for difference in differences:
        click.echo(f"{visible(difference)} (BD5010)")
    if not differences:
        click.echo(f"ledger, CSV and SQL agree on {counted(invoices, 'invoice')}")
    return 1 if differences else 0


@click.command()
@click.option("--remove-extra", is_flag=True, help="Remove objects that belong to no segment.")
@options.data_dir
@options.as_json
def rebuild(remove_extra: bool, data_dir: Path, as_json: bool) -> None:
    """Write the CSV objects again from the ledger.

    Objects that are as they must be are left alone.
    """
    from billdrop.cli.output import print_json
    from billdrop.cli.writing import hands_on

    with hands_on(data_dir) as (reading, _):
        written, extra = _rebuild(reading.archive, reading.destination)
        if remove_extra:
            for key in extra:
                reading.destination.remove(key)
        reading.destination.flush()
    if as_json:
        print_json({"written": written, "extra": extra, "removed": remove_extra})
    else:
        _tell(written, extra, removed=remove_extra)


def _rebuild(archive: Archive, destination: Destination) -> tuple[list[str], list[str]]:
    """The keys that had to be written, and those that belong to no segment."""
    from billdrop import csvfile

    extra = set(destination.list())
    written = []
    for segment in archive.segments():
        for key, body in csvfile.objects(segment):
            extra.discard(key)
            if _renewed(destination, key, body):
                written.append(key)
    return written, sorted(extra)


def _renewed(destination: Destination, key: str, body: Iterable[bytes]) -> bool:
    expected = b"".join(body)
    try:
        if b"".join(destination.get(key)) == expected:
            return False
        destination.remove(key)
    except KeyError:
        pass
    destination.put(key, [expected])
    return True


def _tell(written: list[str], extra: list[str], *, removed: bool) -> None:
    from billdrop.cli.render import visible

    for key in written:
        click.echo(f"{visible(key)} written again")
    for key in extra:
        fate = "removed" if removed else "left; --remove-extra removes it"
        click.echo(f"{visible(key)} belongs to no segment: {fate}")
    if not written and not extra:
        click.echo("every CSV object is as it must be")
