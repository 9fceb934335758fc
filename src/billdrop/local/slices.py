"""The bytes of a large file where they lie, each slice proved to be what was there when it was captured."""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256

from billdrop.errors import UnavailableError

PIECE = 1 << 20
"""Bytes that are read and proved together."""


class Slices:
    """
    An open file that is read in slices; closes it when nobody needs it any more.

    Gives the bytes that `digests` were made of and no others: raises `UnavailableError` once the
    file has been written to.
    """

    def __init__(self, fd: int, path: str, size: int, digests: list[bytes]) -> None:
        """`digests`: the SHA-256 of each piece."""
        self._fd, self._path, self._size, self._digests = fd, path, size, digests
        self._last: tuple[int, bytes] = (-1, b"")

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, at: slice, /) -> bytes:
        return between(at, self._size, PIECE, self._piece)

    def chunks(self) -> Iterator[bytes]:
        """All of it, from its start."""
        return (self._piece(number) for number in range(len(self._digests)))

    def _piece(self, number: int) -> bytes:
        known, data = self._last
        if known != number:
            data = pread(self._fd, number * PIECE)
            if sha256(data).digest() != self._digests[number]:
                raise UnavailableError(
                    f"{self._path} was written to while it was read",
                    hint="its new version is taken when it is complete",
                )
            self._last = (number, data)
        return data

    def __del__(self) -> None:
        os.close(self._fd)


def between(at: slice, size: int, each: int, piece: Callable[[int], bytes]) -> bytes:
    """A slice of something of a size that is there in pieces of one length."""
    start, stop, _ = at.indices(size)
    if start >= stop:
        return b""
    first, last = start // each, (stop - 1) // each
    pieces = [piece(number) for number in range(first, last + 1)]
    pieces[-1] = pieces[-1][: stop - last * each]
    pieces[0] = pieces[0][start - first * each :]
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def pread(fd: int, at: int) -> bytes:
    """A piece of a file: all that is there of it."""
    data = os.pread(fd, PIECE, at)
    while 0 < len(data) < PIECE and (more := os.pread(fd, PIECE - len(data), at + len(data))):
        data += more
    return data
