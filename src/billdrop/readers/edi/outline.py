"""
What a shape of whole interchanges is made of: each segment as an expression, and what its groups are.

Learnt from one message in which nothing was found.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from billdrop.readers.edi import settle
from billdrop.readers.edi.learning import Learning, UnlikeError
from billdrop.readers.edi.marks import Marks
from billdrop.readers.edi.message import Message
from billdrop.readers.edi.numerals import decimals
from billdrop.readers.edi.plan import SLOTS
from billdrop.readers.edi.shape import split
from billdrop.readers.edi.standard import RATE
from billdrop.readers.edi.walk import Walk
from billdrop.values import Convert

WHOLE, DECIMALS = 10, 4
"""Digits of a number before and after its mark: a product of two is exact in any context but a narrow one."""
LINES = SLOTS.index("lines")
_UNREAD = (RATE, settle.CODE)
"""Names of what is only to be there."""
_BETWEEN = {settle.ADJUSTED, settle.CHARGED, settle.DISCOUNT, settle.REBATE}
"""Names of what is weighed against other values."""
_DIGITS = frozenset(
    ("total", "net", "tax", "line_net", "allowance", "charge", "amount", "quantity", "unit_price")
)
"""Numbers that an expression has to hold to digits, without a sign."""


class Group(NamedTuple):
    """A value that is taken."""

    slot: int
    item: int
    """Which of those of the slot; a line is always the first."""
    name: str
    convert: Convert | None
    """None: it is a plain text."""
    decimals: int | None
    """Of a number: how many digits stand after a mark that is not written. None: it is none."""


class Taken(NamedTuple):
    """One group of an expression."""

    place: int
    """Which piece of the message; of lines it says nothing."""
    values: tuple[Group, ...]


class Piece(NamedTuple):
    """A segment."""

    regex: str
    taken: tuple[Taken, ...]
    fixed: tuple[tuple[Group, str], ...]
    """Values that are always the same, with their text."""


class Outline(NamedTuple):
    """A message without its header and its trailer."""

    before: tuple[Piece, ...]
    kinds: tuple[tuple[Piece, ...], ...]
    """The ways in which its lines are made, the longest first."""
    after: tuple[Piece, ...]
    first: str
    """The segment that follows the lines."""
    equal: tuple[tuple[int, int], ...]
    """Places that state the same."""
    comma: bool
    """Whether the decimal mark is a comma."""


def outline(message: Message, walk: Walk, text: Convert) -> Outline:
    """The outline of a message; raises `UnlikeError` where no expression can say it."""
    begun, end = _lines(message, walk)
    writing = _Writing(message, walk, text)
    pieces = writing.pieces()
    before, after = pieces[: begun[0] - 1], pieces[end - 1 :]
    stops = zip(begun, [*begun[1:], end], strict=True)
    kinds = dict.fromkeys(_line(pieces[at - 1 : stop - 1]) for at, stop in stops)
    outer = {taken.place for piece in (*before, *after) for taken in piece.taken}
    if any(one not in outer or other not in outer for one, other in writing.equal):
        raise UnlikeError
    return Outline(
        tuple(before),
        tuple(sorted(kinds, key=len, reverse=True)),
        tuple(after),
        message.raws[end].partition(message.marks.element)[0],
        tuple(writing.equal),
        writing.comma,
    )


def _lines(message: Message, walk: Walk) -> tuple[list[int], int]:
    """The segments with which lines begin, and the one with which the summary does."""
    tags = [raw.partition(message.marks.element)[0] for raw in message.raws]
    openers = {area.opener for area in walk.standard.areas[1:]}
    begun = [at + 1 for at in walk.begun[LINES]]
    if not begun or any(tags[at] not in openers for at in begun):
        raise UnlikeError
    ends = (at for at in range(begun[-1] + 1, len(tags)) if tags[at] in openers)
    end = next(ends, 0)
    others = [at + 1 for slot in walk.begun[LINES + 1 :] for at in slot]
    if not end or any(begun[0] <= at < end for at in others):
        raise UnlikeError
    return begun, end


def _line(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A line as if it were the first: lines that are made alike are the same then."""
    values = [value for piece in pieces for taken in piece.taken for value in taken.values]
    values += [value for piece in pieces for value, _ in piece.fixed]
    if not any(piece.taken for piece in pieces) or any(value.slot != LINES for value in values):
        raise UnlikeError
    return tuple(map(_as_first, pieces))


