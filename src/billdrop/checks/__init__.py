"""What must hold within one invoice: one module a check, one line here each."""

import re
from collections.abc import Callable

from billdrop.checks import (
    allowances,
    bases,
    credit,
    dates,
    fits,
    line_amount,
    line_tax,
    lines_net,
    lines_tax,
    net,
    payable,
    taxes,
    total,
    words,
)
from billdrop.checks.fault import Check, Fault
from billdrop.guidelines.model import Checks, Guideline, Locale
from billdrop.guidelines.rules import grouped
from billdrop.model import Severity

__all__ = ["CHECKS", "Check", "Fault", "chosen", "stated"]

CHECKS: dict[str, Callable[[Locale, Checks], Check]] = {
    "lines_net": lambda _, __: lines_net.check,
    "lines_tax": lambda _, __: lines_tax.check,
    "allowances": lambda _, __: allowances.check,
    "net": lambda _, __: net.check,
    "bases": lambda _, __: bases.check,
    "taxes": lambda _, checks: taxes.build(checks),
    "total": lambda _, checks: total.build(checks),
    "payable": lambda _, checks: payable.build(checks),
    "words": lambda locale, _: words.build(locale),
    "line_amount": lambda _, __: line_amount.check,
    "line_tax": lambda _, __: line_tax.check,
    "dates": lambda _, __: dates.check,
    "credit": lambda _, __: credit.check,
}
"""By the name that `[checks]` gives them."""

NEEDS: dict[str, tuple[set[str], ...]] = {
    "allowances": ({"allowance", "allowances.amount"}, {"charge", "charges.amount"}),
    "net": ({"net", "line_net"},),
    "bases": ({"taxes.base"},),
    "taxes": ({"taxes.amount"},),
    "payable": ({"payable"},),
    "words": ({"in_words"},),
    "line_amount": ({"lines.quantity", "lines.unit_price"},),
    "line_tax": ({"lines.tax", "lines.tax_rate"},),
    "dates": ({"due_date"},),
    "credit": ({"type_code"},),
}
"""Without a place for each of one of these, a check has nothing to look at."""

SEVERITY = {"error": Severity.ERROR, "warn": Severity.WARNING}


def chosen(guideline: Guideline) -> tuple[tuple[str, Check, Severity], ...]:
    """The checks that the guideline does not or cannot switch off, with what they find it to be."""
    sums = [name for name, field in guideline.fields.items() if field.sum]
    always = (("fits", fits.build(sums), Severity.ERROR),) if sums else ()
    levels = {name: getattr(guideline.checks, name) for name in CHECKS}
    there = stated(guideline)
    return always + tuple(
        (name, build(guideline.locale, guideline.checks), SEVERITY[levels[name]])
        for name, build in CHECKS.items()
        if levels[name] != "off" and any(needed <= there for needed in NEEDS.get(name, (set(),)))
    )


def stated(guideline: Guideline) -> set[str]:
    """What an invoice of the guideline can state: `total`, `lines.net`, `taxes.base`."""
    there = {*guideline.fields}
    for group in ("lines", "taxes", "allowances", "charges"):
        there |= {f"{group}.{name}" for name in grouped(guideline, group)}
    rows = guideline.lines.row if guideline.lines else []
    for row in [rows] if isinstance(rows, str) else rows:
        there |= {f"lines.{name}" for name in re.findall(r"\{([a-z_]+)", row)}
    return there
