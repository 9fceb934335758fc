"""Whether two names are known to be of two sellers: in doubt, they are of one."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice, starmap

from billdrop.books.decide import folded

_LOST = "\ufffd"
"""Stands for a letter that could not be written, or for none."""
_UNKNOWN = dict.fromkeys(map(ord, "?¿#*_□\x1a"), _LOST)
_SHARP = dict.fromkeys(map(ord, "ßẞ"), _LOST)
_WORDS = re.compile(f"(?:[^\\W_]|{_LOST})+").finditer
_MOST = 32
"""So many words of a name are looked at."""
_STROKES = str.maketrans({
    "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
})  # fmt: skip
"""Letters with a stroke and pairs, which Unicode does not take apart."""
_PAIRS = re.compile("[aou]e|aa").sub
"""How ä, ö, ü, ø, æ and å are written where there are none."""
_SHORTEST_ACRONYM, _LONGEST_ACRONYM = 3, 5
"""In letters; one that is all of a name may have two."""
_UNSPACED = {"CJK", "HIRAGANA", "KATAKANA"}
"""Scripts without words, in which one name is written in several ways."""
_LEFT_OUT = """
the le la les el los las il lo gli der die das de des del den det and und et y e en och og i fa firma messrs
ab ag as aps asa bv bvba cia co company corp corporation cv dd doo eg ek eood gbr gmbh haftungsbeschränkt inc
incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg ou oy oyj partg partgmbb plc pte pty pvt
sa sarl sas sasu sca scs se sia sl slu snc sociedad societa societe sp spa spol spzoo sro srl uab ug zoo zrt
ооо оао зао пао ао ип тоо тов пат прат еоод оод ад αε επε ικε
"""
"""Articles, and what says of a company only what kind it is."""


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names differ in no more than marks, accents and case."""
    words = "".join(_words(one))
    return bool(words) and words == "".join(_words(other))


def other_name(one: str | None, other: str | None) -> bool:
    """
    Whether two names are known to be of two sellers, however each of them is spelt.

    Names in two scripts prove nothing, nor do initials beside what they may stand for.
    """
    whole, other_whole = _words(one), _words(other)
    mine, theirs = _telling(whole), _telling(other_whole)
    if not (mine and theirs) or not _comparable(mine, theirs):
        return False
    pairs = [(mine, theirs), (mine, other_whole), (theirs, mine), (theirs, whole)]
    if any(starmap(_stands_for, pairs)):
        return False
    spelt = [(mine, theirs), *((each, theirs) for each in _spellings(one))]
    spelt += [(mine, each) for each in _spellings(other)]
    return all(starmap(_apart, spelt))


def _words(name: str | None) -> list[str]:
    """A name without marks and accents, word by word: `Müller-Bau` is `muller`, `bau`, as `MUELLER BAU` is."""
    parts = unicodedata.normalize("NFKD", folded(name or "").translate(_STROKES))
    plain = "".join([letter for letter in parts if not unicodedata.combining(letter)])
    found = islice(_WORDS(plain.translate(_UNKNOWN)), _MOST)
    return [_PAIRS(_first, each[0]) for each in found]


def _first(pair: re.Match[str]) -> str:
    return pair[0][0]


def _telling(words: list[str]) -> list[str]:
    """The words that tell a seller from others; all where there are none."""
    return [word for word in words if word not in _KINDS] or words


def _spellings(name: str | None) -> Iterator[list[str]]:
    """How else a name may be written by whoever lacks some of its letters: `Bcher` for `Bücher`, `Weisz` for `Weiß`."""
    text = folded((name or "").translate(_SHARP))
    if not text.isascii():
        yield _telling(_words("".join(filter(_is_common, text))))


def _is_common(letter: str) -> bool:
    return letter.isascii() or _script(letter) != "LATIN"


def _comparable(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names are written in the same script, one that has words."""
    scripts = _scripts(one)
    return scripts == _scripts(other) and scripts.isdisjoint(_UNSPACED)


def _scripts(words: Sequence[str]) -> set[str]:
    letters = {letter for word in words for letter in word if letter.isalpha()}
    return {_script(letter) for letter in letters}


def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0]


def _apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether no word may be one of the other's, and neither name within the other: `Acmebau` is `ACME Bau`."""
    whole, other_whole = "".join(one), "".join(other)
    if whole in other_whole or other_whole in whole:
        return False
    mine, theirs = _long(one), _long(other)
    if not mine.isdisjoint(theirs):
        return False
    if _LOST not in whole and _LOST not in other_whole:
        return True
    pairs = [(whole, other_whole), *((each, beside) for each in mine for beside in theirs)]
    return not any(_may_be(each, beside) for each, beside in pairs)


def _long(words: Sequence[str]) -> set[str]:
    """Those of more than a letter; all where there are none."""
    return {word for word in words if len(word) > 1} or {*words}


def _stands_for(short: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a name is an acronym of another one, or has one in it: `BMW`, `VW`, `BMW Motorrad`."""
    whole, letters = "".join(short), iter("".join(words))
    brief = 1 < len(whole) <= _LONGEST_ACRONYM and whole[0] == words[0][:1]
    if brief and all(letter in letters for letter in whole):
        return True
    initials = "".join(word[0] for word in words)
    return any(len(word) >= _SHORTEST_ACRONYM and word in initials for word in short)


def _may_be(one: str, other: str) -> bool:
    """Whether two texts may be one, where letters of either could not be written."""
    if _LOST not in one:
        one, other = other, one
    if _LOST in other:
        return True
    lost, (begin, *between, end) = one.count(_LOST), one.split(_LOST)
    known = len(one) - lost
    if not (known <= len(other) <= known + 2 * lost and other.startswith(begin)):
        return False
    at, last = len(begin), len(other) - len(end)
    for part in between:
        found = other.find(part, at, last)
        if found < 0:
            return False
        at = found + len(part)
    return at <= last and other.endswith(end)


_KINDS = frozenset(word for each in _LEFT_OUT.split() for word in _words(each))
