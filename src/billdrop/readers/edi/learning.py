"""The way of a walk gone again, to note what decided it: what of a message has to be as it was, and where its values stand."""

from collections.abc import Sequence
from typing import NamedTuple

from billdrop.guidelines.fields import ACCOUNT
from billdrop.readers.edi.accounts import accounts
from billdrop.readers.edi.message import Message
from billdrop.readers.edi.paths import Condition
from billdrop.readers.edi.plan import Key, Take
from billdrop.readers.edi.steps import Case, Node
from billdrop.readers.edi.walk import Walk
from billdrop.values import Convert

Taken = tuple[Take, int, Convert]
"""What is taken, the piece that it is read from, and by what."""


class Value(NamedTuple):
    """A value, and the piece that it is read from."""

    name: str
    at: int
    convert: Convert | None
    """None for a plain text."""


class UnlikeError(Exception):
    """No shape can say it; never leaves the shapes."""


class Learning:
    """Goes the way of the walk again, and notes what decided it."""

    def __init__(self, message: Message, walk: Walk, text: Convert) -> None:
        self.message, self.walk, self.text = message, walk, text
        self.decisive: dict[int, None] = {}
        self.items: list[tuple[int, list[Taken]]] = [(0, [])]
        self.current: dict[int, list[Taken]] = {0: self.items[0][1]}
        self.equal: list[tuple[int, int]] = []
        self.unread: list[Value] = []
        """What is stated and not taken."""
        self.looked: list[set[int]] = []
        """Of each segment within: the elements that are looked at."""
        self.places: dict[tuple[int, int], int] = {}
        """Of the segment that is looked at: its pieces by element and component."""

    def go(self, size: int) -> None:
        """All the way, of a message of so many pieces; raises `UnlikeError`."""
        if len(accounts(self.walk)) > 1:
            raise UnlikeError
        node, offset = self.walk.steps.root, 0
        for at, raw in enumerate(self.message.raws):
            length = self.enter(raw, offset)
            if 0 < at < len(self.message.raws) - 1:
                node = self.segment(node, raw.split(self.message.marks.element))
            offset += length
            if offset < size:
                self.decisive[offset] = None
            offset += 1

    def enter(self, raw: str, offset: int) -> int:
        """Look at a segment; its name and the marks of its components are always decisive."""
        _, plus, colon, *_ = self.message.marks
        self.places = {}
        self.decisive[offset] = None
        element, size = -1, offset
        for text in raw.split(plus):
            element += 1
            for component, _ in enumerate(text.split(colon), 1):
                self.places[element, component] = size
                if component > 1:
                    self.decisive[size - 1] = None
                size += 2
            size -= 1
        return size - offset

    def segment(self, node: Node, elements: list[str]) -> Node:
        """Take a segment as the walk does."""
        step = node.known.get(elements[0])
        if step is None:
            raise UnlikeError
        self.looked.append(set())
        case = step.other
        if step.cases:
            first = elements[1] if len(elements) > 1 else ""
            case = step.cases.get(first.partition(self.message.marks.component)[0].strip(), case)
            self.decide(1, 1)
        if case.openers:
            self.begin(case, elements)
        for take in case.takes:
            self.take(take, elements)
        return case.node

    def begin(self, case: Case, elements: list[str]) -> None:
        """Begin what the walk begins."""
        for slot, _ in case.openers:
            self.current.pop(slot, None)
        for slot, conditions in case.openers:
            if self.hold(conditions, elements):
                self.current[slot] = []
                self.items.append((slot, self.current[slot]))
                break

    def hold(self, conditions: Sequence[Condition], elements: list[str]) -> bool:
        """Whether they hold; what they look at is decisive."""
        for one in conditions:
            self.decide(one.element, one.component)
        return all(one.holds(elements, self.message.marks.component) for one in conditions)

    def take(self, take: Take, elements: list[str]) -> None:
        """Note where a value stands."""
        self.looked[-1].add(take.element)
        composite = (take.element, 2) in self.places
        if not take.component and composite:
            raise UnlikeError
        place = self.places.get((take.element, take.component or 1))
        if place is None or take.slot not in self.current:
            return
        text = elements[take.element].split(self.message.marks.component)[(take.component or 1) - 1]
        if not text.strip():
            self.decisive[place] = None
        elif self.hold(take.conditions, elements):
            convert = take.convert
            if _name(take) == "currency":
                self.decisive[place] = None
            if take.after:
                self.decide(take.element, take.component + 1)
            if take.after == 2:
                convert = self.dated(take, elements)
            self.current[take.slot].append((take, place, convert))

    def dated(self, take: Take, elements: list[str]) -> Convert:
        """The reader of a date in the format that stands after it."""
        parts = elements[take.element].split(self.message.marks.component)
        code = parts[take.component].strip() if take.component < len(parts) else ""
        assert self.walk.standard.date is not None, "it was asked for"
        return self.walk.standard.date(code)

    def decide(self, element: int, component: int) -> None:
        """Note that an element is decisive, if it is there."""
        self.looked[-1].add(element)
        place = self.places.get((element, component))
        if place is not None:
            self.decisive[place] = None

    def found(self, slot: int, taken: list[Taken]) -> list[Value]:
        """What is read of an item: of each name the best value, and the others aside."""
        found: dict[Key, Value] = {}
        for take, at, convert in taken:
            name = _name(take)
            if take.key not in found:
                found[take.key] = Value(name, at, None if convert is self.text else convert)
            elif take.several == "sum":
                raise UnlikeError
            elif take.several in ("same", "each"):
                self.equal.append((found[take.key].at, at))
            else:
                self.aside(Value(name, at, convert))
        for name, keys in self.walk.steps.plan.ranked[slot]:
            stated = [found.pop(key) for key in keys if key in found]
            if stated:
                found[name] = stated[0]
            for value in stated[1:]:
                if not slot and name == ACCOUNT:
                    self.equal.append((stated[0].at, value.at))
                else:
                    self.aside(value)
        return list(found.values())

    def aside(self, value: Value) -> None:
        """Note what is not taken, as a better place states it; it is read all the same, and may be wrong."""
        if value.convert is not None and value.convert is not self.text:
            self.unread.append(value)

    def unread_of(self, taken: list[Value]) -> list[Value]:
        """What is not taken for anything, and would be found to be wrong if it were."""
        read = {(value.at, value.convert) for value in taken}
        return [value for value in self.unread if (value.at, value.convert) not in read]


def _name(take: Take) -> str:
    return take.key if isinstance(take.key, str) else take.key[0]
