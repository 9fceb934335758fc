"""What a ledger that plans answers of what it holds: a document as it is shown, and sums."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal

from billdrop.books.columns import INVOICES
from billdrop.model import DocumentEntry, QuarantineEntry, Row, State, Total
from billdrop.plan.contents import Known

_NAMES = [column.name for column in INVOICES]
SUMS = slice(_NAMES.index("net"), _NAMES.index("total") + 1)
"""The cells of a row that are added up: net, tax and total."""

_add = Context(prec=1_000).add


def entry_of(known: Known) -> DocumentEntry:
    """A document as it is shown."""
    document, guideline = known.document, known.guideline
    return DocumentEntry(
        document_id=known.name,
        customer=document.ref.customer,
        key=document.ref.key,
        state=known.state,
        size=document.size,
        sha256=document.sha256.hex(),
        arrived_at=document.arrived_at,
        committed_at=known.at,
        guideline=f"{guideline.name}@{guideline.version}" if guideline else "",
        duplicate_of=known.duplicate_of if known.state is State.DUPLICATE else None,
        evidence=known.evidence,
        invoices=known.invoices,
        waiting=known.waiting,
        unfinished=known.unfinished,
    )


def decided_order(entry: QuarantineEntry) -> tuple[datetime, int]:
    """What was decided last is greatest."""
    return entry.decided_at or datetime.min.replace(tzinfo=UTC), entry.id


def stays_asked(entry: QuarantineEntry, rejected: bool, customer: str) -> bool:
    """Whether an entry is among what is asked of `Decisions.decided`."""
    out = entry.closed_at is None and entry.barred
    return (out or not rejected) and customer in ("", entry.customer)


def total_of(day: date, currency: str, sums: Sequence[Row]) -> Total:
    """The total of a day and a currency, of the `SUMS` of its rows."""
    return Total(
        issue_date=day,
        currency=currency,
        invoices=len(sums),
        net=_sum(row[0] for row in sums),
        tax=_sum(row[1] for row in sums),
        total=_sum(row[2] for row in sums) or Decimal(0),
        with_net=sum(row[0] is not None for row in sums),
        with_tax=sum(row[1] is not None for row in sums),
    )


def _sum(cells: Iterable[str | None]) -> Decimal | None:
    """None when there is nothing to add."""
    result: Decimal | None = None
    for cell in cells:
        if cell is not None:
            result = _add(result or Decimal(0), Decimal(cell))
    return result
