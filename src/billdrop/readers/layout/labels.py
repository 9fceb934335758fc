"""Labels on a line of print, and where the value of each stands: after it, or below."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from billdrop.readers.layout.cells import Cell, cells, words
from billdrop.readers.layout.columns import MOST, Column, nearest, under
from billdrop.readers.rows import Fit
from billdrop.values import Convert


class Claim(NamedTuple):
    """A field that a label states."""

    path: str
    convert: Convert
    forms: tuple[Fit, ...]
    """How the value is written around; none: the whole cell is the value."""
    side: str
    cell: int
    several: str
    money: bool
    digits: bool
    """Whether a text without a digit is none, so that the label was a word among others."""


class Label(NamedTuple):
    """A text that states fields, or says what a line is."""

    text: str
    """As `flat` makes it, without a colon at its end."""
    colon: bool
    """Whether a colon must follow."""
    claims: tuple[Claim, ...]


class Seen(NamedTuple):
    """A label on a line."""

    label: Label
    start: int
    stop: int
    cell: int
    """The position of the cell that it stands in."""


Index = Mapping[str, Sequence[Label]]
"""Labels by their first word or sign, the longest first."""

BELOW = 3
"""So many blank lines may stand between a label and what is below it."""

_KEY = re.compile(r"[^\W_]++|\S")
_COLON = re.compile(r"\s*:")
_LEADER = re.compile(r"\s*(?::\s*)?(?:\.{2,}\s*)?")


def key(text: str, start: int = 0) -> str:
    """What a text begins with, by which labels are looked up."""
    found = _KEY.match(text, start)
    return found[0] if found else ""


def index(labels: Iterable[Label]) -> Index:
    """Labels for look-up."""
    made: dict[str, list[Label]] = {}
    for label in sorted(labels, key=lambda it: (-len(it.text), not it.colon)):
        made.setdefault(key(label.text), []).append(label)
    return made


def label_at(low: str, start: int, stop: int, known: Index) -> tuple[Label, int] | None:
    """The longest label that begins at a place, and where it ends."""
    for label in known.get(key(low, start), ()):
        end = start + len(label.text)
        if end <= stop and low.startswith(label.text, start) and _ends(low, end, label):
            return label, end
    return None


def _ends(low: str, end: int, label: Label) -> bool:
    """Whether the label is no mere beginning of a longer word."""
    if label.colon:
        return _COLON.match(low, end) is not None
    return not (low[end - 1].isalnum() and low[end : end + 1].isalnum())


def seen(low: str, row: Sequence[Cell], known: Index) -> list[Seen]:
    """The labels that begin a cell, and those within one that a colon follows; `low` as `flat` makes it."""
    found = []
    for at, cell in enumerate(row):
        stop = cell.start
        if first := label_at(low, cell.start, cell.stop, known):
            label, stop = first
            found.append(Seen(label, cell.start, stop, at))
        if low.find(":", stop, cell.stop) < 0:
            continue
        for word in words(cell):
            inner = label_at(low, word.start, cell.stop, known) if word.start >= stop else None
            if inner and word.start > cell.start and _COLON.match(low, inner[1]):
                found.append(Seen(inner[0], word.start, inner[1], at))
                stop = inner[1]
    return found


def right(line: str, stop: int, limit: int) -> list[Cell]:
    """The cells after a label that ends at `stop`, up to the next label."""
    after = _LEADER.match(line, stop, limit)
    assert after is not None
    return cells(line, after.end(), limit)


def below(
    following: Iterable[str], row: Sequence[Cell], at: int, count: int
) -> tuple[int, list[Cell]]:
    """How many lines below the label's cell its value stands, and the cells in its column there."""
    for down, found in _beneath(following, row, at):
        count -= 1
        if not count:
            return down, found
    return 0, []


def lowest(
    following: Iterable[str],
    row: Sequence[Cell],
    at: int,
    fits: Callable[[int, list[Cell]], bool],
) -> tuple[int, list[Cell]]:
    """The same for the last of those that stand below one another and fit."""
    last: tuple[int, list[Cell]] = 0, []
    for down, found in _beneath(following, row, at):
        if not found or not fits(down, found):
            break
        last = down, found
    return last


def _beneath(
    following: Iterable[str], row: Sequence[Cell], at: int
) -> Iterator[tuple[int, list[Cell]]]:
    """The lines below that are not blank, with what stands in the column of the label's cell."""
    if len(row) > MOST:
        return
    heads = [Column((), it.start, it.stop, texts=True, fixed=False) for it in row]
    blanks = 0
    for down, line in enumerate(following, 1):
        if not line.strip():
            blanks += 1
            if blanks > BELOW:
                return
            continue
        yield down, [it for it in cells(line) if nearest(it, heads, under(it, heads)) == at]
