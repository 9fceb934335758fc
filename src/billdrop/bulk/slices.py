"""The rows of a document as bytes: slices of whole lines in UTF-8, each line ended by a line feed."""

import codecs
from collections.abc import Iterator

from billdrop.bulk.regular import Layout
from billdrop.model import Sliced
from billdrop.readers.stream import Unreadable, blocks

SLICE = 1024 * 1024
"""How many bytes are looked at together: with what is worked out of them they stay near the processor."""

LONGEST = 8 * 1024 * 1024
"""A line or an invoice of more bytes is read the exact way; the amounts of a shorter one surely add up in 64 bits."""


def slices(content: Sliced, found: Layout) -> Iterator[bytes]:
    """The rows after the header; raises `Unreadable` for what only the exact way can judge."""
    skipped = found.first - 1
    for data in whole_lines(content) if found.is_utf8 else _decoded(content, found):
        if not skipped:
            yield data
            continue
        parts = data.split(b"\n", skipped)
        skipped -= len(parts) - 1
        if not skipped and parts[-1]:
            yield parts[-1]


def whole_lines(content: Sliced) -> Iterator[bytes]:
    """Those of a document in UTF-8, each ended by a line feed; raises `Unreadable`."""
    rest = b""
    for at in range(0, len(content), SLICE):
        piece = content[at : at + SLICE]
        whole, end, rest = (
            rest + (piece if at else piece.removeprefix(codecs.BOM_UTF8))
        ).rpartition(b"\n")
        if end:
            yield _clean(whole + end)
        elif len(rest) > LONGEST:
            raise Unreadable
    if rest:
        yield _clean(rest + b"\n")


def _clean(data: bytes) -> bytes:
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
        if b"\r" in data:
            raise Unreadable
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise Unreadable from error
    return data


def _decoded(content: Sliced, found: Layout) -> Iterator[bytes]:
    for _, text in blocks(content, found.encoding, found.limits):
        yield f"{text}\n".encode()
