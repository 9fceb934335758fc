"""The bytes of a document as blocks of whole lines; what keeps it from being a text at all."""

import codecs
import re
from collections.abc import Iterator

from billdrop.model import Finding, Sliced
from billdrop.readers import Limits
from billdrop.values.excerpts import Place, finding

BLOCK = 256 * 1024
"""How many bytes are decoded at a time."""

CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1a"))
"""The bytes that are none of a text."""
CONTROL = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f\x7f]")

Block = tuple[int, str]
"""The number of its first line, and whole lines with `\\n` between them."""

Row = tuple[int, str, list[str]]
"""The first line, the text as it stands, and the cells; no cells when they cannot be told apart."""


class Unreadable(Exception):
    """The document as a whole cannot be read; never leaves the readers."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(findings)
        self.findings = list(findings)


def blocks(content: Sliced, encoding: str, limits: Limits) -> Iterator[Block]:
    """
    Decode piece by piece; a line ends with LF, CR LF or a lone CR.

    A byte order mark of UTF-8 is passed over. Raises `Unreadable`.
    """
    decoder = codecs.getincrementaldecoder(_marked(encoding))()
    line, rest = 1, ""
    for at in range(0, len(content), BLOCK):
        piece, final = content[at : at + BLOCK], at + BLOCK >= len(content)
        try:
            text = rest + decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise Unreadable(_undecodable(line, rest, error, encoding)) from error
        if len(piece.translate(None, CONTROLS)) != len(piece):
            _refuse_controls(line, text)
        whole, mark, rest = _lines(text, final=final)
        if mark:
            _refuse_long(line, whole, limits)
            yield line, whole
            line += whole.count("\n") + 1
        elif len(rest) > limits.line_chars:
            _refuse_long(line, rest, limits)
    if rest:
        _refuse_long(line, rest, limits)
        yield line, rest


def _marked(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _lines(text: str, *, final: bool) -> tuple[str, str, str]:
    """Whole lines, and the beginning of the one after; a CR at the end may be half of a CR LF."""
    if "\r" not in text:
        return text.rpartition("\n")
    held = "\r" if text.endswith("\r") and not final else ""
    text = text.removesuffix(held).replace("\r\n", "\n").replace("\r", "\n")
    whole, mark, rest = text.rpartition("\n")
    return whole, mark, rest + held


def _undecodable(line: int, rest: str, error: UnicodeDecodeError, encoding: str) -> Finding:
    before = rest + error.object[: error.start].decode(error.encoding, "replace")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    after = error.object[error.start : error.start + 200].decode(error.encoding, "replace")
    start = before.rfind("\n") + 1
    text = before[start:] + re.split("[\r\n]", after)[0]
    place = Place(line + before.count("\n"), len(before) - start + 1, 1, text)
    byte = error.object[error.start]
    return finding(
        "BD1002",
        f"the byte 0x{byte:02X} is not {encoding}",
        place,
        hint="save the file in the declared encoding, or correct `input.encoding`",
    )


def _refuse_controls(line: int, text: str) -> None:
    found = CONTROL.search(text)
    if found is None:
        return
    before = text[: found.start()].replace("\r\n", "\n").replace("\r", "\n")
    start = before.rfind("\n") + 1
    shown = before[start:] + re.split("[\r\n]", text[found.start() : found.start() + 200])[0]
    place = Place(line + before.count("\n"), len(before) - start + 1, 1, shown)
    message = f"the character U+{ord(found[0]):04X} is none of a text"
    raise Unreadable(finding("BD1003", message, place, hint="export the invoices as text"))


def _refuse_long(line: int, text: str, limits: Limits) -> None:
    if len(text) <= limits.line_chars:
        return
    lines = enumerate(text.split("\n"), line)
    long = next((one for one in lines if len(one[1]) > limits.line_chars), None)
    if long is None:
        return
    message = f"the line is longer than {limits.line_chars} characters"
    place = Place(long[0], limits.line_chars + 1, 1, long[1])
    hint = "check that the file has line ends"
    raise Unreadable(finding("BD1005", message, place, hint=hint))
