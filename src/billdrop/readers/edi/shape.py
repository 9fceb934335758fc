"""
The shapes of messages that were read before, so that one more of the same shape is read in one go.

A message is split into all its elements at once. Where names of segments, qualifiers and everything
else that decides the way of the walk stand where they stood before, every value does too. What a
shape answers is what the walk would answer, or nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from billdrop.readers.edi.message import Message
from billdrop.readers.edi.paths import Condition
from billdrop.readers.edi.plan import Key, Take
from billdrop.readers.edi.steps import Case, Node
from billdrop.readers.edi.walk import Walk
from billdrop.values import Convert

LONGEST = 8 * 1024
"""Messages of more characters are not tried."""
MOST = 512
"""So many shapes are remembered of a guideline; then it begins anew."""
ALIKE = 4
"""So many of them have the same number of elements."""
_PLAIN = frozenset((str, Decimal, date))

Table = list[dict[str, Any]]


class Value(NamedTuple):
    """A value, and the piece that it is read from."""

    name: str
    at: int
    convert: Convert | None
    """None for a plain text."""


class Item(NamedTuple):
    """What an invoice has one or several of."""

    slot: int
    names: tuple[str, ...]
    pick: Callable[[list[str]], Sequence[str]]
    """Their texts."""
    typed: tuple[tuple[str, Convert], ...]
    """The names of those that are more than texts."""
    fixed: dict[str, Any]


class Shape(NamedTuple):
    """One way in which messages are made."""

    pick: Callable[[list[str]], Any]
    expected: Any
    equal: tuple[tuple[int, int], ...]
    """Pieces that state the same."""
    items: tuple[Item, ...]
    begun: list[list[int]]

    def take(self, pieces: list[str]) -> list[Table] | None:
        """The values of a message of this shape; None where it is of another."""
        if self.pick(pieces) != self.expected:
            return None
        tables: list[Table] = [[], [], [], [], []]
        for slot, names, pick, typed, fixed in self.items:
            item: dict[str, Any] = dict(zip(names, map(str.strip, pick(pieces)), strict=True))
            if "" in item.values():
                return None
            for name, convert in typed:
                item[name] = value = convert(item[name])
                if type(value) not in _PLAIN:
                    return None
            if fixed:
                item |= fixed
            tables[slot].append(item)
        for one, other in self.equal:
            if pieces[one].strip() != pieces[other].strip():
                return None
        return tables


class Shapes:
    """The shapes of one guideline, by how many pieces they have."""

    def __init__(self, text: Convert) -> None:
        self.text = text
        """The reader of plain texts: it has nothing to say of short ones."""
        self.known: dict[tuple[int, str], list[Shape]] = {}
        self.count = 0

    def take(self, message: Message) -> tuple[list[Table], list[list[int]]] | None:
        """What a message says, if it is of a known shape."""
        if not message.tidy:
            return None
        pieces = split(message)
        for shape in self.known.get((len(pieces), message.marks.element), ()):
            tables = shape.take(pieces)
            if tables is not None:
                return tables, shape.begun
        return None

    def learn(self, message: Message, walk: Walk, named: list[Table]) -> None:
        """Remember the shape of a message in which nothing was found, once it was walked through."""
        if not message.tidy or sum(map(len, message.raws)) > LONGEST:
            return
        pieces = split(message)
        shape = _Learning(message, walk, self.text).shape(pieces, named)
        if shape is None:
            return
        if self.count >= MOST:
            self.known, self.count = {}, 0
        alike = self.known.setdefault((len(pieces), message.marks.element), [])
        self.count += len(alike) < ALIKE
        del alike[ALIKE - 1 :]
        alike.insert(0, shape)


def split(message: Message) -> list[str]:
    """All elements and components of a message, with the marks between components and segments."""
    _, plus, colon, *_ = message.marks
    whole = f"{plus}\n{plus}".join(message.raws)
    if colon in whole:
        whole = whole.replace(colon, f"{plus}{colon}{plus}")
    return whole.split(plus)


class UnlikeError(Exception):
    """No shape can say it; never leaves this module."""


class _Learning:
    """Goes the way of the walk again, and notes what decided it."""

    def __init__(self, message: Message, walk: Walk, text: Convert) -> None:
        self.message, self.walk, self.text = message, walk, text
        self.decisive: dict[int, None] = {}
        self.items: list[tuple[int, list[tuple[Take, int, Convert]]]] = [(0, [])]
        self.current: dict[int, list[tuple[Take, int, Convert]]] = {0: self.items[0][1]}
        self.equal: list[tuple[int, int]] = []
        self.places: dict[tuple[int, int], int] = {}
        """Of the segment that is looked at: its pieces by element and component."""

    def shape(self, pieces: list[str], named: list[Table]) -> Shape | None:
        """The shape, or None for what no shape can say."""
        node, offset = self.walk.steps.root, 0
        try:
            for at, raw in enumerate(self.message.raws):
                size = self.enter(raw, offset)
                if 0 < at < len(self.message.raws) - 1:
                    node = self.segment(node, raw.split(self.message.marks.element))
                offset += size
                if offset < len(pieces):
                    self.decisive[offset] = None
                offset += 1
            items = [self.item(slot, taken, named) for slot, taken in self.items]
        except UnlikeError:
            return None
        pick = itemgetter(*self.decisive)
        return Shape(pick, pick(pieces), tuple(self.equal), tuple(items), self.walk.begun)

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
        place = self.places.get((element, component))
        if place is not None:
            self.decisive[place] = None

    def item(self, slot: int, taken: list[tuple[Take, int, Convert]], named: list[Table]) -> Item:
        """What is read of an item: of each name the best value, and the others aside."""
        found: dict[Key, Value] = {}
        for take, at, convert in taken:
            name = take.key if isinstance(take.key, str) else take.key[0]
            if take.key not in found:
                found[take.key] = Value(name, at, None if convert is self.text else convert)
            elif take.several == "sum":
                raise UnlikeError
            elif take.several == "same":
                self.equal.append((found[take.key].at, at))
        aside: list[Value] = []
        for name, keys in self.walk.steps.plan.ranked[slot]:
            stated = [found.pop(key) for key in keys if key in found]
            if stated:
                found[name] = stated[0]
            aside += [value for value in stated[1:] if value.convert]
        if aside:
            raise UnlikeError
        fixed = {}
        if slot == 0 and "currency" not in found and "currency" in named[0][0]:
            fixed["currency"] = named[0][0]["currency"]
        values = tuple(found.values())
        return Item(
            slot,
            tuple(value.name for value in values),
            _picker([value.at for value in values]),
            tuple((value.name, value.convert) for value in values if value.convert),
            fixed,
        )


def _picker(places: list[int]) -> Callable[[list[str]], Sequence[str]]:
    """Takes what stands in these places, in a sequence however many there are."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
