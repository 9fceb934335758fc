"""Invoices that are new by their identity, and look like one that counts."""

from typing import TYPE_CHECKING

from billdrop.books import alike
from billdrop.books.alike import apart, likeness_of, told_of
from billdrop.model import Finding
from billdrop.plan.items import Item

if TYPE_CHECKING:
    from billdrop.plan.intake import Intake


def looks_like(intake: "Intake", item: Item) -> Finding | None:
    """Why a new invoice must wait for a person; nothing where one let it pass."""
    if item.key is None or item.booking is None or intake.waiting.stands_beside(item.record.index):
        return None
    customer, identity = item.key
    found = intake.now.alike(customer, likeness_of(customer, item.booking))
    if not found:
        return None
    mine = told_of(identity, item.booking)
    known = next((each for each in found if not apart(mine, each)), None)
    return None if known is None else alike.looks_like(item.record, item.booking, known)
