"""
Whole interchanges of a shape that was read before, from text to invoice in one go.

One expression takes all up to the lines of the invoice, one takes the lines, one takes the rest; a function
that is written for the shape makes the invoice of their groups. A shape only ever says yes: what it
takes, the exact way would take for the same, and find nothing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from billdrop.model import Invoice
from billdrop.readers.edi.draft import Drafts
from billdrop.readers.edi.learning import UnlikeError
from billdrop.readers.edi.making import Facts, Make, Making
from billdrop.readers.edi.message import Message
from billdrop.readers.edi.outline import Outline, Piece, classes, outline
from billdrop.readers.edi.pieces import Source
from billdrop.readers.edi.standard import Level
from billdrop.values.currencies import MINOR_UNITS


class Whole:
    """One shape."""

    __slots__ = ("back", "end", "first_line", "fixed", "head", "lined", "lines", "make", "names", "tail", "until")  # fmt: skip

    def __init__(self, source: Source, outline: Outline, made: "Made") -> None:
        end = source.end
        before, after = _edges(source, outline, made)
        self.head = re.compile(before).match
        self.tail = re.compile(after).match
        self.lines = re.compile("|".join(_kinds(outline, end))).findall
        self.until, self.back = f"{end}{outline.first}{source.marks.element}", len(end)
        self.end, self.make, self.names = end, made.make, made.names
        self.fixed, self.first_line, self.lined = made.fixed, made.first_line, "\n" in end

    def take(self, text: str) -> tuple[Invoice, int, int] | None:
        """
        The invoice, and the first and the last line of its message; None for a text of another shape.

        Raises `UnusualError` if it is of this one, and is to be read exactly.
        """
        head = self.head(text)
        if head is None:
            return None
        start = head.end()
        stop = text.find(self.until, start - self.back) + self.back
        tail = self.tail(text, stop)
        if tail is None:
            return None
        ends = text.count(self.end, start, stop)
        invoice = self.make(self.lines(text, start, stop), ends, *head.groups(), *tail.groups())
        first = self.first_line
        return invoice, first, first + (self.fixed + ends - 1 if self.lined else 0)


class Made(NamedTuple):
    """What a shape is made of beside its outline."""

    levels: Sequence[tuple[Level, str, str]]
    """Headers and trailers as they are, from the outside."""
    kind_at: int
    tested_at: int
    fixed: int
    """How many segments the message has beside those of its lines."""
    first_line: int
    make: Make
    names: frozenset[str]
    """What an invoice of the shape states: `total`, `lines.net`, `taxes.base`."""


def whole(drafts: Drafts, source: Source, message: Message, currency: str) -> Whole:
    """The shape of an interchange of one message; raises `UnlikeError` where it has none."""
    walk, standard = drafts.walked(message), drafts.standard
    form = outline(message, walk, drafts.plan.text)
    marks, worked = source.marks, standard.name == "X12"
    if worked and not all(drafts.worked.values()):
        raise UnlikeError
    raws = [
        raw.removesuffix(marks.segment) for raw in source.text[marks.begins :].split(source.end)
    ]
    raws = raws if raws[-1] else raws[:-1]
    depth = raws.index(message.raws[0])
    levels = standard.levels if depth == len(standard.levels) - 1 else standard.levels[::2]
    fixed = 2 + len(form.before) + len(form.after)
    lined = "\n" in source.end
    facts = Facts(
        worked=worked,
        currency=currency,
        units=2 if (units := MINOR_UNITS.get(currency)) is None else units,
        first=message.first_line + (1 + len(form.before) if lined else 0),
        lined=lined,
        headers=[f"r{at}" for at in range(len(levels))],
        trailers=["many", *(f"s{at}" for at in reversed(range(len(levels))))],
        checked=[f"many == str({fixed} + ends)", *(f"r{at} == s{at}" for at in range(len(levels)))],
    )
    making = Making(form, facts)
    made = Made(
        levels=[(level, raws[at], raws[-1 - at]) for at, level in enumerate(levels)],
        kind_at=standard.kind_at,
        tested_at=standard.test.at,
        fixed=fixed,
        first_line=message.first_line,
        make=making.function(),
        names=making.names(),
    )
    return Whole(source, form, made)


def _edges(source: Source, outline: Outline, made: Made) -> tuple[str, str]:
    """The expressions for all before the lines, and all after them."""
    marks, end = source.marks, re.escape(source.end)
    headers, trailers = list[str](), list[str]()
    for at, (level, header, trailer) in enumerate(made.levels):
        inner = at == len(made.levels) - 1
        fixed = {made.kind_at} if inner else {1, made.tested_at, 16} if not at else set[int]()
        headers.append(_envelope(header, source, level.reference, fixed))
        trailers.insert(0, _envelope(trailer, source, 2, set() if inner else {1}, counts=inner))
    begin = re.escape(source.text[: marks.begins])
    last = re.escape(marks.segment) if source.text.endswith(marks.segment) else ""
    before = "".join(f"{one}{end}" for one in [*headers, *_regexes(outline.before)])
    return f"{begin}{before}", end.join([*_regexes(outline.after), *trailers]) + rf"{last}\Z"


def _envelope(
    raw: str, source: Source, reference: int, fixed: set[int], *, counts: bool = False
) -> str:
    """A header or a trailer: what is looked at is as it is, or a group."""
    free, _ = classes(source.marks)
    parts = []
    for at, text in enumerate(raw.split(source.marks.element)):
        if at == reference:
            parts.append(f"({free}*+)")
        elif counts and at == 1:
            parts.append("([0-9]++)")
        else:
            parts.append(re.escape(text) if not at or at in fixed else f"{free}*+")
    return re.escape(source.marks.element).join(parts)


def _kinds(outline: Outline, end: str) -> Iterator[str]:
    """The expressions of the lines, each of which follows the end of a segment."""
    for kind in outline.kinds:
        yield f"(?<={re.escape(end)}){''.join(f'{one}{re.escape(end)}' for one in _regexes(kind))}"


def _regexes(pieces: Sequence[Piece]) -> Iterator[str]:
    return (piece.regex for piece in pieces)
