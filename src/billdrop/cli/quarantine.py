"""`billdrop quarantine list|show|redrive|release|reject|reconsider`."""

from collections.abc import Callable, Sequence

import click
from msgspec import structs

from billdrop.cli import options
from billdrop.cli.lookup import not_found
from billdrop.cli.render import unversioned
from billdrop.cli.where import Where, where
from billdrop.errors import BilldropError, Terminal, UsageError
from billdrop.model import QuarantineEntry
from billdrop.ports import Books

UNKNOWN = "BD2001"
"""No guideline recognises the document: one can be drafted from it."""


@click.group()
def quarantine() -> None:
    """See and settle what waits for a person or a better guideline."""


@quarantine.command("list")
@click.option("--rejected", is_flag=True, help="What a person rejected for good, instead.")
@where
@options.as_json
def list_(rejected: bool, where: Where, as_json: bool) -> None:
    """List what waits, oldest first."""
    from billdrop.cli.output import print_json_list, table, talk

    with where.reading() as reading:
        entries = _rejected(reading.books) if rejected else reading.books.quarantine()
    if as_json:
        print_json_list(entries)
    elif entries:
        rows = [
            (e.id, f"{e.since:%Y-%m-%d %H:%M}Z", e.code, _first(e), unversioned(_where(e)))
            for e in entries
        ]
        click.echo(table(("id", "since", "code", "reason", "document"), rows, right=("id",)))
    else:
        talk("nothing is rejected" if rejected else "nothing waits in quarantine")


@quarantine.command()
@click.argument("entry_id", metavar="ID", type=int)
@where
@options.as_json
def show(entry_id: int, where: Where, as_json: bool) -> None:
    """Show one entry, every finding with its caret; of one that left quarantine, what is there now."""
    from billdrop.cli.output import print_json, talk
    from billdrop.quarantine.leading import followed

    with where.reading() as reading:
        entry = reading.books.entry(entry_id)
        if entry is None:
            raise _unknown(entry_id)
        now = followed(entry, reading.books)
    if as_json:
        print_json({**structs.asdict(entry), "now": [one.id for one in now]})
        return
    for one in (entry, *now):
        _tell(one, now)
        if one.code == UNKNOWN and one.closed_at is None:
            talk(f"next: billdrop guideline draft --from-quarantine {one.id} -o FILE")


def _tell(entry: QuarantineEntry, now: Sequence[QuarantineEntry]) -> None:
    from billdrop.cli.render import finding_text, ruling_text, visible
    from billdrop.quarantine.leading import became

    click.echo(f"{entry.id}: {visible(_where(entry))}, since {entry.since:%Y-%m-%d %H:%M:%S}Z")
    if entry.closed_at is not None:
        left = f"left quarantine at {entry.closed_at:%Y-%m-%d %H:%M:%S}Z: {became(entry, now)}"
        click.echo(f"{visible(left)}\n")
        return
    for one in entry.rulings:
        click.echo(visible(ruling_text(one)))
    for finding in entry.findings:
        click.echo("\n" + finding_text(finding, entry.key))


def _unread(name: str, error: BilldropError) -> None:
    """Say why a document stays as it is."""
    from billdrop.cli.output import talk

    talk(f"{unversioned(name)} stays as it is: {error}")


@quarantine.command()
@click.argument("entry_ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that waits.")
@where
@options.as_json
def redrive(entry_ids: tuple[int, ...], everything: bool, where: Where, as_json: bool) -> int:
    """Send quarantined documents through again, from their stored originals."""
    from billdrop import operations
    from billdrop.cli.summary import report
    from billdrop.cli.writing import hands_on

    if everything == bool(entry_ids):
        raise click.UsageError("name entries by id, or say --all")
    with hands_on(where) as (reading, way):
        _decided(reading.books, entry_ids, _waiting)
        entries = _entries(
            reading.books, _or_left(reading.books, entry_ids, lambda one: True), entry_ids
        )
        summary = operations.redrive(entries, reading.archive, way, lambda outcomes: None, _unread)
    return report(summary, as_json=as_json)


@quarantine.command()
@click.argument("entry_id", metavar="ID", type=int)
@click.option("--by", required=True, metavar="WHO", help="Who decides; kept with the invoice.")
@click.option("--why", required=True, metavar="TEXT", help="The reason; kept with the invoice.")
@where
@options.as_json
def release(entry_id: int, by: str, why: str, where: Where, as_json: bool) -> int:
    """Record a conflict as a correction, or what policy holds for a person to look at."""
    from billdrop import operations
    from billdrop.cli.summary import report
    from billdrop.cli.writing import hands_on

    with hands_on(where) as (reading, way):
        _decided(reading.books, [entry_id], _waiting)
        there = _or_left(reading.books, [entry_id], lambda one: bool(one.by))
        (entry,) = _entries(reading.books, there, [entry_id])
        outcome = operations.release(entry, reading.archive, way, by=by, why=why)
    summary = operations.Summary()
    summary.add([outcome])
    return report(summary, as_json=as_json)


