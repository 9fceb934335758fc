"""The process that reads while another one commits."""

import gc
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from billdrop.books.booking import booked
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.library import Library, Packed, open_library, rebuilt
from billdrop.model import Document, DocumentRef, Parsed, Record
from billdrop.parsing.crossing import Got, Known, Sent, decode_sent, encode
from billdrop.parsing.reading import parse
from billdrop.readers import Limits

TOGETHER = 100
"""So many documents are read, then booked: one kind of work at a time takes a fifth less than in turns."""


class _There(Struct):
    """What this process holds."""

    library: Library
    limits: Limits


_there: _There | None = None


def compiled(packed: Packed, limits: dict[str, Any]) -> list[Known]:
    """Make ready to read with guidelines that were loaded before."""
    bounds = msgspec.convert(limits, Limits)
    return _ready(rebuilt(packed, bounds), bounds)


def opened(folder: str, limits: dict[str, Any]) -> list[Known]:
    """Make ready to read with the guidelines of a folder."""
    bounds = msgspec.convert(limits, Limits)
    return _ready(open_library(Path(folder), bounds)[0], bounds)


def read(packed: bytes) -> bytes:
    """Read a batch of documents."""
    assert _there is not None, "it was made ready"
    waiting, got = iter(decode_sent(packed)), list[Got]()
    while some := list(islice(waiting, TOGETHER)):
        parsed = [parse(_document(sent), _there.library, _there.limits) for sent in some]
        got += [_got(each) for each in parsed]
    return encode(got)


def _ready(library: Library, limits: Limits) -> list[Known]:
    global _there  # noqa: PLW0603  a process of a pool has nowhere else to keep it
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    _there = _There(library=library, limits=limits)
    return [_known(guide) for guide in library.guides]


def _known(guide: Guide) -> Known:
    guideline = guide.guideline
    return Known(
        ref=guide.ref,
        identity=tuple(guideline.identity),
        corrections=guideline.corrections,
        atomic=guideline.atomic,
    )


def _document(sent: Sent) -> Document:
    return Document(
        ref=DocumentRef(
            bucket=sent.bucket, key=sent.key, version=sent.version, customer=sent.customer
        ),
        arrived_at=sent.arrived_at,
        sha256=b"",
        size=len(sent.content),
        content=sent.content,
    )


def _got(parsed: Parsed) -> Got:
    return Got(
        None if parsed.guideline is None else parsed.guideline.digest,
        parsed.findings,
        tuple([_crossing(record, parsed) for record in parsed.records]),
    )


def _crossing(record: Record, parsed: Parsed) -> Record:
    """A record as it crosses: with its booking, without the invoice and the spans."""
    return Record(
        index=record.index,
        first_line=record.first_line,
        last_line=record.last_line,
        column=record.column,
        invoice=None,
        booking=booked(record, parsed) if record.waits else None,
        findings=record.findings,
    )
