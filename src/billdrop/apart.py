"""Reading documents in a process apart, while this one commits what was read before."""

import gc
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from billdrop.booking import booked
from billdrop.guidelines.library import Guide, Library
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, DocumentRef, Finding, GuidelineRef, Parsed, Record
from billdrop.pipeline import Read
from billdrop.readers import Limits
from billdrop.reading import EAGER, parse
from billdrop.second import second_process

WORTH = 200
"""Fewer documents are read sooner here than there."""


class Sent(Struct, frozen=True, array_like=True):
    """What reading needs of a document."""

    bucket: str
    key: str
    version: str
    customer: str
    content: bytes


class Got(Struct, frozen=True, array_like=True):
    """What reading gives, without what this process has already."""

    guideline: str | None
    """The digest."""
    findings: tuple[Finding, ...]
    records: tuple[Record, ...]


class Apart:
    """
    A second process that reads, started with the first batch that is worth it.

    Of an accepted invoice its booking crosses, which is what the ledger needs; whoever wants the
    invoice or its spans reads the original again. When the process dies, its documents are read here.
    """

    def __init__(
        self,
        library: Library,
        limits: Limits,
        pool: ProcessPoolExecutor | None = None,
        *,
        worth: int = WORTH,
    ) -> None:
        """`pool`: a process that was started already; `worth`: how many documents are read there."""
        self._worth = worth
        self._limits = limits
        self._library = library
        self._pool = pool
        self._ready: Future[bool] | None = None
        if pool is not None:
            self._is_ready()

    @property
    def library(self) -> Library:
        """The guidelines that documents are read with."""
        return self._library

    @library.setter
    def library(self, library: Library) -> None:
        self.close()
        self._library = library

    def __call__(self, documents: Sequence[Document]) -> tuple[Read, bool]:
        """Begin to read; the flag says whether it goes on elsewhere meanwhile."""
        worth = len(documents) >= self._worth and all(_crosses(document) for document in documents)
        future = self._submitted(documents) if worth and self._is_ready() else None
        if future is not None:
            library = self._library
            return lambda: self._received(documents, future, library), True
        parsed = self._here(documents, self._library)
        return lambda: parsed, False

    def close(self) -> None:
        """End the process."""
        pool, self._pool, self._ready = self._pool, None, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _here(self, documents: Sequence[Document], library: Library) -> list[Parsed]:
        return [parse(document, library, self._limits) for document in documents]

    def _is_ready(self) -> bool:
        """Whether the process has started; the first question starts it."""
        if self._ready is None:
            texts = [guide.ref.text for guide in self._library.guides]
            self._pool = self._pool or second_process()
            self._ready = self._pool.submit(_start, texts, msgspec.to_builtins(self._limits))
        return self._ready.done() and self._ready.exception() is None

    def _submitted(self, documents: Sequence[Document]) -> "Future[bytes] | None":
        """What will be read; None when the process has died."""
        assert self._pool is not None, "it is ready"
        try:
            return self._pool.submit(_read, _encode([_sent(document) for document in documents]))
        except BrokenProcessPool:
            self.close()
            return None

    def _received(
        self, documents: Sequence[Document], future: "Future[bytes]", library: Library
    ) -> list[Parsed]:
        """What was read with the library of then, whatever came since."""
        try:
            packed = future.result()
        except (BrokenProcessPool, CancelledError):
            return self._here(documents, library)
        guides = {guide.ref.digest: guide for guide in library.guides}
        return [
            _parsed(document, got, guides)
            for document, got in zip(documents, _decode(packed), strict=True)
        ]


def _parsed(document: Document, got: Got, guides: Mapping[str, Guide]) -> Parsed:
    """What was read, with the guide that read it."""
    if got.guideline is None:
        return Parsed(document=document, guideline=None, findings=got.findings)
    guide = guides[got.guideline]
    return Parsed(
        document=document,
        guideline=guide.ref,
        findings=got.findings,
        records=got.records,
        identity=tuple(guide.guideline.identity),
        corrections=guide.guideline.corrections,
        atomic=guide.guideline.atomic,
    )


def _crosses(document: Document) -> bool:
    """Whether a document can be sent: its bytes are at hand and its records come all at once."""
    return bool(document.content) and not document.findings and document.size <= EAGER


def _sent(document: Document) -> Sent:
    ref = document.ref
    return Sent(ref.bucket, ref.key, ref.version, ref.customer, document.content or b"")


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Got]).decode
_decode_sent = msgspec.msgpack.Decoder(list[Sent]).decode


class _There(Struct):
    """What the process apart holds."""

    library: Library
    limits: Limits
    blank: Document


_BLANK = Document(
    ref=DocumentRef(bucket="", key="", version="", customer=""),
    arrived_at=datetime(1970, 1, 1, tzinfo=UTC),
    sha256=b"",
    size=0,
    content=b"",
)
_there: _There | None = None


def _start(texts: Sequence[str], limits: dict[str, Any]) -> bool:
    """Make the process apart ready."""
    global _there  # noqa: PLW0603  a process of a pool has nowhere else to keep it
    bounds = msgspec.convert(limits, Limits)
    guides = [compile_guide(text, origin="the first process", limits=bounds) for text in texts]
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    _there = _There(library=Library(tuple(guides)), limits=bounds, blank=_BLANK)
    return True


def _read(packed: bytes) -> bytes:
    """Read a batch of documents."""
    assert _there is not None
    return _encode([_got(sent, _there) for sent in _decode_sent(packed)])


def _got(sent: Sent, there: _There) -> Got:
    document = structs.replace(
        there.blank,
        ref=DocumentRef(
            bucket=sent.bucket, key=sent.key, version=sent.version, customer=sent.customer
        ),
        size=len(sent.content),
        content=sent.content,
    )
    parsed = parse(document, there.library, there.limits)
    return Got(
        _digest(parsed.guideline),
        parsed.findings,
        tuple(_crossing(record, parsed) for record in parsed.records),
    )


def _crossing(record: Record, parsed: Parsed) -> Record:
    """A record as it crosses: with its booking, without the invoice and the spans."""
    booking = booked(record, parsed) if record.accepted else None
    return Record(
        index=record.index,
        first_line=record.first_line,
        last_line=record.last_line,
        invoice=None,
        booking=booking,
        findings=record.findings,
    )


def _digest(ref: GuidelineRef | None) -> str | None:
    return None if ref is None else ref.digest
