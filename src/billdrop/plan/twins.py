"""Bytes that are known: whether a document is a duplicate of one that has the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from billdrop.decide import Decision, precedes
from billdrop.model import Finding, State
from billdrop.plan.contents import Known
from billdrop.plan.items import Item
from billdrop.plan.outcomes import errors_of

if TYPE_CHECKING:
    from billdrop.plan.reading import Reading


def twin_of(reading: "Reading") -> Known | None:
    """
    The document of the customer that has the same bytes and still stands, if there is one.

    What it states is restated meanwhile.
    """
    twin = _standing(reading)
    if twin is None:
        return None
    if twin.state is State.QUARANTINED and not _refused_again(reading):
        return None
    if not _stands(reading, twin):
        return None
    _restate(reading, twin)
    return twin


def _standing(reading: "Reading") -> Known | None:
    for name in reversed(reading.now.same_bytes(reading.parsed.document)):
        known = reading.now.document(name)
        if (
            known is not None
            and known.state in (State.RECORDED, State.QUARANTINED)
            and not known.stale
        ):
            return known
    return None


def _refused_again(reading: "Reading") -> bool:
    """Whether known bytes are refused and bring nothing new; the outcome says why."""
    reading.found.extend(errors_of(reading.parsed.findings))
    if reading.found:
        return True
    reading.held = reading.parsed.atomic and reading.refuses()
    for item in reading.items:
        is_new, findings = _preview(reading, item)
        if is_new:
            return False
        reading.found.extend(errors_of(findings))
    return bool(reading.found)


def _preview(reading: "Reading", item: Item) -> tuple[bool, Sequence[Finding]]:
    """Whether a record would change the books, and what is found about it; changes nothing."""
    findings = item.record.findings
    if item.booking is None:
        return False, findings
    decision = reading.decision(item)
    refusal = reading.refusal(item, decision)
    if refusal is not None:
        return False, (*findings, refusal)
    latest = reading.latest(item)
    if latest is not None and decision is Decision.DUPLICATE:
        reading.stated.add(latest.name)
    return decision is not Decision.DUPLICATE, findings


def _stands(reading: "Reading", twin: Known) -> bool:
    """Whether nothing that a document stated was superseded since; it is restated meanwhile."""
    if reading.refused:
        return True
    for item in reading.items:
        latest = reading.latest(item) if item.booking is not None else None
        if latest is None:
            continue
        if latest.content == item.content:
            reading.restate(latest)
        elif latest.document != twin.name and latest.ordinal > twin.stated:
            return False
    return True


def _restate(reading: "Reading", twin: Known) -> None:
    known = reading.known
    if twin.document.ref.object_id == reading.object_id and precedes(
        twin.sequencer, twin.stated, known.sequencer, known.stated
    ):
        reading.now.put(replace(twin, sequencer=known.sequencer, stated=known.stated))
