"""Parsing a TOML text that anybody may have written: bounded first, then parsed, never hung on."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from billdrop.guidelines.places import Place, syntax_place

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
"""Parts of a dotted key, and tables and lists within each other; a guideline needs five."""

_ASIDE = re.compile(
    r'"""(?:\\.|.)*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)|"(?:\\[^\n]|[^"\\\n])*"?|\'[^\'\n]*\'?|#[^\n]*',
    re.DOTALL,
)
_DEEP = re.compile(rf"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}")
_BRACKET = re.compile(r"[\[\]{}]")


class NotTomlError(ValueError):
    """The text is no TOML, or more of it than is taken."""

    def __init__(self, fact: str, place: Place = (1, 1)) -> None:
        super().__init__(fact)
        self.fact, self.place = fact, place


def read_text(path: Path) -> str:
    """The text of a file; of one that is too large, only so much as shows it."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return content.decode("utf-8-sig", "strict" if len(content) <= MAX_BYTES else "replace")


def parsed(text: str) -> dict[str, Any]:
    """What the text says, numbers exact; raises `NotTomlError`."""
    _bounded(text)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        place, message = syntax_place(text, error)
        raise NotTomlError(f"not TOML: {message[0].lower()}{message[1:]}", place) from error
    except RecursionError as error:
        raise NotTomlError("it is nested too deeply") from error
    except ValueError as error:
        raise NotTomlError("a number has too many digits") from error


def _bounded(text: str) -> None:
    """`tomllib` takes quadratic time for long keys, and a frame for each level of nesting."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise NotTomlError(f"it has more than {MAX_BYTES // 1024} KiB")
    bare = _ASIDE.sub(_blanked, text)
    found = _DEEP.search(bare)
    if found:
        place = _place(text, found.start())
        raise NotTomlError(f"a key has more than {MAX_DEPTH} parts", place)
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            place = _place(text, bracket.start())
            raise NotTomlError(f"tables and lists are nested more than {MAX_DEPTH} deep", place)


def _blanked(found: re.Match[str]) -> str:
    """As long as the string or comment, and without anything that counts."""
    return "\n".join("_" * len(line) for line in found[0].split("\n"))


def _place(text: str, at: int) -> Place:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