def _as_first(piece: Piece) -> Piece:
    def first(values: tuple[Group, ...]) -> tuple[Group, ...]:
        return tuple(value._replace(item=0) for value in values)

    fixed = tuple((value._replace(item=0), text) for value, text in piece.fixed)
    return Piece(piece.regex, tuple(Taken(0, first(it.values)) for it in piece.taken), fixed)


def classes(marks: Marks) -> tuple[str, str]:
    """What an element may have, and what a component may: nothing that separates, releases or controls."""
    element = f"{marks.segment}{marks.element}{marks.release}"
    controls = r"\x00-\x1f\x7f"
    return f"[^{re.escape(element)}{controls}]", (
        f"[^{re.escape(element + marks.component)}{controls}]"
    )


class _Writing:
    """Writes the expressions of one message."""

    def __init__(self, message: Message, walk: Walk, text: Convert) -> None:
        self.message, self.texts = message, split(message)
        self.learning = Learning(message, walk, text)
        self.learning.go(len(self.texts))
        self.equal = self.learning.equal
        self.element, self.component = classes(message.marks)
        self.groups: dict[int, list[Group]] = {}
        self.numbers: dict[int, int] = {}
        """What is a number, and how many digits stand after a mark that is not written."""
        self.claim()
        self.compared = {place for pair in self.equal for place in pair}
        written = (self.texts[place] for place, places in self.numbers.items() if not places)
        self.comma = any("," in number for number in written)

    def claim(self) -> None:
        """Note which values are taken, and from where."""
        counts, taken = [0] * len(SLOTS), []
        for slot, values in self.learning.items:
            found = self.learning.found(slot, values)
            names = {value.name for value in found}
            if names & _BETWEEN or (slot > LINES and "amount" not in names):
                raise UnlikeError
            taken += found
            for name, at, convert in found:
                places = decimals(convert) if convert else None
                if places is None and name in _DIGITS:
                    raise UnlikeError
                if name not in _UNREAD:
                    group = Group(slot, counts[slot], name, convert, places)
                    self.groups.setdefault(at, []).append(group)
                if places is not None:
                    self.numbers[at] = places
            counts[slot] += 1
        for _, at, convert in self.learning.unread_of(taken):
            places = decimals(convert) if convert else None
            if places is None or self.numbers.setdefault(at, places) != places:
                raise UnlikeError

    def pieces(self) -> list[Piece]:
        """All segments between header and trailer."""
        raws, plus = self.message.raws, self.message.marks.element
        made, offset = [], len(split_one(raws[0], self.message.marks)) + 1
        for raw, looked in zip(raws[1:-1], self.learning.looked, strict=True):
            made.append(self.piece(raw.split(plus), looked, offset))
            offset += len(split_one(raw, self.message.marks)) + 1
        return made

    def piece(self, elements: list[str], looked: set[int], offset: int) -> Piece:
        """One segment, whose first piece is this one."""
        taken: list[Taken] = []
        fixed: list[tuple[Group, str]] = []
        parts = []
        for at, element in enumerate(elements):
            components = element.split(self.message.marks.component)
            places = range(offset, offset + 2 * len(components), 2)
            offset = places[-1] + 1
            if at and at not in looked:
                parts.append(f"{self.element}*+")
                continue
            texts = [self.text(place, taken, fixed) for place in places]
            parts.append(re.escape(self.message.marks.component).join(texts))
        return Piece(re.escape(self.message.marks.element).join(parts), tuple(taken), tuple(fixed))

    def text(self, place: int, taken: list[Taken], fixed: list[tuple[Group, str]]) -> str:
        """One component: as it is, a value, or anything."""
        groups, text = self.groups.get(place, []), f"{self.component}*+"
        if place in self.learning.decisive:
            fixed += [(group, self.texts[place]) for group in groups]
            groups, text = [], re.escape(self.texts[place])
        elif place in self.numbers:
            text = self.number(place)
        elif groups or place in self.compared:
            text = f"{self.component}++"
        if groups or place in self.compared:
            taken.append(Taken(place, tuple(groups)))
            return f"({text})"
        return text

    def number(self, place: int) -> str:
        """A number without a sign."""
        places = self.numbers[place]
        if places:
            return rf"[0-9]{{{places},{WHOLE + places}}}+"
        mark = re.escape("," if self.comma else ".")
        return rf"[0-9]{{1,{WHOLE}}}+(?:{mark}[0-9]{{1,{DECIMALS}}}+)?+"


def split_one(raw: str, marks: Marks) -> Sequence[str]:
    """The pieces of one segment."""
    return raw.replace(marks.component, marks.element * 2).split(marks.element)
