"""What was cut off is finished from what the ledger has, whatever became of its object."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from billdrop.doctoring import Line
from billdrop.errors import BilldropError
from billdrop.model import Delivery, Document, DocumentRef, GuidelineRef, Lost, Outcome
from billdrop.ports import Inbox
from billdrop.way.answering import LEDGER

GIVEN = timedelta(minutes=15)
"""After so long somebody should have gone on with it."""


class Kept(Protocol):
    """As much of a ledger as is asked for what is unfinished."""

    def unfinished(self) -> dict[str, datetime]:
        """The documents of which only a part is in the books, by id; when they were begun last."""

    def owed(self) -> dict[str, datetime]:
        """The documents of which customers are still to be told, by id; since when."""

    def came(self, document_id: str) -> Document | None:
        """A document as it came, but for its bytes."""

    def original(self, document_id: str) -> tuple[Document, GuidelineRef | None]:
        """See `Archive`."""


class FinishingInbox:
    """
    As the inbox that it wraps, but that it also lists what was cut off: between two transactions, or
    between what a person did and the answer to the customer.

    Such a document is read from its original, which was stored with its first transaction. So is
    one whose event comes again when its object is gone: it is not lost. One whose original cannot
    be read is undecided, and holds up no other.
    """

    def __init__(
        self,
        inbox: Inbox,
        kept: Kept,
        *,
        age: timedelta,
        now: Callable[[], datetime],
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        """
        `age`: what was begun later is left to who is at it, and then to its event.

        `note` is told of what cannot be read.
        """
        self._inbox = inbox
        self._kept = kept
        self._age = age
        self._now = now
        self._note = note

    @property
    def expires(self) -> bool:
        """See `Inbox`."""
        return self._inbox.expires

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        return self._inbox.listen(limit=limit, wait=wait)

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`; what the ledger delivers comes from there."""
        came = [each for each in deliveries if each.source != LEDGER]
        fetched = iter(self._not_gone(self._inbox.fetch(came)) if came else ())
        return [
            self._original(each.ref) if each.source == LEDGER else next(fetched)
            for each in deliveries
        ]

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`; what is unfinished and lies in the inbox is listed there."""
        left = self._old(self._kept.unfinished())
        for delivery in self._inbox.list():
            left.discard(delivery.ref.document_id)
            yield delivery
        for name in sorted(left | self._old(self._kept.owed())):
            document = self._read(name, self._kept.came)
            if document is not None:
                yield _delivery(document)

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`; what the ledger delivered needs no more than to be in it."""
        pairs = zip(deliveries, outcomes, strict=True)
        came = [(each, outcome) for each, outcome in pairs if each.source != LEDGER]
        if came:
            self._inbox.settle([each for each, _ in came], [outcome for _, outcome in came])

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`."""
        return self._inbox.expire(refs)

    def _not_gone(
        self, fetched: Sequence[Document | Lost | None]
    ) -> Iterator[Document | Lost | None]:
        """What is gone comes from its original, if it is in the books in part."""
        unfinished = self._kept.unfinished() if any(type(one) is Lost for one in fetched) else {}
        for one in fetched:
            if isinstance(one, Lost) and one.ref.document_id in unfinished:
                yield self._original(one.ref)
            else:
                yield one

    def _old(self, since: dict[str, datetime]) -> set[str]:
        before = self._now() - self._age
        return {name for name, moment in since.items() if moment <= before}

    def _original(self, ref: DocumentRef) -> Document | None:
        found = self._read(ref.document_id, lambda name: self._kept.original(name)[0])
        return None if found is None else replace(found, unannounced=True)

    def _read(self, name: str, read: Callable[[str], Document | None]) -> Document | None:
        """None where it cannot be read: it is tried again with the next sweep."""
        try:
            return read(name)
        except KeyError:
            self._note(f"{name}: its original is not in the table")
        except BilldropError as error:
            self._note(f"{name}: {error}")
        return None


def _delivery(document: Document) -> Delivery:
    return Delivery(
        ref=document.ref,
        arrived_at=document.arrived_at,
        source=LEDGER,
        sequencer=document.sequencer,
        size=document.size,
    )


def examined(kept: Kept, stack: str, at: datetime) -> Line:
    """Whether anything stays in part."""
    left = sorted(name for name, begun in kept.unfinished().items() if begun < at - GIVEN)
    return Line(
        check="unfinished",
        ok=not left,
        fact=f"{len(left)} documents are in the books only in part, such as {left[0]}"
        if left
        else "no document stays in the books only in part",
        fix=f"`billdrop sweep --stack {stack}` finishes them from their originals" if left else "",
    )
