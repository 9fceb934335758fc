"""What became of a document, as the sender is told."""

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from billdrop.model import Finding, Outcome, Severity, State, errors_of
from billdrop.plan.contents import Contents, Known

SHOWN = 100
"""How many invoices and findings an outcome names."""

WARNINGS = 1_000
"""How many warnings of one document are kept."""


def outcome_of(
    now: Contents,
    name: str,
    *,
    known: bool,
    added: int = 0,
    said: Sequence[Finding] | None = None,
    change: int | UnsetType = UNSET,
) -> Outcome:
    """
    `added`: how many invoices it put into the books just now; `said`: what was found just now.

    `change`: see `Outcome`; where it is not counted, the place of the document is not told either.
    """
    there = now.document(name)
    if there is None:
        raise KeyError(name)
    found = said_of(now, there) if said is None else said
    return Outcome(
        document_id=name,
        state=there.state,
        invoices=there.recorded,
        invoice_count=there.invoices,
        recorded_now=added,
        findings=tuple(found[:SHOWN]),
        duplicate_of=there.duplicate_of if there.state is State.DUPLICATE else None,
        known=known,
        change=change,
        place=UNSET if change is UNSET else (there.place.sequencer, str(there.place.ordinal)),
    )


def said_of(now: Contents, known: Known) -> Sequence[Finding]:
    """What was found about a document; of a duplicate, why the one with the same bytes waits."""
    twin = now.document(known.twin) if known.twin is not None else None
    if twin is None or twin.state is not State.QUARANTINED:
        return now.findings(known.name)
    return errors_of(now.findings(twin.name))


def capped(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """All errors, and the first warnings."""
    warnings = [place for place, found in enumerate(findings) if found.severity is Severity.WARNING]
    left_off = set(warnings[WARNINGS:])
    if not left_off:
        return tuple(findings)
    said = Finding(
        code="BD3002",
        message=f"{len(left_off)} further warnings of this document are not kept",
        severity=Severity.WARNING,
        hint="`billdrop check FILE` shows them all",
    )
    kept = (found for place, found in enumerate(findings) if place not in left_off)
    return (*kept, said)
