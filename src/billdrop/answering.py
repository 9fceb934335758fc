"""An inbox whose uploads are answered: by whoever can reach their senders, before they are settled."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.ports import Inbox

Answer = Callable[[Sequence[tuple[Delivery, Outcome]]], None]
"""Tells what became of documents; raises when it could not, and is then asked again. May be twice."""


class AnsweringInbox:
    """
    As the inbox that it wraps; a delivery is settled after its outcome was told.

    So each answer is given at least once: a crash before it leaves the delivery unsettled.
    """

    def __init__(
        self, inbox: Inbox, answer: Answer, reached: Callable[[str], None] = lambda boundary: None
    ) -> None:
        """`reached`: called between the answer and what follows, as at every boundary of the way."""
        self._inbox = inbox
        self._answer = answer
        self._reached = reached

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
        """See `Inbox`."""
        pairs = zip(deliveries, outcomes, strict=True)
        self._answer([(delivery, outcome) for delivery, outcome in pairs if outcome is not None])
        self._reached("answered")
        self._inbox.settle(deliveries, outcomes)

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`."""
        return self._inbox.expire(refs)
