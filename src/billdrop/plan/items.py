"""The records of a document, each with what a plan needs of it, worked out once."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from billdrop.books.booking import booked, content
from billdrop.model import Booking, Parsed, Record
from billdrop.plan.contents import Key


class Item(Struct, frozen=True, gc=False):
    """One record; what is None is so for one that was refused."""

    record: Record
    booking: Booking | None = None
    key: Key | None = None
    content: bytes = b""
    would: "Item | None" = None
    """What a refused one would be, if a person let pass what policy holds."""


class Lazily:
    """The items of a document that is too large to hold."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed

    def __iter__(self) -> Iterator[Item]:
        return (item_of(record, self._parsed) for record in self._parsed.records)


def item_of(record: Record, parsed: Parsed) -> Item:
    """The item of one record."""
    if record.accepted:
        return _accepted(record, parsed)
    return Item(record, would=_accepted(record, parsed) if record.waits else None)


def _accepted(record: Record, parsed: Parsed) -> Item:
    booking = booked(record, parsed)
    key = (parsed.document.ref.customer, booking.identity or booking.number)
    return Item(record, booking, key, content(record, booking))


def items_of(parsed: Parsed) -> Iterable[Item]:
    """The items of a document, as often as they are asked for."""
    if isinstance(parsed.records, tuple | list):
        return [item_of(record, parsed) for record in parsed.records]
    return Lazily(parsed)
