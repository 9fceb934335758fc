"""The separators of an interchange, which it names itself."""

import re
from functools import lru_cache
from typing import NamedTuple


class Marks(NamedTuple):
    """What separates what, one character each; an empty one is not used."""

    segment: str
    element: str
    component: str
    release: str = ""
    """Takes from the character after it what it means."""
    begins: int = 0
    """Where the first segment begins in the text."""

    @property
    def odd(self) -> str:
        """Why they cannot be separators; nothing if they can."""
        return _odd("".join(self[:4]))


@lru_cache(maxsize=256)
def _odd(used: str) -> str:
    if len(set(used)) < len(used):
        return "two of the separators are the same"
    wrong = [mark for mark in used if mark.isalnum() or mark == "\ufeff"]
    return f"`{wrong[0]}` cannot be a separator" if wrong else ""


LEVEL_A = Marks("'", "+", ":", "?")
"""Those of EDIFACT where no UNA names others."""


def of_x12(text: str) -> Marks | None:
    """Those of the ISA segment; None where there is none. Its elements may have lost their padding."""
    start = len(text) - len(text.lstrip())
    if not text.startswith("ISA", start) or len(text) < start + 8:
        return None
    element = text[start + 3]
    parts = text[start : start + 400].split(element, 16)
    if len(parts) < 17 or len(parts[16]) < 2:
        return None
    component, segment = parts[16][0], parts[16][1]
    return Marks(segment, element, component, "", start)


_UNA = re.compile(r"\s*UNA(.{6})\s*", re.DOTALL)


def of_edifact(text: str) -> Marks:
    """Those of UNA, or the usual ones."""
    found = _UNA.match(text)
    if found is None:
        return LEVEL_A._replace(begins=len(text) - len(text.lstrip()))
    given = found[1]
    return Marks(given[5], given[1], given[0], given[3].strip(), found.end())
