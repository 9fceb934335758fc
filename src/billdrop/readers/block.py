"""The lines of an invoice that stand together, taken all at once. Never guesses where it is not sure."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from billdrop.model import Line
from billdrop.readers.patterns import Blank, Literal, Node, Optional, Token
from billdrop.readers.rows import Row
from billdrop.readers.tables import ItemRow, Tables, fold
from billdrop.readers.usual import UnusualError
from billdrop.readers.walk import by_pattern, by_text
from billdrop.values import Convert

Take = Callable[[str, int], tuple[Line, ...]]
"""Takes a text of whole lines and the number of the first; raises `UnusualError`."""

DIGITS = 12
"""A number with more before its first mark is left to the exact reader."""
LONGEST = 500
"""A longer text of a row is left to the exact reader."""

_BLANK = r"[^\S\n]"
_INT = rf"[0-9]{{1,{DIGITS}}}+"
_NUMBER = rf"{_INT}(?:[.,][0-9]++)*+"
_ENDS = ",;|/:\t"


class Claims:
    """Whether a line may be anything else than a row."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.labels = frozenset(label for known in tables.labels.values() for label in known)

    def __call__(self, line: str) -> bool:
        """Whether it is known by its text or a pattern, or has a label of any section."""
        marked = by_text(line, self.tables) or by_pattern(line, self.tables)
        return marked is not None or any(self.labelled(line))

    def labelled(self, line: str) -> Iterator[bool]:
        """For each separator, whether a label stands before it."""
        text = line.lstrip()
        for separator in self.tables.separators:
            label, found, _ = text.partition(separator)
            yield bool(found) and fold(label) in self.labels


class Takers:
    """The ways to take lines, made once for all shapes of a guideline."""

    def __init__(self, tables: Tables) -> None:
        claims, first = Claims(tables), tables.rows[0] if tables.rows else None
        regex = (
            _regex(first.row.nodes) if first and first.row.plain and len(first.names) > 1 else ""
        )
        self.careful: Take = _Careful(tables, claims)
        self.quick: Take = _Quick(first, regex, tables, claims) if first and regex else self.careful

    def of(self, used: set[int]) -> Take:
        """How to take lines that fit the rows of these positions."""
        return self.quick if used == {0} else self.careful


class _Careful:
    """Takes each line by the first row that fits, as the exact reader does."""

    def __init__(self, tables: Tables, claims: Claims) -> None:
        self.rows, self.claims = tables.rows, claims

    def __call__(self, text: str, number: int) -> tuple[Line, ...]:
        taken = []
        for at, line in enumerate(text[:-1].split("\n"), number):
            values = None if self.claims(line) else _values(line, self.rows)
            if values is None:
                raise UnusualError
            taken.append(Line(**values, source_line=at))
        return tuple(taken)


def _values(line: str, rows: Sequence[ItemRow]) -> dict[str, Any] | None:
    for row in rows:
        match = row.fit(line)
        if match is not None:
            texts = zip(row.names, match.groups(), strict=True)
            values: dict[str, Any] = {name: text for name, text in texts if text is not None}
            typed = [(name, convert) for name, convert in row.typed if name in values]
            read = {name: convert(values[name]) for name, convert in typed}
            plain = all(type(value) is Decimal for value in read.values())
            return values | read if plain else None
    return None


