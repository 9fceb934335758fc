"""What a draft left to a person: the marks that still stand in the text of a guideline."""

from collections.abc import Iterator
from typing import NamedTuple

UNSURE = "# unsure: "
"""What a mark begins with; whoever has looked takes the line out."""
_EXAMPLES = "[[examples]]"


class Mark(NamedTuple):
    """One of them."""

    line: int
    """From 1."""
    what: str
    """The field or the table, and why."""


def marks(text: str) -> Iterator[Mark]:
    """The marks of a guideline, without what its examples say."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(_EXAMPLES):
            return
        if line.startswith(UNSURE):
            yield Mark(number, line.removeprefix(UNSURE))
