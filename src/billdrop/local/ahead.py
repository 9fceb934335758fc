"""Opening each of many files once: what is looked at is read in the same go."""

import os
from datetime import datetime
from typing import Self

from billdrop.local.plain import open_folder, open_plain, open_within

_LARGEST = 64 * 1024
_ROOM = 16 * 1024 * 1024
_TICK_NS = 20_000_000
"""A file that was changed twice within one tick of the system's clock may keep its version."""
_SAME_FOLDER = 4


class Ahead:
    """
    One round of looking at files; what it reads is bounded, and its memory is the reader's.

    The folder that several files in a row lie in is opened once, no part of its path a link.
    """

    def __init__(self, at: datetime, *, largest: int) -> None:
        """`largest`: the size in bytes beyond which a file is not read ahead."""
        self._before = int(at.timestamp() * 1e9) - _TICK_NS
        self._largest = min(largest, _LARGEST)
        self._room = _ROOM
        self._folder = ""
        self._asked = 0
        self._fd: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._leave()

    def open(self, path: str) -> int:
        """As `open_plain`."""
        folder, _, name = path.rpartition("/")
        if folder != self._folder:
            self._leave()
            self._folder, self._asked = folder, 0
        if self._fd is None:
            self._asked += 1
            if self._asked <= _SAME_FOLDER:
                return open_plain(path)
            self._fd = open_folder(folder)
        return open_within(self._fd, name)

    def read(self, fd: int, status: os.stat_result) -> bytes | None:
        """The bytes of a file that nobody writes to, if it is small and old enough."""
        size = status.st_size
        if size > self._largest or size > self._room or status.st_ctime_ns > self._before:
            return None
        try:
            content = os.read(fd, size + 1)
        except OSError:
            return None
        if len(content) != size:
            return None
        self._room -= size
        return content

    def _leave(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
