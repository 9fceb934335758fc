"""Rows of the tables as the values of `model`."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import apsw

from billdrop.books.booking import lines_of, row_of
from billdrop.books.columns import line_head
from billdrop.local.ledger.accounts import COLUMNS, SHOWN, Account, account, moment
from billdrop.local.ledger.entries import findings_of, rulings_of
from billdrop.local.ledger.totals import CURRENCY, ISSUE_DATE, TOTAL
from billdrop.model import (
    DocumentEntry,
    Finding,
    InvoiceEntry,
    Outcome,
    QuarantineEntry,
    RecordedInvoice,
    Row,
    State,
    errors_of,
)


def outcome(connection: apsw.Connection, account: Account, *, known: bool) -> Outcome:
    """What became of a document."""
    if account.fresh:
        invoices, findings = tuple(account.recorded), account.findings
    else:
        invoices = recorded(connection, account.id)
        findings = _said(connection, account)
    state = account.state
    return Outcome(
        document_id=account.name,
        state=state,
        invoices=invoices,
        invoice_count=account.invoices,
        recorded_now=0 if known else account.added,
        findings=tuple(findings),
        duplicate_of=account.duplicate_of if state is State.DUPLICATE else None,
        known=known,
    )


def recorded(connection: apsw.Connection, document: int) -> tuple[RecordedInvoice, ...]:
    """The first invoices that a document put into the books."""
    rows: list[Any] = connection.execute(
        "SELECT revision, cells FROM invoices WHERE document = ? ORDER BY id LIMIT ?",
        (document, SHOWN),
    ).fetchall()
    return tuple(_recorded(revision, row_of(cells)) for revision, cells in rows)


def _recorded(revision: int, row: Row) -> RecordedInvoice:
    return RecordedInvoice(
        invoice_id=row[0] or "",
        number=row[2] or "",
        revision=revision,
        issue_date=date.fromisoformat(row[ISSUE_DATE] or ""),
        currency=row[CURRENCY] or "",
        total=Decimal(row[TOTAL] or 0),
    )


def found(connection: apsw.Connection, document: int, *, limit: int | None = None) -> list[Finding]:
    """What the last reading of a document found, in order."""
    findings: list[Finding] = []
    for (stored,) in connection.execute(
        "SELECT findings FROM findings WHERE document = ? ORDER BY id", (document,)
    ):
        findings.extend(findings_of(stored))
        if limit is not None and len(findings) >= limit:
            return findings[:limit]
    return findings


def _said(connection: apsw.Connection, account: Account) -> list[Finding]:
    """The first findings of a document; of a duplicate, why the one with the same bytes waits."""
    if account.state is State.DUPLICATE:
        twin = connection.execute(_WAITING_TWIN, (account.duplicate_of, account.sha256)).get
        if twin is not None:
            return errors_of(found(connection, twin))[:SHOWN]
    return found(connection, account.id, limit=SHOWN)


def invoice_entry(cells: str, lines: str, live: int) -> InvoiceEntry:
    """One revision with its lines."""
    row = row_of(cells)
    head = line_head(row)
    return InvoiceEntry(
        row=row, lines=tuple((*head, *line) for line in lines_of(lines)), latest=bool(live)
    )


def quarantine_entry(row: Sequence[Any]) -> QuarantineEntry:
    """One row of `quarantine_query`."""
    number, record, first_line, last_line, code, findings, *more = row
    since, closed_at, by, why, rulings, name, customer, bucket, version = more
    return QuarantineEntry(
        id=number,
        document_id=name,
        customer=customer,
        key=name[len(bucket) + 1 : -len(version) - 1],
        record=record,
        first_line=first_line,
        last_line=last_line,
        code=code,
        findings=tuple(findings_of(findings)),
        since=moment(since),
        closed_at=None if closed_at is None else moment(closed_at),
        by=by,
        why=why,
        rulings=rulings_of(rulings),
    )


_WAITING_TWIN = "SELECT id FROM documents WHERE name = ? AND sha256 = ? AND waiting > 0"
_QUARANTINE = """
SELECT q.id, q.record, q.first_line, q.last_line, q.code, q.findings, q.since,
       q.closed_at, q.by, q.why, q.rulings, d.name, d.customer, d.bucket, d.version
FROM quarantine AS q JOIN documents AS d ON d.id = q.document
"""


def quarantine_query(*, one: bool, closed: bool) -> str:
    """The SQL of all entries, or of those of `:name`; with closed ones or without."""
    conditions = [
        *(["d.name = :name"] if one else []),
        *([] if closed else ["q.closed_at IS NULL"]),
    ]
    return f"{_QUARANTINE} WHERE {' AND '.join(conditions) or '1'} ORDER BY q.id"


ENTRY = f"{_QUARANTINE} WHERE q.id = ?"


def decided_query(*, rejected: bool) -> str:
    """The SQL of what a person decided about and is later than nothing but `:at` and `:id`, a page of it."""
    only = "q.closed_at IS NULL AND q.rulings != ''" if rejected else "q.decided_at IS NOT NULL"
    return f"""{_QUARANTINE}
WHERE {only} AND (q.decided_at, q.id) < (:at, :id) AND :customer IN ('', d.customer)
ORDER BY q.decided_at DESC, q.id DESC LIMIT :limit
"""


def document_entry(row: Sequence[Any]) -> DocumentEntry:
    """One row of `DOCUMENTS`."""
    known = account(row[:-2])
    name, version = row[-2:]
    state = known.state
    return DocumentEntry(
        document_id=known.name,
        customer=known.customer,
        key=known.key,
        state=state,
        size=known.size,
        sha256=known.sha256.hex(),
        arrived_at=moment(known.arrived_at),
        committed_at=moment(known.committed_at),
        guideline=f"{name}@{version}" if name is not None else "",
        duplicate_of=known.duplicate_of if state is State.DUPLICATE else None,
        evidence=known.evidence,
        invoices=known.invoices,
        waiting=known.waiting,
    )


_DOCUMENT = ", ".join(f"d.{column.strip()}" for column in COLUMNS.split(","))
DOCUMENTS = f"""
SELECT {_DOCUMENT}, g.name, g.version
FROM documents AS d LEFT JOIN guidelines AS g ON g.id = d.guideline
WHERE d.id < :before AND (:state IS NULL OR d.state = :state)
  AND (instr(d.name, :match) OR instr(d.customer, :match))
ORDER BY d.id DESC LIMIT :limit
"""  # noqa: S608 - our own names
