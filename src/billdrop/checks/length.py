"""All texts of an invoice together fit a row of SQL; each of them was measured when it was read."""

from decimal import Decimal

from msgspec.structs import asdict

from billdrop.checks.fault import Check, Fault
from billdrop.model import Invoice

ROW_CHARS = 1024 * 1024
"""Most characters of the texts in one row; in UTF-8 and escaped they are up to six times as many bytes."""


def build(texts: int, value_chars: int) -> tuple[Check, ...]:
    """The check for an invoice of so many texts of such a length; none where they cannot be too long."""
    return (check,) if texts * value_chars > ROW_CHARS else ()


def check(invoice: Invoice, tolerance: Decimal) -> tuple[Fault, ...]:
    """The lines of an invoice are rows of their own."""
    values = {name: text for name, text in asdict(invoice).items() if isinstance(text, str)}
    values |= {f"extra.{name}": text for name, text in invoice.extra.items()}
    size = sum(map(len, values.values()))
    if size <= ROW_CHARS:
        return ()
    longest = max(values, key=lambda name: len(values[name]))
    message = f"the texts of the invoice have {size:,} characters, more than {ROW_CHARS:,}"
    return (Fault("BD2027", message, longest, "correct the file"),)
