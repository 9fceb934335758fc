"""What a check answers."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from billdrop.model import Invoice


class Fault(NamedTuple):
    """What does not hold, before its place in the text is known."""

    code: str
    message: str
    field: str
    """The path of the value it is shown at."""
    hint: str = ""


Check = Callable[[Invoice, Decimal], tuple[Fault, ...]]
"""Takes an invoice and the tolerance."""

TOLERANCE = "correct the file, or set `checks.tolerance` in the guideline"
