"""What people decided about quarantine, the last decision first: as many documents at a time as one call reads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from billdrop.aws.ledger import places
from billdrop.aws.ledger.parcels import Attribute, Parcels
from billdrop.aws.ledger.places import moment, of_document, stamp
from billdrop.aws.ledger.stored import entries_of
from billdrop.aws.ledger.transactions import Transactions
from billdrop.aws.ledger.wire import AT_ONCE, Place, TableItem, Wire, cut
from billdrop.model import QuarantineEntry
from billdrop.plan.answers import decided_order, stays_asked


class Mark(NamedTuple):
    """That a person decided something of a document."""

    at: datetime
    name: str


class Decided:
    """Reads; safe to share among threads."""

    def __init__(self, wire: Wire, parcels: Parcels) -> None:
        self._wire = wire
        self._parcels = parcels
        self._transactions = Transactions(wire, parcels)

    def all(self) -> Iterator[QuarantineEntry]:
        """What a person decided about; a mark that is no longer the last of any entry leads to none."""
        marks = (
            Mark(moment(item["sk"]["S"].partition("/")[0]), item["b"]["S"])
            for item in self._wire.query(places.DECIDED, backwards=True)
        )
        return self._in_order(marks, lambda entry, marks: _mark_of(entry) in marks)

    def rejected(self, customer: str = "") -> Iterator[QuarantineEntry]:
        """What is kept out of the books now; of one customer, no other's documents are read."""
        marks = sorted(
            (
                Mark(moment(item["t"]["S"]), item["b"]["S"])
                for item in self._wire.query(places.REJECTED)
                if customer in ("", item["c"]["S"])
            ),
            reverse=True,
        )
        return self._in_order(marks, lambda entry, _: is_out(entry))

    def unmarked(self) -> list[str]:
        """The documents of which something is kept out that is not marked as such, by an older version."""
        marked = {item["b"]["S"] for item in self._wire.query(places.REJECTED)}
        out = dict.fromkeys(entry.document_id for entry in self.all() if is_out(entry))
        return [name for name in out if name not in marked]

    def _in_order(
        self,
        marks: Iterable[Mark],
        is_asked: Callable[[QuarantineEntry, frozenset[Mark]], bool],
    ) -> Iterator[QuarantineEntry]:
        """What is asked of the marked documents; no entry was decided about after its mark."""
        held: list[QuarantineEntry] = []
        for chunk in cut(marks, AT_ONCE):
            there = frozenset(chunk)
            held += [entry for entry in self._entries(chunk) if is_asked(entry, there)]
            held.sort(key=decided_order, reverse=True)
            sure = sum(decided_order(entry)[0] > chunk[-1].at for entry in held)
            yield from held[:sure]
            del held[:sure]
        yield from held

    def _entries(self, marks: Sequence[Mark]) -> Iterator[QuarantineEntry]:
        for _, item in self._transactions.documents(dict.fromkeys(mark.name for mark in marks)):
            if "q" in item:
                yield from entries_of(self._parcels.unwrap(item["q"]))


def is_out(entry: QuarantineEntry) -> bool:
    """Whether a person keeps it out of the books now."""
    return stays_asked(entry, rejected=True, customer="")


def last_out(entries: Iterable[QuarantineEntry]) -> datetime | None:
    """When a person decided last about what is kept out now; None where nothing is."""
    times = [entry.decided_at for entry in entries if is_out(entry)]
    return max((at for at in times if at is not None), default=None)


def of_rejected(name: str) -> Place:
    """Where it is marked that something of a document is kept out."""
    return Place(places.REJECTED, of_document(name).pk[2:])


def rejected(name: str, customer: str, at: datetime) -> TableItem:
    """That something of a document is kept out, since when, and whose it is."""
    attributes: dict[str, Attribute] = {
        "b": {"S": name},
        "c": {"S": customer},
        "t": {"S": stamp(at)},
    }
    return {**of_rejected(name).key, **attributes}


def _mark_of(entry: QuarantineEntry) -> Mark | None:
    return None if entry.decided_at is None else Mark(entry.decided_at, entry.document_id)
