"""Amounts, quantities, percentages and whole numbers, exactly as the locale declares them."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from billdrop.books.columns import Room, excess, room
from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Locale
from billdrop.values import Failure, Stated
from billdrop.values.currencies import HINT, MINOR_UNITS, alternatives, named

MINUS = "-−"
BLANKS = " \u00a0\u2007\u2009\u202f"
APOSTROPHES = "'’"

_SIGNS = frozenset("-−+()%")
_ROUND = "correct the file: SQL could not hold it exactly"

Kind = Literal["number", "percent"]
_ARTICLE = {"number": "a number", "percent": "a percentage"}
_NEGATIVE = {("-", ""): "minus", ("", "-"): "trailing-minus", ("(", ")"): "parentheses"}


def grouping_marks(locale: Locale) -> str:
    """The characters that stand for the declared grouping mark: all narrow blanks are one."""
    if locale.group == locale.decimal or locale.group.isalnum() or locale.group in _SIGNS:
        raise GuidelineError(
            f"locale.group: `{locale.group}` cannot group digits here",
            code="BD4004",
            hint="it differs from `locale.decimal` and is no letter, digit or sign",
        )
    for alike in (BLANKS, APOSTROPHES):
        if locale.group and locale.group in alike:
            return alike
    return locale.group


def core(locale: Locale, digits: int) -> str:
    """A pattern for a number without sign or currency; bounded, and strict about grouping."""
    many = f"[0-9]{{1,{digits}}}"
    whole, marks = many, grouping_marks(locale)
    if marks:
        mark, most = f"[{re.escape(marks)}]", digits // 2 + 1
        inner = f"{mark}[0-9]{{3}}"
        first = "[1-9][0-9]{0,2}"
        if locale.grouping == "indian":
            first, repeat = "[1-9][0-9]?", f"(?:{mark}[0-9]{{2}}){{0,{most}}}{inner}"
        else:
            repeat = f"(?:{inner}){{1,{most}}}"
        whole = f"(?:{first}{repeat}|{many})"
    return f"{whole}(?:{re.escape(locale.decimal)}{many})?"


def shaped(locale: Locale, digits: int) -> str:
    """
    A pattern for what is written like a number, right or wrong, so that `1,23` is judged and not taken for text.

    With a blank between groups it is `core`: any other would take the number before for a group.
    """
    marks = grouping_marks(locale)
    if " " in marks:
        return core(locale, digits)
    return f"[0-9](?:[0-9{re.escape(marks)}.,]{{0,{2 * digits}}}[0-9])?"


def signed(locale: Locale, body: str) -> str:
    """A pattern for `body` with the declared ways of being negative around it."""
    before = f"[{MINUS}]?" if "minus" in locale.negative else ""
    if "trailing-minus" in locale.negative:
        body = f"(?:{before}{body}|{body}[{MINUS}])" if before else f"{body}[{MINUS}]?"
    else:
        body = before + body
    return rf"(?:{body}|\({body}\))" if "parentheses" in locale.negative else body


def sample(locale: Locale) -> str:
    """How a million and a bit looks in the locale, for hints."""
    group = locale.group
    groups = ("12", "34", "567") if locale.grouping == "indian" else ("1", "234", "567")
    return f"{group.join(groups)}{locale.decimal}89"


class _Numbers:
    """The slow and exact half: signs, grouping, currencies, and the reason why not."""

    def __init__(self, locale: Locale, digits: int, code: str, article: str, held: Room) -> None:
        self.locale, self.digits, self.held = locale, digits, held
        self.code, self.article = code, article
        self.core = re.compile(core(locale, digits)).fullmatch
        self.names = {name.casefold(): code for name, code in named(locale).items()}
        self.drop = {ord(mark): None for mark in grouping_marks(locale)} | {
            ord(locale.decimal): "."
        }
        currency = f"(?i:{alternatives(self.names)})|[A-Z]{{3}}" if self.names else "[A-Z]{3}"
        inner = f"[0-9][0-9.,{re.escape(BLANKS + APOSTROPHES + self.locale.group)}]*?"
        self.shape = re.compile(
            rf"(?:(?P<a>{currency})\s*)?(?P<open>[(−-]?)(?:(?P<b>{currency})\s*)?"
            rf"(?P<core>{inner})(?:\s*(?P<c>{currency}))?(?P<close>[)−-]?)"
            rf"(?:\s*(?P<d>{currency}))?"
        ).fullmatch
        self.longest = 4 * digits + 2 * max(map(len, [*self.names, "EUR"])) + 20

    def refuse(self, text: str) -> Failure:
        """The failure of a text that is no number at all."""
        hint = f"here amounts are written like {sample(self.locale)}"
        return Failure(self.code, f"`{text[:80]}` is not {self.article}", hint)

    def unsigned(self, text: str, whole: str) -> Decimal | Failure:
        """The value of a text without sign and currency."""
        count = sum(map(str.isdigit, text))
        if count > self.digits:
            return Failure("BD2021", f"has {count} digits, more than {self.digits}")
        if self.core(text) is None:
            return self.refuse(whole)
        return Decimal(text.translate(self.drop))

    def read(self, text: str) -> Decimal | Stated | Failure:
        """A number of any declared shape, with or without a currency beside it."""
        shape = self.shape(text) if len(text) <= self.longest else None
        if shape is None:
            return self.unsigned(text, text) if len(text) > self.longest else self.refuse(text)
        sign = (shape["open"].replace("−", "-"), shape["close"].replace("−", "-"))
        if any(sign) and _NEGATIVE.get(sign) not in self.locale.negative:
            return self.refuse(text)
        value = self.unsigned(shape["core"], text)
        if isinstance(value, Failure):
            return value
        if fact := excess(value, self.held):
            return Failure("BD2028", f"`{text[:80]}` has {fact}", _ROUND)
        if any(sign) and value:
            value = value.copy_negate()
        return self.with_currency(value, [shape[place] for place in "abcd" if shape[place]])

    def with_currency(self, value: Decimal, names: list[str]) -> Decimal | Stated | Failure:
        """The amount with the one currency that its text names."""
        if not names:
            return value
        codes = {self.names.get(" ".join(name.casefold().split()), name) for name in names}
        if len(codes) > 1:
            return Failure("BD2011", f"names the currencies {' and '.join(sorted(codes))}")
        code = codes.pop()
        if code not in MINOR_UNITS:
            return Failure("BD2010", f"`{code}` is no currency known here", HINT)
        return Stated(value, code)


Read = Callable[[str], Decimal | Stated | Failure]


def _sooner(exact: Read, locale: Locale, digits: int, held: Room) -> Read:
    """The short way for ASCII digits and a decimal mark that surely fit; all else goes the exact way."""
    mark, (whole, decimals) = locale.decimal, held

    def read(text: str) -> Decimal | Stated | Failure:
        if len(text) <= digits and text.isascii():
            head, _, tail = text.partition(mark)
            if head.isdigit() and len(head) <= whole:
                if head == text:
                    return Decimal(text)
                if tail.isdigit() and len(tail) <= decimals:
                    return Decimal(f"{head}.{tail}")
        return exact(text)

    return read


def money(locale: Locale, digits: int, kind: Literal["money", "number"] = "money") -> Read:
    """The reader of amounts that fit a column of the kind; zero has no sign."""
    held = room(kind)
    numbers = _Numbers(locale, digits, "BD2004", "an amount", held)
    return _sooner(numbers.read, locale, digits, held)


def number(locale: Locale, digits: int, kind: Kind = "number") -> Read:
    """The reader of quantities and prices, or of percentages with or without their sign; never `Stated`."""
    held = room("number")
    numbers = _Numbers(locale, digits, "BD2012", _ARTICLE[kind], held)

    def exact(text: str) -> Decimal | Failure:
        bare = text.removesuffix("%").rstrip() if kind == "percent" else text
        value = numbers.read(bare)
        return numbers.refuse(text) if isinstance(value, Stated) else value

    return _sooner(exact, locale, digits, held)


def integer(locale: Locale, digits: int) -> Callable[[str], Decimal | Failure]:
    """The reader of whole numbers: ASCII digits, with a minus where the locale has one."""
    minus = f"[{MINUS}]?" if "minus" in locale.negative else ""
    shape = re.compile(f"{minus}[0-9]+").fullmatch

    def read(text: str) -> Decimal | Failure:
        if len(text) > digits + 1 or shape(text) is None:
            if text.isdecimal() and text.isascii():
                return Failure("BD2021", f"has {len(text)} digits, more than {digits}")
            return Failure("BD2012", f"`{text[:80]}` is not a whole number")
        return Decimal(text.replace("−", "-"))

    return read