@quarantine.command()
@click.argument("entry_ids", metavar="ID...", type=int, nargs=-1, required=True)
@click.option("--by", required=True, metavar="WHO", help="Who decides; kept with the entry.")
@click.option("--why", required=True, metavar="TEXT", help="The reason; kept with the entry.")
@where
@options.as_json
def reject(entry_ids: tuple[int, ...], by: str, why: str, where: Where, as_json: bool) -> None:
    """Keep what waits out of the books for good; nothing reads it again by itself."""
    from billdrop.quarantine import rejecting

    _rule(rejecting.reject, _waiting, entry_ids, where, by=by, why=why, as_json=as_json)


@quarantine.command()
@click.argument("entry_ids", metavar="ID...", type=int, nargs=-1, required=True)
@click.option("--by", required=True, metavar="WHO", help="Who decides; kept with the entry.")
@click.option("--why", required=True, metavar="TEXT", help="The reason; kept with the entry.")
@where
@options.as_json
def reconsider(entry_ids: tuple[int, ...], by: str, why: str, where: Where, as_json: bool) -> None:
    """Take back that something was rejected: it is read again, and waits if it is refused still."""
    from billdrop.quarantine import rejecting

    _rule(rejecting.reconsider, _rejected, entry_ids, where, by=by, why=why, as_json=as_json)


def _rule(
    work: Callable[..., object],
    among: Callable[[Books], Sequence[QuarantineEntry]],
    ids: Sequence[int],
    where: Where,
    *,
    by: str,
    why: str,
    as_json: bool,
) -> None:
    """What was decided is done: that something waits now, or does no more, is no failure."""
    from billdrop.cli.output import print_json_list, talk
    from billdrop.cli.writing import hands_on

    with hands_on(where) as (reading, way):
        _decided(reading.books, ids, among)
        entries = _entries(reading.books, among(reading.books), ids)
        work(entries, reading.archive, way, by=by, why=why)
        names = {entry.document_id for entry in entries}
        now = [
            one
            for name in names
            for one in reading.books.quarantine(document_id=name, closed=True)
            if one.id in ids
        ]
    if as_json:
        print_json_list(now)
        return
    for one in now:
        talk(f"{one.id}: {_stands(one)}")


def _decided(
    books: Books, ids: Sequence[int], among: Callable[[Books], Sequence[QuarantineEntry]]
) -> None:
    """Raises `UsageError` where an entry is already what it was to become."""
    if among is _waiting:
        settled, fact = _rejected(books), "is rejected already"
        hint = "`billdrop quarantine reconsider {}` takes that back"
    else:
        settled, fact = _waiting(books), "is not rejected: it waits"
        hint = "`billdrop quarantine show {}` says for what"
    for one in settled:
        if one.id in ids:
            raise UsageError(f"quarantine entry {one.id} {fact}", hint=hint.format(one.id))


def _stands(entry: QuarantineEntry) -> str:
    if entry.closed_at is not None:
        return "read without errors now, and in the books"
    return "rejected; it waits no more" if entry.barred else f"waits again ({entry.code})"


def _waiting(books: Books) -> list[QuarantineEntry]:
    return books.quarantine()


def _rejected(books: Books) -> list[QuarantineEntry]:
    return sorted(books.decided(rejected=True), key=lambda one: one.since)


def _or_left(
    books: Books, ids: Sequence[int], fits: Callable[[QuarantineEntry], bool]
) -> list[QuarantineEntry]:
    """What waits, and what left quarantine if it is asked for: whoever was not told of it is then."""
    waiting = books.quarantine()
    if {one.id for one in waiting} >= set(ids):
        return waiting
    left = [books.entry(number) for number in ids]
    return waiting + [
        one for one in left if one is not None and one.closed_at is not None and fits(one)
    ]


def _entries(
    books: Books, there: Sequence[QuarantineEntry], ids: Sequence[int]
) -> list[QuarantineEntry]:
    """The entries of the ids, or all of them when none is given."""
    waiting = {entry.id: entry for entry in there}
    unknown = [number for number in ids if number not in waiting]
    if unknown:
        raise _gone(books, unknown[0])
    return [waiting[number] for number in ids] if ids else list(waiting.values())


def _gone(books: Books, number: int) -> BilldropError:
    """Why an entry is not among those that can be decided about: it left quarantine, or never was."""
    from billdrop.quarantine.leading import became, followed

    entry = books.entry(number)
    if entry is None or entry.closed_at is None:
        return _unknown(number)
    fact = f"quarantine entry {number} waits no more: {became(entry, followed(entry, books))}"
    return UsageError(fact, hint=f"`billdrop quarantine show {number}` shows what is there now")


def _unknown(number: int) -> Terminal:
    fact, hint = (
        f"there is no quarantine entry {number}",
        "`billdrop quarantine list` shows what waits",
    )
    return not_found(fact, hint=hint)


def _where(entry: QuarantineEntry) -> str:
    if entry.record is None:
        return entry.document_id
    return f"{entry.document_id}, lines {entry.first_line}-{entry.last_line}"


def _first(entry: QuarantineEntry) -> str:
    return unversioned(entry.reason)
