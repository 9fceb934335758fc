"""The root element of an XML document, found without parsing it: linear, and whatever stands before it."""

import codecs
import re

_BLANK = re.compile(r"[ \t\r\n]*")
_ROOT = re.compile(
    r"<(?:(?P<prefix>[\w.-]++):)?(?P<name>[\w.-]++)(?P<rest>(?:[^<>\"']++|\"[^\"<]*\"|'[^'<]*')*+)>"
)
_SPACE = re.compile(r"(?<![\w:.-])(xmlns(?::[\w.-]+)?)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_WIDE = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_SHORT = 4096
"""Most documents have named their root by then."""


def root(head: bytes) -> str:
    """`{urn:…}Invoice`, or without a namespace `Invoice`; nothing where there is no root."""
    encoding = next((name for mark, name in _WIDE.items() if head.startswith(mark)), "utf-8")
    short = _root(head[:_SHORT].decode(encoding, "replace"))
    return short or (_root(head.decode(encoding, "replace")) if len(head) > _SHORT else "")


def _root(text: str) -> str:
    at = _after_prolog(text)
    found = _ROOT.match(text, at) if at >= 0 else None
    if found is None:
        return ""
    key = f"xmlns:{found['prefix']}" if found["prefix"] else "xmlns"
    for name, quoted, single in _SPACE.findall(found["rest"]):
        if name == key:
            return f"{{{quoted or single}}}{found['name']}"
    return found["name"]


def _after_prolog(text: str) -> int:
    """Where the root begins; -1 where what stands before it does not end."""
    at, stop = 0, 0
    while stop >= 0:
        blank = _BLANK.match(text, stop)
        assert blank is not None, "it may be empty"
        at = blank.end()
        if text.startswith("<?", at):
            stop = _past(text, "?>", at)
        elif text.startswith("<!--", at):
            stop = _past(text, "-->", at + 4)
        elif text.startswith("<!DOCTYPE", at):
            stop = _past_doctype(text, at)
        else:
            return at
    return -1


def _past_doctype(text: str, at: int) -> int:
    inner, outer = text.find("[", at), text.find(">", at)
    if 0 <= inner < outer:
        inner = text.find("]", inner)
        return _past(text, ">", inner) if inner >= 0 else -1
    return outer + 1 or -1


def _past(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else -1
