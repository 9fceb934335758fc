"""The first pass over a delimited document: how many rows each invoice has, and which rows fit nowhere."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from billdrop.model import Finding
from billdrop.readers import Limits
from billdrop.readers.delimited.cells import Dialect
from billdrop.readers.stream import Row, Unreadable


class Stray(Struct):
    """A row that cannot be read: whose it may be."""

    numbers: list[str]
    """What stands where each of its lines should have the number."""
    before: str | None
    after: str | None = None
    owners: tuple[str, ...] = ()
    """The invoices that must not be recorded without it."""
    known: bool = False
    """Whether it is certain whose it is."""
    alone: bool = False
    """Whether it is an invoice of its own that cannot be read."""


class Survey(Struct):
    """What the first pass found."""

    counts: dict[str, int] = {}
    """Rows by invoice number, strays included."""
    strays: dict[int, Stray] = {}
    """By first line."""


class Shape(NamedTuple):
    """What a row must be like."""

    width: int
    """Its number of cells."""
    number: int
    """Where the invoice number is."""
    single: bool
    """Whether an invoice is one row."""
    dialect: Dialect


def survey(rows: Iterable[Row], shape: Shape, limits: Limits) -> Survey:
    """
    Count the rows of each invoice.

    A row that cannot be read belongs to the invoice whose number it still shows.
    Where that is in doubt it belongs to both invoices beside it, as it may have been a row of either.
    """
    width, number, _, dialect = shape
    found, last, waiting = Survey(), None, list[Stray]()
    counts = found.counts
    for line, raw, cells in rows:
        key = cells[number].strip() if len(cells) == width else ""
        if key:
            counts[key] = counts.get(key, 0) + 1
            last = key
            if waiting:
                _follow(waiting, key)
        elif not blank(raw, dialect):
            numbers = [_number(one, number, dialect) for one in raw.split("\n")]
            stray = Stray(numbers=numbers, before=last, alone=_alone(raw, numbers, shape))
            found.strays[line] = stray
            waiting.append(stray)
    _bound(sum(counts.values()) + len(found.strays), len(counts), limits)
    _assign(found)
    return found


def blank(raw: str, dialect: Dialect) -> bool:
    """Whether a row carries nothing: blanks, delimiters and empty quotes."""
    marks = dialect.delimiter + dialect.quote
    return (
        not raw.removesuffix(dialect.line_end).translate({ord(mark): " " for mark in marks}).strip()
    )


def _number(raw: str, number: int, dialect: Dialect) -> str:
    cells = raw.removesuffix(dialect.line_end).split(dialect.delimiter, number + 1)
    return cells[number].strip().strip(dialect.quote) if number < len(cells) else ""


def _alone(raw: str, numbers: list[str], shape: Shape) -> bool:
    """Whether nothing that is amiss stands before the number, or no other row could be meant."""
    if shape.single:
        return True
    width, number, _, (delimiter, quote, _) = shape
    intact = number == 0 or raw.count(delimiter) + 1 == width
    broken = bool(quote) and quote in raw
    return bool(intact and not broken and numbers[0] and len(numbers) == 1)


def _follow(waiting: list[Stray], key: str) -> None:
    for stray in waiting:
        stray.after = key
    waiting.clear()


def _assign(found: Survey) -> None:
    good = set(found.counts) if found.strays else set[str]()
    for stray in found.strays.values():
        known = [number for number in stray.numbers if number in good]
        stray.known = len(known) == len(stray.numbers)
        stray.alone = stray.alone and not stray.known
        beside = [] if stray.known or stray.alone else [stray.before, stray.after]
        owners = dict.fromkeys([*known, *(key for key in beside if key is not None)])
        stray.owners = tuple(owners)
        for key in owners:
            found.counts[key] += 1


def _bound(rows: int, invoices: int, limits: Limits) -> None:
    for count, most, what in ((rows, limits.rows, "rows"), (invoices, limits.records, "invoices")):
        if count > most:
            message = f"the document has {count} {what}, more than {most}"
            raise Unreadable(Finding(code="BD2022", message=message, hint="split the file"))
