"""Tables of an older version: the lists that it did not keep, made from what is there."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from msgspec import Struct

from billdrop.aws.ledger import places
from billdrop.aws.ledger.actions import SAME, Name
from billdrop.aws.ledger.decisions import Decided, last_out, rejected
from billdrop.aws.ledger.parcels import Parcels
from billdrop.aws.ledger.places import of_alike, of_document
from billdrop.aws.ledger.slice import LISTED, Slice
from billdrop.aws.ledger.stored import entries_of, revision_of
from billdrop.aws.ledger.transactions import Row, Transactions, rows_of
from billdrop.aws.ledger.wire import Cancelled, Place, Wire, cut
from billdrop.aws.ledger.writer import Writer
from billdrop.doctoring import Line
from billdrop.plan import Revision

AT_ONCE = 40
"""Invoices of one transaction: of each its list is written, and that it is the latest is a condition."""

DONE = Place("migrated", "2")
"""That all of the table was gone through."""


class Step(Struct, frozen=True, kw_only=True):
    """What was done so far."""

    invoices: int
    """Looked at."""
    listed: int
    """Of them, those that no list had."""


class Migration:
    """
    Lists every invoice that counts among those that look like it, and every document of which a person
    keeps something out, beside workers that commit.

    It goes from the newest transaction to the oldest, so that the oldest one is listed when all are,
    and says at its end that it is done. What is cut off is begun again; what is listed already is left
    as it is.
    """

    def __init__(self, wire: Wire, parcels: Parcels, base: str) -> None:
        """`base`: how the names of its transactions begin; see `DynamoLedger`."""
        self._wire = wire
        self._writer = Writer(wire, parcels, {}, lambda boundary: None)
        self._parcels = parcels
        self._transactions = Transactions(wire, parcels)
        self._decided = Decided(wire, parcels)
        self._base = base

    def run(self) -> Iterator[Step]:
        """After each transaction, what was done by then."""
        looked = listed = 0
        for number, rows in enumerate(cut(self._rows(), AT_ONCE)):
            name = Name(f"{self._base}-{number:06d}")
            found = self._writer.write(lambda now, rows=rows: _listed(now, rows), name)  # type: ignore[misc]
            looked, listed = looked + found.invoices, listed + found.listed
            yield Step(invoices=looked, listed=listed)
        for document in self._decided.unmarked():
            self._mark(document)
        self._wire.put(DONE.key)

    def is_needed(self) -> bool:
        """
        Whether nobody went through the table, and the oldest invoices that count are in no list, or
        something that is kept out is in none.

        Of a table that was made by this version they are in one.
        """
        if self._wire.get([DONE])[DONE] is not None:
            return False
        steps = (_listed(self._writer.slice(), rows) for rows in cut(self._oldest(), AT_ONCE))
        unlisted = next((step.listed > 0 for step in steps if step.invoices), False)
        return unlisted or bool(self._decided.unmarked())

    def _mark(self, name: str) -> None:
        """Mark a document of which something is kept out, as it is when that is written."""
        place = of_document(name)
        for _ in self._wire.tries():
            item = self._wire.get([place])[place]
            entries = entries_of(self._parcels.unwrap(item["q"])) if item and "q" in item else ()
            out = last_out(entries)
            if item is None or out is None:
                return
            same = {"ConditionExpression": SAME, "ExpressionAttributeValues": {":v": item["v"]}}
            check = {"ConditionCheck": {"Key": place.key, **same}}
            mark = {"Put": {"Item": rejected(name, entries[0].customer, out)}}
            with suppress(Cancelled):
                self._wire.transact([check, mark])
                return

    def _rows(self) -> Iterator[Row]:
        for _, brought in self._transactions.in_order(backwards=True):
            yield from rows_of(brought)

    def _oldest(self) -> Iterator[Row]:
        for _, brought in self._transactions.in_order():
            yield from rows_of(brought)


def examined(migration: Migration, stack: str) -> Line:
    """Whether invoices are known by what they look like, and what is kept out by its mark."""
    needed = migration.is_needed()
    return Line(
        check="likenesses",
        ok=not needed,
        fact="an older version wrote what is in no list: an invoice that is sent again in another standard"
        " counts beside that of then, and what was rejected is not shown"
        if needed
        else "the oldest invoices are known by what they look like",
        fix=f"`billdrop migrate --stack {stack}` lists them" if needed else "",
    )


def _listed(now: Slice, rows: Sequence[Row]) -> Step:
    """List the invoices of which these are the revisions that count."""
    wanted = [(Place(f"i/{invoice}", places.LATEST), number) for invoice, number in rows]
    now.load(place for place, _ in wanted)
    latest = [
        revision_of(now.parcels.unwrap(item["b"]))
        for place, number in wanted
        if (item := now.items[place]) is not None and int(item["n"]["N"]) == number
    ]
    likes = {one.name: of_alike(one.key[0], one.likeness) for one in latest}
    now.load(likes.values())
    return Step(invoices=len(latest), listed=sum(_list(now, one) for one in latest))


def _list(now: Slice, revision: Revision) -> bool:
    """
    Whether it was in no list; where it was in one, nothing about it is relied on.

    A list that is full has later ones, and keeps them.
    """
    customer, identity = revision.key
    key = (customer, revision.likeness)
    told = now.alike(*key)
    if len(told) >= LISTED or any(one.identity == identity for one in told):
        if key not in now.changed_alike:
            del now.relied[key]
        return False
    now.latest(revision.key)
    now.tell(revision, (revision.told,))
    return True
