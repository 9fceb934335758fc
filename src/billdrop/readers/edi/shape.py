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

from billdrop.readers.edi.learning import Learning, UnlikeError, Value
from billdrop.readers.edi.message import Message
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
        shape = _shape(message, walk, self.text, pieces, named)
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


def _shape(
    message: Message, walk: Walk, text: Convert, pieces: list[str], named: list[Table]
) -> Shape | None:
    """The shape of a message, or None for what no shape can say."""
    learning = Learning(message, walk, text)
    try:
        learning.go(len(pieces))
        items = [(slot, learning.found(slot, taken)) for slot, taken in learning.items]
    except UnlikeError:
        return None
    if learning.unread_of([value for _, found in items for value in found]):
        return None
    pick = itemgetter(*learning.decisive)
    made = tuple(_item(slot, found, named) for slot, found in items)
    return Shape(pick, pick(pieces), tuple(learning.equal), made, walk.begun)


def _item(slot: int, found: list[Value], named: list[Table]) -> Item:
    """What is read of an item."""
    fixed = {}
    names = tuple(value.name for value in found)
    if slot == 0 and "currency" not in names and "currency" in named[0][0]:
        fixed["currency"] = named[0][0]["currency"]
    return Item(
        slot,
        names,
        _picker([value.at for value in found]),
        tuple((value.name, value.convert) for value in found if value.convert),
        fixed,
    )


def _picker(places: list[int]) -> Callable[[list[str]], Sequence[str]]:
    """Takes what stands in these places, in a sequence however many there are."""
    if len(places) > 1:
        return itemgetter(*places)
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
