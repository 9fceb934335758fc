"""The destination as a folder: objects appear whole, are never replaced, and are read-only once durable."""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Lock

from billdrop.errors import (
    BilldropError,
    PermissionDeniedError,
    SegmentConflictError,
    StorageFullError,
    UnavailableError,
)

PIECE = 256 * 1024
WRITABLE, DURABLE = 0o644, 0o444

KEY = re.compile(r"[A-Za-z0-9_=-][A-Za-z0-9._=-]*(?:/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*")

ERRORS: dict[int, tuple[type[BilldropError], str, str]] = {
    errno.ENOSPC: (StorageFullError, "no room left on the disk", "make room"),
    errno.EDQUOT: (StorageFullError, "the quota is used up", "make room"),
    errno.EACCES: (PermissionDeniedError, "permission denied", "correct its owner or mode"),
    errno.EPERM: (PermissionDeniedError, "operation not permitted", "correct its owner or mode"),
    errno.EROFS: (PermissionDeniedError, "the file system is read-only", "mount it for writing"),
    errno.EIO: (UnavailableError, "the disk did not take it", "check the disk"),
    errno.ESTALE: (UnavailableError, "the file system went away", "check the mount"),
    errno.ETIMEDOUT: (UnavailableError, "the file system did not answer", "check the mount"),
}


@contextmanager
def ours(path: Path) -> Iterator[None]:
    """Errors of the file system as ours; those the table has no name for go through."""
    try:
        yield
    except OSError as error:
        if error.errno not in ERRORS:
            raise
        kind, fact, remedy = ERRORS[error.errno]
        raise kind(f"{path}: {fact}", hint=remedy, path=path) from error


class FolderDestination:
    """
    Objects as files below `root`. One process puts at a time; any number may read.

    A put writes a temporary file in `root/.tmp` and links it to its name: the link fails when the
    name is taken, so nothing is replaced and nothing is seen in part. What a power cut can leave of
    a file that was never flushed is a beginning of it, with zeros for blocks that never arrived.
    A flush makes the file read-only after its fsync; so a file that can still be written, and
    is such a remainder of what is being put, is a torn one, and is put anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._temporary = root / ".tmp"
        self._prefix: str | None = None
        self._numbers = count()
        self._lock = Lock()
        self._files: set[Path] = set()
        self._folders: set[Path] = set()
        self._made: set[Path] = set()

    def put(self, key: str, body: Iterable[bytes]) -> None:
        """See `ports.Destination`. Not durable before `flush`."""
        path = self._path(key)
        with ours(path):
            self._make(path.parent)
            temporary = self._write(body)
            try:
                self._link(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
            self._touched(path)

    def flush(self) -> None:
        """
        See `ports.Destination`; covers every put that returned before it was called.

        A file that cannot be made durable is removed, so that putting it again writes it again:
        after a failed fsync the kernel may call pages clean that never reached the disk.
        """
        with self._lock:
            files, self._files = self._files, set()
            folders, self._folders = self._folders, set()
        try:
            with ours(self.root):
                _drain(files, _settle_file)
                _drain(folders, _sync)
        finally:
            with self._lock:
                self._files |= files
                self._folders |= folders

    def get(self, key: str) -> Iterator[bytes]:
        """See `ports.Destination`."""
        path = self._path(key)
        if not path.is_file():
            raise KeyError(key)
        return _pieces(path, key)

    def list(self) -> Iterator[str]:
        """See `ports.Destination`; names that begin with a dot are not objects."""
        return _keys(self.root, "")

    def remove(self, key: str) -> None:
        """See `ports.Destination`; durable with the next `flush`."""
        path = self._path(key)
        with self._lock:
            self._files.discard(path)
        with ours(path), suppress(FileNotFoundError):
            path.unlink()
            with self._lock:
                self._folders.add(path.parent)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key) or len(key) > 1024:
            raise ValueError(f"{key!r:.80} is not the key of an object")
        return self.root / key

    def _make(self, folder: Path) -> None:
        if folder in self._made and folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        above = [folder, *folder.parents]
        with self._lock:
            self._folders |= set(above[: above.index(self.root) + 2])
        self._made.add(folder)

    def _write(self, body: Iterable[bytes]) -> Path:
        self._make(self._temporary)
        if self._prefix is None:
            self._begin()
        path = self._temporary / f"{self._prefix}{next(self._numbers)}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, WRITABLE)
        try:
            for chunk in body:
                _write_all(handle, chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        return path

    def _begin(self) -> None:
        """Before the first put: what an earlier process left is removed."""
        for leftover in self._temporary.iterdir():
            leftover.unlink(missing_ok=True)
        self._prefix = f"{os.getpid()}-"

    def _link(self, temporary: Path, path: Path) -> None:
        try:
            os.link(temporary, path)
        except FileExistsError:
            if _same(temporary, path):
                return
            if not _torn(path, temporary):
                raise SegmentConflictError(
                    f"{path}: the object has other bytes than its segment",
                    hint="run `billdrop verify`, then `billdrop rebuild`",
                    path=path,
                ) from None
            temporary.replace(path)

    def _touched(self, path: Path) -> None:
        with self._lock:
            self._files.add(path)
            self._folders.add(path.parent)


def _write_all(handle: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _drain(paths: set[Path], act: Callable[[Path], None]) -> None:
    """Act on each path and take it out; what is left after an error is still to be done."""
    for path in sorted(paths):
        act(path)
        paths.discard(path)


def _settle_file(path: Path) -> None:
    """Make a file durable, then read-only. One that was removed meanwhile needs nothing."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
        os.fchmod(handle, DURABLE)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and all(
        here == there for here, there in zip(_read(one), _read(other), strict=True)
    )


def _torn(path: Path, whole: Path) -> bool:
    """Whether a file is what a power cut can leave of `whole`: shorter or zeroed, and never flushed."""
    there = path.stat()
    if not there.st_mode & 0o200 or there.st_size > whole.stat().st_size:
        return False
    return all(
        here == full[: len(here)]
        or all(byte in (0, meant) for byte, meant in zip(here, full, strict=False))
        for here, full in zip(_read(path), _read(whole), strict=False)
    )


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def _pieces(path: Path, key: str) -> Iterator[bytes]:
    try:
        with ours(path):
            yield from _read(path)
    except FileNotFoundError:
        raise KeyError(key) from None


def _keys(folder: Path, prefix: str) -> Iterator[str]:
    """Every file below, in the order of the keys (`a/b` comes after `a-b`: a folder sorts as `a/`)."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                for entry in entries
                if not entry.name.startswith(".")
            )
    except FileNotFoundError:
        return
    for name in names:
        if name.endswith("/"):
            yield from _keys(folder / name[:-1], prefix + name)
        else:
            yield prefix + name
