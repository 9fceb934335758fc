"""
The ledger as those who ask see it: consistently read, page by page.

`missing`, `captured`, `unpublished`, `original` and whatever names a document or an invoice are a few
reads. `totals`, and all documents or invoices, go through everything; `states` is counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from msgspec.structs import replace

from billdrop.aws.ledger import places
from billdrop.aws.ledger.decisions import Decided
from billdrop.aws.ledger.parcels import Parcels, pieces
from billdrop.aws.ledger.places import (
    moment,
    of_bytes,
    of_document,
    of_guideline,
    of_invoice,
    of_later,
)
from billdrop.aws.ledger.slice import expanded
from billdrop.aws.ledger.stored import (
    StoredDocument,
    document_of,
    entries_of,
    findings_of,
    known_of,
)
from billdrop.aws.ledger.transactions import Transactions, rows_of
from billdrop.aws.ledger.wire import Place, TableItem, Wire
from billdrop.books.decide import folded
from billdrop.model import (
    Document,
    DocumentEntry,
    DocumentRef,
    Finding,
    GuidelineRef,
    InvoiceEntry,
    QuarantineEntry,
    Row,
    Segment,
    State,
    Total,
)
from billdrop.plan import Known, Revision
from billdrop.plan.answers import SUMS, entry_of, stays_asked, total_of


class DynamoBooks:
    """Implements `Books` and `Archive`; safe to share among threads."""

    def __init__(self, wire: Wire, parcels: Parcels) -> None:
        self._wire = wire
        self._parcels = parcels
        self._transactions = Transactions(wire, parcels)
        self._decided = Decided(wire, parcels)

    def missing(self, refs: Sequence[DocumentRef]) -> list[DocumentRef]:
        """See `Books`; a document of which only a part is in the books yet is missing too."""
        there = self._whole(refs)
        return [ref for ref in refs if ref.document_id not in there]

    def captured(self, refs: Sequence[DocumentRef], *, before: datetime) -> list[DocumentRef]:
        """See `Books`."""
        there = self._whole(refs)
        return [
            ref for ref in refs if ref.document_id in there and there[ref.document_id].at < before
        ]

    def totals(self, *, since: date | None = None, until: date | None = None) -> list[Total]:
        """See `Books`; reads every invoice."""
        days: dict[tuple[date, str], list[Row]] = {}
        for revision, is_latest in self._revisions():
            day = revision.invoice.issue_date
            if is_latest and (since or date.min) <= day <= (until or date.max):
                days.setdefault((day, revision.invoice.currency), []).append(revision.row[SUMS])
        return [total_of(day, currency, rows) for (day, currency), rows in sorted(days.items())]

    def states(self) -> dict[str, int]:
        """See `Books`; counted with each transaction, so that it is the same work however many there are."""
        counts = Counter[str]()
        for pk in places.of_counts():
            for item in self._wire.query(pk):
                counts[item["sk"]["S"].partition("/")[2]] += int(item["n"]["N"])
        unpublished = sum(1 for _ in self._wire.query(places.UNPUBLISHED))
        return {state.value: counts[state] for state in State} | {
            "unpublished_segments": unpublished,
            "unfinished_documents": len(self.unfinished()),
        }

    def unfinished(self) -> dict[str, datetime]:
        """The documents of which only a part is in the books, by id; when they were begun last."""
        return {item["b"]["S"]: moment(item["n"]["S"]) for item in self._wire.query(places.PARTLY)}

    def owed(self) -> dict[str, datetime]:
        """The documents of which customers are still to be told, by id; since when."""
        return {item["b"]["S"]: moment(item["t"]["S"]) for item in self._wire.query(places.UNTOLD)}

    def came(self, document_id: str) -> Document | None:
        """A document as it came, but for its bytes."""
        known = self._known(document_id)
        return None if known is None else known.document

    def quarantine(
        self, *, document_id: str | None = None, closed: bool = False
    ) -> list[QuarantineEntry]:
        """See `Books`."""
        names: Iterable[str] = [document_id] if document_id is not None else self._waiting(closed)
        found = [
            entry
            for _, item in self._transactions.documents(names)
            for entry in (entries_of(self._parcels.unwrap(item["q"])) if "q" in item else ())
            if closed or entry.waits
        ]
        return sorted(found, key=_order)

    def entry(self, number: int) -> QuarantineEntry | None:
        """See `Decisions`; one that left quarantine is looked for among all that did."""
        found = (one for closed in (False, True) for one in self.quarantine(closed=closed))
        return next((one for one in found if one.id == number), None)

    def decided(
        self,
        *,
        rejected: bool = False,
        customer: str = "",
        limit: int | None = None,
        before: int | None = None,
    ) -> list[QuarantineEntry]:
        """See `Decisions`; what was decided before this table kept the order is not among it."""
        by_mark = rejected and before is None
        newest = self._decided.rejected(customer) if by_mark else self._decided.all()
        if before is not None:
            next((one for one in newest if one.id == before), None)
        kept = (one for one in newest if stays_asked(one, rejected, customer))
        return list(islice(kept, limit))

    def unpublished(self) -> Iterator[Segment]:
        """See `Ledger`."""
        names = [item["sk"]["S"] for item in self._wire.query(places.UNPUBLISHED)]
        return self._transactions.segments(self._transactions.by_name(names))

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        """See `Archive`; the bytes are those that came, or an error is raised."""
        known = self._known(document_id)
        if known is None or known.evidence:
            raise KeyError(document_id)
        document = known.document
        item = self._wire.whole(of_bytes(document.ref.customer, document.sha256))
        if item is None:
            raise KeyError(document_id)
        data = self._parcels.content(dict(item["o"]), document)
        twin = self._known(known.twin) if known.twin is not None else known
        held = (
            replace(document, chunks=lambda: pieces(data))
            if document.content is None
            else replace(document, content=data)
        )
        return held, self._guideline(twin.guideline if twin else None)

    def documents(
        self,
        *,
        match: str = "",
        state: State | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> Iterator[DocumentEntry]:
        """See `Archive`; a whole document id is looked up, anything else is looked for."""
        left = limit
        exact = self._known(match) if match else None
        newest = (known for known, _ in self._documents())
        if before is not None:
            next((known for known in newest if known.name == before), None)
        for known in [exact] if exact is not None else newest:
            if left == 0:
                return
            is_asked = match in known.name or match in known.document.ref.customer
            if is_asked and state in (None, known.state):
                left = None if left is None else left - 1
                yield entry_of(known)

    def invoices(
        self, *, document_id: str | None = None, name: str | None = None
    ) -> Iterator[InvoiceEntry]:
        """See `Archive`."""
        found = (
            self._of_document(document_id)
            if document_id is not None
            else self._revisions()
            if name is None
            else self._named(name)
        )
        for revision, is_latest in found:
            if name is None or folded(name) == revision.number or name.strip() == revision.name:
                yield InvoiceEntry(row=revision.row, lines=tuple(revision.lines), latest=is_latest)

    def segments(self) -> Iterator[Segment]:
        """See `Archive`."""
        return self._transactions.segments(self._transactions.in_order())

    def findings(self, document_id: str) -> list[Finding]:
        """See `Archive`."""
        known = self._known(document_id)
        name = known.twin if known is not None and known.twin is not None else document_id
        item = self._wire.get([of_document(name)])[of_document(name)]
        return list(findings_of(self._parcels.unwrap(item["f"]))) if item and "f" in item else []

    def _whole(self, refs: Sequence[DocumentRef]) -> dict[str, StoredDocument]:
        found = {
            name: self._stored(item)
            for name, item in self._transactions.documents(ref.document_id for ref in refs)
        }
        return {
            name: known
            for name, known in found.items()
            if not known.evidence and not known.unfinished
        }

    def _stored(self, item: TableItem) -> StoredDocument:
        return document_of(self._parcels.unwrap(item["b"]))

    def _known(self, name: str) -> Known | None:
        place = of_document(name)
        item = self._wire.get([place])[place]
        return None if item is None else known_of(self._stored(item))

    def _documents(self) -> Iterator[tuple[Known, str]]:
        """Every document, newest first, where it was entered last."""
        for name, brought in self._transactions.in_order(backwards=True):
            entered = brought.documents[: brought.entered]
            for _, item in self._transactions.documents(reversed(entered)):
                stored = self._stored(item)
                if stored.entered == name:
                    yield known_of(stored), name

    def _waiting(self, closed: bool) -> Iterator[str]:
        found = self._wire.query(places.WAITED if closed else places.WAIT)
        return (item["b"]["S"] for item in found)

    def _guideline(self, ref: GuidelineRef | None) -> GuidelineRef | None:
        if ref is None:
            return None
        place = of_guideline(ref.digest)
        item = self._wire.get([place])[place]
        text = self._parcels.unwrap(item["b"]).decode() if item and "b" in item else ""
        return GuidelineRef(ref.name, ref.version, ref.digest, text)

    def _revisions(self) -> Iterator[tuple[Revision, bool]]:
        """Every revision, oldest first."""
        return self._transactions.revisions(
            row for _, brought in self._transactions.in_order() for row in rows_of(brought)
        )

    def _of_document(self, name: str) -> Iterator[tuple[Revision, bool]]:
        for _, item in self._transactions.documents([name]):
            names = expanded(self._stored(item).brought)
            transactions = self._transactions.by_name(names)
            yield from self._transactions.revisions(
                row for _, brought in transactions for row in rows_of(brought, name)
            )

    def _named(self, name: str) -> Iterator[tuple[Revision, bool]]:
        """The revisions of the invoices that a name may mean, oldest first."""
        number = folded(name)
        customers = [item["sk"]["S"][1:] for item in self._wire.query(places.CUSTOMERS)]
        firsts = [of_invoice((customer, number)).pk[2:] for customer in customers]
        firsts += [item["sk"]["S"] for item in self._wire.query(places.of_number(number))]
        firsts += self._first_of(name.strip())
        latest = self._wire.get(Place(f"i/{first}", places.LATEST) for first in firsts)
        rows = [
            (place.pk[2:], revision)
            for place, item in latest.items()
            if item is not None
            for revision in range(1, int(item["n"]["N"]) + 1)
        ]
        found = list(self._transactions.revisions(rows))
        return iter(sorted(found, key=lambda one: one[0].row[-1] or ""))

    def _first_of(self, invoice: str) -> list[str]:
        """The id of the first revision of an invoice, for that of any."""
        place = of_later(invoice)
        item = self._wire.get([place])[place]
        return [invoice if item is None else item["b"]["S"]]


def _order(entry: QuarantineEntry) -> tuple[datetime, str, int]:
    return entry.since, entry.document_id, -1 if entry.record is None else entry.record
