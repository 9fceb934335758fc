"""Whether the amounts of an invoice agree to the last digit, as most do: one look instead of three checks."""

from decimal import getcontext

from billdrop.checks import stated
from billdrop.checks.exact import ZERO
from billdrop.guidelines.model import Guideline
from billdrop.model import Invoice

LOOKED_AT = ("lines_net", "lines_tax", "total")
"""The checks that find nothing where the amounts agree."""
BESIDE = frozenset(
    (
        "line_net",
        "allowance",
        "charge",
        "rounding",
        "withheld",
        "allowances.amount",
        "charges.amount",
        "taxes.amount",
    )
)
"""Where one of them is stated, the amounts have to agree in other ways too."""
PRECISION = 28
"""So many digits hold every sum of a million amounts of the room of money."""
MOST = 1_000_000


def looked_at(guideline: Guideline) -> tuple[str, ...]:
    """The checks that can be left off where the amounts agree."""
    return () if stated(guideline) & BESIDE else LOOKED_AT


def agree(invoice: Invoice) -> bool:
    """
    Whether the lines add up to net and to tax, and these to total. No where it cannot tell.

    Each amount fits its column, as those do that a reader took; so nothing is rounded here.
    """
    net, tax, lines = invoice.net, invoice.tax, invoice.lines
    if net is None or tax is None or getcontext().prec < PRECISION or len(lines) > MOST:
        return False
    if net + tax != invoice.total:
        return False
    for line in lines:
        net -= line.net or ZERO
        tax -= line.tax or ZERO
    return not net and not tax
