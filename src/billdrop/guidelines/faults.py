"""What is wrong with a guideline, first by its key, then by its place in the text."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from billdrop.guidelines.places import Path, Place

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Problem(Struct, frozen=True, kw_only=True):
    """Something wrong with a guideline file, with its place."""

    code: str
    """One of BD4002 to BD4007."""
    message: str
    path: str
    """The key, such as `fields.net.label`; empty for the file as a whole."""
    line: int
    """1-based."""
    column: int
    """1-based, of the key, in characters."""
    hint: str


class Fault(NamedTuple):
    """Something wrong with one key."""

    path: Path
    message: str
    hint: str = ""
    code: str = "BD4004"

    def at(self, places: Mapping[Path, Place]) -> Problem:
        """The problem it is, at the key or at the nearest table that is there."""
        known = self.path
        while known and known not in places:
            known = known[:-1]
        line, column = places.get(known, (1, 1))
        return Problem(
            code=self.code,
            message=self.message,
            path=dotted(self.path),
            line=line,
            column=column,
            hint=self.hint,
        )


def dotted(path: Path) -> str:
    """A path as TOML writes it: `fields.net.label`, `examples[0].expect`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.fullmatch(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text


def parts(text: str) -> Path:
    """The path that `dotted` writes so."""
    found = re.findall(r'\[(\d+)\]|"([^"]*)"|([^.\[\]"]+)', text)
    return tuple(int(index) if index else quoted or bare for index, quoted, bare in found)


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean …?`, or nothing when nothing is close."""
    plain = word.lower().replace("-", "_").replace(" ", "_")
    close = difflib.get_close_matches(plain, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def listed(words: Iterable[object]) -> str:
    """`a`, `b` or `c`."""
    *most, last = [f"`{word}`" for word in words]
    return f"{', '.join(most)} or {last}" if most else last
