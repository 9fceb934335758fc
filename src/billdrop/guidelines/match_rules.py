"""What must hold of `match`: it tells documents apart, or is left out."""

from collections.abc import Iterator

from billdrop.guidelines.faults import Fault
from billdrop.guidelines.model import Guideline


def faults(guideline: Guideline) -> Iterator[Fault]:
    """A `match` that states nothing holds for every document, and would take them from the others."""
    match = guideline.match
    stated = any(match.contains) or match.standard or match.filename
    if "match" in guideline.model_fields_set and not stated:
        message = "`match` states nothing, so that it holds for every document"
        hint = (
            "name texts that every document of the layout has, and no other; leave `match` out"
            " to read whatever comes from `customers`"
        )
        yield Fault(("match",), message, hint)
