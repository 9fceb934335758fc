"""What a commit carries along for each document, and for each of its records."""

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from billdrop.books.booking import content
from billdrop.books.decide import Statement, conflict
from billdrop.local.ledger.accounts import Account
from billdrop.model import Booking, Intent, Parsed, Record


class Key(NamedTuple):
    """What tells invoices apart, as the table holds it: folded, the identity empty where it is the number."""

    number: str
    customer: str
    identity: str

    @property
    def text(self) -> str:
        """The whole identity."""
        return self.identity or self.number


class Intake(Struct):
    """One document as it is read now."""

    account: Account
    parsed: Parsed
    first: int
    """The revisions from this id on are written by this commit, since it began."""
    held: bool = False
    """Whether all of it waits because one record was refused."""
    before: dict[int, int] = {}
    """What an earlier reading of it put into the books: row id by record index."""
    renamed: bool = False
    """Whether what it states anew stands in the books under another identity."""
    stated: set[int] = set()
    """The revisions of an earlier reading that this one states again."""

    @property
    def undecided(self) -> "Intake":
        """The same, where a person decided nothing about it."""
        return replace(self, parsed=replace(self.parsed, intent=Intent.REDRIVE))

    def corrects(self, record: Record, number: str, known: Statement) -> bool:
        """Whether a person decided that this record corrects this very revision."""
        if not self.parsed.corrects or not self._released(record):
            return False
        return self.parsed.against in (None, conflict(record, number, known).message)

    def stands_beside(self, record: Record) -> bool:
        """Whether a person decided that it is another invoice than the one it looks like."""
        return self.parsed.beside and self._released(record)

    def _released(self, record: Record) -> bool:
        return self.parsed.intent is Intent.RELEASE and self.parsed.decides(record.index)


class Item(NamedTuple):
    """One record of an intake; without a key and a booking when it was refused."""

    intake: Intake
    record: Record
    key: Key | None
    booking: Booking | None
    likeness: int = 0
    would: "Item | None" = None
    """What a refused one would be, if a person let pass what policy holds."""

    @property
    def printed(self) -> str:
        """The number of an accepted record, as printed."""
        return "" if self.booking is None else self.booking.printed

    @property
    def content(self) -> bytes:
        """What it states; worked out only where there is something to compare it with."""
        return b"" if self.booking is None else content(self.record, self.booking)
