"""English number words, read back to the number they write."""

import re
from decimal import Decimal

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL: dict[str, int] = (
    {word: number for number, word in enumerate(_UNITS.split())}
    | {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
    | {"fourty": 40, "nil": 0, "a": 1}
)
SCALES: dict[str, int] = {
    "thousand": 10**3,
    "lakh": 10**5,
    "lac": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
    "quadrillion": 10**15,
} | {"lakhs": 10**5, "lacs": 10**5, "crores": 10**7, "thousands": 10**3, "millions": 10**6}
HUNDREDTHS = frozenset(
    ("cent", "cents", "paise", "paisa", "penny", "pence", "centime", "centimes", "sen")
)
FILLERS = frozenset(("only", "exactly"))
CURRENCY = "¤"
"""Stands in the words for the name of the currency."""

_HUNDREDS = re.compile(r"([0-9]{1,2}|no|xx)/100")


class NotUnderstood(ValueError):
    """A word is out of its place; says which."""


def small_group(words: list[str]) -> int:
    """A number below a hundred hundreds: `twelve hundred`, `one hundred and fifty-two`."""
    total, part, last = 0, 0, 100
    for word in words:
        if word == "hundred":
            if total or (words[0] != word and not 0 < part < 100):
                raise NotUnderstood(word)
            total, part, last = 100 * (part or 1), 0, 100
            continue
        value = SMALL.get(word)
        if value is None or not _follows(value, last, part):
            raise NotUnderstood(word)
        part, last = part + value, value
    return total + part


def _follows(value: int, last: int, part: int) -> bool:
    """Whether a number word may stand after the last one: first in its group, or a unit after tens."""
    return last == 100 or (20 <= last < 100 and 0 < value < 10 and part == last)


def whole(words: list[str]) -> int:
    """The number of a list of English words, `and` between them."""
    if not words:
        raise NotUnderstood("nothing")
    total, group, least = 0, list[str](), 10**18
    for word in words:
        scale = SCALES.get(word)
        if scale is None:
            if word != "and":
                group.append(word)
            continue
        if scale < least:
            total += (small_group(group) if group else 1) * scale
        else:
            total = (total + small_group(group)) * scale
        group, least = [], scale
    return total + small_group(group)


def decimals(words: list[str]) -> Decimal:
    """A number with `point` and digits after it."""
    if "point" not in words:
        return Decimal(whole(words))
    place = words.index("point")
    digits = [SMALL.get(word, 99) for word in words[place + 1 :]]
    if not digits or max(digits) > 9:
        raise NotUnderstood("point")
    return Decimal(f"{whole(words[:place])}.{''.join(map(str, digits))}")


def amount(words: list[str]) -> Decimal:
    """The amount that words and currency marks state, with hundredths after, before or beside their word."""
    for place, word in enumerate(words):
        if word in HUNDREDTHS:
            return _with_hundredths(words, place)
        if match := _HUNDREDS.fullmatch(word):
            before = _bare(words[:place])
            if _bare(words[place + 1 :]):
                raise NotUnderstood(word)
            parts = int(match[1]) if match[1].isdigit() else 0
            return whole(before) + Decimal(parts).scaleb(-2)
    return decimals(_bare(words))


def _bare(words: list[str]) -> list[str]:
    """The words without currency marks and without an `and` at either end."""
    kept = [word for word in words if word != CURRENCY]
    while kept and kept[0] == "and":
        del kept[0]
    while kept and kept[-1] == "and":
        del kept[-1]
    return kept


def _with_hundredths(words: list[str], place: int) -> Decimal:
    """The amount of words with `cents` at `place`: they count what follows, or else what stands before."""
    before, after = words[:place], _bare(words[place + 1 :])
    if after:
        return whole(_bare(before)) + _hundredths(after)
    inner = [at for at, word in enumerate(before) if word == CURRENCY and _bare(before[:at])]
    if inner:
        return whole(_bare(before[: inner[0]])) + _hundredths(_bare(before[inner[0] :]))
    if "and" in _bare(before):
        cut = len(before) - 1 - before[::-1].index("and")
        return whole(_bare(before[:cut])) + _hundredths(_bare(before[cut:]))
    return _hundredths(_bare(before))


def _hundredths(words: list[str]) -> Decimal:
    number = 0 if words == ["no"] else whole(words)
    if number > 99:
        raise NotUnderstood(words[-1])
    return Decimal(number).scaleb(-2)


_QUICK = SMALL | SCALES | {"hundred": 100, "and": -1, "only": -1}
del _QUICK["zero"], _QUICK["nil"]


_SPACED = [(f" {word} ", SCALES[word]) for word in ("crore", "million", "lakh", "thousand")]
_SCALED = re.compile("|".join(word for word, _ in _SPACED))
PHRASES = 4096
"""So many are kept; there are hardly more below a thousand."""


def quick(words: list[str]) -> int | None:
    """The number of words in their plainest order; None leaves it to `amount`, which says what is wrong."""
    total, group, room, least = 0, 0, 100, 10**18
    for word in words:
        value = _QUICK.get(word)
        if value is None:
            return None
        if value < 0:
            continue
        if value < room:
            group += value
            room = 10 if value >= 20 else 0
        elif value == 100 and 0 < group < 100:
            group, room = group * 100, 100
        elif 1000 <= value < least and group:
            total, group, room, least = total + group * value, 0, 100, value
        else:
            return None
    return total + group or None


class Groups:
    """
    Numbers by the phrases between the words of scale, `three hundred twelve`, as `quick` has read them before.

    A phrase means the same wherever it stands, so what they add up to is what `quick` says of it all.
    """

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, text: str) -> int | None:
        """The number of a text in small letters without hyphens and commas, as `quick` says."""
        known = self.known
        group, found, rest = text.partition(" thousand ")
        thousands, value = known.get(group), known.get(rest)
        if found and thousands and value is not None:
            return thousands * 1000 + value
        return self.scaled(text)

    def scaled(self, text: str) -> int | None:
        """The number of a text with any words of scale, or none."""
        total, rest, known = 0, text, self.known
        for word, scale in _SPACED:
            if word in rest:
                group, _, rest = rest.partition(word)
                value = known.get(group)
                if not value:
                    return self.learn(text)
                total += value * scale
        value = known.get(rest)
        return self.learn(text) if value is None else total + value or None

    def learn(self, text: str) -> int | None:
        """The number, worked out; its phrases are kept."""
        number = quick(text.split())
        if number is not None:
            if len(self.known) >= PHRASES:
                self.known.clear()
            for phrase in _SCALED.split(text):
                words = phrase.split()
                if not SCALES.keys() & words:
                    self.known[phrase] = quick(words) or 0
        return number
