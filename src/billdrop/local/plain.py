"""Opening by a path in which nothing is a link: what a customer links to is not theirs to send."""

import errno
import os
import stat

FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
"""A link is not followed, and a pipe that was put in its place blocks nobody."""

_FOLDER = (
    getattr(os, "O_PATH", os.O_RDONLY)
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


def open_plain(path: str) -> int:
    """
    Open a file for reading; the path is absolute, and a link anywhere in it is refused (ELOOP).

    The system says where the opened file really lies: cheaper than a walk, and nobody can put a
    link there between the question and the opening.
    """
    fd = os.open(path, FLAGS)
    try:
        if os.readlink(f"/proc/self/fd/{fd}") == path:  # noqa: PTH115  asked of every file
            return fd
    except OSError:
        pass
    os.close(fd)
    above, _, name = path.rpartition("/")
    folder = open_folder(above)
    try:
        return open_within(folder, name)
    finally:
        os.close(folder)


def open_within(folder: int, name: str) -> int:
    """Open a file of an opened folder for reading; a link is refused."""
    return os.open(name, FLAGS, dir_fd=folder)


def open_folder(path: str) -> int:
    """A folder to name things in, opened part by part; a link anywhere in its path is refused."""
    fd = os.open("/", _FOLDER)
    try:
        for part in path.split("/"):
            if part:
                inner = _open_part(part, fd)
                os.close(fd)
                fd = inner
    except OSError:
        os.close(fd)
        raise
    return fd


def link_in(path: str) -> str | None:
    """The first part of the path that is a link now; None when there is none."""
    parts = path.split("/")
    for end in range(2, len(parts) + 1):
        upto = "/".join(parts[:end])
        try:
            if stat.S_ISLNK(os.lstat(upto).st_mode):
                return upto
        except OSError:
            return None
    return None


def _open_part(part: str, folder: int) -> int:
    try:
        return os.open(part, _FOLDER, dir_fd=folder)
    except NotADirectoryError:
        status = os.stat(part, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise OSError(errno.ELOOP, "a link is in the way", part) from None
        raise
