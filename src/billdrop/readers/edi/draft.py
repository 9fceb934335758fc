"""From what a message says to the draft of an invoice."""

from collections.abc import Mapping
from typing import Any

from billdrop.guidelines.model import Guideline, Level
from billdrop.model import Adjustment, Finding, Line, Severity, Span, Spans, TaxShare
from billdrop.readers import Draft
from billdrop.readers.edi.message import Message, Spot
from billdrop.readers.edi.plan import SLOTS, Key, Plan
from billdrop.readers.edi.standard import COUNT, Standard, Sums
from billdrop.readers.edi.steps import Steps
from billdrop.readers.edi.walk import Fault, Walk
from billdrop.values.currencies import MINOR_UNITS

SHOWN = 100
"""How many segments of one message that are not expected get a finding of their own."""

_LEVELS: dict[str, Severity | None] = {
    "error": Severity.ERROR,
    "warn": Severity.WARNING,
    "ignore": None,
}
_ADDED = ("taxes", "allowances", "charges")


class Drafts:
    """Makes drafts of messages, by one guideline."""

    def __init__(self, guideline: Guideline, standard: Standard, plan: Plan) -> None:
        self.standard, self.plan = standard, plan
        self.steps = Steps(plan, standard.areas)
        self.unclaimed = _LEVELS[guideline.unclaimed]
        self.currency = guideline.locale.currency
        lines = guideline.lines.fields if guideline.lines else {}
        self.worked = {
            "net": "net" not in guideline.fields,
            "tax": "tax" not in guideline.fields,
            "lines.net": "net" not in lines,
        }

    def __call__(self, message: Message, findings: list[Finding]) -> Draft:
        """The draft of a message, with what was found of its envelope."""
        walk = self.walked(message)
        sums = self.sums(walk)
        if walk.faults or walk.strays:
            findings += [self.finding(message, fault) for fault in walk.faults]
            findings += self.strays(message, walk.strays)
        findings += self.counted(message, sums)
        self.standard.settle(sums)
        for item in (sums.values, *sums.lines, *sums.allowances, *sums.charges):
            for name in [name for name in item if name[0] == "#"]:
                del item[name]
        values = sums.values
        if sums.taxes:
            values["taxes"] = tuple([TaxShare(**it) for it in sums.taxes])
        if sums.allowances:
            values["allowances"] = tuple([Adjustment(**it) for it in sums.allowances])
        if sums.charges:
            values["charges"] = tuple([Adjustment(**it) for it in sums.charges])
        starts = message.starts(walk.begun[1])
        made = [
            Line(**line, source_line=start)
            for line, start in zip(sums.lines, starts, strict=True)
        ]
        return Draft(
            first_line=message.first_line,
            last_line=message.last_line,
            values=values,
            lines=[],
            findings=findings,
            spans=_Places(self, message),
            text=message.lines.line,
            made=tuple(made),
        )

    def walked(self, message: Message, *, places: bool = False) -> Walk:
        """The walk through a message."""
        walk = Walk(self.steps, self.standard, message.marks, escaped=message.escaped)
        if places:
            walk.put = []
        walk(message.body()[1:-1])
        return walk

    def sums(self, walk: Walk) -> Sums:
        """What was read, by plain names; what has no amount is no tax and no allowance."""
        tables: list[list[dict[str, Any]]] = [
            [self.named(slot, item) for item in table] for slot, table in enumerate(walk.tables)
        ]
        values = tables[0][0]
        currency = values.get("currency") or self.currency
        taxes, allowances, charges = (
            [item for item in table if "amount" in item] for table in tables[2:]
        )
        units = MINOR_UNITS.get(currency)
        return Sums(
            values, tables[1], taxes, allowances, charges, self.worked, 2 if units is None else units
        )

    def named(self, slot: int, item: dict[Key, Any]) -> dict[str, Any]:
        """Of the values with several paths, those of the best."""
        ranked: Any = self.plan.ranked[slot]
        named: Any = item
        for name, keys in ranked:
            for key in keys:
                if key in named:
                    value = named.pop(key)
                    named.setdefault(name, value)
        return named  # type: ignore[no-any-return]  what is left has plain names

    def finding(self, message: Message, fault: Fault) -> Finding:
        """A finding about a value."""
        failure, slot, item, key, spot = fault
        path = _path(slot, item, key)
        spot = (spot[0] + 1, *spot[1:])
        offset, length = message.find(spot)
        fact = f"{path}: {failure.message} ({message.where(spot)})"
        return message.lines.finding(
            failure.code, fact, offset, length, hint=failure.hint or "correct the file", field=path
        )

    def strays(self, message: Message, strays: list[int]) -> list[Finding]:
        """Findings about segments that are not expected where they stand."""
        found = []
        for at in strays[:SHOWN]:
            spot: Spot = (at + 1, 0, 0)
            offset, length = message.find(spot)
            tag = message.lines.text[offset : offset + length]
            error = tag in self.steps.begun
            severity = Severity.ERROR if error else self.unclaimed
            if severity is not None:
                fact = f"{tag[:20]} is not expected here ({message.where(spot)})"
                hint = f"{self.standard.name} has no such segment in this place; correct the file"
                found.append(
                    message.lines.finding(
                        "BD2062", fact, offset, length, hint=hint, severity=severity
                    )
                )
        if len(strays) > SHOWN and found:
            fact = f"{len(strays) - SHOWN} more segments are not expected"
            offset, length = message.find((strays[SHOWN] + 1, 0, 0))
            found.append(
                message.lines.finding(
                    "BD2062", fact, offset, length, hint="correct the file", severity=found[-1].severity
                )
            )
        return found

    def counted(self, message: Message, sums: Sums) -> list[Finding]:
        """Whether the message has as many lines as it says."""
        said, there = sums.values.pop(COUNT, None), len(sums.lines)
        if said is None or said == there:
            return []
        put = self.walked(message, places=True).put or []
        at, *rest = next(spot for _, _, key, spot in put if key == COUNT)
        spot: Spot = (at + 1, rest[0], rest[1])
        offset, length = message.find(spot)
        fact = f"the message says it has {said:f} lines, there are {there} ({message.where(spot)})"
        hint = "something was lost on the way, or counted wrongly: have the invoice sent again"
        return [message.lines.finding("BD2040", fact, offset, length, hint=hint, field="lines")]

    def spans(self, message: Message) -> Spans:
        """Where each value stands."""
        walk = self.walked(message, places=True)
        best: dict[str, tuple[int, Spot]] = {}
        for slot, item, key, spot in walk.put or ():
            rank = 0 if isinstance(key, str) else key[1]
            path = _path(slot, item, key)
            if item != -1 and (path not in best or rank < best[path][0]):
                best[path] = rank, (spot[0] + 1, *spot[1:])
        return {path: self.span(message, spot) for path, (_, spot) in best.items()}

    def span(self, message: Message, spot: Spot) -> Span:
        """The stretch of text of a value."""
        offset, length = message.find(spot)
        line, column = message.lines.at(offset)
        return Span(line, column, message.lines.text[offset : offset + length])


def _path(slot: int, item: int | None, key: Key) -> str:
    name = key if isinstance(key, str) else key[0]
    return f"{SLOTS[slot]}[{item}].{name}" if slot else name


class _Places:
    """Where the values of a message stand, found when it is asked for."""

    __slots__ = ("drafts", "message")

    def __init__(self, drafts: Drafts, message: Message) -> None:
        self.drafts, self.message = drafts, message

    def __call__(self) -> Mapping[str, Span]:
        """The span of every value, by path."""
        return self.drafts.spans(self.message)


__all__ = ["Drafts", "Level"]
