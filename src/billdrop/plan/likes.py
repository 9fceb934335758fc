"""Invoices that are new by their identity, and look like one that counts; what one waits for that policy holds."""

from typing import TYPE_CHECKING

from billdrop.books import alike
from billdrop.books.alike import apart, likeness_of, told_of
from billdrop.books.decide import Decision, conflict
from billdrop.model import Finding
from billdrop.plan.items import Item

if TYPE_CHECKING:
    from billdrop.plan.intake import Intake


def looks_like(intake: "Intake", item: Item) -> Finding | None:
    """Why a new invoice must wait for a person; nothing where one let it pass."""
    return None if intake.waiting.stands_beside(item.record.index) else _alike(intake, item)


def foreseen(intake: "Intake", item: Item) -> tuple[Finding, ...]:
    """
    What else an invoice waits for that policy holds: one of the books that it contradicts, or looks like.

    A person who lets it pass has to see both; what one decides now was decided without this.
    """
    would = item.would
    if would is None or would.booking is None or intake.has_recorded(would):
        return ()
    latest = intake.latest(would)
    if latest is None:
        reason = _alike(intake, would)
    elif intake.decision(would, released=False) is Decision.CONFLICT:
        reason = conflict(would.record, would.booking.printed, latest.statement)
    else:
        reason = None
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
