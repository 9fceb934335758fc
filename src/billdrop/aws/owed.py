"""What became of a document that no message of the queue brought is owed to its customer until it was told."""

from collections.abc import Callable, Mapping, Sequence

from billdrop.errors import BilldropError
from billdrop.model import Delivery, Outcome
from billdrop.way.answering import QUEUE, Answer


class Owed:
    """As the answer that it wraps; the ledger hears of what was told, so that nobody tells it again."""

    def __init__(
        self,
        answer: Answer,
        told: Callable[[Mapping[str, int]], None],
        note: Callable[[str], None],
    ) -> None:
        """`told`: see `DynamoLedger`; `note` is told why it did not hear of it."""
        self._answer = answer
        self._told = told
        self._note = note

    def __call__(
        self, settled: Sequence[tuple[Delivery, Outcome]]
    ) -> Sequence[BilldropError | None]:
        """See `Answer`."""
        failed = self._answer(settled)
        told = {
            outcome.document_id: outcome.changes
            for (delivery, outcome), error in zip(settled, failed, strict=True)
            if error is None and delivery.source != QUEUE
        }
        try:
            self._told(told)
        except BilldropError as error:
            self._note(f"{len(told)} documents are told of again: {error}")
        return failed
