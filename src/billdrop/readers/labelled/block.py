"""The lines of an invoice that stand together, taken all at once. Never guesses where it is not sure."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from billdrop.model import Line
from billdrop.readers.labelled.walk import by_pattern, by_text
from billdrop.readers.patterns import Blank, Literal, Node, Optional, Token
from billdrop.readers.rows import Row
from billdrop.readers.tables import ItemRow, Tables, fold
from billdrop.readers.usual import UnusualError
from billdrop.readers.written import DECIMAL, DIGITS, GOING_ON, Written, regex, source, surely

Take = Callable[[str, int], tuple[Line, ...]]
"""Takes a text of whole lines and the number of the first; raises `UnusualError`."""

LONGEST = 500
"""A longer text of a row is left to the exact reader."""

_INT = rf"[0-9]{{1,{DIGITS}}}+"
_ENDS = ",;|/:\t"


class Claims:
    """Whether a line may be anything else than a row."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.labels = frozenset(label for known in tables.labels.values() for label in known)

    def numbered(self) -> bool:
        """Whether any line that is not a row may begin with a digit."""
        return any(text[:1].isdigit() for text in (*self.tables.lines, *self.labels))

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
        self.tables, self.claims = tables, Claims(tables)
        self.careful: Take = _Careful(tables, self.claims)
        self.quick: dict[Written, Take] = {}

    def of(self, used: set[int], way: Written) -> Take:
        """How to take lines that fit the rows of these positions, with amounts so written."""
        if used != {0}:
            return self.careful
        known = self.quick.get(way)
        if known is None:
            known = self.quick[way] = self.made(self.tables.rows[0], way)
        return known

    def made(self, first: ItemRow, way: Written) -> Take:
        """How to take lines that fit the first row."""
        nodes = first.row.nodes
        plain = first.row.plain and len(first.names) > 1 and not isinstance(nodes[0], Optional)
        regex = _Regex(way, self.tables.mark).of(nodes) if plain else ""
        return _Quick(first, regex, way, self.tables, self.claims) if regex else self.careful


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

    What fits no row is found as a line without an id. A text may run over the end of a line in search of
    what ends it, which is fast, and is looked at afterwards.
    """

    def __init__(
        self, row: ItemRow, regex: str, way: Written, tables: Tables, claims: Claims
    ) -> None:
        blank = blanks(way)
        self.find = re.compile(rf"{blank}*+{regex}{blank}*+\n|[^\n]*+\n").findall
        self.make = _maker(row, way, tables.mark)
        self.claims = claims
        self.sure = _begins_with_digit(row.row) and not (tables.patterns or claims.numbered())

    def __call__(self, text: str, number: int) -> tuple[Line, ...]:
        if not self.sure and any(map(self.claims, text[:-1].split("\n"))):
            raise UnusualError
        found = self.find(text)
        if not found:
            raise UnusualError
        return self.make(found, number)


def _begins_with_digit(row: Row) -> bool:
    first = row.nodes[0]
    return isinstance(first, Token) and first.type in ("int", "integer")


def blanks(way: Written) -> str:
    """What is a blank in a document whose amounts are so written; those with others are written anyhow."""
    return r"[^\S\n]" if way is Written.ANYHOW else " "


class _Regex:
    """Makes expressions of rows in which each part shows where it ends."""

    def __init__(self, way: Written, mark: str) -> None:
        self.blank, self.number = blanks(way), regex(way, mark)

    def of(self, nodes: tuple[Node, ...]) -> str:
        """The expression; empty where a part does not show its end."""
        parts = []
        for at, node in enumerate(nodes):
            if isinstance(node, Optional):
                inner = self.of(node.parts)
                if at + 1 < len(nodes) or not inner or _texts(node.parts):
                    return ""
                parts.append(f"(?:{inner})?+")
            elif part := self.part(node, _flat(nodes[at + 1 : at + 3])):
                parts.append(part)
            else:
                return ""
        return "".join(parts)

    def part(self, node: Literal | Blank | Token, following: Sequence[Node]) -> str:
        """The expression of one part, by the two that follow."""
        if isinstance(node, Blank):
            return f"{self.blank}++"
        if isinstance(node, Literal):
            return re.escape(node.text)
        regex = self.token(node, following)
        return f"({'?:' if node.name == '_' else ''}{regex})" if regex else ""

    def token(self, token: Token, following: Sequence[Node]) -> str:
        """The expression of a value."""
        literal = following[0].text if following and isinstance(following[0], Literal) else ""
        if token.type == "text" and literal:
            stop = re.escape(literal[0])
            return rf"[^{stop}\s][^{stop}]{{0,{LONGEST}}}+(?<!\s)"
        if token.type in ("int", "integer") and not literal[:1].isdigit():
            return _INT if literal else rf"{_INT}(?![0-9])"
        ends = not following or (literal != "" and literal[0] in _ENDS)
        if not ends or token.type not in ("number", "money", "percent"):
            return ""
        parted = literal[:1] != "," or (len(following) > 1 and isinstance(following[1], Blank))
        return self.number if parted else self.number + GOING_ON


def _flat(nodes: tuple[Node, ...]) -> Sequence[Node]:
    """Those that stand first, out of their brackets."""
    return nodes[0].parts if nodes and isinstance(nodes[0], Optional) else nodes


def _texts(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes if isinstance(node, Token) and node.type == "text"]


def _maker(row: ItemRow, way: Written, mark: str) -> Callable[[list[Any], int], tuple[Line, ...]]:
    """
    A function written for the fields of the row, as a loop over their names takes twice the time:

        tuple([Line(source_line=at, id=id_ or no(), net=DECIMAL(net_)) for at, (id_, net_) in enumerate(found, first)])
    """
    given: dict[str, Any] = {"Line": Line, "DECIMAL": DECIMAL, "no": _no}
    typed, texts = dict(row.typed), _texts(row.row.nodes)
    fields = []
    for name in row.names:
        value = text = f"{name}_"
        if name in typed:
            given[f"read_{name}"] = surely(typed[name])
            value = source(way, mark, text, f"read_{name}({text})")
        elif name in texts:
            value = f'{text} if "\\n" not in {text} else no()'
        if name in row.row.missing:
            value = f"({value}) if {text} else None"
        elif name == row.names[0]:
            value = f"({value}) if {text} else no()"
        fields.append(f"{name}={value}")
    names = ", ".join(f"{name}_" for name in row.names)
    line = f"Line(source_line=at, {', '.join(fields)})"
    code = f"lambda found, first: tuple([{line} for at, ({names}) in enumerate(found, first)])"
    made: Callable[[list[Any], int], tuple[Line, ...]] = eval(code, given)  # noqa: S307  of LINE_FIELDS alone
    return made


def _no() -> None:
    raise UnusualError
