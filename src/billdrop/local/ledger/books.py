"""The ledger as others read it: answers, history and originals, on a connection of its own."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from billdrop.books.decide import folded
from billdrop.local.ledger import answers
from billdrop.local.ledger.accounts import COLUMNS, Account, account, micros, moment
from billdrop.local.ledger.connection import named, open_reader
from billdrop.local.ledger.entries import findings_of
from billdrop.local.ledger.packs import TOUCHING, Stored, joined, stretches
from billdrop.local.ledger.revisions import name_print
from billdrop.local.ledger.segments import stored
from billdrop.local.ledger.totals import read
from billdrop.model import (
    Document,
    DocumentEntry,
    DocumentRef,
    Finding,
    GuidelineRef,
    InvoiceEntry,
    QuarantineEntry,
    Segment,
    State,
    Total,
)

HELD = 32 * 1024 * 1024
"""A larger original is read in slices."""
_PAGE = 500
_LAST = 2**63 - 1


class SqliteBooks:
    """Implements `Books` and `Archive`; may be used from several threads while another writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = open_reader(path)
        self._lock = Lock()

    def missing(self, refs: Sequence[DocumentRef]) -> list[DocumentRef]:
        """See `Books`."""
        there = self._names(refs, "1")
        return [ref for ref in refs if ref.document_id not in there]

    def captured(self, refs: Sequence[DocumentRef], *, before: datetime) -> list[DocumentRef]:
        """See `Books`."""
        there = self._names(refs, "committed_at < ?", micros(before))
        return [ref for ref in refs if ref.document_id in there]

    def totals(self, *, since: date | None = None, until: date | None = None) -> list[Total]:
        """See `Books`."""
        rows = self._all(
            "SELECT * FROM totals WHERE issue_date BETWEEN ? AND ? ORDER BY issue_date, currency",
            ((since or date.min).isoformat(), (until or date.max).isoformat()),
        )
        return [_total(row) for row in rows]

    def states(self) -> dict[str, int]:
        """See `Books`."""
        counts = dict(self._all("SELECT state, documents FROM states"))
        ((waiting,),) = self._all("SELECT count(*) FROM segments WHERE published_at IS NULL")
        return {state.value: counts.get(state.value, 0) for state in State} | {
            "unpublished_segments": waiting
        }

    def quarantine(
        self, *, document_id: str | None = None, closed: bool = False
    ) -> list[QuarantineEntry]:
        """See `Books`."""
        sql = answers.quarantine_query(one=document_id is not None, closed=closed)
        wanted = {} if document_id is None else {"name": document_id}
        found = [answers.quarantine_entry(row) for row in self._all(sql, wanted)]
        return [entry for entry in found if closed or entry.waits]

    def entry(self, number: int) -> QuarantineEntry | None:
        """See `Decisions`."""
        if abs(number) > _LAST:
            return None
        return next(map(answers.quarantine_entry, self._all(answers.ENTRY, (number,))), None)

    def decided(
        self,
        *,
        rejected: bool = False,
        customer: str = "",
        limit: int | None = None,
        before: int | None = None,
    ) -> list[QuarantineEntry]:
        """See `Decisions`."""
        last = None if before is None else self.entry(before)
        if before is not None and (last is None or last.decided_at is None):
            return []
        at = _LAST if last is None or last.decided_at is None else micros(last.decided_at)
        size = _PAGE if limit is None else min(limit, _PAGE)
        wanted = {"customer": customer, "limit": size}
        found = self._decided(answers.decided_query(rejected=rejected), wanted, at, before or 0)
        return list(islice((one for one in found if one.barred or not rejected), limit))

    def _decided(
        self, sql: str, wanted: dict[str, Any], at: int, last: int
    ) -> Iterator[QuarantineEntry]:
        """Page by page, from what was decided before a moment."""
        while rows := self._all(sql, wanted | {"at": at, "id": last}):
            found = [answers.quarantine_entry(row) for row in rows]
            yield from found
            last, until = found[-1].id, found[-1].decided_at
            assert until is not None, "it is of what was decided"
            at = micros(until)

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        """See `Archive`."""
        known = self._account(document_id)
        if known is None or known.start is None:
            raise KeyError(document_id)
        large = known.size > HELD
        document = Document(
            ref=known.ref,
            arrived_at=moment(known.arrived_at),
            sha256=known.sha256,
            size=known.size,
            content=None if known.oversized or large else b"".join(self._bytes(known)),
            sequencer=known.sequencer,
            findings=tuple(findings_of(known.refused)) if known.refused else (),
            chunks=(lambda: self._bytes(known)) if known.oversized or large else None,
            slices=self._slices(known) if large and not known.oversized else None,
        )
        return document, self._guideline(self._twin(known) or known)

    def documents(
        self,
        *,
        match: str = "",
        state: State | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> Iterator[DocumentEntry]:
        """See `Archive`."""
        wanted = {"match": match, "state": None if state is None else state.value}
        left, last = limit, _LAST if before is None else self._place(before)
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            rows = self._all(answers.DOCUMENTS, wanted | {"before": last, "limit": size})
            yield from map(answers.document_entry, rows)
            if len(rows) < size:
                return
            last = rows[-1][0]
            left = None if left is None else left - size

    def invoices(
        self, *, document_id: str | None = None, name: str | None = None
    ) -> Iterator[InvoiceEntry]:
        """See `Archive`."""
        where = "id > :after"
        wanted: dict[str, str | int | None] = {}
        if document_id is not None:
            where += " AND document = (SELECT id FROM documents WHERE name = :document)"
            wanted["document"] = document_id
        if name is not None:
            where += f" AND id IN ({_NAMED})"
            wanted |= {
                "number": folded(name),
                "name": name.strip(),
                "print": name_print(name.strip()),
            }
        sql = f"""
        SELECT id, cells, lines, live FROM invoices WHERE {where} ORDER BY id LIMIT {_PAGE}
        """  # noqa: S608 - the conditions are our own
        for _, cells, lines, live in self._paged(sql, wanted):
            yield answers.invoice_entry(cells, lines, live)

    def segments(self) -> Iterator[Segment]:
        """See `Archive`."""
        return self.segments_where("1")

    def segments_where(self, condition: str) -> Iterator[Segment]:
        """Segments for which some SQL holds, oldest first."""
        sql = f"""
        SELECT id, name, received, first, last FROM segments
        WHERE id > :after AND {condition} ORDER BY id LIMIT {_PAGE}
        """  # noqa: S608 - the conditions are our own
        for _, name, received, first, last in self._paged(sql, {}):
            yield stored(name, date.fromisoformat(received), first, last, self.pages)

    def pages(self, first: int, last: int) -> Iterator[tuple[str, str]]:
        """Cells and lines of the invoices from the first id to the last."""
        sql = f"""
        SELECT id, cells, lines FROM invoices
        WHERE id > :after AND id <= :last ORDER BY id LIMIT {_PAGE}
        """  # noqa: S608 - a number of our own
        for _, cells, lines in self._paged(sql, {"last": last}, after=first - 1):
            yield cells, lines

    def findings(self, document_id: str) -> list[Finding]:
        """See `Archive`."""
        known = self._account(document_id)
        if known is None:
            return []
        read = self._twin(known) or known
        with named(self._path), self._lock:
            return answers.found(self._connection, read.id)

    def close(self) -> None:
        """Release the ledger."""
        with self._lock:
            self._connection.close()

    def _all(self, sql: str, bindings: Any = None) -> list[Any]:
        with named(self._path), self._lock:
            return self._connection.execute(sql, bindings).fetchall()

    def _paged(self, sql: str, wanted: dict[str, Any], *, after: int = 0) -> Iterator[Any]:
        """Page by page, so that no read transaction outlives a page and holds up the writer's log."""
        while rows := self._all(sql, wanted | {"after": after}):
            yield from rows
            after = rows[-1][0]

    def _names(self, refs: Sequence[DocumentRef], condition: str, *more: object) -> set[str]:
        """Those of the documents that were captured, and for which some SQL holds."""
        sql = f"""
        SELECT name FROM (SELECT value FROM json_each(?)) CROSS JOIN documents
        WHERE name = value AND state != 'lost' AND {condition}
        """  # noqa: S608 - the conditions are our own
        names = msgspec.json.encode([ref.document_id for ref in refs]).decode()
        return {name for (name,) in self._all(sql, (names, *more))}

    def _place(self, document_id: str) -> int:
        """The order in which a document reached the ledger; before all others where it did not."""
        rows = self._all("SELECT id FROM documents WHERE name = ?", (document_id,))
        return int(rows[0][0]) if rows else 0

    def _account(self, document_id: str) -> Account | None:
        rows = self._all(f"SELECT {COLUMNS} FROM documents WHERE name = ?", (document_id,))  # noqa: S608
        return account(rows[0]) if rows else None

    def _twin(self, known: Account) -> Account | None:
        """The document with the same bytes that a duplicate duplicates."""
        if known.state is not State.DUPLICATE or known.duplicate_of is None:
            return None
        other = self._account(known.duplicate_of)
        return other if other is not None and other.sha256 == known.sha256 else None

    def _guideline(self, known: Account) -> GuidelineRef | None:
        rows = self._all(
            "SELECT name, version, digest, text FROM guidelines WHERE id = ?", (known.guideline,)
        )
        return GuidelineRef(*rows[0]) if rows else None

    def _bytes(self, known: Account) -> Iterator[bytes]:
        for start, size in stretches(known.start or 0, known.size):
            yield self._stretch(start, size)

    def _stretch(self, start: int, size: int) -> bytes:
        return joined(self._all(TOUCHING, {"start": start, "size": size}), start, size)

    def _slices(self, known: Account) -> Stored:
        return Stored(self._stretch, known.start or 0, known.size)


def _total(row: Sequence[Any]) -> Total:
    summed = read(row[2:])
    return Total(
        issue_date=date.fromisoformat(row[0]),
        currency=row[1],
        invoices=summed.invoices,
        net=summed.net if summed.with_net else None,
        tax=summed.tax if summed.with_tax else None,
        total=summed.total,
        with_net=summed.with_net,
        with_tax=summed.with_tax,
    )


_NAMED = """
SELECT id FROM invoices WHERE number = :number
UNION ALL
SELECT id FROM invoices WHERE fingerprint = :print AND cells LIKE '["' || :name || '",%'
"""
