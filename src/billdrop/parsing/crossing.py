"""What crosses between the process that commits and the one that reads: documents, and what was read of them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from billdrop.model import Document, Finding, GuidelineRef, Parsed, Record


class Sent(Struct, frozen=True, array_like=True, gc=False):
    """What reading needs of a document."""

    bucket: str
    key: str
    version: str
    customer: str
    content: bytes
    arrived_at: datetime


class Got(Struct, frozen=True, array_like=True, gc=False):
    """What reading gives, without what the other process has already."""

    guideline: str | None
    """The digest."""
    findings: tuple[Finding, ...]
    records: tuple[Record, ...]


class Known(Struct, frozen=True, kw_only=True):
    """What a commit asks of a guideline."""

    ref: GuidelineRef
    identity: tuple[str, ...]
    corrections: str
    atomic: bool


encode = msgspec.msgpack.Encoder().encode
decode_sent = msgspec.msgpack.Decoder(list[Sent]).decode
decode_got = msgspec.msgpack.Decoder(list[Got]).decode


def sent(document: Document) -> Sent:
    """A document that has its bytes, as it crosses."""
    ref = document.ref
    content = document.content or b""
    return Sent(ref.bucket, ref.key, ref.version, ref.customer, content, document.arrived_at)


def parsed(document: Document, got: Got, guidelines: Mapping[str, Known]) -> Parsed:
    """What was read of a document, with the guideline that read it; they are known by their digests."""
    if got.guideline is None:
        return Parsed(document=document, guideline=None, findings=got.findings)
    known = guidelines[got.guideline]
    return Parsed(
        document=document,
        guideline=known.ref,
        findings=got.findings,
        records=got.records,
        identity=known.identity,
        corrections=known.corrections,
        atomic=known.atomic,
    )
