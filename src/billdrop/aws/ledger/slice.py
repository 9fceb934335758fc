"""As much of the ledger as one transaction needs: read when asked for, changed here, written as a whole."""

from collections.abc import Iterable, Iterator, Sequence

from billdrop.aws.ledger import places
from billdrop.aws.ledger.parcels import Parcels
from billdrop.aws.ledger.places import of_alike, of_bytes, of_document, of_earlier, of_invoice
from billdrop.aws.ledger.stored import (
    Names,
    StoredDocument,
    alike_of,
    brought_of,
    document_of,
    entries_of,
    findings_of,
    known_of,
    names_of,
    recorded_of,
    revision_of,
)
from billdrop.aws.ledger.wire import AT_ONCE, Place, TableItem, Wire, cut
from billdrop.books.alike import Told
from billdrop.model import Document, Finding, QuarantineEntry
from billdrop.plan import ByArrival, Key, Known, Revision

HELD = 1_000
"""Beyond so many revisions of one document, not all are held at a time."""

LISTED = 200
"""How many documents with the same bytes, and invoices that look alike, are remembered: the last ones."""

_FORGOTTEN = ("i/", "l/")
Bytes = tuple[str, bytes]
Alike = tuple[str, int]
Thing = str | Key | Bytes | Alike
"""
What an item is about: a document by its id, an invoice by its key, bytes by customer and digest,
invoices that look alike by customer and likeness.
"""


def place_of(thing: Thing) -> Place:
    """Where the item about a thing is."""
    if isinstance(thing, str):
        return of_document(thing)
    customer, what = thing
    if isinstance(what, int):
        return of_alike(customer, what)
    return of_bytes(customer, what) if isinstance(what, bytes) else of_invoice((customer, what))


