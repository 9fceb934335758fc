"""Which numbers of a document may be those of two invoices, told by eight bytes of each."""

from array import array
from collections.abc import Iterable

from billdrop.books.decide import folded


class Alike:
    """Texts of which another one is the same, however it is written; hardly ever one that is not."""

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np

        marks = np.array(array("q", (hash(folded(text)) for text in texts)))
        marks.sort()
        self._twice: frozenset[int] = frozenset(marks[1:][marks[1:] == marks[:-1]].tolist())

    def __contains__(self, text: object) -> bool:
        return bool(self._twice) and hash(folded(str(text))) in self._twice
