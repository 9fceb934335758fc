"""How a text writes its dates, amounts and currencies, by what stands in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from billdrop.values.currencies import MINOR_UNITS
from billdrop.values.dates import MONTHS, SHORT_MONTHS, fold, month_names

SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "¥": "JPY", "₹": "INR", "zł": "PLN", "Kč": "CZK", "R$": "BRL", "₺": "TRY", "₽": "RUB"}  # fmt: skip
"""What usually stands for a currency."""
SHARED = frozenset("$¥")
"""Signs of several currencies."""
USUAL = frozenset((*SIGNS.values(), "CHF", "CAD", "AUD", "SEK", "NOK", "DKK", "HUF", "MXN", "NZD", "ZAR", "SGD", "CNY"))  # fmt: skip
"""Codes that are no mere word in capitals."""

_NAME = r"[^\W\d_]{3,12}\.?"
DATE = re.compile(
    r"(?<![\w.,/-])(?:"
    r"(?P<iso>[12][0-9]{3}(?P<s>[-/.])[0-9]{1,2}(?P=s)[0-9]{1,2})"
    r"|(?P<few>[0-9]{1,2}(?P<t>[-/.])[0-9]{1,2}(?P=t)(?:[12][0-9]{3}|[0-9]{2}))"
    rf"|(?P<dmy>[0-9]{{1,2}}(?:\.? |[-/]| de )(?P<m1>{_NAME})(?:,? |[-/]| de )(?:[12][0-9]{{3}}|[0-9]{{2}}))"
    rf"|(?P<mdy>(?P<m2>{_NAME}) [0-9]{{1,2}}(?:,? )[12][0-9]{{3}})"
    r"|(?P<run>(?:19|20)[0-9]{6})"
    r")(?![\w/-]|[.,][0-9])"
)
"""What may be a date."""
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+\.?|[\W_]+")
NUMBER = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:[.,'’ \u00a0\u202f][0-9]{3})*(?:[.,][0-9]{1,4})?(?![\w]|[.,][0-9])|(?<![\w.,])[0-9]{1,15}(?:[.,][0-9]{1,4})?(?![\w]|[.,][0-9])")  # fmt: skip
_CODE = re.compile(r"\b[A-Z]{3}\b")
_AROUND = r"(?:[A-Z]{2,3}\$?|[^\w\s.,()+−-]{1,2}|zł|Kč|kr|Fr\.?|R\$|US\$)"
MONEY = re.compile(
    rf"(?:{_AROUND}\s?)?[-−(]?\s?(?:{_AROUND}\s?)?(?P<number>[0-9][0-9.,'’\u00a0\u202f ]*[0-9]|[0-9])[-)]?(?:\s?{_AROUND})?"
)
_COMMON = {
    "en": "the and of to for is please",
    "de": "der die das und für von mit bitte rechnung",
    "fr": "le la les et du des pour facture",
    "es": "el los las y del para por factura",
    "it": "il lo gli e della per di fattura",
    "nl": "het een en van voor factuur de btw",
    "pt": "o os as e da do para fatura não",
}


class Writing(NamedTuple):
    """How dates may be written that have been seen."""

    pattern: str
    language: str
    """Of the month's name; empty for digits."""


def writings(text: str) -> list[Writing]:
    """The patterns that a date may be written in; several where days and months may change places."""
    found = DATE.fullmatch(text)
    if found is None:
        return []
    if found["iso"]:
        return [Writing(_shaped(text, "YMD"), "")]
    if found["run"]:
        return [Writing("YYYYMMDD", "")] if 1 <= int(text[4:6]) <= 12 and 1 <= int(text[6:]) <= 31 else []  # fmt: skip
    if found["few"]:
        first, second = (int(it) for it in re.findall("[0-9]+", text)[:2])
        orders = [("DMY", second <= 12 and first <= 31), ("MDY", first <= 12 and second <= 31)]
        return [Writing(_shaped(text, order), "") for order, fits in orders if fits]
    order, name = ("DMY", found["m1"]) if found["dmy"] else ("MDY", found["m2"])
    return [Writing(_shaped(text, order, letters), language) for language, letters in _months(name)]


def _shaped(text: str, order: str, letters: str = "") -> str:
    """The pattern of a date whose parts stand in the order."""
    parts, at = [], 0
    double = (
        len(text) == 10 if order == "YMD" else bool(re.search(r"(?<![0-9])0[0-9](?![0-9])", text))
    )
    for part in _PARTS.findall(text):
        named = letters and part[0].isalpha() and order[at : at + 1] == "M" and part != "de"
        if part[0].isdigit() or named:
            parts.append(_part(order[at], part, letters, double=double))
            at += 1
        else:
            parts.append(part)
    return "".join(parts)


