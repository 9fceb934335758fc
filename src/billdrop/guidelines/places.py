"""Where each key of a TOML text stands. `tomllib` gives values without places."""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys and 0-based array positions from the root: `("examples", 0, "text")`."""
Place = tuple[int, int]
"""Line and column from 1, in characters."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_GAP = re.compile(r"[ \t]*")
_PART = re.compile(r"""(?P<bare>[A-Za-z0-9_-]+)|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_SCALAR = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?!")|\'\'\'.*?\'\'\'(?!\')|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[^,\]}\#\n]+''',
    re.DOTALL,
)
_SYNTAX_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


def places(text: str) -> dict[Path, Place]:
    """The place of every key and array element of a text that `tomllib` has accepted."""
    return _Scan(text).document()


def syntax_place(text: str, error: tomllib.TOMLDecodeError) -> tuple[Place, str]:
    """The place of a syntax error, and its message without the place."""
    message = str(error)
    found = _SYNTAX_PLACE.search(message)
    bare = message[: found.start()].strip() if found else message
    if found and found[1]:
        return (int(found[1]), int(found[2])), bare
    lines = text.split("\n")
    return (len(lines), len(lines[-1]) + 1), bare


class _Scan:
    """One pass over the text; trusts its syntax."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._line = 1
        self._counted = 0
        self._elements: dict[Path, int] = {}
        self._places: dict[Path, Place] = {}

    def document(self) -> dict[Path, Place]:
        table: Path = ()
        while self._blank() < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
        return self._places

    def _header(self) -> Path:
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        table: Path = ()
        place = self._place(self._at)
        for part, place in self._key():
            table = self._newest((*table, part), place)
        if many:
            table = self._element(table, place)
        self._at += 2 if many else 1
        return table

    def _newest(self, path: Path, place: Place) -> Path:
        """Within an array of tables, a header goes on with its last element."""
        self._places.setdefault(path, place)
        return (*path, self._elements[path] - 1) if path in self._elements else path

    def _element(self, table: Path, place: Place) -> Path:
        """A new element of the array of tables."""
        array = table[:-1] if isinstance(table[-1], int) else table
        count = self._elements.get(array, 0)
        self._elements[array] = count + 1
        self._places[(*array, count)] = place
        return (*array, count)

    def _pair(self, table: Path) -> None:
        path = table
        for part, place in self._key():
            path = (*path, part)
            self._places.setdefault(path, place)
        self._at += 1
        self._gap()
        self._value(path)

    def _key(self) -> Iterator[tuple[str, Place]]:
        """The parts of a dotted key; leaves the scan at what follows it."""
        while True:
            self._gap()
            found = _PART.match(self._text, self._at)
            assert found
            place = self._place(self._at)
            self._at = found.end()
            self._gap()
            yield found["bare"] or str(tomllib.loads(f"k={found[0]}")["k"]), place
            if not self._text.startswith(".", self._at):
                return
            self._at += 1

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline(path)
        else:
            found = _SCALAR.match(self._text, self._at)
            assert found
            self._at = found.end()

    def _array(self, path: Path) -> None:
        self._at += 1
        position = 0
        while not self._closed("]"):
            self._places[(*path, position)] = self._place(self._at)
            self._value((*path, position))
            position += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while not self._closed("}"):
            self._pair(path)

    def _closed(self, bracket: str) -> bool:
        """Go on to the next element, or past the closing bracket."""
        self._blank()
        if self._text.startswith(",", self._at):
            self._at += 1
            self._blank()
        closed = self._text.startswith(bracket, self._at)
        self._at += closed
        return closed

    def _blank(self) -> int:
        found = _BLANK.match(self._text, self._at)
        assert found
        self._at = found.end()
        return self._at

    def _gap(self) -> None:
        found = _GAP.match(self._text, self._at)
        assert found
        self._at = found.end()

    def _place(self, at: int) -> Place:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line, at - self._text.rfind("\n", 0, at)
