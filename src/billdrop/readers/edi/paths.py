"""
Paths of segments: `BIG02`, `REF[PO]02`, `DTM[137]01-2`, `NAD[SU]/RFF[VA]01-2`.

A segment, what tells it from others of its kind in brackets, and an element of two digits, with `-` a
component of it. Before it, with `/`, the groups in which it stands.
"""

import re
from typing import NamedTuple

from billdrop.errors import GuidelineError
from billdrop.guidelines.part import Texts

_PART = r"([A-Z][A-Z0-9]{1,2}?)(?:\[([^\[\]]*)\])?"
_GROUP = re.compile(rf"{_PART}").fullmatch
_PLACE = re.compile(rf"{_PART}([0-9]{{2}})(?:-([0-9]{{1,2}}))?").fullmatch
_CONDITION = re.compile(r"(?:([0-9]{2})(?:-([0-9]{1,2}))?(!?=))?([^=!]*)").fullmatch
_SLASH = re.compile(r"/(?![^\[]*\])")


class Condition(NamedTuple):
    """What an element of the segment has to be."""

    element: int
    component: int
    values: frozenset[str]
    wanted: bool
    """Whether it is one of the values, or none of them."""

    def holds(self, elements: list[str], mark: str) -> bool:
        """Whether it is so; an element that is not there is empty."""
        text = elements[self.element] if self.element < len(elements) else ""
        if mark and mark in text:
            parts = text.split(mark)
            text = parts[self.component - 1] if self.component <= len(parts) else ""
        elif self.component > 1:
            text = ""
        return (text.strip() in self.values) is self.wanted


class Part(NamedTuple):
    """One segment of a path."""

    tag: str
    qualifiers: frozenset[str] | None
    """What its first element may be; None: anything."""
    conditions: tuple[Condition, ...]
    """Of its other elements."""
    unless: frozenset[str] = frozenset()
    """What its first element is not."""

    def fits(self, tag: str, qualifier: str | None) -> bool:
        """Whether a segment is one of these; None: its first element is none that a path names."""
        within = self.qualifiers is None or qualifier in self.qualifiers
        return self.tag == tag and within and qualifier not in self.unless


class Path(NamedTuple):
    """Where a value stands."""

    parts: tuple[Part, ...]
    element: int
    component: int
    """0: none is named."""


def each(texts: Texts) -> list[str]:
    """One text or several, always several."""
    return [texts] if isinstance(texts, str) else list(texts)


def path(text: str, key: str) -> Path:
    """Read the path of a value; raises `GuidelineError` for what is none."""
    *groups, last = _SLASH.split(text)
    found = _PLACE(last)
    if found is None:
        raise _refusal(text, key)
    within = [_told(_group(one, text, key)) for one in groups]
    parts = [*within, _part(found[1], found[2], text, key)]
    element = int(found[3])
    component = int(found[4] or 0)
    if element == 0 or (found[4] and component == 0):
        raise _refusal(text, key, "elements and components count from 1")
    if any(one.conditions for one in within):
        raise _refusal(text, key, "a group is told by its first element alone")
    return Path(tuple(parts), element, component)


def group(text: str, key: str) -> tuple[Part, ...]:
    """Read what a group begins with; raises `GuidelineError` for what is no segment."""
    return tuple(_group(one, text, key) for one in _SLASH.split(text))


def _group(text: str, whole: str, key: str) -> Part:
    found = _GROUP(text)
    if found is None:
        raise _refusal(whole, key, f"`{text}` is no segment" if text != whole else "")
    return _part(found[1], found[2], whole, key)


def _told(part: Part) -> Part:
    """A group that is any but those which a condition names."""
    if part.qualifiers is None and len(part.conditions) == 1:
        only = part.conditions[0]
        if (only.element, only.component, only.wanted) == (1, 1, False):
            return Part(part.tag, None, (), unless=only.values)
    return part


def _part(tag: str, brackets: str | None, whole: str, key: str) -> Part:
    qualifiers, conditions = None, []
    for at, text in enumerate((brackets or "").split(",") if brackets is not None else ()):
        found = _CONDITION(text.strip())
        if found is None or not (found[4] or found[1]):
            raise _refusal(whole, key, f"`{text}` is no condition")
        values = frozenset(one.strip() for one in found[4].split("|"))
        if found[1]:
            place = int(found[1]), int(found[2] or 1)
            conditions.append(Condition(*place, values, found[3] == "="))
        elif at == 0:
            qualifiers = values
        else:
            raise _refusal(whole, key, f"`{text}` does not say which element it is about")
    return Part(tag, qualifiers, tuple(conditions))


def _refusal(text: str, key: str, fact: str = "") -> GuidelineError:
    return GuidelineError(
        f"{key}: `{text}` is no path" + (f": {fact}" if fact else ""),
        code="BD4004",
        hint="a segment and an element of two digits, such as `BIG02`, `REF[PO]02`, `DTM[137]01-2` or `NAD[SU]/RFF[VA]01-2`",
        path=key,
    )
