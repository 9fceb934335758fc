"""
The originals: one stream of bytes, compressed in packs of up to 4 MiB.

A small pack holds the documents of a whole batch, a large document spans many packs.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator

import apsw
import zstandard

from billdrop.errors import UnavailableError
from billdrop.local.slices import between
from billdrop.model import Document

PACK = 4 * 1024 * 1024
"""Most bytes of a pack, uncompressed."""


class Packer:
    """Writes originals at the end of the stream, within a transaction that someone else holds."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        last = connection.execute(
            "SELECT start + size FROM packs ORDER BY start DESC LIMIT 1"
        ).fetchone()
        self._start: int = last[0] if last else 0
        self._buffer: list[bytes] = []
        self._filled = 0
        self._zstd = zstandard.ZstdCompressor(level=3)

    def add(self, document: Document) -> int:
        """Store one original; returns where it begins. Raises `UnavailableError` if it changed meanwhile."""
        start = self._start + self._filled
        if document.content is not None:
            self._append(document.content)
        else:
            self._stream(document)
        return start

    def finish(self) -> None:
        """Write what is buffered."""
        if self._filled:
            joined = self._buffer[0] if len(self._buffer) == 1 else b"".join(self._buffer)
            self._connection.execute(
                "INSERT INTO packs VALUES (?, ?, ?)",
                (self._start, self._filled, self._zstd.compress(joined)),
            )
            self._start += self._filled
            self._buffer, self._filled = [], 0

    def _append(self, data: bytes) -> None:
        if self._filled + len(data) <= PACK:
            self._buffer.append(data)
            self._filled += len(data)
            return
        view = memoryview(data)
        while view:
            piece = view[: PACK - self._filled]
            self._buffer.append(bytes(piece))
            self._filled += len(piece)
            view = view[len(piece) :]
            if self._filled == PACK:
                self.finish()

    def _stream(self, document: Document) -> None:
        digest, size = hashlib.sha256(), 0
        for chunk in document.chunks() if document.chunks is not None else ():
            digest.update(chunk)
            size += len(chunk)
            self._append(chunk)
        if size != document.size or digest.digest() != document.sha256:
            raise UnavailableError(
                f"{document.ref.document_id} changed while it was read",
                hint="it is tried again",
                document_id=document.ref.document_id,
            )


def stretches(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch of the stream into pieces of no more than a pack."""
    for begin in range(start, start + size, PACK):
        yield begin, min(PACK, start + size - begin)


def joined(packs: Iterable[tuple[int, int, bytes]], start: int, size: int) -> bytes:
    """The bytes of a stretch, out of the packs that touch it."""
    pieces = []
    for first, length, compressed in packs:
        data = zstandard.decompress(compressed, max_output_size=length)
        pieces.append(data[max(0, start - first) : start + size - first])
    return b"".join(pieces)


class Stored:
    """A large original that is read in slices; holds one piece of a pack's length."""

    def __init__(self, piece: Callable[[int, int], bytes], start: int, size: int) -> None:
        """`piece` gives a stretch of the stream, by where it begins and its size."""
        self._read, self._start, self._size = piece, start, size
        self._last: tuple[int, bytes] = (-1, b"")

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, at: slice, /) -> bytes:
        return between(at, self._size, PACK, self._piece)

    def _piece(self, number: int) -> bytes:
        known, data = self._last
        if known != number:
            at = number * PACK
            data = self._read(self._start + at, min(PACK, self._size - at))
            self._last = (number, data)
        return data


TOUCHING = """
SELECT start, size, zstd FROM packs
WHERE start BETWEEN :start - 4194304 + 1 AND :start + :size - 1 AND start + size > :start
ORDER BY start
"""
"""The packs that touch a stretch."""
