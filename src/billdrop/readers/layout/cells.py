"""The cells of a line of print: what blanks keep apart, and how its letters are compared."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """A stretch of a line without two blanks in it."""

    start: int
    """0-based."""
    stop: int
    text: str


_CELL = re.compile(r"\S++(?:[ \u00a0]\S++)*+")
_WORD = re.compile(r"\S++")


def cells(line: str, start: int = 0, stop: int | None = None) -> list[Cell]:
    """The cells of a line, or of a stretch of it."""
    end = len(line) if stop is None else stop
    return [Cell(*it.span(), it[0]) for it in _CELL.finditer(line, start, end)]


def words(cell: Cell) -> Iterator[Cell]:
    """The words of a cell, each where it stands in the line."""
    start = cell.start
    for it in _WORD.finditer(cell.text):
        yield Cell(start + it.start(), start + it.end(), it[0])


def flat(text: str) -> str:
    """The text in small letters, one for one, every kind of blank the same."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(letter.lower()[0] for letter in text)
    return low if low.isascii() else low.replace("\u00a0", " ")


_DIGIT = re.compile(r"\d")


def digits(text: str) -> bool:
    """Whether it has a digit, as amounts and dates have."""
    return _DIGIT.search(text) is not None


def joined(parts: Sequence[Cell], line: str) -> Cell:
    """One cell from the first to the last of them; blanks between them count as one."""
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0].start, parts[-1].stop
    return Cell(first, last, " ".join(line[first:last].split()))
