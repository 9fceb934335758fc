"""What must hold within one invoice: one module a check, one line here each."""

import re
from collections.abc import Callable

from billdrop.checks import dates, fits, line_amount, lines_net, lines_tax, total, words
from billdrop.checks.fault import Check, Fault
from billdrop.guidelines.model import Guideline, Locale
from billdrop.model import Severity

__all__ = ["CHECKS", "Check", "Fault", "chosen"]

CHECKS: dict[str, Callable[[Locale], Check]] = {
    "lines_net": lambda _: lines_net.check,
    "lines_tax": lambda _: lines_tax.check,
    "total": lambda _: total.check,
    "words": words.build,
    "line_amount": lambda _: line_amount.check,
    "dates": lambda _: dates.check,
}
"""By the name that `[checks]` gives them."""

NEEDS = {"words": ["in_words"], "line_amount": ["quantity", "unit_price"], "dates": ["due_date"]}
"""Without a place for each of them, a check has nothing to look at."""

SEVERITY = {"error": Severity.ERROR, "warn": Severity.WARNING}


def chosen(guideline: Guideline) -> tuple[tuple[str, Check, Severity], ...]:
    """The checks that the guideline does not or cannot switch off, with what they find it to be."""
    sums = [name for name, field in guideline.fields.items() if field.sum]
    always = (("fits", fits.build(sums), Severity.ERROR),) if sums else ()
    levels = {name: getattr(guideline.checks, name) for name in CHECKS}
    return always + tuple(
        (name, build(guideline.locale), SEVERITY[levels[name]])
        for name, build in CHECKS.items()
        if levels[name] != "off" and _stated(guideline).issuperset(NEEDS.get(name, ()))
    )


def _stated(guideline: Guideline) -> set[str]:
    """The fields that an invoice of the guideline, or a line of it, can have."""
    lines = guideline.lines
    if lines is None:
        return {*guideline.fields}
    rows = [lines.row] if isinstance(lines.row, str) else lines.row
    named = {name for row in rows for name in re.findall(r"\{([a-z_]+)", row)}
    return {*guideline.fields, *lines.fields, *named}
