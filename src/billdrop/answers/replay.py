"""What would change if the stored originals were read again under today's guidelines."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from billdrop.books import columns
from billdrop.guidelines.library import Library
from billdrop.model import (
    DocumentEntry,
    Finding,
    InvoiceEntry,
    Parsed,
    State,
    counted,
    first_error,
)
from billdrop.parsing.reading import parse
from billdrop.ports import Archive
from billdrop.readers import Limits

COUNTED = ("issue_date", "currency", "net", "tax", "total")


class Counted(Struct, frozen=True, kw_only=True):
    """What of an invoice counts in the sums."""

    issue_date: str
    currency: str
    net: str | None
    tax: str | None
    total: str


class Change(Struct, frozen=True, kw_only=True):
    """One invoice that today's guidelines read differently."""

    document_id: str
    number: str
    before: Counted | None
    """None: it is not in the books now."""
    after: Counted | None
    """None: it would not be accepted."""
    reason: str
    """The first finding when it would not be accepted; empty otherwise."""


class Shift(Struct, frozen=True, kw_only=True):
    """What one date's total would become."""

    issue_date: str
    currency: str
    invoices: int
    """By how many invoices the count changes."""
    difference: Decimal
    """By how much the total changes."""


class Replay(Struct, frozen=True, kw_only=True):
    """The result of a dry run."""

    documents: int
    changes: tuple[Change, ...]
    shifts: tuple[Shift, ...]
    """By date, then currency; only what is not zero."""


def replay(
    archive: Archive,
    library: Library,
    limits: Limits,
    *,
    guideline: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> Replay:
    """
    Read every original again and compare with the books; writes nothing.

    `guideline` keeps to documents that this guideline read or would read.
    """
    count = 0
    changes: list[Change] = []
    for entry in archive.documents():
        if entry.state in (State.LOST, State.DUPLICATE, State.SUPERSEDED):
            continue
        document, ref = archive.original(entry.document_id)
        parsed = parse(document, library, limits)
        count += 1
        progress(count)
        if parsed.guideline == ref and not entry.waiting:
            continue
        names = {one.name for one in (ref, parsed.guideline) if one is not None}
        if not guideline or guideline in names:
            changes.extend(_compared(entry, archive, parsed))
    return Replay(documents=count, changes=tuple(changes), shifts=tuple(_shifts(changes)))


def _compared(entry: DocumentEntry, archive: Archive, parsed: Parsed) -> Iterator[Change]:
    recorded = {
        _cell(invoice, "record"): invoice
        for invoice in archive.invoices(document_id=entry.document_id)
        if invoice.latest
    }
    reason = _reason(parsed.findings)
    for record in parsed.records:
        known = recorded.pop(str(record.index), None)
        before = _counted(known) if known is not None else None
        after = None
        passed = record.accepted or (known is not None and record.waits)
        if passed and record.invoice is not None:
            stated = counted(record.invoice)
            values = {name: columns.plain(getattr(stated, name)) for name in COUNTED}
            after = Counted(**values)  # type: ignore[arg-type]  # the model says which may be None
            if known is None and (rival := _rival(entry, archive, record.invoice.number)):
                before = _counted(rival)
                after = after if parsed.corrections == "latest" else before
        if before != after:
            number = record.invoice.number if record.invoice else _cell(known, "number")
            refused = _reason(record.findings) if after is None else ""
            yield Change(
                document_id=entry.document_id,
                number=number,
                before=before,
                after=after,
                reason=refused,
            )
    for known in recorded.values():
        yield Change(
            document_id=entry.document_id,
            number=_cell(known, "number"),
            before=_counted(known),
            after=None,
            reason=reason,
        )


def _reason(findings: Sequence[Finding]) -> str:
    """Why something is read differently: an error before any warning."""
    reason = first_error(findings) or next(iter(findings), None)
    return reason.message if reason else ""


def _rival(entry: DocumentEntry, archive: Archive, number: str) -> InvoiceEntry | None:
    """The latest revision of the same number from another document: it stays, as a conflict would."""
    for other in archive.invoices(name=number):
        if (
            other.latest
            and _cell(other, "customer") == entry.customer
            and _cell(other, "document_id") != entry.document_id
        ):
            return other
    return None


def _cell(entry: InvoiceEntry | None, name: str) -> str:
    if entry is None:
        return ""
    return entry.row[_PLACE[name]] or ""


_PLACE = {column.name: place for place, column in enumerate(columns.INVOICES)}


def _counted(entry: InvoiceEntry) -> Counted:
    return Counted(**{name: entry.row[_PLACE[name]] for name in COUNTED})  # type: ignore[arg-type]  # the ledger's columns say which may be NULL


def _shifts(changes: list[Change]) -> Iterator[Shift]:
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for change in changes:
        for each, sign in ((change.before, -1), (change.after, 1)):
            if each is not None:
                key = (each.issue_date, each.currency)
                invoices, total = sums.get(key, (0, Decimal(0)))
                sums[key] = (invoices + sign, total + sign * Decimal(each.total))
    for (issue_date, currency), (invoices, total) in sorted(sums.items()):
        if invoices or total:
            yield Shift(
                issue_date=issue_date, currency=currency, invoices=invoices, difference=total
            )
