"""
The root element of an XML document, found without parsing it: linear, and whatever stands before it.

Of an envelope it is the root of what that encloses.
"""

import codecs
import re

from billdrop.readers.tree.xml_envelope import ENVELOPE

_BLANK = re.compile(r"[ \t\r\n]*")
_ROOT = re.compile(
    r"<(?:(?P<prefix>[\w.-]++):)?(?P<name>[\w.-]++)(?P<rest>(?:[^<>\"']++|\"[^\"<]*\"|'[^'<]*')*+)>"
)
_SPACE = re.compile(r"(?<![\w:.-])(xmlns(?::[\w.-]+)?)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HEADER_END = re.compile(r"</(?:[\w.-]++:)?StandardBusinessDocumentHeader\s*+>")
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
    if len(head) <= _SHORT or short not in ("", ENVELOPE):
        return short
    return _root(head.decode(encoding, "replace"))


def _root(text: str) -> str:
    found = _element(text, 0)
    if found is None:
        return ""
    name = _full(found)
    return (_enclosed(text, found) or name) if name == ENVELOPE else name


def _enclosed(text: str, envelope: re.Match[str]) -> str:
    """What follows the header of an envelope; nothing where it does not end."""
    end = _HEADER_END.search(text, envelope.end())
    found = _element(text, end.end()) if end else None
    return _full(found, envelope) if found else ""


def _element(text: str, at: int) -> re.Match[str] | None:
    """The tag of the first element."""
    at = _after_prolog(text, at)
    return _ROOT.match(text, at) if at >= 0 else None


def _full(*tags: re.Match[str]) -> str:
    """The name of the first, in the namespace that it or one around it declares."""
    prefix, name = tags[0]["prefix"], tags[0]["name"]
    key = f"xmlns:{prefix}" if prefix else "xmlns"
    for tag in tags:
        for declared, quoted, single in _SPACE.findall(tag["rest"]):
            if declared == key:
                return f"{{{quoted or single}}}{name}" if quoted or single else name
    return str(name)


def _after_prolog(text: str, stop: int) -> int:
    """Where an element begins; -1 where what stands before it does not end."""
    at = stop
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
