"""From what a message says to the draft of an invoice."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from billdrop.guidelines.fields import ACCOUNT, OTHER_ACCOUNTS
from billdrop.guidelines.model import Guideline, Level
from billdrop.model import Adjustment, Finding, Line, Severity, Span, Spans, TaxShare
from billdrop.readers import Draft
from billdrop.readers.edi.accounts import accounts
from billdrop.readers.edi.message import Message, Spot
from billdrop.readers.edi.plan import SLOTS, Key, Plan
from billdrop.readers.edi.shape import Shapes
from billdrop.readers.edi.standard import COUNT, RATE, WORDS, Standard, Sums
from billdrop.readers.edi.steps import Steps
from billdrop.readers.edi.walk import Fault, Walk
from billdrop.values.currencies import MINOR_UNITS

SHOWN = 100
"""How many segments of one message that are not expected get a finding of their own."""

_NAME = re.compile("[A-Z][A-Z0-9]{1,2}").fullmatch
"""What the name of a segment looks like; what does not has lost a separator."""

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
        self.shapes = Shapes(plan.text)
        self.unclaimed = _LEVELS[guideline.unclaimed]
        self.currency = guideline.locale.currency
        self.totals = frozenset(_totals(plan))
        lines = guideline.lines.fields if guideline.lines else {}
        self.worked = {
            "net": "net" not in guideline.fields,
            "tax": "tax" not in guideline.fields,
            "lines.net": "net" not in lines,
        }

    def __call__(self, message: Message, findings: list[Finding]) -> Draft:
        """The draft of a message, with what was found of its envelope."""
        known = self.shapes.take(message)
        if known is not None:
            tables, begun = known
            sums = self.sums(tables)
        else:
            walk = self.walked(message)
            tables = [[self.named(at, it) for it in table] for at, table in enumerate(walk.tables)]
            if others := accounts(walk)[1:]:
                tables[0][0][OTHER_ACCOUNTS] = tuple([it.text for it in others])
            sums, begun = self.sums(tables), walk.begun
            odd = [*self.odd(message, walk, sums)]
            findings += odd
            if not odd:
                self.shapes.learn(message, walk, tables)
        findings += self.counted(message, sums)
        return self.draft(message, sums, begun[1], findings)

    def odd(self, message: Message, walk: Walk, sums: Sums) -> Iterator[Finding]:
        """What was found on the way."""
        for fault in walk.faults:
            yield self.finding(message, fault)
        yield from self.strays(message, walk.strays)
        if not walk.faults:
            yield from self.missing(message, walk, sums)
        elif "total" in {_path(slot, item, key) for _, slot, item, key, _ in walk.faults}:
            return
        if "total" not in sums.values:
            yield from self.misplaced(message)

    def draft(
        self, message: Message, sums: Sums, begun: list[int], findings: list[Finding]
    ) -> Draft:
        """The draft of what was read, with what the standard leaves to be worked out."""
        for added in (sums.taxes, sums.allowances, sums.charges):
            if added:
                added[:] = [_shown(item) for item in added if "amount" in item]
        self.standard.settle(sums)
        values = sums.values
        if sums.taxes:
            values["taxes"] = tuple([TaxShare(**item) for item in sums.taxes])
        if sums.allowances:
            values["allowances"] = tuple([Adjustment(**item) for item in sums.allowances])
        if sums.charges:
            values["charges"] = tuple([Adjustment(**item) for item in sums.charges])
        lines = zip(sums.lines, message.starts([at + 1 for at in begun]), strict=True)
        return Draft(
            first_line=message.first_line,
            last_line=message.last_line,
            values=values,
            lines=[],
            findings=findings,
            spans=_Places(self, message),
            text=message.lines.line,
            made=tuple([Line(**line, source_line=start) for line, start in lines]),
        )

    def walked(self, message: Message, *, places: bool = False) -> Walk:
        """The walk through a message."""
        walk = Walk(self.steps, self.standard, message.marks, escaped=message.escaped)
        if places:
            walk.put = []
        walk(message.body()[1:-1])
        return walk

    def sums(self, tables: list[list[dict[str, Any]]]) -> Sums:
        """What was read, with the currency's digits after the decimal mark."""
        values = tables[0][0]
        units = MINOR_UNITS.get(values.get("currency") or self.currency)
        _, lines, taxes, allowances, charges = tables
        return Sums(
            values, lines, taxes, allowances, charges, self.worked, 2 if units is None else units
        )

    def named(self, slot: int, item: dict[Key, Any]) -> dict[str, Any]:
        """Of the values with several paths, those of the best."""
        named = {key: value for key, value in item.items() if isinstance(key, str)}
        for name, keys in self.plan.ranked[slot]:
            for key in keys:
                if key in item:
                    named.setdefault(name, item[key])
                    break
        return named

    def finding(self, message: Message, fault: Fault) -> Finding:
        """A finding about a value."""
        failure, slot, item, key, spot = fault
        path = _path(slot, item, key)
        spot = (spot[0] + 1, *spot[1:])
        offset, length = message.find(spot)
        fact = f"{WORDS.get(path, path)}: {failure.message} ({message.where(spot)})"
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
            error = tag in self.steps.begun or _NAME(tag) is None
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
                    "BD2062",
                    fact,
                    offset,
                    length,
                    hint="correct the file",
                    severity=found[-1].severity,
                )
            )
        return found

    def missing(self, message: Message, walk: Walk, sums: Sums) -> Iterator[Finding]:
        """Lines that state only a part of what belongs together, allowances and charges without an amount."""
        together = self.standard.together
        for at, line in enumerate(sums.lines):
            if any(name in line for name in together):
                for name in together:
                    if name not in line:
                        yield self.lacking(message, walk.begun[1][at], f"lines[{at}].{name}")
        for slot, items in ((3, sums.allowances), (4, sums.charges)):
            for at, item in enumerate(items):
                if "amount" not in item and RATE not in item:
                    path = f"{SLOTS[slot]}[{at}].amount"
                    yield self.lacking(message, walk.begun[slot][at], path)

    def misplaced(self, message: Message) -> Iterator[Finding]:
        """The first segment that would state the total, if it stood where totals stand."""
        mark, colon = message.marks.element, message.marks.component
        for at, raw in enumerate(message.body()[1:-1]):
            tag, *elements = raw.split(mark)
            code = elements[0].partition(colon)[0].strip() if elements else ""
            if (tag.strip(), code) in self.totals:
                spot: Spot = (at + 1, 1, 1)
                offset, length = message.find(spot)
                fact = f"`{tag.strip()}{mark}{code}` states no total here ({message.where(spot)})"
                yield message.lines.finding(
                    "BD2062", fact, offset, length, hint=self.standard.summary, field="total"
                )
                return

    def lacking(self, message: Message, segment: int, path: str) -> Finding:
        """A finding at the segment that lacks a value."""
        spot: Spot = (segment + 1, 0, 0)
        offset, length = message.find(spot)
        fact = f"{path} is missing ({message.where(spot)})"
        return message.lines.finding(
            "BD2003", fact, offset, length, hint="correct the file", field=path
        )

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
        """Where each value stands; by the places among the items that were kept."""
        walk = self.walked(message, places=True)
        kept = [_kept(table, slot) for slot, table in enumerate(walk.tables)]
        best: dict[str, tuple[int, Spot]] = {}
        for slot, item, key, spot in walk.put or ():
            name, rank = (key, 0) if isinstance(key, str) else key
            place = kept[slot].get(item)
            path = _path(slot, place, key)
            if place is not None and name[0] != "#" and rank < best.get(path, (99,))[0]:
                best[path] = rank, spot
        for at, account in enumerate(accounts(walk)):
            assert account.spot is not None, "it was asked for"
            best[f"{OTHER_ACCOUNTS}[{at - 1}]" if at else ACCOUNT] = 0, account.spot
        return {
            path: self.span(message, (spot[0] + 1, *spot[1:])) for path, (_, spot) in best.items()
        }

    def span(self, message: Message, spot: Spot) -> Span:
        """The stretch of text of a value."""
        offset, length = message.find(spot)
        line, column = message.lines.at(offset)
        return Span(line, column, message.lines.text[offset : offset + length])


def _totals(plan: Plan) -> Iterator[tuple[str, str]]:
    """The segments that state a total, each with its qualifier."""
    for parts, take in plan.claims:
        if not take.slot and "total" in (take.key, take.key[0]):
            yield from ((parts[-1].tag, code) for code in parts[-1].qualifiers or ())


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """Without what was only to be there."""
    item.pop(RATE, None)
    return item


def _kept(table: list[dict[Key, Any]], slot: int) -> dict[int, int]:
    """The new places of the items by their old ones: what has no amount is no tax and no allowance."""
    amounts = ("amount", *(("amount", rank) for rank in range(9)))
    kept = [at for at, item in enumerate(table) if slot < 2 or any(key in item for key in amounts)]
    return {at: place for place, at in enumerate(kept)}


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
