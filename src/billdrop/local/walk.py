"""Finding the files of a folder and its subfolders."""

import errno
import os
from collections.abc import Callable, Iterator
from operator import attrgetter

from billdrop.local.complete import Not
from billdrop.names import is_temporary

_UNREADABLE = {errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ELOOP}
_NAME = attrgetter("name")

Skipped = Callable[[str, Not], None]
"""Told of what lies there and is not taken, and why."""


def walk(folder: str, skipped: Skipped, *, ordered: bool = False) -> Iterator[os.DirEntry[str]]:
    """The regular files in and below a folder, without temporary ones; links are not followed."""
    waiting = [folder]
    while waiting:
        inner: list[str] = []
        for entry in _entries(waiting.pop(), skipped, ordered=ordered):
            if is_temporary(entry.name):
                continue
            if entry.is_file(follow_symlinks=False):
                yield entry
            elif entry.is_dir(follow_symlinks=False):
                inner.append(entry.path)
            else:
                skipped(entry.path, Not.REGULAR)
        waiting.extend(reversed(inner))


def _entries(folder: str, skipped: Skipped, *, ordered: bool) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=_NAME) if ordered else entries
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        if error.errno not in _UNREADABLE:
            raise
        skipped(folder, Not.READABLE)
