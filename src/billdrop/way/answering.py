"""An inbox whose uploads are answered: by whoever can reach their senders, before they are settled."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from billdrop.errors import BilldropError
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.ports import Inbox

LEDGER = "ledger"
"""The source of what no event brought just now: the ledger itself delivers it, or a person asked for it."""

QUEUE = "queue"
"""The source of what a message of a queue announces: it comes again until its sender was told."""

Answer = Callable[[Sequence[tuple[Delivery, Outcome]]], Sequence[BilldropError | None]]
"""Tells what became of documents, and for each why it could not; may be asked again."""


def nobody(settled: Sequence[tuple[Delivery, Outcome]]) -> Sequence[BilldropError | None]:
    """Where no sender can be reached but by the delivery itself."""
    return [None] * len(settled)


class AnsweringInbox:
    """
    As the inbox that it wraps; a delivery is settled after its outcome was told.

    So each answer is given at least once: a crash before it leaves the delivery unsettled. What
    could not be answered comes again, and holds up nothing else.
    """

    def __init__(
        self, inbox: Inbox, answer: Answer, reached: Callable[[str], None] = lambda boundary: None
    ) -> None:
        """`reached`: called between the answer and what follows, as at every boundary of the way."""
        self._inbox = inbox
        self._answer = answer
        self._reached = reached

    @property
    def expires(self) -> bool:
        """See `Inbox`."""
        return self._inbox.expires

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        return self._inbox.listen(limit=limit, wait=wait)

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        return self._inbox.fetch(deliveries)

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`."""
        return self._inbox.list()

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`; raises when nothing of it could be answered."""
        pairs = list(zip(deliveries, outcomes, strict=True))
        told = iter(self._answer([(one, outcome) for one, outcome in pairs if outcome is not None]))
        failed = [None if outcome is None else next(told) for _, outcome in pairs]
        self._reached("answered")
        errors = [error for error in failed if error is not None]
        if errors and len(errors) == sum(outcome is not None for outcome in outcomes):
            raise errors[0]
        settled = zip(outcomes, failed, strict=True)
        self._inbox.settle(deliveries, [None if error else outcome for outcome, error in settled])

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`."""
        return self._inbox.expire(refs)
