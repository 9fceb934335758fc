"""What the reader of segments has to know of a standard."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from billdrop.readers.edi.groups import Area
from billdrop.readers.edi.marks import Marks
from billdrop.values import Convert


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
    kind: Literal["text", "money", "number", "refused"]
    several: str = "same"


COUNT, RATE = "#lines", "#rate"
"""A message's own count of its lines; that an allowance or charge states a rate or percentage."""


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
    priced: str
    """The segment whose amounts have their currency in the component after them; empty: none has."""
    settle: Callable[[Sums], None]
    """Works out what the standard does not let a message state."""
