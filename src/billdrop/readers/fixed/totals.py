"""Counts and sums that a document states of itself, held against what was read of it."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from billdrop.checks.exact import EXACT, ZERO
from billdrop.model import Finding
from billdrop.readers import Draft
from billdrop.readers.fixed.layout import Control
from billdrop.readers.fixed.look import Found, about, look
from billdrop.readers.fixed.records import Record
from billdrop.values.excerpts import Place, finding

_HINT = "something was lost or altered, or the total is wrong: have the file made again"


class Said(NamedTuple):
    """A total as a record states it."""

    control: Control
    found: Found | Finding


class Tally(Struct):
    """What there is to compare with."""

    counts: dict[str, int]
    sums: dict[str, Decimal | None]
    """By what is added up; None where an amount could not be read."""


def tally(controls: Iterable[Control]) -> Tally:
    """One with nothing counted."""
    sums = {it.of: ZERO for it in controls if it.of not in COUNTED}
    return Tally(counts=dict.fromkeys(COUNTED, 0), sums=dict(sums))


COUNTED = ("invoices", "lines", "records")


def add(known: Tally, draft: Draft) -> None:
    """Count a draft, and add its amounts up."""
    known.counts["invoices"] += not draft.unread
    known.counts["lines"] += len(draft.lines)
    wrong = {it.field.rpartition(".")[2] if it.field else "" for it in draft.findings}
    for of, so_far in known.sums.items():
        group, _, name = of.rpartition(".")
        if so_far is None or name in wrong:
            known.sums[of] = None
            continue
        among: list[dict[str, Any]] = draft.lines if group else [draft.values]
        for values in among:
            so_far = EXACT.add(so_far, values.get(name) or ZERO)  # noqa: PLW2901  it is the sum
        known.sums[of] = so_far


def said(record: Record, kind: str, controls: Sequence[Control]) -> Iterator[Said]:
    """The totals that a record states."""
    for control in controls:
        if control.kind == kind:
            found = look(record, control.spot, f"the control total of `{control.of}`")
            if found is not None:
                yield Said(control, found)


def compared(
    controls: Sequence[Control], told: Sequence[Said], known: Tally, last: Record
) -> Iterator[Finding]:
    """What does not agree, or is not stated; `last` is where it should have been at the latest."""
    for control in controls:
        mine = [found for other, found in told if other == control]
        if not mine:
            fact = f"no record `{control.kind}` states the control total of `{control.of}`"
            place = Place(last.number, len(last.text) + 1, 1, last.text)
            yield finding("BD2041", fact, place, hint=_HINT, field="lines")
        for found in mine:
            yield from _judged(control, found, known)


def _judged(control: Control, found: Found | Finding, known: Tally) -> Iterator[Finding]:
    if isinstance(found, Finding):
        yield found
        return
    of = control.of
    is_sum = of in known.sums
    counted = known.sums[of] if is_sum else Decimal(known.counts[of])
    if counted is not None and counted != found.value:
        what = f"the sum of `{of}`" if is_sum else f"the number of {of}"
        fact = f"{what} is {counted:f}, the record says {found.value:f}"
        yield about(found, "BD2040", fact, "lines", _HINT)
