"""The records of a fixed-width document: lines, or stretches of one length without line ends."""

import codecs
from collections.abc import Iterator
from typing import NamedTuple

from billdrop.model import Sliced
from billdrop.readers import Limits
from billdrop.readers.stream import BLOCK, CONTROL, Unreadable, blocks
from billdrop.values.excerpts import Place, finding

END_OF_FILE = "\x1a"
"""What DOS puts at the end of a text."""


class Cut(NamedTuple):
    """A stretch of columns."""

    start: int
    """0-based."""
    stop: int | None
    """None: to the end of the record."""


class Record(NamedTuple):
    """One record."""

    number: int
    """Its line, or without line ends its place among the records, from 1."""
    text: str


def cut(declared: str) -> Cut:
    """The columns of `12-20`, `12` (one) or `12-` (to the end)."""
    first, dash, last = declared.partition("-")
    start = int(first) - 1
    if not dash:
        return Cut(start, start + 1)
    return Cut(start, int(last) if last else None)


def lines(content: Sliced, encoding: str, limits: Limits) -> Iterator[Record]:
    """Every line that is not blank; raises `Unreadable`."""
    for first, text in blocks(content, encoding, limits):
        for number, line in enumerate(text.split("\n"), first):
            if line and line.strip().strip(END_OF_FILE):
                yield Record(number, line)


def stretches(content: Sliced, encoding: str, length: int) -> Iterator[Record]:
    """Every record of so many characters that is not blank; the last may be shorter. Raises `Unreadable`."""
    decoder = codecs.getincrementaldecoder(encoding)()
    number, rest = 1, ""
    for at in range(0, len(content), BLOCK):
        final = at + BLOCK >= len(content)
        try:
            rest += decoder.decode(content[at : at + BLOCK], final)
        except UnicodeDecodeError as error:
            raise _undecodable(rest, number, length, error, encoding) from error
        whole = len(rest) if final else len(rest) - len(rest) % length
        for start in range(0, whole, length):
            text = rest[start : start + length]
            if text.strip().strip(END_OF_FILE):
                _refuse_controls(number, text)
                yield Record(number, text)
            number += 1
        rest = rest[whole:]


def _undecodable(
    rest: str, number: int, length: int, error: UnicodeDecodeError, encoding: str
) -> Unreadable:
    before = rest + error.object[: error.start].decode(error.encoding, "replace")
    number += len(before) // length
    text = before[len(before) - len(before) % length :] + "\ufffd"
    message = f"the byte 0x{error.object[error.start]:02X} is not {encoding}"
    hint = "save the file in the declared encoding, or correct `input.encoding`"
    return Unreadable(finding("BD1002", message, Place(number, len(text), 1, text), hint=hint))


def _refuse_controls(number: int, text: str) -> None:
    found = CONTROL.search(text)
    if found is not None:
        message = f"the character U+{ord(found[0]):04X} is none of a text"
        hint = "export the invoices as text; correct `input.length` if records have line ends"
        place = Place(number, found.start() + 1, 1, text)
        raise Unreadable(finding("BD1003", message, place, hint=hint))
