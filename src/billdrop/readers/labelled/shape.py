"""
The shape of a document that was read without a finding: which line is what, in which order.

A document of the same shape is taken by one expression over its whole text. A shape only ever says yes:
what it takes, the exact reader would take for the same; where that is not certain, it says nothing.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

from billdrop.guidelines.model import INVOICE_FIELDS
from billdrop.model import Invoice, Line
from billdrop.readers.labelled.block import Take, Takers
from billdrop.readers.labelled.walk import by_pattern
from billdrop.readers.tables import Tables
from billdrop.readers.usual import Known, UnusualError
from billdrop.readers.written import DECIMAL, Written, regex, source
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
    way: Written
    """Of an amount; any other value is written anyhow."""


class Block(NamedTuple):
    """One or more lines of the invoice."""

    rows: set[int]
    """Which of the rows they fit."""
    way: Written
    """Of their numbers."""


Step = Fixed | Valued | Block


class Finish(NamedTuple):
    """How the invoice is made of values that were read."""

    currency: Callable[[Collection[str], str | None, str | None], str]
    """The one of those beside amounts, the amount in words, and the code alone; raises `UnusualError`."""
    invoice: Callable[[dict[str, Any], Collection[str], str | None], Invoice] | None
    """Takes the values, the currencies beside amounts and the code; raises likewise. None: it is these values."""


class Shape:
    """One shape, ready to take documents. It has two values or more."""

    def __init__(
        self, steps: Sequence[Step], blank: str, tables: Tables, takers: Takers, finish: Finish
    ) -> None:
        """`blank`: the expression of a blank."""
        self.tables = tables
        before = [step.text for step in takewhile(_is_fixed, steps) if isinstance(step, Fixed)]
        self.start = "".join(f"{text}\n" for text in before)
        self.at = len(self.start)
        regex = "".join(_regexes(steps[len(before) :], blank, tables.mark))
        self.fit = re.compile(regex).match
        self.others = sum(not isinstance(step, Block) for step in steps)
        """How many lines are none of the invoice's lines."""
        self.fixed = {step.text for step in steps if isinstance(step, Fixed)}
        self.make = _Making(steps, tables, takers, finish).function()

    def take(self, text: str) -> Invoice | None:
        """
        What the text says, if it is of this shape.

        Raises `UnusualError` if it is, and is to be read exactly.
        """
        if not text.startswith(self.start):
            return None
        match = self.fit(text, self.at)
        if match is None or (self.tables.patterns and self._fits_pattern(text)):
            return None
        return self.make(text[match.end() :], *match.groups())

    def _fits_pattern(self, text: str) -> bool:
        lines = text[:-1].split("\n")
        return any(by_pattern(it, self.tables) for it in lines if it not in self.fixed)


