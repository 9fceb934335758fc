"""Bytes that are known: whether a document is a duplicate of one that has the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from billdrop.books.decide import Decision, older
from billdrop.model import Finding, State, errors_of
from billdrop.plan.contents import Known
from billdrop.plan.items import Item
from billdrop.plan.likes import foreseen

if TYPE_CHECKING:
    from billdrop.plan.intake import Intake


def twin_of(intake: "Intake") -> Known | None:
    """
    The document of the customer that has the same bytes and still stands, if there is one.

    What it states is restated meanwhile.
    """
    twin = _standing(intake)
    if twin is None:
        return None
    if twin.state is State.QUARANTINED and not _refused_again(intake):
        return None
    if not _stands(intake, twin):
        return None
    _restate(intake, twin)
    return twin


def _standing(intake: "Intake") -> Known | None:
    for name in reversed(intake.now.same_bytes(intake.parsed.document)):
        known = intake.now.document(name)
        if (
            known is not None
            and known.state in (State.RECORDED, State.QUARANTINED)
            and not known.stale
        ):
            return known
    return None


def _refused_again(intake: "Intake") -> bool:
    """Whether known bytes are refused and bring nothing new; the outcome says why."""
    intake.found.extend(errors_of(intake.parsed.findings))
    if intake.found:
        return True
    intake.held = intake.parsed.atomic and intake.refuses()
    for item in intake.items:
        is_new, findings = _preview(intake, item)
        if is_new:
            return False
        intake.found.extend(errors_of(findings))
    return bool(intake.found)


def _preview(intake: "Intake", item: Item) -> tuple[bool, Sequence[Finding]]:
    """Whether a record would change the books, and what is found about it; changes nothing."""
    findings = item.record.findings
    if item.booking is None:
        return False, (*findings, *foreseen(intake, item))
    decision = intake.decision(item)
    refusal = intake.refusal(item, decision)
    if refusal is not None:
        return False, (*findings, refusal)
    latest = intake.latest(item)
    if latest is not None and decision is Decision.DUPLICATE:
        intake.stated.add(latest.name)
    return decision is not Decision.DUPLICATE, findings


def _stands(intake: "Intake", twin: Known) -> bool:
    """Whether nothing that a document stated was superseded since; it is restated meanwhile."""
    if intake.refused:
        return True
    for item in intake.items:
        latest = intake.latest(item) if item.booking is not None else None
        if latest is None:
            continue
        if latest.content == item.content:
            intake.restate(latest)
        elif latest.document != twin.name and latest.ordinal > twin.stated:
            return False
    return True


def _restate(intake: "Intake", twin: Known) -> None:
    known = intake.known
    same = twin.document.ref.object_id == intake.object_id
    if same and older(twin.statement, known.statement):
        sequencer, stated, over = known.place
        intake.now.put(
            replace(
                twin, sequencer=sequencer, stated=stated, over=over, by=known.name, own=twin.place
            )
        )
