"""The bytes of an XML document as a text: its encoding, and what keeps it from being looked at."""

import codecs
import re
from typing import NamedTuple

from billdrop.model import Finding
from billdrop.readers.stream import Unreadable
from billdrop.values.excerpts import Place, finding

_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_WIDE |= {b"<\0?\0": "utf-16-le", b"\0<\0?": "utf-16-be"}
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([^\"'<>]{1,40})[\"']")
_KNOWN = {
    "utf-8",
    "ascii",
    "koi8-r",
    "koi8-u",
    *(f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)),
    *(f"cp125{page}" for page in range(9)),
}
"""Encodings in which markup is ASCII, as Python names them."""
_BEFORE_ROOT = re.compile(r"\s*(?>(?>(?><\?.*?\?>)|(?><!--.*?-->))\s*)*", re.DOTALL)
LINE_END = re.compile(r"\r\n|\r|\n")

ELEMENTS = 4_000_000
"""So many tags and attributes are taken apart."""


class Plain(NamedTuple):
    """A document whose markup is ASCII."""

    content: bytes
    encoding: str
    transcoded: bool
    """Whether it is UTF-8 now, whatever it says of itself."""


def plain(content: bytes) -> Plain:
    """The document with its encoding; UTF-16 is made UTF-8. Raises `Unreadable`."""
    wide = next((name for mark, name in _WIDE.items() if content.startswith(mark)), "")
    if wide:
        return Plain(decode(content, wide).encode(), "utf-8", transcoded=True)
    if content.startswith(codecs.BOM_UTF8):
        return Plain(content, "utf-8-sig", transcoded=False)
    declared = _DECLARED.match(content)
    name = declared[1].decode("latin-1") if declared else "utf-8"
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        encoding = ""
    if declared and encoding not in _KNOWN:
        place = Place(1, declared.start(1) + 1, len(name), _line(content, 1, "latin-1"))
        fact = f"the document says that its encoding is `{name}`, and it is not"
        if encoding not in ("utf-16", "utf-16-le", "utf-16-be"):
            fact = f"the encoding `{name}` is not read"
        raise Unreadable(finding("BD1002", fact, place, hint="save it as UTF-8, and say so"))
    return Plain(content, encoding, transcoded=False)


def decoded(content: bytes) -> str:
    """The whole text, without a byte order mark. Raises `Unreadable`."""
    made = plain(content)
    return decode(made.content, made.encoding)


def decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        line = len(LINE_END.findall(before)) + 1
        text = re.split(LINE_END, before)[-1]
        fact = f"byte {error.start + 1} is not in {encoding}, the encoding of the document"
        place = Place(line, len(text) + 1, 1, text)
        found = finding("BD1002", fact, place, hint="save it in the encoding that it declares")
        raise Unreadable(found) from error


def guarded(content: bytes, encoding: str) -> None:
    """Refuse a document type declaration, and more markup than is taken apart. Raises `Unreadable`."""
    many = len(content) > 4 * ELEMENTS
    if many and content.count(b"<") + content.count(b'="') + content.count(b"='") > ELEMENTS:
        fact = f"the document has more than {ELEMENTS:,} tags and attributes"
        raise Unreadable(Finding(code="BD2022", message=fact, line=1, hint="split the file"))
    if b"<!DOCTYPE" not in content:
        return
    text = decode(content, encoding)
    before = _BEFORE_ROOT.match(text)
    assert before is not None, "it may be empty"
    if text.startswith("<!DOCTYPE", before.end()):
        found = place_of(text, before.end(), 9)
        fact = "the document has a document type declaration"
        raise Unreadable(finding("BD1011", fact, found, hint="write it without `<!DOCTYPE …>`"))


def place_of(text: str, start: int, length: int) -> Place:
    """The place of a stretch of a text."""
    ends = [found.end() for found in LINE_END.finditer(text, 0, start)]
    begin = ends[-1] if ends else 0
    stop = LINE_END.search(text, begin)
    return Place(
        len(ends) + 1, start - begin + 1, length, text[begin : stop.start() if stop else len(text)]
    )


def not_well_formed(content: bytes, fact: str, line: int, column: int) -> Finding:
    """The finding about a place where the document stops being XML."""
    text = _line(content, line, plain(content).encoding)
    place = Place(line, max(1, min(column, len(text) + 1)), 1, text)
    return finding("BD1010", f"no well-formed XML: {fact}", place, hint="export the invoice again")


def _line(content: bytes, line: int, encoding: str) -> str:
    """One line of the text, however it ends."""
    lines = LINE_END.split(content.decode(encoding, "replace"), line)
    return lines[min(line, len(lines)) - 1]
