"""Where guidelines are put to use that several people may write at once."""

import hashlib
from typing import Protocol


class Shelf(Protocol):
    """The guidelines of a stack; from any thread."""

    def has(self, name: str) -> bool:
        """Whether one of that name lies there, of its own."""
        ...

    def put(self, name: str, text: str, *, over: str) -> bool:
        """
        Put a guideline to use in place of the text with this mark; empty: where there is none.

        Whether it did: of two people who write over the same text, one does.
        """
        ...


def mark_of(text: str) -> str:
    """The same for the same text, however its lines end."""
    return hashlib.sha256("\n".join(text.split("\r\n")).strip().encode()).hexdigest()