def _part(kind: str, part: str, letters: str, *, double: bool) -> str:
    if kind == "Y":
        return "YYYY" if len(part) == 4 else "YY"
    if kind == "M" and part[0].isalpha():
        return letters
    return kind * 2 if double else kind


def _months(name: str) -> Iterator[tuple[str, str]]:
    """The languages that have a month of that name, and whether it is its short one."""
    bare = fold(name.rstrip("."))
    for letters in ("MMMM", "MMM"):
        for language in MONTHS if letters == "MMMM" else SHORT_MONTHS:
            if bare in month_names(language, letters):
                yield language, letters


def language_of(text: str, dates: Iterable[Writing]) -> str:
    """The language whose common words are there most often; that of the months, where they are named."""
    words = Counter(text.casefold().split())
    named = Counter(it.language for it in dates if it.language)
    score = {
        language: sum(words[word] for word in common.split()) + 1000 * named[language]
        for language, common in _COMMON.items()
    }
    return max(score, key=lambda it: score[it])


class Marks(NamedTuple):
    """How numbers are written."""

    decimal: str
    group: str
    doubt: str
    """Why it may be otherwise; empty where it is sure."""


def marks_of(amounts: Sequence[str], text: str) -> Marks:
    """The decimal mark and the grouping mark, by how amounts end; other numbers of the text count less."""
    votes = Counter[str]()
    for number in _numbers(amounts):
        _vote(votes, number, 5)
    for number in _numbers([text]):
        _vote(votes, number, 1)
    (decimal, count), *rest = votes.most_common() or [(".", 0)]
    other = "," if decimal == "." else "."
    groups = Counter(mark for number in _numbers(amounts) for mark in _grouping(number, decimal))
    group = groups.most_common(1)[0][0] if groups else other
    doubt = "" if count else "no amount shows its decimal mark"
    if rest and rest[0][1] * 2 >= count:
        doubt = f"`{other}` stands before decimals too"
    return Marks(decimal, group, doubt)


def _numbers(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from NUMBER.findall(DATE.sub(" ", text))


def _vote(votes: Counter[str], number: str, weight: int) -> None:
    """Two marks that differ tell the last apart; one with two digits behind it is likely the decimal one."""
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return
    others = {it for it in number[:last] if not it.isdigit()}
    if number[last] in others:
        votes["," if number[last] == "." else "."] += weight
    elif others:
        votes[number[last]] += 2 * weight
    else:
        votes[number[last]] += weight * {2: 2, 1: 1, 4: 1}.get(len(number) - last - 1, 0)


def _grouping(number: str, decimal: str) -> Iterator[str]:
    """The mark between groups of three, where it is surely one."""
    whole, _, rest = number.partition(decimal)
    found = re.fullmatch(r"[1-9][0-9]{0,2}(?:([^0-9])[0-9]{3})(?:\1[0-9]{3})*", whole)
    if found and (rest or found[1] in ".,"):
        yield found[1]


_BESIDE = re.compile(
    r"([0-9][0-9.,'’]*)\s?(?:US\$|R\$|[€£$¥₹₺₽]|zł\b|Kč\b|[A-Z]{3}\b)|(?:US\$|R\$|[€£$¥₹₺₽]|\b[A-Z]{3})\s?([0-9][0-9.,'’]*)"
)


def signed_amounts(text: str) -> list[str]:
    """The amounts that stand beside a currency."""
    return [(it[1] or it[2]).rstrip(".,'’") for it in _BESIDE.finditer(text)]


def signs_in(text: str) -> list[str]:
    """The signs of currencies beside amounts, the most frequent first."""
    found = Counter[str]()
    for match in re.finditer(
        r"[0-9]\s?(US\$|R\$|[€£$¥₹₺₽]|zł\b|Kč\b)|(US\$|R\$|[€£$¥₹₺₽])\s?[0-9]", text
    ):
        found[match[1] or match[2]] += 1
    return [sign for sign, _ in found.most_common()]


def codes_in(text: str) -> list[str]:
    """The currency codes that are there, those beside amounts first."""
    beside = Counter(
        match[1] or match[2]
        for match in re.finditer(r"[0-9]\s{0,3}([A-Z]{3})\b|\b([A-Z]{3})\s{0,3}[-−]?[0-9]", text)
    )
    others = Counter(_CODE.findall(text))
    ordered = [*(it for it, _ in beside.most_common()), *(it for it, _ in others.most_common())]
    return [
        it for it in dict.fromkeys(ordered) if it in MINOR_UNITS and (it in USUAL or it in beside)
    ]
