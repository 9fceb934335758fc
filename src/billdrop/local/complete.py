"""Whether a file is complete: regular, readable, and open for writing nowhere."""

import errno
import os
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum

from msgspec import Struct

from billdrop.local.ahead import Ahead
from billdrop.local.plain import link_in, open_plain

_SETTLED = timedelta(minutes=1)
"""Beyond the difference of any two clocks that share a file system."""
_WATCHED = 100_000
_NS = (1 << 64) - 1
_VERSION = "%x-%x-%x-%x"


class Not(Enum):
    """Why there is nothing to take at a path."""

    COMPLETE = "still being written"
    THERE = "gone"
    REGULAR = "not a regular file"
    READABLE = "may not be read"
    FILE = "a folder"


class Seen(Struct, frozen=True, gc=False):
    """A file that is complete."""

    status: os.stat_result
    content: bytes | None = None
    """Its bytes, if they were read in the same go."""


def version_of(status: os.stat_result) -> str:
    """
    The version of a file: when it was written in ns, size, inode, and when that was changed.

    Hexadecimal. Anyone may set the time of writing back; the time of the inode nobody can.
    """
    changed = status.st_ctime_ns & _NS
    return _VERSION % (status.st_mtime_ns, status.st_size, status.st_ino, changed)


def written(version: str) -> str:
    """A version without the time of its inode: what another mode, owner or name leaves as it is."""
    return version.rpartition("-")[0]


def modified(version: str) -> str:
    """When the file of a version was last written, as its owner has it."""
    nanoseconds = int(version.rsplit("-", maxsplit=3)[0], 16)
    try:
        at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    except (ValueError, OverflowError, OSError):
        return f"in second {nanoseconds // 10**9} of 1970"
    return at.isoformat(timespec="milliseconds")


if sys.platform == "linux":
    import fcntl
    import signal

    def lease(fd: int) -> bool | None:
        """
        Keep writers out while the file is open here.

        False: one has it open. None: the system has no leases for this file.
        A writer that comes later waits until `release` or the end of `fd`; the signal that
        the system sends about it is one that everyone ignores. Without an argument a read lease
        is asked for (`F_RDLCK` is 0): this spares a third of the time of the call.
        """
        try:
            fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(fd, fcntl.F_SETLEASE)
        except OSError as error:
            return False if error.errno == errno.EAGAIN else None
        return True

    def release(fd: int) -> None:
        """Let writers in again."""
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)

else:

    def lease(fd: int) -> bool | None:
        """Other systems have no leases."""
        return None

    def release(fd: int) -> None:
        """Nothing is held."""


class Completeness:
    """
    Looks at paths.

    Where the system cannot tell who writes, a file is complete when its version has stayed
    the same for a quiet period of the clock given.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        quiet: timedelta = timedelta(seconds=2),
        lease: Callable[[int], bool | None] = lease,
    ) -> None:
        self._now = now
        self._quiet = quiet
        self._lease = lease
        self._since: dict[str, tuple[str, datetime]] = {}

    def look(self, path: str, ahead: Ahead | None = None) -> Seen | Not:
        """What is at the path, when it is complete."""
        try:
            mode = os.lstat(path).st_mode
        except OSError as error:
            return self._unopened(path, error)
        if stat.S_ISREG(mode):
            return self.opened(path, ahead)
        is_folder = stat.S_ISDIR(mode) and link_in(path) is None
        return Not.FILE if is_folder else Not.REGULAR

    def opened(self, path: str, ahead: Ahead | None = None) -> Seen | Not:
        """The same, where a regular file was just seen: other things are better not opened."""
        try:
            fd = open_plain(path) if ahead is None else ahead.open(path)
        except OSError as error:
            return self._unopened(path, error)
        try:
            free = self._lease(fd)
            status = os.fstat(fd)
            content = ahead.read(fd, status) if free and ahead is not None else None
        finally:
            os.close(fd)
        if not stat.S_ISREG(status.st_mode):
            return Not.REGULAR
        if free is None:
            free = self._is_quiet(path, status)
        return Seen(status, content) if free else Not.COMPLETE

    def _unopened(self, path: str, error: OSError) -> Not:
        self._since.pop(path, None)
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            return Not.THERE
        if error.errno in {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG}:
            return Not.READABLE
        if error.errno in {errno.ELOOP, errno.ENXIO, errno.EMLINK}:
            return Not.REGULAR
        return Not.COMPLETE

    def _is_quiet(self, path: str, status: os.stat_result) -> bool:
        now = self._now()
        if now - datetime.fromtimestamp(status.st_ctime, UTC) >= _SETTLED:
            return True
        version = version_of(status)
        known, since = self._since.get(path, ("", now))
        if known == version and now - since >= self._quiet:
            del self._since[path]
            return True
        if known != version:
            if len(self._since) >= _WATCHED:
                self._since.clear()
            self._since[path] = (version, now)
        return False
