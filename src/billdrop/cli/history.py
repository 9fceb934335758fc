"""`billdrop history` and `billdrop why`."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from billdrop.cli import options
from billdrop.cli.where import Where, where
from billdrop.model import DocumentEntry, Finding, InvoiceEntry, QuarantineEntry, Row, State

if TYPE_CHECKING:
    from billdrop.books.columns import Column

_STATES = click.Choice([state.value for state in State])


@click.command()
@click.argument("match", default="")
@click.option("--state", type=_STATES, help="Only documents in this state.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
@where
@options.as_json
def history(match: str, state: str | None, limit: int, where: Where, as_json: bool) -> None:
    """List documents, newest first.

    MATCH is part of a document's id, or a customer.
    """
    from billdrop.cli.output import print_json_list, talk

    wanted = State(state) if state else None
    with where.reading() as reading:
        found = reading.archive.documents(match=match, state=wanted, limit=limit + 1)
        entries = list(islice(found, limit + 1))
    if as_json:
        print_json_list(entries[:limit])
        return
    click.echo(_list(entries[:limit]))
    if len(entries) > limit:
        talk(f"only the newest {limit}; --limit N shows more")


def _list(entries: Sequence[DocumentEntry]) -> str:
    from billdrop.cli.output import table

    header = ("arrived", "state", "invoices", "waiting", "guideline", "document")
    rows = [
        (_moment(e.arrived_at), e.state, e.invoices, e.waiting, e.guideline, _name(e))
        for e in entries
    ]
    return table(header, rows, right=("invoices", "waiting"))


def _name(entry: DocumentEntry) -> str:
    return entry.document_id.rpartition("@")[0]


@click.command()
@click.argument("document")
@where
@options.as_json
def why(document: str, where: Where, as_json: bool) -> None:
    """Tell the story of one document.

    DOCUMENT is its id or an unambiguous part of it: when it came, what was read, what it put
    into the books, and why it is in the state it is in.
    """
    from billdrop.cli.lookup import one_document
    from billdrop.cli.output import print_json

    with where.reading() as reading:
        entry = one_document(reading.archive, document)
        invoices = list(reading.archive.invoices(document_id=entry.document_id))
        findings = reading.archive.findings(entry.document_id)
        entries = reading.books.quarantine(document_id=entry.document_id, closed=True)
    waiting = [part for part in entries if part.waits]
    releases = [part for part in entries if part.by]
    if as_json:
        print_json(
            {
                "document": entry,
                "invoices": [invoice_object(invoice) for invoice in invoices],
                "quarantine": [part.id for part in waiting],
                "releases": [_release(part) for part in releases],
                "rulings": [
                    {"id": part.id, **asdict(one)} for part in entries for one in part.rulings
                ],
                "findings": findings,
            }
        )
    else:
        _tell(entry, invoices, findings, entries)


def invoice_object(entry: InvoiceEntry) -> dict[str, object]:
    """An invoice revision for `--json`: every column by name, its lines, and whether it counts."""
    from billdrop.books.columns import INVOICES, LINES

    return {
        **_cells(INVOICES, entry.row),
        "latest": entry.latest,
        "lines": [_cells(LINES, row) for row in entry.lines],
    }


def _cells(columns: "Sequence[Column]", row: Row) -> dict[str, object]:
    return {
        column.name: int(cell) if cell and column.kind == "integer" else cell
        for column, cell in zip(columns, row, strict=True)
    }


def _tell(
    entry: DocumentEntry,
    invoices: Sequence[InvoiceEntry],
    findings: Sequence[Finding],
    entries: Sequence[QuarantineEntry],
) -> None:
    from billdrop.cli.render import finding_text, ruling_text, visible

    click.echo(f"{click.style(visible(entry.document_id), bold=True)}: {entry.state}")
    for name, fact in _facts(entry):
        if fact:
            click.echo(f"  {name:<13}{visible(fact)}")
    if invoices:
        click.echo("\n" + _invoices(invoices))
    for finding in findings:
        click.echo("\n" + finding_text(finding, entry.key))
    for part in entries:
        where = "all of it" if part.record is None else f"lines {part.first_line}-{part.last_line}"
        for one in part.rulings:
            said = f"{ruling_text(one)} (quarantine entry {part.id}, {part.code}, {where})"
            click.echo(f"\n{visible(said)}")
        if part.waits:
            click.echo(f"\nwaits in quarantine as {part.id} ({part.code}, {where})")
        elif part.closed_at is not None and part.by:
            said = f"released by {part.by} at {_moment(part.closed_at)}: {part.why}"
            click.echo(f"\n{visible(said)} (quarantine entry {part.id}, {part.code}, {where})")


def _release(entry: QuarantineEntry) -> dict[str, object]:
    """What a person decided, for `--json`."""
    return {
        "id": entry.id,
        "code": entry.code,
        "first_line": entry.first_line,
        "last_line": entry.last_line,
        "by": entry.by,
        "why": entry.why,
        "at": entry.closed_at,
    }


def _facts(entry: DocumentEntry) -> list[tuple[str, str]]:
    return [
        ("customer", entry.customer),
        ("arrived", _moment(entry.arrived_at)),
        ("committed", _moment(entry.committed_at)),
        ("size", f"{entry.size:,} bytes" if entry.sha256 else ""),
        ("sha256", entry.sha256),
        ("guideline", entry.guideline or "none read it"),
        ("unfinished", "only a part of it is in the books yet" if entry.unfinished else ""),
        ("duplicate of", entry.duplicate_of or ""),
        ("evidence", entry.evidence),
    ]


def _invoices(invoices: Sequence[InvoiceEntry]) -> str:
    from billdrop.cli.lookup import cell
    from billdrop.cli.output import table

    names = ("number", "revision", "issue_date", "currency", "total", "invoice_id")
    rows = [(*(cell(e, name) for name in names), "yes" if e.latest else "no") for e in invoices]
    return table((*names, "counts"), rows, right=("revision", "total"))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"
