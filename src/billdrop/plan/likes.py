"""Invoices that are new by their identity, and look like one that counts; what one waits for that policy holds."""

from typing import TYPE_CHECKING

from billdrop.books import alike
from billdrop.books.alike import apart, likeness_of, told_of
from billdrop.books.decide import Decision, conflict
from billdrop.model import Finding
from billdrop.plan.items import Item

if TYPE_CHECKING:
    from billdrop.plan.intake import Intake


def against_books(
    intake: "Intake", item: Item, decision: Decision, *, decided: bool = True
) -> Finding | None:
    """
    Why an accepted record must wait for a person: it contradicts an invoice that counts, or looks like one.

    `decided`: whether what a person decides now lets it pass; `decision` was made the same way.
    """
    latest = intake.latest(item)
    if latest is None:
        passes = decided and intake.waiting.stands_beside(item.record.index)
        return None if passes else _alike(intake, item)
    if item.booking is None or decision is not Decision.CONFLICT:
        return None
    return conflict(item.record, item.booking.printed, latest.statement)


def foreseen(intake: "Intake", item: Item) -> tuple[Finding, ...]:
    """
    What else an invoice waits for that policy holds: one of the books that it contradicts, or looks like.

    A person who lets it pass has to see both; what one decides now was decided without this.
    """
    would = item.would
    if would is None or intake.has_recorded(would):
        return ()
    reason = against_books(intake, would, intake.decision(would, decided=False), decided=False)
    return () if reason is None else (reason,)


def _alike(intake: "Intake", item: Item) -> Finding | None:
    if item.key is None or item.booking is None:
        return None
    customer, identity = item.key
    found = intake.now.alike(customer, likeness_of(customer, item.booking))
    if not found:
        return None
    mine = told_of(identity, item.booking)
    known = next((each for each in found if not apart(mine, each)), None)
    return None if known is None else alike.looks_like(item.record, item.booking, known)
