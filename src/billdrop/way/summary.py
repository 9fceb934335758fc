"""What became of the documents of one run, counted."""

from collections.abc import Iterable

from msgspec import Struct

from billdrop.model import Outcome, State, first_error


class Summary(Struct, kw_only=True):
    """What became of the documents of one run."""

    documents: int = 0
    known: int = 0
    """Of them, those whose event had been committed before."""
    undecided: int = 0
    """Changed or not complete while they were read, run again; or the original could not be read."""
    unread: int = 0
    """Of them, those whose original could not be read."""
    waiting: int = 0
    """Duplicates of what waits in quarantine."""
    invoices: int = 0
    """Invoice revisions newly in the books."""
    states: dict[State, int] = {}
    before: dict[State, int] = {}
    """Of them, those that are known."""
    problems: list[Outcome] = []
    """The first outcomes with findings, for the summary; at most 20."""

    def add(self, outcomes: Iterable[Outcome | None]) -> None:
        """Count a batch."""
        for outcome in outcomes:
            self.documents += 1
            if outcome is None:
                self.undecided += 1
                continue
            if outcome.known:
                self.known += 1
                self.before[outcome.state] = self.before.get(outcome.state, 0) + 1
            self.invoices += outcome.recorded_now
            self.waiting += outcome.state is State.DUPLICATE and _refused(outcome)
            self.states[outcome.state] = self.states.get(outcome.state, 0) + 1
            if outcome.findings and len(self.problems) < 20:
                self.problems.append(outcome)

    @property
    def clean(self) -> bool:
        """Whether everything was recorded, or had been before."""
        return not (self.undecided or self.waiting) and not any(
            self.states.get(state) for state in (State.QUARANTINED, State.LOST)
        )


def _refused(outcome: Outcome) -> bool:
    """Whether something keeps (part of) a document out of the books."""
    return first_error(outcome.findings) is not None
