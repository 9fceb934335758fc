"""The pages of an invoice: what stands at the top or the foot of several of them says nothing new."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

EDGE = 15
"""So many lines with text, from the top and from the foot, may be furniture."""

_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(
    r"\s*+(?i:page|seite|página|pagina|pág\.?|pag\.?|blad|side|sida|strona|blatt|p\.)\s{0,9}[0-9]{1,6}"
    r"\s{0,9}(?:(?i:of|von|de|di|van|sur|af|av|z|/)\s{0,9}[0-9]{1,6})?"
)


class Stretch(NamedTuple):
    """The lines of one invoice."""

    first: int
    """The number of the first line in the document."""
    lines: Sequence[str]
    """Without the ends of pages, which stand before the first character of a line."""
    pages: Sequence[int]
    """The positions of the lines that begin a page, without the first."""


def is_page_number(line: str) -> bool:
    """Whether the line is `Page 1 of 2` or its like."""
    return line[-1:].isdigit() and _NUMBER.fullmatch(line) is not None


def masked(line: str) -> str:
    """The text of a line, whatever its numbers are."""
    return _DIGITS.sub("0", " ".join(line.split()))


def furniture(stretch: Stretch) -> frozenset[str]:
    """The masked lines that stand at the edges of several pages."""
    if all(start == len(stretch.lines) - 1 for start in stretch.pages):
        return frozenset()
    counted = Counter(text for page in _pages(stretch) for text in set(_edges(page)))
    return frozenset(text for text, count in counted.items() if count > 1)


def _pages(stretch: Stretch) -> Iterator[Sequence[str]]:
    starts = [0, *stretch.pages, len(stretch.lines)]
    for start, stop in pairwise(starts):
        yield stretch.lines[start:stop]


def _edges(page: Sequence[str]) -> Iterator[str]:
    texts = [line for line in page if line and not line.isspace()]
    for line in (*texts[:EDGE], *texts[-EDGE:]):
        yield masked(line)
