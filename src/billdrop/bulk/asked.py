"""What is asked of one column, said without what reads it: most documents are read without columns."""

from msgspec import Struct

from billdrop.bulk.values import Read
from billdrop.guidelines.model import Locale
from billdrop.readers import Limits

AMOUNTS = ("net", "tax", "total", "quantity", "unit_price")
LOOKED_UP = ("type_code",)
"""What a text means is asked of these too."""
LEAST_DIGITS = 12
"""Where a guideline's numbers may have fewer digits, each is read for itself."""


class Asked(Struct, frozen=True, kw_only=True):
    """What a column has to say."""

    name: str
    read: Read
    free: bool
    """Whether its texts are the values themselves."""
    amount: bool
    """Whether it is compared with others."""
    mark: str
    """Before the decimals of an amount; empty where each is read for itself."""
    minus: bool
    """Whether a minus may stand before one."""
    required: bool
    most: int
    """How long a text may be."""


def mark_of(locale: Locale, limits: Limits) -> str:
    """Before the decimals, where numbers can be told by columns."""
    mark = locale.decimal
    return mark if mark.isascii() and len(mark) == 1 and limits.digits >= LEAST_DIGITS else ""
