"""
The shape of a document that was read without a finding: which line is what, in which order.

A document of the same shape is taken by one expression over its whole text. A shape only ever says yes:
what it takes, the exact reader would take for the same; where that is not certain, it says nothing.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billdrop.model import Line
from billdrop.readers.block import DIGITS, Takers
from billdrop.readers.tables import PLAIN, Tables
from billdrop.readers.walk import by_pattern
from billdrop.values import Convert, Failure, Stated, Value


class Taken(NamedTuple):
    """What a document of the shape says."""

    values: dict[str, Any]
    lines: tuple[Line, ...]
    last: int
    """The number of its last line."""


class Fixed(NamedTuple):
    """A line that is the same in every document of the shape."""

    text: str


class Valued(NamedTuple):
    """A line with a label and a value."""

    before: str
    """All that stands up to the separator, and the separator."""
    path: str
    convert: Convert
    blanks: bool
    """Whether blanks stand after the value."""


class Block(NamedTuple):
    """One or more lines of the invoice."""

    rows: set[int]
    """Which of the rows they fit."""


Step = Fixed | Valued | Block
Read = Value | Stated | Failure

_BLANK = r"[^\S\n]"
_VALUE = rf"{_BLANK}*+([^\s][^\n]*+)(?<!\s)\n"
_VALUE_AND_BLANKS = rf"{_BLANK}*+(\S++(?:{_BLANK}++\S++)*+){_BLANK}*+\n"


class Shape:
    """One shape, ready to take documents. It has two values or more."""

    def __init__(self, steps: Sequence[Step], tables: Tables, takers: Takers) -> None:
        valued = [step for step in steps if isinstance(step, Valued)]
        self.fit = re.compile("".join(_regexes(steps))).fullmatch
        self.names = [_name(at, it) for at, it in enumerate(steps) if not isinstance(it, Fixed)]
        plain = (tables.text, tables.money)
        self.amounts = [step.path for step in valued if step.convert is tables.money]
        self.typed = [(it.path, it.convert) for it in valued if it.convert not in plain]
        self.money = tables.money
        self.blocks = [
            (_name(at, step), at + 1, takers.of(step.rows))
            for at, step in enumerate(steps)
            if isinstance(step, Block)
        ]
        """The name of each, its first line if every block before it has one, and how to take it."""
        self.count = len(steps)
        self.fixed = {step.text for step in steps if isinstance(step, Fixed)}
        self.tables = tables

    def take(self, text: str) -> Taken | None:
        """What the text says, if it is of this shape."""
        match = self.fit(text)
        if match is None or (self.tables.patterns and self._fits_pattern(text)):
            return None
        values: dict[str, Any] = dict(zip(self.names, match.groups()))  # noqa: B905  as many by construction
        lines: tuple[Line, ...] = ()
        more = 0
        for name, first, take in self.blocks:
            taken = take(values.pop(name), first + more)
            if taken is None:
                return None
            more += len(taken) - 1
            lines = lines + taken if lines else taken
        read = self._read(values)
        return Taken(read, lines, self.count + more) if read is not None else None

    def _read(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The texts as values of their types, with the one currency that any states beside an amount."""
        stated = []
        for name in self.amounts:
            text = values[name]
            if text.isdigit() and text.isascii() and len(text) <= DIGITS:
                values[name] = Decimal(text)
            else:
                stated.append((name, self.money(text)))
        for name, convert in self.typed:
            value = convert(values[name])
            if type(value) in PLAIN:
                values[name] = value
            else:
                stated.append((name, value))
        return _settled(values, stated) if stated else values

    def _fits_pattern(self, text: str) -> bool:
        lines = text[:-1].split("\n")
        return any(by_pattern(it, self.tables) for it in lines if it not in self.fixed)


def _settled(values: dict[str, Any], read: list[tuple[str, Read]]) -> dict[str, Any] | None:
    """The values with those that needed a second look, and the one currency that they state."""
    currencies = set()
    for name, value in read:
        if isinstance(value, Stated):
            currencies.add(value.currency)
            values[name] = value.amount
        elif isinstance(value, Failure):
            return None
        else:
            values[name] = value
    if len(currencies) > 1:
        return None
    values.update(("currency", code) for code in currencies)
    return values


def _name(at: int, step: Valued | Block) -> str:
    """What the group of a step is called."""
    return step.path if isinstance(step, Valued) else f"lines from {at}"


def _regexes(steps: Sequence[Step]) -> Iterator[str]:
    for at, step in enumerate(steps):
        if isinstance(step, Fixed):
            yield re.escape(f"{step.text}\n")
        elif isinstance(step, Valued):
            yield re.escape(step.before) + (_VALUE_AND_BLANKS if step.blanks else _VALUE)
        else:
            stop = _beginning(steps[at + 1]) if at + 1 < len(steps) else ""
            yield rf"((?:{stop}[^\n]++\n)++)"


def _beginning(step: Step) -> str:
    """What keeps a line from being the beginning of a step."""
    if isinstance(step, Fixed):
        return f"(?!{re.escape(step.text)}\n)"
    assert isinstance(step, Valued), "blocks do not adjoin"
    return f"(?!{re.escape(step.before)})"
