"""Records of fixed width: where their values stand nobody can tell by looking at them."""

import re
from collections import defaultdict
from collections.abc import Sequence

from billdrop.errors import UsageError
from billdrop.guidelines.draft.sample import Sample

MOST = 8
"""So many kinds of record have few prefixes."""
_PREFIX = re.compile(r"[A-Z0-9]{3}")
_RUN = re.compile(r"[0-9]{16}")
"""Amounts that nothing keeps apart; identifiers of goods are shorter."""


def refuse(samples: Sequence[Sample]) -> None:
    """Raises `UsageError` for records of fixed width, which are not drafted."""
    for sample in samples:
        if _is_fixed(sample.lines):
            fact = f"{sample.name} has records of fixed width, which are not drafted"
            hint = "write by hand where their values stand: docs/guidelines.md#third-records-of-fixed-width shows how"
            raise UsageError(fact, hint=hint)


def _is_fixed(lines: Sequence[str]) -> bool:
    """Whether records of few kinds have runs of digits, and those of one kind end alike."""
    stated = [line.rstrip() for line in lines if line.strip()]
    kinds = {line[:3] for line in stated}
    if len(kinds) > MOST or not all(map(_PREFIX.match, kinds)):
        return False
    widths = defaultdict(list)
    for line in stated:
        if _RUN.search(line):
            widths[line[:3]].append(len(line))
    several = [found for found in widths.values() if len(found) > 1]
    alike = bool(several) and all(len({*found}) == 1 for found in several)
    return alike and 3 * sum(map(len, widths.values())) >= len(stated)
