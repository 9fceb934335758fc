"""What became of a run is told in one sentence, new apart from known."""

import pytest

from billdrop.cli.summary import report
from billdrop.model import Outcome, State
from billdrop.operations import Summary


def outcome(state: State, *, known: bool = False, now: int = 0) -> Outcome:
    return Outcome(document_id="a@1", state=state, known=known, recorded_now=now)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (
            [outcome(State.RECORDED, known=True), outcome(State.QUARANTINED)],
            "2 documents, 0 new invoices: 1 quarantined; known before: 1 recorded",
        ),
        (
            [outcome(State.RECORDED, now=1), outcome(State.QUARANTINED)],
            "2 documents, 1 new invoice: 1 recorded, 1 quarantined",
        ),
        (
            [outcome(State.QUARANTINED, known=True)],
            "1 document, 0 new invoices; known before: 1 quarantined",
        ),
    ],
)
def test_what_was_known_before_is_not_told_as_new(
    outcomes: list[Outcome], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = Summary()
    summary.add(outcomes)
    report(summary, as_json=False)
    assert capsys.readouterr().out == f"{said}\n"