class _Making:
    """
    Writes a function for the groups of a shape, as a loop over them takes twice the time:

        lambda rest, g0, g1: Invoice(number=g0, total=DECIMAL(g1), lines=lines(rest, 17), currency=currency((), None))
    """

    def __init__(
        self, steps: Sequence[Step], tables: Tables, takers: Takers, finish: Finish
    ) -> None:
        self.tables, self.takers, self.finish = tables, takers, finish
        self.given: dict[str, Any] = {"DECIMAL": DECIMAL, "Invoice": Invoice, **finish._asdict()}
        self.values: dict[str, str] = {}
        self.blocks: list[tuple[int, Take]] = []
        self.groups: list[str] = []
        self.texts: list[str] = []
        last = len(steps)
        for at, step in enumerate(steps, 1):
            if isinstance(step, Valued):
                self.value(step, self.group())
            elif isinstance(step, Block):
                self.blocks.append((at, takers.of(step.rows, step.way)))
                self.texts.append(self.group() if at < last else "rest")

    def group(self) -> str:
        """The name of the next group."""
        self.groups.append(f"g{len(self.groups)}")
        return self.groups[-1]

    def value(self, step: Valued, group: str) -> None:
        """Note how a value is read of its group; a text or a plain amount without a call."""
        tables, given, most = self.tables, self.given, self.tables.limits.value_chars
        kind = INVOICE_FIELDS.get(step.path)
        if step.convert is tables.text:
            self.values[step.path] = group
        elif kind in ("date", "currency"):
            convert = _named(step.convert) if kind == "currency" else step.convert
            given[f"of_{group}"] = Known(convert, most=most)
            self.values[step.path] = f"of_{group}[{group}]"
        else:
            given[f"read_{group}"] = _noting(step.convert)
            noting = f"read_{group}({group}, stated)"
            self.values[step.path] = source(step.way, tables.mark, group, noting)

    def lines(self) -> str:
        """The expression for the lines of the invoice."""
        if len(self.blocks) == 1:
            first, self.given["lines"] = self.blocks[0]
            return f"lines({self.texts[0]}, {first})"
        self.given["lines"] = partial(_several, self.blocks)
        return f"lines({', '.join(self.texts)})"

    def function(self) -> Callable[..., Invoice]:
        """The function; it takes the text that is left, and the groups."""
        values = {**self.values, "lines": self.lines()}
        named = values.pop("currency", None)
        stated = "stated" if any("stated)" in value for value in values.values()) else "()"
        if self.finish.invoice is None:
            spoken = values.get("in_words")
            values["currency"] = f"currency({stated}, {spoken}, {named})"
            code = f"Invoice({', '.join(f'{path}={value}' for path, value in values.items())})"
        else:
            items = ", ".join(f"{path!r}: {value}" for path, value in values.items())
            code = f"invoice({{{items}}}, {stated}, {named})"
        if stated != "()":
            code = f"(lambda stated: {code})(set())"
        code = f"lambda {', '.join(['rest', *self.groups])}: {code}"
        made: Callable[..., Invoice] = eval(code, self.given)  # noqa: S307  of names of ours and the paths of fields, quoted
        return made


def _several(blocks: Sequence[tuple[int, Take]], *texts: str) -> tuple[Line, ...]:
    """What several blocks say, or none; each has the first line that it has if those before have one."""
    lines: tuple[Line, ...] = ()
    for before, (text, (first, take)) in enumerate(zip(texts, blocks, strict=True)):
        lines += take(text, first + len(lines) - before)
    return lines


def _named(convert: Convert) -> Callable[[str], Value | Failure]:
    """Reads the code that stands alone."""

    def read(text: str) -> Value | Failure:
        value = convert(text)
        return value.currency if isinstance(value, Stated) else value

    return read


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


def _is_fixed(step: Step) -> bool:
    return isinstance(step, Fixed)


def _regexes(steps: Sequence[Step], blank: str, mark: str) -> Iterator[str]:
    """Of the steps up to the end of the text, or to the invoice's lines that it ends with."""
    for at, step in enumerate(steps):
        if isinstance(step, Fixed):
            yield re.escape(f"{step.text}\n")
        elif isinstance(step, Valued):
            yield re.escape(step.before) + f"{blank}*+({_value(step, blank, mark)})"
            yield rf"{blank}*+\n" if step.blanks else r"\n"
        elif at + 1 < len(steps):
            yield rf"((?:{_beginning(steps[at + 1])}[^\n]++\n)++)"
    if not isinstance(steps[-1], Block):
        yield r"\Z"


def _value(step: Valued, blank: str, mark: str) -> str:
    if step.way < Written.ANYHOW:
        return regex(step.way, mark)
    return rf"\S++(?:{blank}++\S++)*+" if step.blanks else r"[^\s][^\n]*+(?<!\s)"


def _beginning(step: Step) -> str:
    """What keeps a line from being the beginning of a step."""
    if isinstance(step, Fixed):
        return f"(?!{re.escape(step.text)}\n)"
    assert isinstance(step, Valued), "blocks do not adjoin"
    return f"(?!{re.escape(step.before)})"