class Slice:
    """
    Implements `Contents` over items.

    `relied` is what the plan follows from, in the order in which it was asked for.
    """

    def __init__(
        self, wire: Wire, parcels: Parcels, items: dict[Place, TableItem | None] | None = None
    ) -> None:
        self._wire = wire
        self.parcels = parcels
        self._numbers = ByArrival()
        self.items = {} if items is None else items
        """As they were read; None where nothing is."""
        self.relied: dict[Thing, None] = {}
        self.documents: dict[str, Known | None] = {}
        self.invoices: dict[Key, Revision | None] = {}
        self.bytes_of: dict[Bytes, tuple[str, ...]] = {}
        self.alike_of: dict[Alike, tuple[Told, ...]] = {}
        self.filed: dict[str, tuple[Sequence[QuarantineEntry], Sequence[Finding]]] = {}
        self.changed_documents: dict[str, None] = {}
        self.changed_invoices: dict[Key, None] = {}
        self.changed_bytes: dict[Bytes, None] = {}
        self.changed_alike: dict[Alike, None] = {}
        self.entered: dict[str, Document] = {}
        self.owed: dict[str, None] = {}
        """The documents that no event brings: whoever is to be told of them cannot be found by it."""
        self.recorded: list[Revision] = []
        self.replaced: list[Revision] = []

    @property
    def bringing(self) -> set[str]:
        """The documents that put something into the books here."""
        return {revision.document for revision in self.recorded}

    @property
    def weight(self) -> int:
        """About how many items a transaction of what is here has."""
        indexed = sum(one.number != one.key[1] for one in self.recorded)
        return len(self.relied) + indexed + 4 * len(self.replaced) + 8

    def forget(self, *, restated: bool = False) -> None:
        """
        Let go of the invoices that nothing is changed of; they are not relied on any more.

        `restated`: of what is only restated too.
        """
        if restated:
            self.changed_invoices.clear()
        for thing in [one for one in self.relied if not isinstance(one, str)]:
            kept = thing in self.changed_invoices or thing in self.changed_alike
            if not isinstance(thing[1], bytes) and not kept:
                del self.relied[thing]
        self.invoices = {key: self.invoices[key] for key in self.changed_invoices}
        self.alike_of = {key: self.alike_of[key] for key in self.changed_alike}
        held = {of_invoice(key) for key in self.changed_invoices}
        held |= {of_alike(*key) for key in self.changed_alike}
        for place in [one for one in self.items if one.pk[:2] in _FORGOTTEN and one not in held]:
            del self.items[place]

    def settle(self) -> None:
        """What was changed is written; begin anew from there."""
        for held in (
            self.changed_documents,
            self.changed_invoices,
            self.changed_bytes,
            self.changed_alike,
        ):
            held.clear()
        self.relied.clear()
        self.entered.clear()
        self.filed.clear()
        self.recorded.clear()
        self.replaced.clear()

    def load(self, wanted: Iterable[Place]) -> None:
        """Read items ahead, all at once."""
        new = [place for place in wanted if place not in self.items]
        if new:
            self.items.update(self._wire.get(new))

    def stored(self, name: str) -> StoredDocument | None:
        """A document as its item has it."""
        item = self.item(of_document(name))
        return None if item is None else document_of(self.parcels.unwrap(item["b"]))

    def item(self, place: Place) -> TableItem | None:
        """What was at a place."""
        self.load([place])
        return self.items[place]

    def change(self, name: str) -> int:
        """See `Outcome`; a duplicate says what its twin waits for, and changes with it."""
        known = self.documents.get(name)
        twin = known.twin if known is not None else None
        return self._changes(name) + (self._changes(twin) if twin is not None else 0)

    def _changes(self, name: str) -> int:
        item = self.item(of_document(name))
        before = 0 if item is None else int(item["v"]["N"])
        return before + (name in self.changed_documents)

    def document(self, name: str) -> Known | None:
        """See `Contents`."""
        self.relied[name] = None
        if name in self.documents:
            return self.documents[name]
        item = self.item(of_document(name))
        known = None
        if item is not None:
            recorded = recorded_of(self.parcels.unwrap(item["r"])) if "r" in item else ()
            known = known_of(document_of(self.parcels.unwrap(item["b"])), recorded)
        self.documents[name] = known
        return known

    def same_bytes(self, document: Document) -> Sequence[str]:
        """See `Contents`."""
        key = (document.ref.customer, document.sha256)
        self.relied[key] = None
        if key not in self.bytes_of:
            item = self.item(of_bytes(*key))
            listed = () if item is None else names_of(self.parcels.unwrap(item["b"]))
            self.bytes_of[key] = tuple(listed)
        return self.bytes_of[key]

    def latest(self, key: Key) -> Revision | None:
        """See `Contents`."""
        self.relied[key] = None
        if key in self.invoices:
            return self.invoices[key]
        item = self.item(of_invoice(key))
        revision = None if item is None else revision_of(self.parcels.unwrap(item["b"]))
        self.invoices[key] = revision
        return revision

    def alike(self, customer: str, likeness: int) -> Sequence[Told]:
        """See `Contents`."""
        key = (customer, likeness)
        self.relied[key] = None
        if key not in self.alike_of:
            item = self.item(of_alike(*key))
            self.alike_of[key] = () if item is None else alike_of(self.parcels.unwrap(item["b"]))
        return self.alike_of[key]

    def from_object(self, latest: Revision, object_id: str) -> Revision | None:
        """See `Contents`; earlier revisions never change, so nothing but the latest is relied on."""
        place = of_invoice(latest.key)
        for one in reversed(self.replaced):
            if one.key == latest.key and one.object_id == object_id:
                return one
        stored = self.item(place)
        if stored is None:
            return None
        first = int(stored["n"]["N"]) - 1 if "n" in stored else 0
        for number in range(first, 0, -1):
            item = self.item(of_earlier(place, number))
            revision = None if item is None else revision_of(self.parcels.unwrap(item["b"]))
            if revision is not None and revision.object_id == object_id:
                return revision
        return None

    def recorded_in(self, name: str) -> Iterator[Revision]:
        """See `Contents`; of a document with very many revisions, few are held at a time."""
        there = self.stored(name)
        rows = list(self._brought(name, there.brought)) if there is not None else []
        for chunk in cut(rows, AT_ONCE):
            if len(rows) > HELD and not self.changed_invoices:
                self.forget()
            yield from self._revisions(chunk)
        yield from [one for one in self.recorded if one.document == name]

    def _brought(self, name: str, names: Names) -> Iterator[tuple[str, int]]:
        """Id of the invoice and number of each revision of a document that transactions brought."""
        for chunk in cut(expanded(names), AT_ONCE):
            found = self._wire.get(places.of_commit(each) for each in chunk)
            for item in found.values():
                if item is not None:
                    brought = brought_of(self.parcels.unwrap(item["b"]))
                    yield from (
                        (i.hex(), n) for i, n, at in brought.rows if brought.documents[at] == name
                    )

    def _revisions(self, rows: Sequence[tuple[str, int]]) -> Iterator[Revision]:
        """Revisions in the order of their rows; the latest as they are here."""
        latest = [Place(f"i/{invoice}", places.LATEST) for invoice, _ in rows]
        self.load(latest)
        missed = [
            of_earlier(place, number)
            for place, (_, number) in zip(latest, rows, strict=True)
            if (item := self.items[place]) is None or item["n"]["N"] != str(number)
        ]
        self.load(missed)
        for place, (_, number) in zip(latest, rows, strict=True):
            earlier = of_earlier(place, number)
            revision = self._revision(self.items[earlier if earlier in self.items else place])
            if revision is not None:
                now = self.latest(revision.key)
                yield now if now is not None and now.name == revision.name else revision

    def entries(self, name: str) -> Sequence[QuarantineEntry]:
        """See `Contents`."""
        return self.filed[name][0] if name in self.filed else self.filed_before(name)

    def filed_before(self, name: str) -> Sequence[QuarantineEntry]:
        """The quarantine entries of a document as they were read."""
        item = self.item(of_document(name))
        return entries_of(self.parcels.unwrap(item["q"])) if item and "q" in item else ()

    def findings(self, name: str) -> Sequence[Finding]:
        """See `Contents`."""
        if name in self.filed:
            return self.filed[name][1]
        item = self.item(of_document(name))
        return findings_of(self.parcels.unwrap(item["f"])) if item and "f" in item else ()

    def ordinal(self, document: Document) -> int:
        """See `Contents`."""
        self.entered[document.ref.document_id] = document
        return self._numbers.ordinal(document)

    def entry_id(self, name: str, record: int | None, nth: int) -> int:
        """See `Contents`."""
        return self._numbers.entry(name, record, nth)

    def keep(self, document: Document) -> Document:
        """See `Contents`; the bytes are put away on their own."""
        return document

    def put(self, known: Known) -> None:
        """See `Contents`."""
        self.documents[known.name] = known
        self.changed_documents[known.name] = None

    def list_bytes(self, known: Known) -> None:
        """See `Contents`."""
        key = (known.document.ref.customer, known.document.sha256)
        listed = [name for name in self.same_bytes(known.document) if name != known.name]
        self.bytes_of[key] = (*listed, known.name)[-LISTED:]
        self.changed_bytes[key] = None

    def record(self, revision: Revision) -> None:
        """See `Contents`."""
        before = self.latest(revision.key)
        if before is not None:
            self.replaced.append(before)
            if before.likeness != revision.likeness:
                self.tell(before, ())
        self.tell(revision, (revision.told,))
        self.restate(revision)
        self.recorded.append(revision)

    def tell(self, revision: Revision, told: tuple[Told, ...]) -> None:
        """Name an invoice among those that look alike; or, with nothing told, no longer."""
        customer, identity = revision.key
        key = (customer, revision.likeness)
        others = [one for one in self.alike(*key) if one.identity != identity]
        self.alike_of[key] = (*others, *told)[-LISTED:]
        self.changed_alike[key] = None

    def restate(self, revision: Revision) -> None:
        """See `Contents`."""
        self.invoices[revision.key] = revision
        self.changed_invoices[revision.key] = None

    def file(
        self, name: str, entries: Sequence[QuarantineEntry], findings: Sequence[Finding]
    ) -> None:
        """See `Contents`."""
        self.filed[name] = (entries, findings)

    def _revision(self, item: TableItem | None) -> Revision | None:
        return None if item is None else revision_of(self.parcels.unwrap(item["b"]))


def expanded(names: Names) -> list[str]:
    """The names of transactions, one by one."""
    return [
        one
        for name, count in names
        for one in ([f"{name}-{n:06d}" for n in range(1, count + 1)] if count else [name])
    ]
