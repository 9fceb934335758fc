"""
The short way from the rows of an invoice to its values, for invoices with nothing unusual.

It may only say yes: whatever is not plainly right raises `UnusualError`, and is read the exact way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from billdrop.checks.exact import EXACT
from billdrop.model import Line
from billdrop.readers.stream import Row
from billdrop.values import Convert, Failure, Stated

KEPT = 65_536
"""How many texts are remembered with their values; a file repeats its dates, amounts and names."""

KEPT_CHARS = 64
"""A longer text is not remembered."""


class UnusualError(Exception):
    """To be read the exact way; never leaves the readers."""


_UNUSUAL = (Failure, Stated)


class Known(dict[str, Any]):
    """Values by the text of their cells; None for a blank cell."""

    def __init__(
        self, convert: Convert | None, *, most: int, required: bool = False, kept: int = KEPT_CHARS
    ) -> None:
        """`most`: how long a text may be; `kept`: how long one that is remembered."""
        super().__init__()
        self._convert, self._required = convert, required
        self._most, self._kept = most, min(kept, most)

    def __missing__(self, cell: str) -> Any:
        """Read a text that was not met before."""
        value: Any = cell.strip() or None
        if value is None:
            if self._required:
                raise UnusualError
        elif self._convert is not None:
            value = self._convert(value)
            if type(value) in _UNUSUAL:
                raise UnusualError
        elif len(value) > self._most:
            raise UnusualError
        if len(cell) <= self._kept:
            if len(self) >= KEPT:
                self.clear()
            self[cell] = value
        return value


class Cell(NamedTuple):
    """One field and where the short way finds its value."""

    name: str
    at: int
    """0-based position of the cell."""
    known: Known


class Usual:
    """The short way for one document."""

    def __init__(
        self,
        invoice: Iterable[Cell],
        line: Iterable[Cell],
        line_constants: dict[str, Any] | None,
        less: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`less`: by a field of the lines, those that are taken off its amount."""
        self._invoice = tuple(invoice)
        self.lines = _none if line_constants is None else _maker(tuple(line), line_constants, less)
        """Makes a line of each row."""
        self._states = itemgetter(*(cell.at for cell in self._invoice))

    def values(self, rows: list[Row]) -> dict[str, Any]:
        """What the rows say of the invoice, all of them the same."""
        states, first = self._states, rows[0][2]
        stated = [states(cells) for _, _, cells in rows]
        if stated.count(stated[0]) != len(stated):
            raise UnusualError
        values: dict[str, Any] = {}
        for name, at, known in self._invoice:
            value = known[first[at]]
            if value is not None:
                values[name] = value
        return values


Make = Callable[[list[Row]], tuple[Line, ...]]


def _none(rows: list[Row]) -> tuple[Line, ...]:
    """The invoices of the guideline have no lines."""
    return ()


def without(amount: Decimal | None, *others: Decimal | None) -> Decimal | None:
    """An amount less those that are stated of the others."""
    for other in others:
        if amount is not None and other is not None:
            amount = EXACT.subtract(amount, other)
    return amount


def _maker(
    columns: tuple[Cell, ...], constants: dict[str, Any], less: Mapping[str, Sequence[str]]
) -> Make:
    """
    A function written for the columns, which takes a third of the time of one that looks them up:

        tuple([Line(source_line=line, name=of_name[cells[5]], net=of_net[cells[8]]) for line, _, cells in rows])
    """
    known = {f"of_{name}": known for name, _, known in columns}
    fixed = {f"is_{name}": value for name, value in constants.items()}
    stated = [f"{name}=is_{name}" for name in constants]
    cells = {name: f"of_{name}[cells[{at}]]" for name, at, _ in columns}
    whole = cells | {
        name: f"without({', '.join([cells[name], *map(cells.__getitem__, others)])})"
        for name, others in less.items()
    }
    stated += [f"{name}={value}" for name, value in whole.items()]
    line = f"Line({', '.join(['source_line=line', *stated])})"
    source = f"lambda rows: tuple([{line} for line, _, cells in rows])"
    made: Make = eval(source, {"Line": Line, "without": without, **known, **fixed})  # noqa: S307  of names of ours and positions
    return made
