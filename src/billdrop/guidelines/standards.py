"""What a document says of itself in its first bytes: the root of XML, the message of an interchange."""

import re
from collections.abc import Callable
from functools import lru_cache

from billdrop.guidelines.xml_root import root

_OPENINGS = b"<IU\xff\xfe\0"
"""What XML, X12 and EDIFACT begin with, in one byte or two."""
_BLANK = b"\xef\xbb\xbf \t\r\n"

_EDIFACT = re.compile(r"(?:UNA(?P<marks>.{6})\s*)?UN[BGH]", re.DOTALL)
_OPENING = 4096
"""The headers of an interchange are shorter."""


def shown(head: bytes) -> str:
    """
    The standard that a document claims, as `match.standard` names it; nothing for any other text.

    `{urn:…}Invoice` for XML, the first transaction set of X12 (`810`), the first message of EDIFACT
    (`INVOIC`). Looks at one byte of what is none of these.
    """
    if head[:1] not in _FIRST:
        return ""
    bare = head.lstrip(_BLANK)
    if bare[:1] == b"I":
        return _x12(bare[:_OPENING].decode("latin-1"))
    if bare[:1] == b"U":
        return _edifact(bare[:_OPENING].decode("latin-1"))
    return root(bare)


_FIRST = frozenset(bytes([byte]) for byte in _OPENINGS + _BLANK)


def _x12(text: str) -> str:
    """The elements of ISA have a width each, which some drop; what follows the last are two separators."""
    element = text[3:4] or " "
    parts = text.split(element, 16) if text.startswith("ISA") else []
    if len(parts) < 17 or element.isalnum() or len(parts[16]) < 2:
        return ""
    end = parts[16][1]
    message = _transaction(end, element)(_unbroken(text, end))
    return message[1] if message else ""


@lru_cache(maxsize=64)
def _transaction(end: str, element: str) -> Callable[[str], re.Match[str] | None]:
    """Looks for the first transaction set."""
    return re.compile(rf"{re.escape(end)}\s*ST{re.escape(element)}\s*(\w+)").search


def _edifact(text: str) -> str:
    found = _EDIFACT.match(text)
    if found is None:
        return ""
    marks = found["marks"] or ":+"
    message = _message(marks[0], marks[1])(_unbroken(text, marks[-1]))
    return message[1] if message else ""


@lru_cache(maxsize=64)
def _message(component: str, element: str) -> Callable[[str], re.Match[str] | None]:
    """Looks for the first message."""
    parts, within = re.escape(element), re.escape(component)
    return re.compile(rf"UNH{parts}[^{parts}]*{parts}\s*(\w+){within}").search


def _unbroken(text: str, end: str) -> str:
    """The text without the line ends that it was broken with, which may stand anywhere."""
    return text if end in "\r\n" else text.replace("\r", "").replace("\n", "")
