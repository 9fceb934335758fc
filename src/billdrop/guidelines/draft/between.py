"""What stands between the sum of the lines and the net: a charge such as carriage, an allowance such as a discount."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from billdrop.guidelines.draft.choosing import MOST, Choice, amount_of
from billdrop.guidelines.draft.evidence import Marks
from billdrop.guidelines.draft.sightings import Sighting

FIELDS = ("line_net", "charge", "allowance")
Parts = dict[str, Sighting]
"""What was seen, by field; an invoice may have no charge, or no allowance."""


def between(
    samples: Sequence[Sequence[Sighting]], choices: Sequence[Choice], marks: Marks
) -> list[Choice]:
    """Choices whose amounts lead from the lines to the net in every sample, under the same labels; else none."""
    net = next((it.seen for it in choices if it.field == "net"), ())
    if len(net) != len(samples):
        return []
    found = [next(_ways(seen, one, marks), {}) for seen, one in zip(samples, net, strict=True)]
    made = [
        Choice(field, tuple(parts[field] for parts in found if field in parts)) for field in FIELDS
    ]
    alike = all(len({it.label.casefold() for it in one.seen}) <= 1 for one in made)
    return [it for it in made if it.seen] if alike and all(found) else []


def _ways(seen: Sequence[Sighting], net: Sighting, marks: Marks) -> Iterator[Parts]:
    """Every way to the net that is not the net itself."""
    lines, charges, allowances = (_seen(field, seen, marks) for field in FIELDS)
    goal = amount_of(net.value, marks)
    for line, charge, less in product(lines, [None, *charges], [None, *allowances]):
        taken = {
            field: one[0]
            for field, one in zip(FIELDS, (line, charge, less), strict=True)
            if one is not None
        }
        several = len({(it.line, it.start) for it in (*taken.values(), net)}) == len(taken) + 1
        up, down = (one[1] if one else Decimal(0) for one in (charge, less))
        if len(taken) > 1 and several and line[1] + up - down == goal:
            yield taken


def _seen(field: str, seen: Sequence[Sighting], marks: Marks) -> list[tuple[Sighting, Decimal]]:
    """The amounts of a field that are more than nothing."""
    found = [(it, amount_of(it.value, marks)) for it in seen if it.field == field]
    return [(it, amount) for it, amount in found if amount is not None and amount > 0][:MOST]
