"""Stretches of bytes compared, told apart and read as numbers, thousands at a time, eight bytes at once."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

ROOM = 16
"""So many bytes before and after the text can be read too."""

FIRST: Words = np.array([(1 << 8 * kept) - 1 for kept in range(9)], np.uint64)
"""Keeps so many bytes from the first of a word."""
LAST: Words = np.array(
    [~(1 << 8 * (8 - kept)) + 1 & (1 << 64) - 1 if kept else 0 for kept in range(9)], np.uint64
)
"""Keeps so many bytes to the last of a word."""
ZEROS, BLANKS = np.uint64(0x3030303030303030), np.uint64(0x2020202020202020)
_HIGH, _LOW = np.uint64(0xF0F0F0F0F0F0F0F0), np.uint64(0x0F0F0F0F0F0F0F0F)
_SIX = np.uint64(0x0606060606060606)
_PAIRS, _FOURS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
_STEPS = tuple(np.uint64(2 ** (8 * n) * 10**n + 1) for n in (1, 2, 4))
_BITS = tuple(np.uint64(8 * n) for n in (1, 2, 4))
_MIXED, _DOWN = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_WHOLE, _DECIMALS = 8, 4
_MINUS, _ZERO, _BLANK = 0x2D, 0x30, 0x20
_UPPER, _HIGHEST = np.uint64(0x4040404040404040), np.uint64(0x8080808080808080)
_ABOVE_BLANK = np.uint64(0x5F5F5F5F5F5F5F5F)
"""Takes every byte above a blank, and no other, to its highest bit."""
_SEVEN = np.uint64(0x7F7F7F7F7F7F7F7F)
_BYTE, _BYTE_BITS = np.uint64(0xFF), np.uint64(8)
_TOGETHER = 64
"""So far stretches are compared all together; beyond, those that are longer."""


class Text:
    """A text that stretches are read of."""

    def __init__(self, data: bytes) -> None:
        room = bytes(ROOM)
        held = bytearray(room + data + room)
        self.bytes: Bytes = np.frombuffer(held, np.uint8)[ROOM:]
        """Beyond its end there are `ROOM` zeros, which keeps a look at the neighbour within it."""
        self._words: Words = np.ndarray((len(held) - 8,), "<u8", held, 0, (1,))

    def words(self, at: Ints) -> Words:
        """The eight bytes from each place on; places may be before the first by up to `ROOM`."""
        found: Words = self._words[at + ROOM]
        return found


def repeats(text: Text, starts: Ints, ends: Ints) -> Flags:
    """Whether a stretch says the same as the one before it, for each; the first does not."""
    size = ends - starts
    same = np.zeros(len(size), np.bool_)
    np.equal(size[1:], size[:-1], out=same[1:])
    done, most = 0, int(size.max(initial=0))
    while done < min(most, _TOGETHER):
        word = text.words(starts + done)
        kept = FIRST.take(np.clip(size[1:] - done, 0, 8))
        same[1:] &= ((word[1:] ^ word[:-1]) & kept) == 0
        done += 8
    if done < most:
        rows = np.flatnonzero(same & (size > done))
        same[rows] = _equal(text, starts[rows], starts[rows - 1], size[rows], done)
    return same


def _equal(text: Text, starts: Ints, others: Ints, size: Ints, done: int) -> Flags:
    """Whether two stretches say the same from a place on, for each pair; few are as long."""
    same = np.ones(len(size), np.bool_)
    left = np.arange(len(size))
    while len(left):
        kept = FIRST.take(np.clip(size[left] - done, 0, 8))
        one, other = text.words(starts[left] + done), text.words(others[left] + done)
        same[left] &= ((one ^ other) & kept) == 0
        done += 8
        left = left[(size[left] > done) & same[left]]
    return same


def low_marks(text: Text, starts: Ints, size: Ints) -> tuple[Words, Flags]:
    """
    A number for each stretch, the same for the same text in any case and hardly ever for another.

    Beside it which stretches hold a blank, a control character or no ASCII. A few signs are taken for
    others too: what differs here differs, what does not may.
    """
    mark = size.astype(np.uint64) * _MIXED
    odd = np.zeros(len(size), np.bool_)
    left = np.flatnonzero(size)
    done = 0
    while len(left):
        kept = FIRST[np.minimum(size[left] - done, 8)]
        word = text.words(starts[left] + done) & kept
        over = (word | ((word & _SEVEN) + _ABOVE_BLANK)) & _HIGHEST
        odd[left] |= ((over & kept) != (_HIGHEST & kept)) | ((word & _HIGHEST) != 0)
        mixed = (mark[left] ^ (word | ((word & _UPPER) >> np.uint64(1)))) * _MIXED
        mark[left] = mixed ^ (mixed >> _DOWN)
        done += 8
        left = left[size[left] > done]
    return mark, odd


class Read(NamedTuple):
    """What stretches say as numbers."""

    amounts: Ints
    """In 0.0001; 0 where one is not told."""
    decimals: Ints
    """How many are written."""
    points: Ints
    """Where the decimal mark stands, or would."""
    told: Flags
    """Whether it is written as one that needs no other look: digits, and up to four decimals."""


def numbers(text: Text, starts: Ints, ends: Ints, mark: int, *, minus: bool) -> Read:
    """
    Read numbers below 10⁸ exactly.

    Not told: what is empty, has other characters, zeros that lead, or a sign and no value; `minus`:
    whether a sign may lead.
    """
    data = text.bytes
    first = data.take(starts)
    negative = first == _MINUS
    signed = bool(negative.any())
    heads = starts
    if signed:
        heads = starts + negative
        first = data.take(heads)
    last = text.words(ends - 8)
    decimals = np.zeros(len(starts), np.int64)
    for count in (4, 3, 2, 1):
        decimals[((last >> np.uint64(56 - 8 * count)) & _BYTE) == mark] = count
    size = ends - heads
    decimals[decimals > size - 2] = 0
    amounts, fine = np.zeros(len(starts), np.int64), np.zeros(len(starts), np.bool_)
    for count in range(_DECIMALS + 1):
        chosen = decimals == count
        some: Any = slice(None) if chosen.all() else np.flatnonzero(chosen)
        if isinstance(some, slice) or len(some):
            amounts[some], fine[some] = _short(last[some], size[some], count)
    long = np.flatnonzero(size > 8)
    if len(long):
        amounts[long], fine[long] = _long(text, heads[long], ends[long], decimals[long])
    points = ends - decimals - (decimals > 0)
    fine &= (points - heads == 1) | (first != _ZERO)
    if signed:
        fine &= ~negative | ((amounts != 0) & minus)
        np.negative(amounts, out=amounts, where=negative)
    amounts[~fine] = 0
    return Read(amounts, decimals, points, fine)


def _short(word: Words, size: Ints, decimals: int) -> tuple[Ints, Flags]:
    """Numbers of up to eight characters, the last of which ends the word; so many are decimals."""
    count = size
    if decimals:
        after = (1 << 64) - (1 << 64 - 8 * decimals)
        before = (1 << 56 - 8 * decimals) - 1
        word = (word & np.uint64(after)) | ((word & np.uint64(before)) << _BYTE_BITS)
        count = size - 1
    kept = LAST.take(np.clip(count, 0, 8))
    amounts, fine = digits((word & kept) | (ZEROS & ~kept))
    fine &= count > 0
    return amounts * 10 ** (_DECIMALS - decimals), fine


def _long(text: Text, heads: Ints, ends: Ints, decimals: Ints) -> tuple[Ints, Flags]:
    """Numbers of more characters: what is before the mark apart from what is after it."""
    points = ends - decimals - (decimals > 0)
    size = points - heads
    kept = LAST.take(np.clip(size, 0, 8))
    upper, fine = digits((text.words(points - 8) & kept) | (ZEROS & ~kept))
    kept = FIRST.take(decimals)
    lower, also = digits((text.words(points + 1) & kept) | (ZEROS & ~kept))
    return upper * 10_000 + lower // 10_000, fine & also & (size > 0) & (size <= _WHOLE)


def digits(word: Words) -> tuple[Ints, Flags]:
    """The number that eight digits are, and whether they are digits."""
    fine = ((word & _HIGH) == ZEROS) & (((word + _SIX) & _HIGH) == ZEROS)
    word = ((word & _LOW) * _STEPS[0]) >> _BITS[0]
    word = ((word & _PAIRS) * _STEPS[1]) >> _BITS[1]
    word = ((word & _FOURS) * _STEPS[2]) >> _BITS[2]
    return word.view(np.int64), fine


def stripped(text: Text, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The stretches without the blanks around them."""
    ends = ends.copy()
    left = np.flatnonzero((text.bytes[ends - 1] == _BLANK) & (ends > starts))
    while len(left):
        size = np.minimum(ends[left] - starts[left], 8)
        other = _others((text.words(ends[left] - 8) ^ BLANKS) & LAST[size])
        kept = (np.frexp(other.astype(np.float64))[1] + 7) >> 3
        ends[left] -= np.where(kept > 0, 8 - kept, size)
        left = left[(kept == 0) & (ends[left] > starts[left])]
    left = np.flatnonzero((text.bytes[starts] == _BLANK) & (ends > starts))
    if len(left):
        starts = starts.copy()
    while len(left):
        size = np.minimum(ends[left] - starts[left], 8)
        other = _others((text.words(starts[left]) ^ BLANKS) & FIRST[size])
        lowest = other & (~other + np.uint64(1))
        before = ((np.frexp(lowest.astype(np.float64))[1] + 7) >> 3) - 1
        starts[left] += np.where(before >= 0, before, size)
        left = left[(before < 0) & (ends[left] > starts[left])]
    return starts, ends


def _others(word: Words) -> Words:
    """The highest bit of each byte that is not zero, and no other bits."""
    found: Words = (((word & _SEVEN) + _SEVEN) | word) & ~_SEVEN
    return found
