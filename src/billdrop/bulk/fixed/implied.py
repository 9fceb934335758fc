"""Numbers of digits alone, their decimal mark not written, and their sign in or beside the digits."""

from collections.abc import Sequence

import numpy as np

from billdrop.bulk.asked import Asked
from billdrop.bulk.columns import Cells, Reading, Told
from billdrop.bulk.filled import Piece, Source
from billdrop.bulk.words import LAST, ZEROS, Bytes, Flags, Ints, Words, digits
from billdrop.readers.fixed.digits import PUNCHED

MOST_DECIMALS = 4
LEAST_DIGITS = 16
"""Where a guideline's numbers may have fewer digits, each is read for itself."""
_TENS = 10 ** np.arange(1, 16, dtype=np.int64)
_TOP, _OTHERS = np.uint64(56), np.uint64((1 << 56) - 1)
_PLUS, _MINUS, _POINT = 0x2B, 0x2D, 0x2E
_DIGIT, _NEGATIVE = np.zeros(256, np.uint64), np.zeros(256, np.bool_)
for _mark, (_sign, _digit) in PUNCHED.items():
    _DIGIT[ord(_mark)], _NEGATIVE[ord(_mark)] = ord(_digit), bool(_sign)


class Implied(Reading):
    """Reads one column of such numbers."""

    def __init__(self, asked: Asked, decimals: int, ways: Sequence[str]) -> None:
        super().__init__(asked)
        self._decimals, self._ways = decimals, ways

    def amounts(self, given: Cells, source: Source, piece: Piece, nothing: Flags) -> Told:
        """See `Reading`."""
        last, ends, size, negative = self._signed(given)
        wide = bool(size.max(initial=0) > 8)
        padded = [_padded(last, size)]
        whole, fine = digits(padded[0])
        fine &= (size > 0) & (size <= LEAST_DIGITS)
        if wide:
            padded.insert(0, _padded(given.text.words(ends - 16), size - 8))
            upper, also = digits(padded[0])
            whole, fine = whole + upper * 10**8, fine & also
        fine &= (whole < 10 ** (9 + self._decimals)) & ~(negative & (whole == 0)) & ~nothing
        whole[~fine] = 0
        amounts = whole * 10 ** (MOST_DECIMALS - self._decimals)
        np.negative(amounts, out=amounts, where=negative)
        text, starts = self._written(np.stack(padded, axis=1), whole, negative)
        rows = source.block(text.ravel()) + text.shape[1] * np.arange(len(whole))
        np.copyto(piece.starts, rows + starts, where=fine)
        np.copyto(piece.ends, rows + text.shape[1], where=fine)
        slow = np.flatnonzero(~(fine | nothing))
        bad = self.each(slow, given, source, piece, amounts)
        decimals = np.full(len(amounts), self._decimals)
        return Told(piece, self.refused(bad, nothing), nothing, amounts, decimals)

    def _signed(self, given: Cells) -> tuple[Words, Ints, Ints, Flags]:
        """The last eight characters with the sign taken off, where the digits end, how many, and the sign."""
        text, starts, ends = given.text, given.starts, given.ends
        last, size, negative = text.words(ends - 8), ends - starts, np.zeros(len(ends), np.bool_)
        if "overpunch" in self._ways:
            mark = (last >> _TOP).view(np.int64)
            negative = _NEGATIVE[mark]
            digit = _DIGIT[mark]
            last = np.where(digit > 0, (last & _OTHERS) | (digit << _TOP), last)
            return last, ends, size, negative
        if "trailing-minus" in self._ways and "minus" not in self._ways:
            sign = text.bytes[ends - 1]
            negative = sign == _MINUS
            signed = negative | (sign == _PLUS)
            ends, size = ends - signed, size - signed
            return text.words(ends - 8), ends, size, negative
        if "minus" in self._ways:
            sign = text.bytes[starts]
            negative = sign == _MINUS
            size = size - (negative | (sign == _PLUS))
        return last, ends, size, negative

    def _written(self, padded: Words, whole: Ints, negative: Flags) -> tuple[Bytes, Ints]:
        """The numbers as SQL has them, each in a row of one length, and where each begins there."""
        plain = padded.view(np.uint8).reshape(len(whole), 8 * padded.shape[1])
        room, decimals = plain.shape[1], self._decimals
        width = 1 + room + (decimals > 0)
        text = np.empty((len(whole), width), np.uint8)
        text[:, 1 : 1 + room - decimals] = plain[:, : room - decimals]
        if decimals:
            text[:, width - decimals - 1] = _POINT
            text[:, width - decimals :] = plain[:, room - decimals :]
        shown = np.maximum(np.searchsorted(_TENS, whole, "right") + 1 - decimals, 1)
        first = 1 + room - decimals - shown
        below = np.flatnonzero(negative)
        first[below] -= 1
        text[below, first[below]] = _MINUS
        return text, first


def _padded(word: Words, size: Ints) -> Words:
    kept = LAST[np.clip(size, 0, 8)]
    found: Words = (word & kept) | (ZEROS & ~kept)
    return found
