"""Dates by declared patterns. Nothing is guessed: a text that two patterns read differently is ambiguous."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import Locale
from billdrop.values import Failure

MONTHS: dict[str, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
"""By language, January first; more names of one month are joined by `|`."""

SHORT_MONTHS: dict[str, str] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep|Sept Oct Nov Dec",
    "de": "Jan Feb Mär|Mrz Apr Mai Jun Jul Aug Sep|Sept Okt Nov Dez",
    "fr": "janv|jan févr|fév mars|mar avr mai juin juil août|aoû sept|sep oct nov déc",
    "es": "ene feb mar abr may jun jul ago sep|sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set|sett ott nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "jan feb mrt|maa apr mei jun jul aug sep|sept okt nov dec",
}
"""May be followed by a full stop in the text, except before a literal one."""

CACHE = 4096
LONGEST = 100
"""A longer text is no date, whatever it begins with."""
_TOKENS = re.compile(r"Y+|M+|D+|\s+|[^YMD\s]+")
_DIGITS = {
    "YYYY": "(?P<year>[0-9]{4})",
    "YY": "(?P<year>[0-9]{2})",
    "MM": "(?P<month>[0-9]{2})",
    "M": "(?P<month>[0-9]{1,2})",
    "DD": "(?P<day>[0-9]{2})",
    "D": "(?P<day>[0-9]{1,2})",
}


class Pattern(NamedTuple):
    """One declared pattern, compiled."""

    declared: str
    regex: str
    months: dict[str, int]
    """By folded name; empty where the month is in digits."""

    @property
    def bare(self) -> str:
        """The regular expression without names, to be part of a row."""
        return re.sub(r"\(\?P<\w+>", "(?:", self.regex)


def fold(text: str) -> str:
    """Month names are compared without case and accents: `MÄRZ`, `Marz` and `März` are one."""
    marked = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def month_names(language: str, letters: str) -> dict[str, int]:
    """The names of the months for `MMMM` or `MMM`, folded, to their numbers."""
    table = (MONTHS if letters == "MMMM" else SHORT_MONTHS).get(language[:2].lower())
    if table is None:
        raise GuidelineError(
            f"locale.language: the months of `{language}` have no names here",
            code="BD4004",
            hint=f"write months in digits, or use one of {', '.join(MONTHS)}",
        )
    months = enumerate(table.split(), 1)
    return {fold(name): month for month, names in months for name in names.split("|")}


def compile_pattern(declared: str, language: str) -> Pattern:
    """A pattern of YYYY YY MMMM MMM MM M DD D, literals, and blanks for any run of blanks."""
    parts, months, seen = [], {}, ""
    for part in _TOKENS.findall(declared.strip()):
        if part in _DIGITS:
            parts.append(_DIGITS[part])
        elif part in ("MMM", "MMMM"):
            months = month_names(language, part)
            parts.append(r"(?P<month>[^\W\d_]{3,12})" + (r"\.?" if part == "MMM" else ""))
        elif part[0] in "YMD":
            raise _refusal(declared, f"`{part}` is none of YYYY, YY, MMMM, MMM, MM, M, DD, D")
        else:
            parts.append(r"\s+" if part.isspace() else re.escape(part))
        seen += part[0] if part[0] in "YMD" else ""
    if sorted(seen) != ["D", "M", "Y"]:
        raise _refusal(declared, "it needs one year, one month and one day")
    return Pattern(declared, "".join(parts), months)


def example(declared: str, language: str) -> str:
    """15 November 2026, as the pattern writes it."""
    table = {"MMMM": MONTHS, "MMM": SHORT_MONTHS}
    written = {"YYYY": "2026", "YY": "26", "MM": "11", "M": "11", "DD": "15", "D": "15"}
    for letters, months in table.items():
        names = months.get(language[:2].lower(), MONTHS["en"]).split()
        written[letters] = names[10].partition("|")[0]
    return "".join(written.get(part, part) for part in _TOKENS.findall(declared.strip()))


def _refusal(declared: str, fact: str) -> GuidelineError:
    return GuidelineError(
        f"locale.dates: `{declared}`: {fact}", code="BD4004", hint="such as `DD/MM/YYYY`"
    )


def patterns(locale: Locale) -> list[Pattern]:
    """The declared patterns, compiled; at least one."""
    if not locale.dates:
        raise GuidelineError(
            "locale.dates is empty", code="BD4004", hint="declare a pattern such as `YYYY-MM-DD`"
        )
    return [compile_pattern(declared, locale.language) for declared in locale.dates]


def _read_one(match: re.Match[str], months: dict[str, int]) -> date | None:
    """The day, or None for a day that no calendar has. A year of two digits is 2000 to 2099."""
    year, month, day = match["year"], match["month"], match["day"]
    number = months[fold(month)] if months else int(month)
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None


class _Dates:
    """The slow half: every pattern is tried, and the reason why not is named."""

    def __init__(self, locale: Locale) -> None:
        self.patterns = [(re.compile(it.regex).fullmatch, it.months) for it in patterns(locale)]
        self.declared = " or ".join(f"`{text}`" for text in locale.dates)
        such = example(locale.dates[0], locale.language)
        self.hint = f"write it such as `{such}`, or correct `locale.dates` in the guideline"

    def refuse(self, text: str) -> Failure:
        """The failure of a text that fits no pattern."""
        fact = f"`{text[:80]}` is not a date written {self.declared}"
        return Failure("BD2005", fact, self.hint)

    def matches(self, text: str) -> list[tuple[re.Match[str], dict[str, int]]]:
        """The patterns that fit, a month's name being a month."""
        found = [(match, months) for fit, months in self.patterns if (match := fit(text))]
        return [it for it in found if not it[1] or fold(it[0]["month"]) in it[1]]

    def read(self, text: str) -> date | Failure:
        """The one day that the text can mean."""
        matches = self.matches(unicodedata.normalize("NFC", text))
        days = {day for match, months in matches if (day := _read_one(match, months))}
        if len(days) == 1:
            return days.pop()
        if days:
            either = " or ".join(day.isoformat() for day in sorted(days))
            return Failure("BD2006", f"`{text}` is {either}", "declare one pattern of dates")
        if matches:
            return Failure("BD2005", f"`{text}` is a day that no calendar has", self.hint)
        return self.refuse(text)


def reader(locale: Locale) -> Callable[[str], date | Failure]:
    """The reader of dates; remembers what it read, as a day's documents share few dates."""
    slow = _Dates(locale)
    known: dict[str, date | Failure] = {}

    def read(text: str) -> date | Failure:
        day = known.get(text)
        if day is None:
            if len(text) > LONGEST:
                return slow.refuse(text)
            if len(known) >= CACHE:
                known.clear()
            day = known[text] = slow.read(text)
        return day

    return read
