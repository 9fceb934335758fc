"""Whether two invoices state two sellers, or one that is only written differently: in doubt, one."""

import re
from string import ascii_lowercase

from msgspec import Struct

from billdrop.books.decide import folded
from billdrop.books.seller_names import other_name, same_name

_TAX_ID = re.compile("[a-z]{2}[a-z0-9]*[0-9][a-z0-9]*").fullmatch
_SORTS = re.compile("(?:mwst|mva|tva|iva|vat|ust|btw)+$").sub
"""What a tax identifier may end with, to say which tax it is of."""
_BEGINS = {"el": "gr", "uk": "gb", "xi": "gb"}
_ZEROS = re.compile("(?<![0-9])0+(?=[0-9])").sub
_PART = re.compile("(?<=[0-9])b[0-9]{1,2}$").sub
"""Which part of a Dutch company it is."""
_KEY = re.compile("^fr[a-z0-9]{2}(?=[0-9]{9}$)").sub
"""What a French tax identifier has before the number of the company."""
_SEVERAL = ("it",)
"""Countries in which a company may have two tax identifiers of one form."""
_LONG = 7
"""From so many characters on, an identifier within another one says that both are of one seller."""


class Seller(Struct, frozen=True, gc=False):
    """What an invoice says of its seller."""

    name: str | None
    id: str | None
    tax_id: str | None


def differ(one: Seller, other: Seller) -> bool:
    """
    Whether they are known to be two.

    An identifier in common, or the same name, says that they are one; else two tax identifiers of one
    country and form, or names of one script that have nothing in common, say that they are two.
    Identifiers of the seller tell nothing, as nobody says whose they are: one may be the customer's own,
    the other a GLN.
    """
    if _in_common(_identifiers(one), _identifiers(other)) or same_name(one.name, other.name):
        return False
    return _of_one_country(one.tax_id, other.tax_id) or other_name(one.name, other.name)


def _identifiers(one: Seller) -> set[str]:
    """Those of a seller, without the country that a tax identifier may begin with."""
    found = [_bare(each) for each in (one.id, one.tax_id) if each]
    short = {each[2:] if each[:2].isalpha() and each[2:] else each for each in found if each}
    return short | {core for each in found if (core := _core(each))}


def _in_common(mine: set[str], theirs: set[str]) -> bool:
    if not mine.isdisjoint(theirs):
        return True
    pairs = [(each, beside) for each in mine for beside in theirs]
    return any(
        min(len(one), len(other)) >= _LONG and (one in other or other in one)
        for one, other in pairs
    )


def _core(bare: str) -> str:
    """What is left of a long number without what not everybody writes; empty of another one."""
    number = _KEY("", _PART("", _SORTS("", bare))).lstrip(ascii_lowercase)
    core = _ZEROS("", number)
    return core if sum(map(str.isdigit, core)) >= _LONG else ""


def _of_one_country(one: str | None, other: str | None) -> bool:
    """Whether two tax identifiers are of one country and form, so that one seller has but one of them."""
    first, second = _SORTS("", _bare(one or "")), _SORTS("", _bare(other or ""))
    if not (_TAX_ID(first) and _TAX_ID(second)):
        return False
    country = _BEGINS.get(first[:2], first[:2])
    if country != _BEGINS.get(second[:2], second[:2]) or country in _SEVERAL:
        return False
    return _form(first[2:]) == _form(second[2:]) and first[2:] != second[2:]


def _form(number: str) -> str:
    """Where it has digits, and where letters."""
    return "".join("0" if letter.isdigit() else "a" for letter in number)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, folded(text)))
