"""Texts and bytes of any length as attributes: plain, compressed, or as an object beside the table."""

import hashlib
from collections.abc import Iterable, Iterator
from threading import local
from typing import Any, Protocol

import zstandard

from billdrop.aws.store.objects import Content, Unread
from billdrop.errors import UnavailableError
from billdrop.model import Document

PLAIN = 400
"""Up to so many bytes, a text is left as it is."""

INLINE = 350_000
"""Compressed bytes that an item takes in; it may have 400 KB with all of its attributes."""

WHOLE = 380_000
"""Bytes of all attributes of an item that grow with a document."""

AHEAD = 1 << 20
"""A document of more bytes is put away before anything of its batch is written."""

PREFIX = "originals/"
PIECE = 1 << 20
MOST = 1 << 40

Attribute = dict[str, Any]


class Store(Protocol):
    """The objects of the destination bucket."""

    def put_new(self, key: str, body: bytes) -> bool:
        """Write an object where there is none; whether it did."""

    def read(self, key: str, *, most: int) -> Content | Unread:
        """Read an object of up to so many bytes."""


class Parcels:
    """Wraps and unwraps; safe to share among threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own = local()

    def wrap(self, data: bytes, *, most: int = INLINE) -> Attribute:
        """The attribute for a text in UTF-8; of more than `most` bytes, compressed, an object."""
        if len(data) <= PLAIN:
            return {"S": data.decode()}
        return self._wrapped(self._zstd.compress(data), data, most)

    def fitted(self, attributes: dict[str, Attribute]) -> dict[str, Attribute]:
        """The same for one item: the largest as objects until the rest has room in it."""
        fit = dict(attributes)
        while sum(map(weight, fit.values())) > WHOLE:
            largest = max(fit, key=lambda name: weight(fit[name]))
            fit[largest] = self.wrap(self.unwrap(fit[largest]), most=0)
        return fit

    def unwrap(self, attribute: Attribute) -> bytes:
        """What was wrapped; raises `UnavailableError` when its object is not there or not whole."""
        if "S" in attribute:
            return str(attribute["S"]).encode()
        if "B" in attribute:
            return _decompressed(bytes(attribute["B"]), "an attribute of the table")
        return self._fetched(attribute["M"]["sha256"]["S"])

    def original(self, document: Document) -> Attribute:
        """The attribute for the bytes of a document; raises `UnavailableError` if they changed."""
        if document.content is not None:
            content = document.content
            return self._wrapped(self._zstd.compress(content), content, INLINE)
        compressor = zstandard.ZstdCompressor(level=3).compressobj(size=document.size)
        digest, pieces, size = hashlib.sha256(), [], 0
        for chunk in document.chunks() if document.chunks is not None else ():
            digest.update(chunk)
            size += len(chunk)
            if size > document.size:
                break
            pieces.append(compressor.compress(chunk))
        if size != document.size or digest.digest() != document.sha256:
            raise UnavailableError(
                f"{document.ref.document_id} changed while it was read", hint="it is tried again"
            )
        compressed = b"".join([*pieces, compressor.flush()])
        if len(compressed) <= INLINE:
            return {"B": compressed}
        return self._put_away(compressed, digest.hexdigest())

    def content(self, attribute: Attribute, document: Document) -> bytes:
        """The bytes of a document; raises `UnavailableError` unless they are those that came."""
        data = self.unwrap(attribute)
        if hashlib.sha256(data).digest() != document.sha256:
            raise UnavailableError(
                f"the original of {document.ref.document_id} is not what came",
                hint="restore the table or the bucket to a point in time before",
            )
        return data

    @property
    def _zstd(self) -> zstandard.ZstdCompressor:
        """One for each thread: they hold what they work on."""
        found: zstandard.ZstdCompressor | None = getattr(self._own, "zstd", None)
        if found is None:
            found = self._own.zstd = zstandard.ZstdCompressor(level=3)
        return found

    def _wrapped(self, compressed: bytes, data: bytes, most: int) -> Attribute:
        if len(compressed) <= most:
            return {"B": compressed}
        return self._put_away(compressed, hashlib.sha256(data).hexdigest())

    def _put_away(self, compressed: bytes, sha256: str) -> Attribute:
        self._store.put_new(f"{PREFIX}{sha256}.zst", compressed)
        return {"M": {"sha256": {"S": sha256}}}

    def _fetched(self, sha256: str) -> bytes:
        key = f"{PREFIX}{sha256}.zst"
        found = self._store.read(key, most=MOST)
        if isinstance(found, Unread) or found.body is None:
            said = found.evidence if isinstance(found, Unread) else "it is too large"
            raise UnavailableError(f"{key}: {said}", hint="`billdrop doctor` looks into the rights")
        data = _decompressed(found.body, key)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise UnavailableError(
                f"{key} has other bytes than its name says", hint="restore the version before"
            )
        return data


def weight(attribute: Attribute) -> int:
    """Bytes that an attribute has in its item; of an object beside the table next to none."""
    return sum(len(value) for value in attribute.values())


def _decompressed(data: bytes, thing: str) -> bytes:
    try:
        return zstandard.decompress(data)
    except zstandard.ZstdError as error:
        raise UnavailableError(
            f"{thing} is damaged: {error}",
            hint="restore the table or the bucket to a point in time before",
        ) from error


def pieces(data: bytes) -> Iterable[bytes]:
    """Bytes, piece by piece."""
    return (data[start : start + PIECE] for start in range(0, len(data), PIECE))


def ahead(documents: Iterable[Document]) -> Iterator[Document]:
    """Those that are put away before anything is written."""
    return (document for document in documents if document.size > AHEAD)
