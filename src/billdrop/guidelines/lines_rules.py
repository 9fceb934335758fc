"""What must hold for the lines that begin and end an items list: they tell themselves from its rows."""

from collections.abc import Iterator

from billdrop.errors import GuidelineError
from billdrop.guidelines.faults import Fault
from billdrop.guidelines.model import Guideline
from billdrop.guidelines.places import Path
from billdrop.readers.patterns import Literal, Token, flat, parse

_FREE = ("", "text", "word")


def faults(guideline: Guideline) -> Iterator[Fault]:
    """A pattern that every line fits, or that is a row of the list, ends it where it begins."""
    lines = guideline.lines
    if lines is None:
        return
    rows = [" ".join(it.split()) for it in _each(lines.row)]
    for key in ("start", "end"):
        given = getattr(lines, key)
        for at, text in enumerate(_each(given)):
            path: Path = ("lines", key) if isinstance(given, str) else ("lines", key, at)
            if _fits_all(text):
                hint = "write what stands on that line beside its values, or its whole text"
                yield Fault(path, f"`lines.{key}`: every line fits `{text}`", hint)
            elif "{" in text and " ".join(text.split()) in rows:
                hint = "write a line that is none of the rows, or take it out"
                yield Fault(path, f"`lines.{key}`: `{text}` is a row of the lines", hint)


def _each(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts


def _fits_all(text: str) -> bool:
    """Whether a pattern has nothing but texts; one that is none is refused where it is compiled."""
    if "{" not in text:
        return False
    try:
        parts = list(flat(parse(text, "lines")))
    except GuidelineError:
        return False
    if any(isinstance(part, Literal) for part in parts):
        return False
    return all(part.type in _FREE for part in parts if isinstance(part, Token))
