"""What must hold for the encoding, marks, dates, currencies and language that a guideline declares."""

import codecs
from collections.abc import Iterator

from billdrop.errors import GuidelineError
from billdrop.guidelines.faults import Fault
from billdrop.guidelines.model import Guideline
from billdrop.guidelines.places import Path
from billdrop.values.currencies import MINOR_UNITS
from billdrop.values.dates import compile_pattern

_REFUSED = ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode")


def faults(guideline: Guideline) -> Iterator[Fault]:
    """Everything that does not hold."""
    yield from _encoding(guideline)
    yield from _dates(guideline)
    yield from _marks(guideline)
    yield from _currencies(guideline)


def _encoding(guideline: Guideline) -> Iterator[Fault]:
    name = guideline.input.encoding
    if not _is_text(name):
        hint = "write it as Python names it, such as `utf-8`, `cp1252` or `iso-8859-1`"
        yield Fault(("input", "encoding"), f"there is no text encoding `{name}`", hint)
        return
    for index, text in enumerate(guideline.match.contains):
        try:
            text.encode(name)
        except UnicodeEncodeError as error:
            message = f"`{text[error.start]}` cannot be written in {name}"
            hint = "no document in that encoding can contain it"
            yield Fault(("match", "contains", index), message, hint)


def _is_text(encoding: str) -> bool:
    """Whether Python knows it as one that makes texts of bytes, every text whole."""
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name not in _REFUSED
    except (LookupError, ValueError):
        return False


def _dates(guideline: Guideline) -> Iterator[Fault]:
    locale = guideline.locale
    if not locale.dates:
        yield Fault(("locale", "dates"), "`locale.dates` is empty", "such as `YYYY-MM-DD`")
    for index, declared in enumerate(locale.dates):
        try:
            compile_pattern(declared, locale.language)
        except GuidelineError as error:
            months = error.message.startswith("locale.language")
            place: Path = ("locale", "language") if months else ("locale", "dates", index)
            yield Fault(place, error.message, error.hint)


def _marks(guideline: Guideline) -> Iterator[Fault]:
    locale = guideline.locale
    if locale.group == locale.decimal:
        message = f"`locale.group` is `{locale.group}`, and so is the decimal mark"
        yield Fault(("locale", "group"), message, "declare two different marks")
    if locale.group.isdigit():
        message = f"`locale.group` is the digit `{locale.group}`"
        yield Fault(("locale", "group"), message, "declare a mark, a blank or nothing")


def _currencies(guideline: Guideline) -> Iterator[Fault]:
    locale = guideline.locale
    given: list[tuple[Path, str]] = [(("locale", "currency"), locale.currency)]
    given += [(("locale", "currencies", name), code) for name, code in locale.currencies.items()]
    for path, code in given:
        if code and code not in MINOR_UNITS:
            hint = "write the code of three capitals, such as `EUR`"
            yield Fault(path, f"`{code}` is no ISO 4217 code", hint)
