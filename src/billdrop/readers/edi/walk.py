"""One pass over the segments of a message: each value to where it belongs, or a finding."""

from datetime import date
from decimal import Decimal
from typing import Any

from billdrop.checks.exact import EXACT
from billdrop.readers.edi.marks import Marks
from billdrop.readers.edi.message import Spot
from billdrop.readers.edi.pieces import RESTORED
from billdrop.readers.edi.plan import Key, Take
from billdrop.readers.edi.standard import Standard
from billdrop.readers.edi.steps import Case, Steps
from billdrop.values import Failure
from billdrop.values.currencies import MINOR_UNITS

_PLAIN = frozenset((str, Decimal, date))

Fault = tuple[Failure, int, int, Key, Spot]
"""Why not, the slot and its item, the value, and where it stands."""
Put = tuple[int, int, Key, Spot]
"""A value that was taken: its slot and item, its name, and where it stands."""


class Walk:
    """What a message says, while it is read."""

    __slots__ = (
        "at", "begun", "current", "escaped", "faults", "further", "marks", "put", "standard",
        "steps", "strays", "tables",
    )  # fmt: skip

    def __init__(self, steps: Steps, standard: Standard, marks: Marks, *, escaped: bool) -> None:
        self.steps, self.standard, self.marks, self.escaped = steps, standard, marks, escaped
        self.tables: list[list[dict[Key, Any]]] = [[{}], [], [], [], []]
        self.current: list[dict[Key, Any]] = [self.tables[0][0], {}, {}, {}, {}]
        self.begun: list[list[int]] = [[0], [], [], [], []]
        """The segments with which the items of each table begin."""
        self.faults: list[Fault] = []
        self.strays: list[int] = []
        self.further: list[tuple[Key, str, Spot]] = []
        """What stands beside the first of a value of which each counts."""
        self.put: list[Put] | None = None
        """Where values stand, if that is asked for."""
        self.at = 0

    def __call__(self, body: list[str]) -> None:  # noqa: C901, PLR0912  one loop, few calls: its speed is the reader's
        """Read all segments between header and trailer."""
        node, plus, colon = self.steps.root, self.marks.element, self.marks.component
        slow = self.escaped or self.put is not None
        current = self.current
        for at, raw in enumerate(body):
            elements = raw.split(plus)
            tag = elements[0]
            step = node.known.get(tag) or node.find(tag)
            if step is None:
                if tag.strip():
                    self.strays.append(at)
                continue
            case = step.other
            if step.cases:
                first = elements[1].partition(colon)[0] if len(elements) > 1 else ""
                case = step.cases.get(first.strip(), case)
            node = case.node
            self.at = at
            if case.openers:
                self.begin(case, elements)
            for take in case.takes:
                slot, key, element, component, convert, conditions, after, _ = take
                if element >= len(elements):
                    continue
                text = elements[element]
                if component:
                    parts = text.split(colon)
                    if component > len(parts):
                        continue
                    text = parts[component - 1]
                text = text.strip()
                if not text:
                    continue
                if slow or conditions or after:
                    self.take(take, text, elements)
                    continue
                value = convert(text)
                if type(value) in _PLAIN and key not in current[slot]:
                    current[slot][key] = value
                else:
                    self.keep(take, value)

    def begin(self, case: Case, elements: list[str]) -> None:
        """Begin what the segment begins: the first of its kinds whose conditions hold."""
        begun = False
        for slot, conditions in case.openers:
            if begun or not all(it.holds(elements, self.marks.component) for it in conditions):
                self.current[slot] = {}
                continue
            begun = True
            item: dict[Key, Any] = {}
            self.current[slot] = item
            self.tables[slot].append(item)
            self.begun[slot].append(self.at)

    def take(self, take: Take, text: str, elements: list[str]) -> None:
        """Take a value for which more than its own text counts."""
        colon = self.marks.component
        if not all(it.holds(elements, colon) for it in take.conditions):
            return
        if self.escaped:
            text = text.translate(RESTORED)
        convert = take.convert
        if take.after:
            parts = elements[take.element].split(colon)
            next_to = parts[take.component].strip() if take.component < len(parts) else ""
            if take.after == 2:
                assert self.standard.date is not None, "it was asked for"
                convert = self.standard.date(next_to)
            elif next_to:
                self.priced(take, next_to)
        self.keep(take, convert(text))

    def priced(self, take: Take, code: str) -> None:
        """An amount that names its currency; all of an invoice name the same."""
        values = self.tables[0][0]
        known = values.get("currency") or values.get(("currency", 0))
        if code not in MINOR_UNITS:
            self.fault(take, Failure("BD2010", f"`{code}` is no currency known here", _CODE), 1)
        elif known is None:
            values["currency"] = code
        elif known != code:
            fact = f"is in {code}, other amounts of the invoice are in {known}"
            self.fault(take, Failure("BD2011", fact, "an invoice has one currency"), 1)

    def keep(self, take: Take, value: Any) -> None:
        """Keep a value, if it is one and does not contradict another of the same name."""
        target = self.current[take.slot]
        if type(value) is Failure:
            self.fault(take, value)
            return
        if take.key not in target:
            target[take.key] = value
        elif take.several == "sum":
            target[take.key] = EXACT.add(target[take.key], value)
        elif take.several == "same" and target[take.key] != value:
            fact = f"`{value}` here, and `{target[take.key]}` before"
            self.fault(take, Failure("BD2007", fact, "an invoice states it once"))
            return
        else:
            if take.several == "each":
                self.further.append((take.key, value, self.spot(take)))
            return
        if self.put is not None:
            self.put.append((*self.item(take), take.key, self.spot(take)))

    def item(self, take: Take) -> tuple[int, int]:
        """The slot of a value and its item there; -1 where it belongs to none."""
        if not take.slot:
            return 0, 0
        table = self.tables[take.slot]
        kept = bool(table) and table[-1] is self.current[take.slot]
        return take.slot, len(table) - 1 if kept else -1

    def spot(self, take: Take, further: int = 0) -> Spot:
        """Where a value stands."""
        return self.at, take.element, take.component + further

    def fault(self, take: Take, failure: Failure, further: int = 0) -> None:
        """Note what is wrong with a value, unless it belongs to nothing that is read."""
        slot, item = self.item(take)
        if item != -1:
            self.faults.append((failure, slot, item, take.key, self.spot(take, further)))


_CODE = "write an ISO 4217 code, such as EUR"
