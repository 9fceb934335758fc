"""Amounts in words: English is read back to a number, other languages are compared with what num2words writes."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from billdrop.guidelines.model import Locale
from billdrop.values import Failure
from billdrop.values.currencies import MINOR_UNITS, alternatives, named
from billdrop.values.numerals import (
    CURRENCY,
    FILLERS,
    PHRASES,
    SCALES,
    SMALL,
    Groups,
    NotUnderstood,
    amount,
    quick,
)

MIDDLE = " thousand "
_BREAKS = str.maketrans({"-": " ", "‐": " ", "‑": " ", "–": " ", ",": " ", ";": " "})


class Spoken(Struct, frozen=True):
    """What an amount in words says."""

    amount: Decimal
    currency: str | None
    """ISO 4217, when the words name it."""


Read = Callable[[str], Spoken | Failure]


def english(names: Mapping[str, str]) -> Read:
    """The reader of English amounts in words; `names` are the declared names of currencies."""
    codes = {name.casefold(): names[name] for name in sorted(names, key=len, reverse=True)}
    known = codes | {code.casefold(): code for code in MINOR_UNITS if code != "ALL"}
    find = _finder(codes)

    def careful(text: str) -> Spoken | Failure:
        folded, stated = find(text.casefold().translate(_BREAKS))
        words = []
        for raw in folded.split():
            word = raw.strip(".*:=")
            if word in known and word not in SMALL:
                stated.append(known[word])
                words.append(CURRENCY)
            elif word and word not in FILLERS:
                words.append(word)
        return _spoken(text, words, stated)

    heads = [(f"{name} ", code) for name, code in codes.items()]
    number_of, halves = Groups().number, Halves(codes)
    first, second = halves.first, halves.second

    def read(text: str) -> Spoken | Failure:
        before, _, after = text.partition(MIDDLE)
        known, rest = first.get(before), second.get(after)
        if known is not None and rest is not None:
            return Spoken(Decimal(known[0] + rest), known[1])
        folded, stated, bare = text.casefold(), None, 0
        for head, code in heads:
            if folded.startswith(head):
                stated, bare = code, len(head)
                break
        number = number_of(_spaced(folded[bare:]))
        if number is None:
            return careful(text)
        halves.learn(text, bare, number, stated)
        return Spoken(Decimal(number), stated)

    return read


def _spaced(folded: str) -> str:
    return folded.replace("-", " ").replace(",", " ")


class Halves:
    """
    What stands before and after ` thousand ` as it is written, and what it means, where that is all of scale.

    The first half begins with the name of the currency, if there is one. What it means does not depend on
    the second, nor the second on it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.usable = not any("thousand" in name for name in names)
        self.first: dict[str, tuple[int, str | None]] = {}
        self.second: dict[str, int] = {}

    def learn(self, text: str, bare: int, number: int, stated: str | None) -> None:
        """Keep the halves of a text that means the number, after `bare` characters for its currency."""
        before, found, after = text.partition(MIDDLE)
        words = _spaced(text.casefold()[bare:]).split()
        if not (self.usable and found) or len(before.casefold()) < bare:
            return
        if [word for word in words if word in SCALES] != ["thousand"]:
            return
        if max(len(self.first), len(self.second)) >= PHRASES:
            self.first.clear()
            self.second.clear()
        rest = quick(words[words.index("thousand") + 1 :]) or 0
        self.first[before], self.second[after] = (number - rest, stated), rest


def _finder(codes: Mapping[str, str]) -> Callable[[str], tuple[str, list[str]]]:
    """Takes the declared names out of folded words: what is left, and their codes in order."""
    if not codes:
        return lambda words: (words, [])
    regex = re.compile(
        rf"(?<!\w)(?:{alternatives({n.translate(_BREAKS): '' for n in codes})})(?!\w)"
    )
    table = {" ".join(name.translate(_BREAKS).split()): code for name, code in codes.items()}

    def find(words: str) -> tuple[str, list[str]]:
        stated = [table[" ".join(name.split())] for name in regex.findall(words)]
        return (regex.sub(f" {CURRENCY} ", words), stated) if stated else (words, stated)

    return find


def _spoken(text: str, words: list[str], stated: list[str]) -> Spoken | Failure:
    sign = 1
    bare = next((at for at, word in enumerate(words) if word != CURRENCY), None)
    if bare is not None and words[bare] in ("minus", "negative"):
        sign = -1
        del words[bare]
    if len(set(stated)) > 1:
        return Failure("BD2011", f"names the currencies {' and '.join(sorted(set(stated)))}")
    try:
        return Spoken(sign * amount(words), stated[0] if stated else None)
    except NotUnderstood as error:
        return Failure(
            "BD2016",
            f"`{error}` is not understood in `{text[:80]}`",
            'declare the currency\'s name in `locale.currencies`, or set `checks.words = "off"`',
        )


def fold(text: str) -> str:
    """Words in any language without case, hyphens, commas and blanks: how they are compared."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@lru_cache(maxsize=4096)
def written(total: Decimal, language: str, currency: str) -> frozenset[str]:
    """The ways in which num2words writes an amount, folded; none when it does not know the language."""
    from num2words import num2words

    number = int(total) if total == total.to_integral_value() else total
    ways = []
    for value, options in ((number, {}), (total, {"to": "currency", "currency": currency})):
        try:
            ways.append(num2words(value, lang=language, **options))
        except (NotImplementedError, OverflowError, KeyError, TypeError, ValueError):
            continue
    return frozenset(fold(way) for way in ways)


def stated_currency(locale: Locale) -> Callable[[str], tuple[str, list[str]]]:
    """Takes declared names out of words of any language: the folded rest, and their codes."""
    find = _finder({name.casefold(): code for name, code in named(locale).items()})

    def read(text: str) -> tuple[str, list[str]]:
        rest, codes = find(text.casefold().translate(_BREAKS))
        return fold(rest.replace(CURRENCY, " ")), codes

    return read


def currency_of(locale: Locale) -> Callable[[str], str | None]:
    """Which currency an amount in words names, if it names one."""
    if is_english(locale):
        read = reader(locale)

        def english_currency(text: str) -> str | None:
            spoken = read(text)
            return None if isinstance(spoken, Failure) else spoken.currency

        return english_currency
    bare = stated_currency(locale)

    def other_currency(text: str) -> str | None:
        codes = set(bare(text)[1])
        return codes.pop() if len(codes) == 1 else None

    return other_currency


def is_english(locale: Locale) -> bool:
    """Whether amounts in words are read, not compared."""
    return locale.language.lower().split("_")[0].split("-")[0] == "en"


def reader(locale: Locale) -> Read:
    """The reader of amounts in words of an English locale; remembers what it read last, as it is asked twice."""
    return _reader(tuple(named(locale).items()))


@lru_cache(maxsize=256)
def _reader(names: tuple[tuple[str, str], ...]) -> Read:
    read = english(dict(names))
    last: tuple[str, Spoken | Failure] | None = None

    def again(text: str) -> Spoken | Failure:
        nonlocal last
        known = last
        if known is None or known[0] != text:
            known = last = (text, read(text))
        return known[1]

    return again