class _Quick:
    """
    One expression finds every line; it fits a line as the row's plain pattern does, or not at all.

    It may run over the end of a line in search of what ends a text, which is fast. Such a find has two
    ends of lines, so there are fewer finds than lines.
    """

    def __init__(self, row: ItemRow, regex: str, tables: Tables, claims: Claims) -> None:
        self.find = re.compile(rf"^{_BLANK}*+{regex}{_BLANK}*+\n", re.MULTILINE).findall
        self.make = _maker(row)
        self.claims = claims
        self.separators = tables.separators
        self.sure = _begins_with_digit(row.row) and not tables.patterns
        self.sure = self.sure and not any("0" <= key[:1] <= "9" for key in tables.lines)

    def __call__(self, text: str, number: int) -> tuple[Line, ...]:
        found = self.find(text)
        if len(found) != text.count("\n") or (self.doubtful(text) and self.claimed(text)):
            raise UnusualError
        return self.make(found, number)

    def doubtful(self, text: str) -> bool:
        """Whether a line may be something else, at first sight."""
        if self.sure:
            for separator in self.separators:
                if separator in text:
                    return True
        return not self.sure

    def claimed(self, text: str) -> bool:
        """Whether a line may be something else."""
        return any(map(self.claims, text[:-1].split("\n")))


def _begins_with_digit(row: Row) -> bool:
    first = row.nodes[0]
    return isinstance(first, Token) and first.type in ("int", "integer")


def _regex(nodes: tuple[Node, ...]) -> str:
    """The expression of a row in which each part shows where it ends; empty where one does not."""
    parts = []
    for at, node in enumerate(nodes):
        following = nodes[at + 1] if at + 1 < len(nodes) else None
        if isinstance(node, Optional):
            inner = _regex(node.parts)
            if following is not None or not inner or _texts(node.parts):
                return ""
            parts.append(f"(?:{inner})?+")
        elif part := _part(node, following):
            parts.append(part)
        else:
            return ""
    return "".join(parts)


def _texts(nodes: tuple[Node, ...]) -> bool:
    return any(isinstance(node, Token) and node.type == "text" for node in nodes)


def _part(node: Literal | Blank | Token, following: Node | None) -> str:
    if isinstance(node, Blank):
        return f"{_BLANK}++"
    if isinstance(node, Literal):
        return re.escape(node.text)
    if isinstance(following, Optional):
        following = following.parts[0]
    regex = _token(node, following)
    return f"({'?:' if node.name == '_' else ''}{regex})" if regex else ""


def _token(token: Token, following: Node | None) -> str:
    literal = following.text if isinstance(following, Literal) else ""
    if token.type == "text" and literal:
        stop = re.escape(literal[0])
        return rf"[^{stop}\s][^{stop}]{{0,{LONGEST}}}+(?<!\s)"
    if token.type in ("int", "integer") and not literal[:1].isdigit():
        return _INT if literal else rf"{_INT}(?![0-9])"
    ends = following is None or (literal != "" and literal[0] in _ENDS)
    return _NUMBER if ends and token.type in ("number", "money", "percent") else ""


def _maker(row: ItemRow) -> Callable[[list[tuple[str, ...]], int], tuple[Line, ...]]:
    """
    A function written for the fields of the row, as a loop over their names takes twice the time:

        tuple([Line(name=name_, net=…, source_line=at) for at, (name_, net_) in enumerate(found, first)])
    """
    given: dict[str, Any] = {"Line": Line, "Decimal": Decimal}
    typed = dict(row.typed)
    fields = []
    for name in row.names:
        value = f"{name}_"
        if name in typed:
            given[f"read_{name}"] = _surely(typed[name])
            value = f"Decimal({name}_) if {name}_.isdigit() else read_{name}({name}_)"
        missing = f" if {name}_ else None" if name in row.row.missing else ""
        fields.append(f"{name}=({value}){missing}")
    names = ", ".join(f"{name}_" for name in row.names)
    line = f"Line({', '.join(fields)}, source_line=at)"
    source = f"lambda found, first: tuple([{line} for at, ({names}) in enumerate(found, first)])"
    made: Callable[[list[tuple[str, ...]], int], tuple[Line, ...]] = eval(source, given)  # noqa: S307  of LINE_FIELDS alone
    return made


def _surely(convert: Convert) -> Callable[[str], Decimal]:
    def read(text: str) -> Decimal:
        value = convert(text)
        if type(value) is not Decimal:
            raise UnusualError
        return value

    return read
