"""Where guidelines are put to use that several people may write at once."""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Shelf(Protocol):
    """The guidelines of a data directory or of a stack; from any thread."""

    def text(self, name: str) -> str | None:
        """
        What lies there as the guideline of that name; None where nothing of its own does.

        Raises `UsageError` where more than one thing does.
        """
        ...

    def place(self, name: str) -> str:
        """
        Where the guideline of that name lies, or would.

        Raises `UsageError` where more than one thing has the name, or another guideline lies there.
        """
        ...

    def put(self, name: str, text: str, *, over: str) -> bool:
        """
        Put a guideline to use in place of the text with this mark; empty: where there is none.

        Whether it lies there: of two people who write over the same text, one does; what is there
        already in the same words is put.
        Raises what `place` raises.
        """
        ...

    def examples(self) -> AbstractContextManager[Path]:
        """The folder of the examples' files; an empty one where guidelines are in no folder."""
        ...


def mark_of(text: str | None) -> str:
    """The same for the same text, however its lines end; empty for none."""
    if text is None:
        return ""
    return hashlib.sha256("\n".join(text.split("\r\n")).strip().encode()).hexdigest()
