"""Rows that can be gone through again and again."""

from collections.abc import Callable, Iterator

from billdrop.model import Row


class Rows:
    """Asks for them anew each time."""

    def __init__(self, start: Callable[[], Iterator[Row]]) -> None:
        self._start = start

    def __iter__(self) -> Iterator[Row]:
        return self._start()
