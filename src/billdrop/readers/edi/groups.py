"""Which segments belong to which: `NAD(LOC RFF(DTM))` is a NAD with its LOC and RFF, and DTM of the RFF."""

import re
from typing import NamedTuple

_TOKEN = re.compile(r"[A-Z0-9]+|[()]")


class Group(NamedTuple):
    """A segment, and those that stand after it because of it; most have none."""

    tag: str
    members: dict[str, "Group"]


class Area(NamedTuple):
    """A part of a message, which follows the ones before it and never comes back."""

    opener: str
    """The segment that begins it; empty for the first."""
    group: Group


def area(opener: str, text: str) -> Area:
    """An area of what the text says."""
    tokens = _TOKEN.findall(text)
    tokens.reverse()
    return Area(opener, Group("", _members(tokens)))


def _members(tokens: list[str]) -> dict[str, Group]:
    found: dict[str, Group] = {}
    while tokens and (tag := tokens.pop()) != ")":
        inner: dict[str, Group] = {}
        if tokens and tokens[-1] == "(":
            tokens.pop()
            inner = _members(tokens)
        found[tag] = Group(tag, inner)
    return found
