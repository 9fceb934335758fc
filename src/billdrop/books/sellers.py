"""Whether two invoices state two sellers, or one that is only written differently: in doubt, one."""

import re
import unicodedata

from msgspec import Struct

from billdrop.books.decide import folded

_WORDS = re.compile(r"[^\W_]+").findall
_STROKES = str.maketrans({
    "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
})  # fmt: skip
"""Letters with a stroke and pairs, which Unicode does not take apart."""
_PAIRS = re.compile("[aou]e|aa").sub
"""How ä, ö, ü, ø, æ and å are written where there are none."""
_LEFT_OUT = """
the le la les el los las il lo gli der die das de des del den det and und et y e en och og i fa firma messrs
ab ag as aps asa bv bvba cia co company corp corporation cv dd doo eg ek eood gbr gmbh haftungsbeschränkt inc
incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg ou oy oyj partg partgmbb plc pte pty pvt
sa sarl sas sasu sca scs se sia sl slu snc sociedad societa societe sp spa spol spzoo sro srl uab ug zoo zrt
"""
"""Articles, and what says of a company only what kind it is."""
_TAX_ID = re.compile("[a-z]{2}[a-z0-9]*[0-9][a-z0-9]*").fullmatch


class Seller(Struct, frozen=True, gc=False):
    """What an invoice says of its seller."""

    name: str | None
    id: str | None
    tax_id: str | None


def differ(one: Seller, other: Seller) -> bool:
    """
    Whether they are known to be two.

    An identifier in common, or the same name, says that they are one; else two tax identifiers of one
    country, or names that have no word in common, say that they are two. Identifiers of the seller tell
    nothing, as nobody says whose they are: one may be the customer's own, the other a GLN.
    """
    if _identifiers(one) & _identifiers(other):
        return False
    words, other_words = _words(one.name), _words(other.name)
    if words and "".join(words) == "".join(other_words):
        return False
    if _of_one_country(one.tax_id, other.tax_id):
        return True
    return bool(words and other_words) and _other_name(_telling(words), _telling(other_words))


def _identifiers(one: Seller) -> set[str]:
    """Those of a seller, without the country that a tax identifier may begin with."""
    found = (_bare(each) for each in (one.id, one.tax_id) if each)
    return {each[2:] if each[:2].isalpha() and each[2:] else each for each in found if each}


def _of_one_country(one: str | None, other: str | None) -> bool:
    """Whether two tax identifiers begin with the same country, and neither is the other with more behind it."""
    first, second = _bare(one or ""), _bare(other or "")
    if first[:2] != second[:2] or not (_TAX_ID(first) and _TAX_ID(second)):
        return False
    return not (first.startswith(second) or second.startswith(first))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, folded(text)))


def _words(name: str | None) -> list[str]:
    """A name without marks and accents, word by word: `Müller-Bau` is `muller`, `bau`, as `MUELLER BAU` is."""
    parts = unicodedata.normalize("NFKD", folded(name or "").translate(_STROKES))
    plain = "".join([letter for letter in parts if not unicodedata.combining(letter)])
    return [_PAIRS(_first, word) for word in _WORDS(plain)]


def _first(pair: re.Match[str]) -> str:
    return pair[0][0]


def _telling(words: list[str]) -> list[str]:
    """The words that tell a seller from others; all where there are none."""
    return [word for word in words if word not in _KINDS] or words


def _other_name(one: list[str], other: list[str]) -> bool:
    """Whether two names have no word in common, and neither is within the other: `Acmebau` is `ACME Bau`."""
    if not _long(one).isdisjoint(_long(other)):
        return False
    whole, other_whole = "".join(one), "".join(other)
    return whole not in other_whole and other_whole not in whole


def _long(words: list[str]) -> set[str]:
    """Those of more than a letter; all where there are none."""
    return {word for word in words if len(word) > 1} or {*words}


_KINDS = frozenset(word for each in _LEFT_OUT.split() for word in _words(each))
