"""Forgetting files whose documents were captured, without ever touching a newer one."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from billdrop.local.complete import lease, release, version_of, written
from billdrop.local.plain import FLAGS, open_folder

ASIDE = ".billdrop-expiring"
"""Stands in for the folder aside where the inbox is a file system of its own."""

_WHENCE = ".from"
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
_OURS = 0o700
_OTHERS = 0o077

Left = Callable[[str, OSError], None]
"""Told of the path of a file that stays where it is, and why."""


class Aside:
    """
    A folder that only this program can reach: files are forgotten there, out of the way of all.

    A file in it has its version as name; a link beside it, never followed, says whence it came.
    What a crash leaves in it is put back.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = str(root)
        self._folders: Sequence[Path] = (folder, root / ASIDE)

    def expire(self, path: Path, version: str) -> bool:
        """
        Remove the file if it has the version and nobody writes to it; whether it did.

        It is moved aside first, so that one that comes meanwhile under its name is not touched.
        """
        try:
            with _folder(path.parent) as parent, _opened(path.name, version, parent) as fd:
                if fd is None or lease(fd) is False:
                    return False
                with suppress(OSError):
                    release(fd)
                return self._removed(path, version, parent, fd)
        except OSError as error:
            if error.errno in _GONE:
                return False
            raise

    def put_back(self, left: Left) -> list[str]:
        """Undo what a crash left half done; returns the paths of the files put back."""
        found: list[str] = []
        for folder in self._folders:
            try:
                with _ours(folder) as aside:
                    found.extend(self._recover(_marks(folder), aside, left))
            except FileNotFoundError:
                continue
            except OSError as error:
                left(str(folder), error)
        return found

    def _recover(self, marks: Iterable[str], aside: int, left: Left) -> Iterator[str]:
        for mark in marks:
            path = f"{self._root}/{os.readlink(mark, dir_fd=aside)}"
            try:
                if _recovered(mark, path, aside):
                    yield path
            except OSError as error:
                left(path, error)

    def _removed(self, path: Path, version: str, parent: int, fd: int) -> bool:
        for folder in self._folders:
            _made(folder)
            try:
                with _ours(folder) as aside, self._marked(path, version, aside):
                    os.rename(path.name, version, src_dir_fd=parent, dst_dir_fd=aside)
                    return _decided(version, fd, aside, path.name, parent)
            except OSError as error:
                if error.errno != errno.EXDEV or folder == self._folders[-1]:
                    raise
            finally:
                with suppress(OSError):
                    folder.rmdir()
        return False

    @contextmanager
    def _marked(self, path: Path, version: str, aside: int) -> Iterator[None]:
        mark = version + _WHENCE
        os.symlink(os.path.relpath(path, self._root), mark, dir_fd=aside)
        try:
            yield
        finally:
            if not _is_there(version, aside):
                os.unlink(mark, dir_fd=aside)


def remove_empty(folder: Path, *, below: Path) -> None:
    """Remove the folder and its parents while they are empty and deeper than `below`."""
    while below in folder.parents:
        try:
            with _folder(folder.parent) as parent:
                os.rmdir(folder.name, dir_fd=parent)
        except OSError:
            return
        folder = folder.parent


def _decided(version: str, fd: int, aside: int, name: str, parent: int) -> bool:
    """Whether it is gone: what was moved is what was looked at, and nobody has it open to write."""
    moved = os.stat(version, dir_fd=aside, follow_symlinks=False)
    free = lease(fd) is not False
    seen = os.fstat(fd)
    same = (moved.st_dev, moved.st_ino) == (seen.st_dev, seen.st_ino)
    if free and same and written(version_of(seen)) == written(version):
        os.unlink(version, dir_fd=aside)
        return True
    _put_back(version, aside, name, parent)
    return False


def _put_back(hidden: str, aside: int, name: str, parent: int) -> None:
    """Where a newer file has the name, it replaced this one, as it would have without us."""
    try:
        os.link(hidden, name, src_dir_fd=aside, dst_dir_fd=parent, follow_symlinks=False)
    except FileExistsError:
        pass
    except OSError:
        if not _is_there(name, parent):
            os.rename(hidden, name, src_dir_fd=aside, dst_dir_fd=parent)
            return
    os.unlink(hidden, dir_fd=aside)


def _recovered(mark: str, path: str, aside: int) -> bool:
    hidden = mark.removesuffix(_WHENCE)
    there = _is_there(hidden, aside)
    if there:
        if not stat.S_ISREG(os.stat(hidden, dir_fd=aside, follow_symlinks=False).st_mode):
            raise OSError(errno.EINVAL, "what was set aside is not a regular file", path)
        with _folder(Path(path).parent) as parent:
            _put_back(hidden, aside, Path(path).name, parent)
    os.unlink(mark, dir_fd=aside)
    return there


def _marks(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(_WHENCE)]


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _made(folder: Path) -> None:
    with suppress(FileExistsError), _folder(folder.parent) as parent:
        os.mkdir(folder.name, _OURS, dir_fd=parent)


@contextmanager
def _ours(folder: Path) -> Iterator[int]:
    """The folder, if nobody else can reach into it."""
    with _folder(folder) as fd:
        status = os.fstat(fd)
        if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
            raise PermissionError(errno.EPERM, "is not ours alone (mode 0700)", str(folder))
        yield fd


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    fd = open_folder(str(path))
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _opened(name: str, version: str, folder: int) -> Iterator[int | None]:
    """The file, if it has the version."""
    if version_of(os.stat(name, dir_fd=folder, follow_symlinks=False)) != version:
        yield None
        return
    fd = os.open(name, FLAGS, dir_fd=folder)
    try:
        yield fd if version_of(os.fstat(fd)) == version else None
    finally:
        os.close(fd)
