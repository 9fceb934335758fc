"""What a commit means, worked out over what a ledger holds: pure, and shared by the adapters that plan."""

from billdrop.plan.contents import Contents, Key, Known, Place, Revision
from billdrop.plan.intake import Booked, Intake
from billdrop.plan.items import Item, item_of, items_of
from billdrop.plan.numbering import ByArrival, Counted, Numbering
from billdrop.plan.outcomes import SHOWN, outcome_of
from billdrop.plan.placing import enter

__all__ = [
    "SHOWN",
    "Booked",
    "ByArrival",
    "Contents",
    "Counted",
    "Intake",
    "Item",
    "Key",
    "Known",
    "Numbering",
    "Place",
    "Revision",
    "enter",
    "item_of",
    "items_of",
    "outcome_of",
]
