"""
The shape of a document that was read without a finding: which line is what, in which order.

A document of the same shape is taken by one expression over its whole text. A shape only ever says yes:
what it takes, the exact reader would take for the same; where that is not certain, it says nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billdrop.model import Line
from billdrop.readers.block import DIGITS, Takers
from billdrop.readers.tables import Tables
from billdrop.readers.usual import UnusualError
from billdrop.readers.walk import by_pattern
from billdrop.values import Convert, Failure, Stated, Value


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
Make = Callable[..., dict[str, Any]]
"""Takes a set for the currencies that are stated, and what each group of the expression found."""

_BLANK = r"[^\S\n]"
_VALUE = rf"{_BLANK}*+([^\s][^\n]*+)(?<!\s)\n"
_VALUE_AND_BLANKS = rf"{_BLANK}*+(\S++(?:{_BLANK}++\S++)*+){_BLANK}*+\n"


class Shape:
    """One shape, ready to take documents. It has two values or more."""

    def __init__(self, steps: Sequence[Step], tables: Tables, takers: Takers) -> None:
        self.fit = re.compile("".join(_regexes(steps))).fullmatch
        blocks = [(at, step) for at, step in enumerate(steps, 1) if isinstance(step, Block)]
        self.blocks = [(first, takers.of(step.rows)) for first, step in blocks]
        """The first line of each, if every block before it has one, and how to take it."""
        self.others = len(steps) - len(blocks)
        """How many lines are none of the invoice's lines."""
        self.fixed = {step.text for step in steps if isinstance(step, Fixed)}
        self.tables = tables
        self.make = self._maker([step for step in steps if not isinstance(step, Fixed)])

    def take(self, text: str) -> dict[str, Any] | None:
        """
        What the text says, if it is of this shape: the values, and `lines`.

        Raises `UnusualError` if it is, and is to be read exactly.
        """
        match = self.fit(text)
        if match is None or (self.tables.patterns and self._fits_pattern(text)):
            return None
        currencies: set[str] = set()
        values = self.make(currencies, *match.groups())
        if currencies:
            if len(currencies) > 1:
                raise UnusualError
            values["currency"] = currencies.pop()
        return values

    def _maker(self, steps: Sequence[Valued | Block]) -> Make:
        """
        A function written for the groups, as a loop over them takes twice the time:

            lambda stated, g0, g1, g2: {'number': g0, 'total': read1(g1, stated), 'lines': lines(g2, 17)}
        """
        given: dict[str, Any] = {"Decimal": Decimal, "lines": self._lines}
        values, blocks = [], []
        for at, step in enumerate(steps):
            if isinstance(step, Block):
                blocks.append(f"g{at}")
            else:
                given[f"read{at}"] = _noting(step.convert)
                values.append(f"{step.path!r}: {self._value(at, step.convert)}")
        if len(blocks) == 1:
            first, given["lines"] = self.blocks[0]
            blocks.append(str(first))
        groups = ", ".join(f"g{at}" for at in range(len(steps)))
        values.append(f"'lines': lines({', '.join(blocks)})")
        source = f"lambda stated, {groups}: {{{', '.join(values)}}}"
        made: Make = eval(source, given)  # noqa: S307  of names of ours and the paths of fields, quoted
        return made

    def _value(self, at: int, convert: Convert) -> str:
        """How the value of a group is read; an amount of ASCII digits alone without a call."""
        group, value = f"g{at}", f"read{at}(g{at}, stated)"
        if convert is self.tables.text:
            return group
        plain = f"{group}.isdigit() and {group}.isascii() and len({group}) <= {DIGITS}"
        return (
            f"Decimal({group}) if {plain} else {value}" if convert is self.tables.money else value
        )

    def _lines(self, *texts: str) -> tuple[Line, ...]:
        """What several blocks say, or none."""
        lines: tuple[Line, ...] = ()
        for before, (text, (first, take)) in enumerate(zip(texts, self.blocks, strict=True)):
            lines += take(text, first + len(lines) - before)
        return lines

    def _fits_pattern(self, text: str) -> bool:
        lines = text[:-1].split("\n")
        return any(by_pattern(it, self.tables) for it in lines if it not in self.fixed)


def _noting(convert: Convert) -> Callable[[str, set[str]], Value]:
    """Reads a value, and notes the currency that is stated beside it."""

    def read(text: str, stated: set[str]) -> Value:
        value = convert(text)
        if isinstance(value, Failure):
            raise UnusualError
        if isinstance(value, Stated):
            stated.add(value.currency)
            return value.amount
        return value

    return read


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
