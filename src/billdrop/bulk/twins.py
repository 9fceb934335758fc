"""Whether two invoices of a document may have one number, however it is written."""

import numpy as np

from billdrop.books.decide import folded
from billdrop.bulk.columns import Cells
from billdrop.bulk.words import Flags, Text, Words, low_marks


class Numbers:
    """The numbers of a document, as 64 bits each."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._seen: list[Words] = [np.empty(0, np.uint64)]

    def add(self, given: Cells) -> None:
        """Remember some numbers; those with blanks or letters beyond ASCII as they are compared."""
        found, odd = low_marks(given.text, given.starts, given.ends - given.starts)
        self._seen += [found[~odd], self._folded(given, odd)]

    def _folded(self, given: Cells, odd: Flags) -> Words:
        rows = np.flatnonzero(odd).tolist()
        texts = [folded(given.said(row).decode(self._encoding)).encode() for row in rows]
        sizes = np.array([len(text) for text in texts], np.int64)
        ends = np.cumsum(sizes)
        return low_marks(Text(b"".join(texts)), ends - sizes, sizes)[0]

    def __len__(self) -> int:
        return sum(map(len, self._seen))

    @property
    def differ(self) -> bool:
        """Whether no two are one; where 64 bits of two are the same, the answer is no."""
        each = np.concatenate(self._seen)
        each.sort()
        return not bool((each[1:] == each[:-1]).any())
