"""Headers and trailers: what opens an interchange, a group or a message, and what closes it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from billdrop.model import Finding, Severity
from billdrop.readers.edi.message import Message
from billdrop.readers.edi.standard import Level


class Segment(NamedTuple):
    """A header or a trailer."""

    text: str
    raw: str
    offset: int
    """Of `raw`, in the text."""
    begin: int
    """Of its name, in the text."""


class Spoiled(NamedTuple):
    """An element of a trailer that is not what it should be."""

    segment: Segment
    element: int
    severity: Severity


@lru_cache(maxsize=64)
def tags(levels: tuple[Level, ...], mark: str) -> Mapping[str, tuple[str, int, bool]]:
    """Headers and trailers by the first three characters of a segment: name, level, whether it opens."""
    found = {"UNA": ("UNA", -1, False)}
    for level, one in enumerate(levels):
        for tag, opens in ((one.header, True), (one.trailer, False)):
            found[tag] = found[f"{tag}{mark}"[:3]] = (tag, level, opens)
    return found


class Open:
    """A header that waits for its trailer."""

    __slots__ = ("count", "faults", "level", "message", "reference", "test")

    def __init__(self, level: int, reference: str, message: Message) -> None:
        self.level, self.reference, self.message = level, reference, message
        self.count = 0
        """Of what is directly inside."""
        self.faults: list[Finding] = []
        self.test: list[Finding] = []
        """That it says of itself that it is none in production: a finding in each of its messages."""


def closes(level: Level, head: list[str], tail: list[str], there: str) -> bool:
    """Whether a trailer is plainly that of its header; what is not so plain is looked at closer."""
    return (
        head[0] == level.header
        and tail[0] == level.trailer
        and len(tail) > 2
        and len(head) > level.reference
        and tail[1] == there
        and tail[2] == head[level.reference]
    )


def element(elements: list[str], at: int) -> str:
    """An element, or nothing where it is not there."""
    return elements[at].strip() if at < len(elements) else ""
