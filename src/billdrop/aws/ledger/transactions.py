"""What transactions brought, read back: segments, revisions and documents, some at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from heapq import merge

from billdrop.aws.ledger import places
from billdrop.aws.ledger.parcels import Parcels
from billdrop.aws.ledger.places import of_document, of_earlier
from billdrop.aws.ledger.rows import Rows
from billdrop.aws.ledger.stored import Brought, brought_of, revision_of
from billdrop.aws.ledger.wire import AT_ONCE, Place, TableItem, Wire, cut
from billdrop.model import Segment
from billdrop.plan import Revision

Row = tuple[str, int]
"""Id of an invoice and a revision of it."""


class Transactions:
    """Reads; safe to share among threads."""

    def __init__(self, wire: Wire, parcels: Parcels) -> None:
        self._wire = wire
        self._parcels = parcels

    def days(self) -> list[str]:
        """The days that have transactions, in order."""
        return [item["sk"]["S"] for item in self._wire.query(places.DAYS)]

    def in_order(self, *, backwards: bool = False) -> Iterator[tuple[str, Brought]]:
        """What every transaction brought, with its name, in order of time."""
        days = self.days()
        for day in reversed(days) if backwards else days:
            shards = [self._wire.query(pk, backwards=backwards) for pk in places.of_day(day)]
            for item in merge(*shards, key=lambda item: str(item["sk"]["S"]), reverse=backwards):
                yield item["sk"]["S"], self.brought(item)

    def brought(self, item: TableItem) -> Brought:
        """What one transaction brought."""
        return brought_of(self._parcels.unwrap(item["b"]))

    def by_name(self, names: Iterable[str]) -> Iterator[tuple[str, Brought]]:
        """What some transactions brought, in their order; those that are not there are left out."""
        for chunk in cut(names, AT_ONCE):
            found = self._wire.get(places.of_commit(name) for name in chunk)
            for place, item in found.items():
                if item is not None:
                    yield place.sk, self.brought(item)

    def segments(self, transactions: Iterable[tuple[str, Brought]]) -> Iterator[Segment]:
        """The segments of some transactions; their rows are read when they are gone through."""
        return (self.segment(name, brought) for name, brought in transactions if brought.rows)

    def segment(self, name: str, brought: Brought) -> Segment:
        """The segment of one transaction."""
        rows = rows_of(brought)
        return Segment(
            name=name,
            received=date(int(name[:4]), int(name[4:6]), int(name[6:8])),
            invoices=Rows(lambda: (one.row for one, _ in self.revisions(rows))),
            lines=Rows(lambda: (line for one, _ in self.revisions(rows) for line in one.lines)),
        )

    def revisions(self, rows: Iterable[Row]) -> Iterator[tuple[Revision, bool]]:
        """Revisions in the order of the rows, and whether each is the latest."""
        for chunk in cut(rows, AT_ONCE):
            yield from self._revisions(chunk)

    def documents(self, names: Iterable[str]) -> Iterator[tuple[str, TableItem]]:
        """The items of some documents."""
        for chunk in cut(names, AT_ONCE):
            wanted = {of_document(name): name for name in chunk}
            found = self._wire.get(wanted)
            for place, name in wanted.items():
                item = found[place]
                if item is not None:
                    yield name, item

    def revision(self, item: TableItem) -> Revision:
        """A revision out of its item."""
        return revision_of(self._parcels.unwrap(item["b"]))

    def _revisions(self, rows: Sequence[Row]) -> Iterator[tuple[Revision, bool]]:
        """The latest first: what it is not is there already, or it would not have been replaced."""
        latest = self._wire.get(Place(f"i/{invoice}", places.LATEST) for invoice, _ in rows)
        earlier = self._wire.get(
            of_earlier(place, number)
            for invoice, number in rows
            if _number(latest[place := Place(f"i/{invoice}", places.LATEST)]) != number
        )
        for invoice, number in rows:
            place = Place(f"i/{invoice}", places.LATEST)
            item = latest[place]
            is_latest = _number(item) == number
            found = item if is_latest else earlier[of_earlier(place, number)]
            if found is not None:
                yield self.revision(found), is_latest


def rows_of(brought: Brought, document: str | None = None) -> list[Row]:
    """The revisions that a transaction brought; of one document, where it is named."""
    return [
        (invoice.hex(), number)
        for invoice, number, at in brought.rows
        if document in (None, brought.documents[at])
    ]


def _number(item: TableItem | None) -> int:
    return 0 if item is None else int(item["n"]["N"])
