"""What the reader of segments has to know of a standard."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from billdrop.readers.edi.groups import Area
from billdrop.readers.edi.marks import Marks
from billdrop.values import Convert, Failure


class Level(NamedTuple):
    """A header and its trailer, which counts what is between them and repeats the reference."""

    header: str
    trailer: str
    reference: int
    """The element of the header; that of the trailer is the second."""
    counted: str
    """What the trailer counts, in words."""
    around: tuple[int, ...]
    """The levels in which it may stand; -1: in none."""


class Test(NamedTuple):
    """How an interchange says that it is a test."""

    at: int
    """The element of its header."""
    production: frozenset[str]
    """What stands there where it is none."""
    said: Mapping[str, str]
    """What else stands there, and what it says."""

    def of(self, elements: list[str]) -> str:
        """What a header says that keeps its messages from being recorded; nothing if it says nothing."""
        text = elements[self.at].strip() if self.at < len(elements) else ""
        if text in self.production:
            return ""
        return f"says `{text[:20]}`: {self.said.get(text, 'it is none of its codes')}"


def no_invoice(code: str, said: Mapping[str, str], hint: str) -> Convert:
    """Reads codes that make a message no invoice: each is refused for what it says."""

    def read(text: str) -> Failure:
        fact = said.get(text, "is none of the codes of an invoice")
        return Failure(code, f"`{text[:20]}` {fact}", hint)

    return read


class Sums(NamedTuple):
    """What was read of one invoice, to be changed by `settle`."""

    values: dict[str, Any]
    lines: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    allowances: list[dict[str, Any]]
    charges: list[dict[str, Any]]
    worked: Mapping[str, bool]
    """Whether `net`, `tax` and `lines.net` are to be worked out, as the guideline does not say where they stand."""
    units: int
    """Digits after the decimal mark of the currency."""


class Aside(NamedTuple):
    """A value that no guideline asks for, and the reader needs."""

    slot: str
    name: str
    path: str
    kind: Literal["text", "money", "number"] = "text"
    several: str = "same"
    convert: Convert | None = None
    """Its reader; None: that of its kind."""


COUNT, RATE = "#lines", "#rate"
"""A message's own count of its lines; that an allowance or charge states a percentage, or the sum of those before, in place of an amount."""


WORDS = {"#purpose": "purpose of the message", "#indicator": "allowance or charge indicator"}
"""What is refused beside the fields, as a person calls it."""


class Standard(NamedTuple):
    """A standard of segments."""

    name: str
    levels: tuple[Level, Level, Level]
    """Interchange, functional group, message."""
    marks: Callable[[str], Marks | None]
    """The separators of a text that begins with an interchange."""
    kind: Callable[[list[str], str], str]
    """What a message is, from the elements of its header and the mark of components."""
    kind_at: int
    """The element of the header that says so."""
    message: str
    """The one that is read, such as `810`."""
    areas: tuple[Area, ...]
    component: int
    """Which component a path means that names none; 0: the element as a whole."""
    aside: tuple[Aside, ...]
    """Their names begin with `#`."""
    together: tuple[str, ...]
    """The fields of a line that it has all or none of."""
    money: Callable[[str, int], Convert]
    """The reader of amounts that stand in an element such as `TDS01`; -1: with the decimals it has there."""
    number: Convert
    date: Callable[[str], Convert] | None
    """The reader of dates by the text of the component after the date; None: the locale's."""
    summary: str
    """The remedy where a total stands elsewhere."""
    priced: str
    """The segment whose amounts have their currency in the component after them; empty: none has."""
    test: Test
    settle: Callable[[Sums], None]
    """Works out what the standard does not let a message state."""
