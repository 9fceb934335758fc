"""Reading exactly one version of a file, never a mix of two."""

import errno
import os
from datetime import datetime
from hashlib import sha256

from msgspec import Struct, structs

from billdrop.errors import UnavailableError
from billdrop.local.complete import lease, modified, release, version_of
from billdrop.local.plain import open_plain
from billdrop.local.slices import Slices, pread
from billdrop.model import Delivery, Document, Finding, Lost

HELD = 32 * 1024 * 1024
"""The bytes of a larger file are not held in memory."""

_PIECE = 1 << 20
_GONE = {errno.ENOENT, errno.ENOTDIR}
_OTHER_NOW = {errno.ELOOP, errno.ENXIO, errno.EMLINK, errno.EISDIR, errno.EACCES, errno.EPERM}


class Place(Struct, frozen=True, gc=False):
    """Where a delivered file lies, and what is wrong with its name."""

    path: str
    findings: tuple[Finding, ...] = ()
    folder: str = ""
    """The folder given to `ingest` in which it was found."""
    content: bytes | None = None
    """The bytes of the version delivered, if they were read when it was found."""


def read(delivery: Delivery, *, limit: int, at: datetime) -> Document | Lost | None:
    """
    The delivered version; None when another one is there now, or is being written.

    One of more than `HELD` bytes stays where it lies; beyond `limit` bytes it is not to be read at all.
    """
    ahead = delivery.receipt.content
    if ahead is not None and _is_there(delivery):
        return _document(delivery, ahead)
    try:
        fd = open_plain(delivery.receipt.path)
    except OSError as error:
        return _unopened(delivery, error, at)
    kept = False
    try:
        free = lease(fd)
        if free is False:
            return None
        status = os.fstat(fd)
        if version_of(status) != delivery.ref.version:
            return None
        if status.st_size > min(limit, HELD):
            document = _large(delivery, fd, limit=limit)
            kept = document is not None
            return document
        return _small(delivery, fd, status.st_size, kept_out=bool(free))
    except OSError as error:
        raise UnavailableError(
            f"{delivery.receipt.path} cannot be read: {error.strerror}",
            hint="it is tried again; check the disk",
        ) from error
    finally:
        if not kept:
            os.close(fd)


def unread(delivery: Delivery) -> Delivery:
    """The delivery without the bytes, to be kept."""
    if delivery.receipt.content is None:
        return delivery
    return structs.replace(delivery, receipt=structs.replace(delivery.receipt, content=None))


def _is_there(delivery: Delivery) -> bool:
    """Whether the version delivered is the one that lies there now."""
    try:
        return version_of(os.lstat(delivery.receipt.path)) == delivery.ref.version
    except OSError:
        return False


def _unopened(delivery: Delivery, error: OSError, at: datetime) -> Lost | None:
    if error.errno in _GONE:
        written = modified(delivery.ref.version)
        return Lost(
            ref=delivery.ref,
            arrived_at=delivery.arrived_at,
            evidence=f"{delivery.size} bytes, written {written}; "
            f"at {at.isoformat(timespec='milliseconds')}: {error.strerror}",
        )
    if error.errno in _OTHER_NOW:
        return None
    raise UnavailableError(
        f"{delivery.receipt.path} cannot be opened: {error.strerror}",
        hint="it is tried again; check the disk and the limit of open files",
    ) from error


def _small(delivery: Delivery, fd: int, size: int, *, kept_out: bool) -> Document | None:
    """With writers kept out, what was read is one version; otherwise it has to be shown."""
    content = os.read(fd, size + 1)
    if len(content) < size:
        content = b"".join([content, *iter(lambda: os.read(fd, _PIECE), b"")])
    if len(content) != size:
        return None
    if not kept_out and version_of(os.fstat(fd)) != delivery.ref.version:
        return None
    return _document(delivery, content)


def _document(delivery: Delivery, content: bytes) -> Document:
    return Document(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        sha256=sha256(content).digest(),
        size=len(content),
        content=content,
        findings=delivery.receipt.findings,
    )


def _large(delivery: Delivery, fd: int, *, limit: int) -> Document | None:
    """Its hash, and its bytes where they lie; beyond the limit nobody reads them but to keep them."""
    digest, digests, size = sha256(), list[bytes](), 0
    while piece := pread(fd, size):
        digest.update(piece)
        digests.append(sha256(piece).digest())
        size += len(piece)
    if version_of(os.fstat(fd)) != delivery.ref.version or size != delivery.size:
        return None
    if lease(fd):
        release(fd)
    slices = Slices(fd, delivery.receipt.path, size, digests)
    return Document(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        sha256=digest.digest(),
        size=size,
        content=None,
        chunks=slices.chunks,
        slices=slices if size <= limit else None,
        findings=delivery.receipt.findings,
    )
