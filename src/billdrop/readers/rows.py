"""Rows written as they look, compiled to matchers that need linear time whatever they are given."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from sys import intern
from typing import Protocol

import re2

from billdrop.guidelines.model import Locale, ValueType
from billdrop.readers.patterns import (
    Blank,
    Literal,
    Node,
    Optional,
    Token,
    flat,
    parse,
    refusal,
)
from billdrop.values import amounts, currencies, dates

_SPACES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
_RE2 = {r"\s": f"[{_SPACES}]", r"\S": f"[^{_SPACES}]", r"[^\W\d_]": r"\pL"}
_FREE = r"\S(?:.*?\S)??"
_LOOSE = {"text": _FREE, "date": _FREE, "word": r"\S+", "currency": r"\S+"}
_LOOSE_NUMBER = r"\S*[0-9]\S*"

_NUMBERS = ("number", "money", "percent")
_NUMBER = r"[0-9]++(?:[.,][0-9]++)*+"

_TEXTS = ("text", "word", "currency", "date")

_NARROWS: dict[str, tuple[str, ...]] = {
    "text": ("text", "word", "int", "integer", "number", "money", "percent", "date", "currency"),
    "money": ("money", "number", "int", "integer"),
    "number": ("number", "money", "int", "integer"),
    "percent": ("percent", "number", "int", "integer"),
    "integer": ("integer", "int"),
    "date": ("date",),
    "currency": ("currency", "word"),
}
"""By a field's own type, the types a row may give it."""


class Match(Protocol):
    """What `re` and re2 answer alike."""

    @property
    def string(self) -> str: ...

    def groups(self) -> tuple[str | None, ...]: ...

    def span(self, group: int, /) -> tuple[int, int]: ...


Fit = Callable[[str], Match | None]


class Row:
    """One compiled pattern; the groups of its matches are `names`, in order."""

    def __init__(
        self, nodes: tuple[Node, ...], strict: str, loose: str, plain: str, *, linear: bool
    ) -> None:
        self.nodes = nodes
        self.plain = bool(plain)
        """Whether a faster pattern is tried first."""
        parts = [part for part in flat(nodes) if isinstance(part, Token) and part.name != "_"]
        self.names = tuple(intern(part.name) for part in parts)
        surely = [node.name for node in nodes if isinstance(node, Token)]
        self.missing = frozenset(self.names) - frozenset(surely)
        """What need not be there."""
        self.loose = loose
        self.linear = linear
        """Whether re2 matches it, because texts without bounds make `re` slow on hostile lines."""
        self.fit: Fit = _re2(strict) if linear else re.compile(_possessive(strict)).fullmatch
        if plain:
            self.fit = _either(re.compile(_possessive(plain)).fullmatch, self.fit)

    @cached_property
    def near(self) -> Fit:
        """Fits what has the shape of the row, with values that may be wrong, to say which are."""
        return _re2(self.loose)


def _either(plain: Fit, fit: Fit) -> Fit:
    return lambda line: plain(line) or fit(line)


def _possessive(regex: str) -> str:
    """Runs of blanks that never give one back: nothing that follows a blank begins with one."""
    return regex.replace(r"\s+", r"\s++").replace(r"\s*", r"\s*+")


def _re2(regex: str) -> Fit:
    options = re2.Options()
    options.log_errors = False
    for python, other in _RE2.items():
        regex = regex.replace(python, other)
    fit: Fit = re2.compile(regex, options).fullmatch
    return fit


def _exactly(text: str) -> str:
    """A literal; a backslash in it never looks like a class."""
    return re.escape(text).replace(r"\\", r"[\\]")


def _regex(nodes: tuple[Node, ...], tokens: Callable[[Token], str]) -> str:
    """The regular expression of nodes."""
    parts = []
    for node in nodes:
        if isinstance(node, Literal):
            parts.append(_exactly(node.text))
        elif isinstance(node, Token):
            parts.append(f"({'?:' if node.name == '_' else ''}{tokens(node)})")
        elif isinstance(node, Optional):
            parts.append(f"(?:{_regex(node.parts, tokens)})?")
        else:
            parts.append(r"\s+")
    return "".join(parts)


def _free(parts: list[Literal | Blank | Token]) -> int:
    """How many placeholders have no bound: texts, and words that something else than blanks adjoins."""
    count = 0
    for at, part in enumerate(parts):
        if isinstance(part, Token) and part.type in ("text", "word"):
            around = (parts[at - 1 : at] + parts[at + 1 : at + 2]) if at else parts[1:2]
            closed = part.type == "word" and all(isinstance(other, Blank) for other in around)
            count += not closed
    return count


def _plain(nodes: tuple[Node, ...], strict: Mapping[str, str]) -> str:
    """
    A faster pattern for most lines, which fits as the strict one does or not at all; empty if there is none.

    A text that ends before a literal holds none of that literal's first character, so its end is never
    searched for. A number has neither sign nor currency, where none could be mistaken for what follows.
    """
    parts = list(flat(nodes))
    after = dict(zip(parts, [*parts[1:], None], strict=True))
    if _free(parts) > 1 or any(part.type == "word" for part in parts if isinstance(part, Token)):
        return ""

    def token(given: Token) -> str:
        follows = after[given]
        if given.type == "text" and isinstance(follows, Literal):
            stop = _exactly(follows.text[0])
            return rf"[^{stop}\s][^{stop}]*+(?<=\S)"
        if given.type in ("int", "integer"):
            return "[0-9]++"
        if given.type in _NUMBERS and (follows is None or _is_mark(follows)):
            return _NUMBER
        return strict[given.type]

    return rf"\s*{_regex(nodes, token)}\s*"


def _is_mark(node: Node) -> bool:
    """Whether a number ends before it, with no currency or sign between."""
    return isinstance(node, Literal) and node.text[0] in ",;|/:\t"


def _typed(nodes: tuple[Node, ...], own: Mapping[str, ValueType] | None) -> tuple[Node, ...]:
    """The nodes, every token with a type."""

    def typed(node: Node) -> Node:
        if isinstance(node, Optional):
            return Optional(_typed(node.parts, own))
        if isinstance(node, Token) and not node.type:
            return node._replace(type=(own or {}).get(node.name, "text"))
        return node

    return tuple(map(typed, nodes))


class Rows:
    """Compiles the patterns of one locale."""

    def __init__(self, locale: Locale, digits: int) -> None:
        self.marked = locale.group in ("", ",", ".")
        number = amounts.signed(locale, amounts.shaped(locale, digits))
        names = currencies.alternatives(currencies.named(locale))
        codes = sorted({*locale.currencies.values(), locale.currency} - {""})
        before = "|".join([f"(?i:{names})", *codes] if names else codes)
        after = f"(?:{before}|[A-Z]{{3}})" if before else "[A-Z]{3}"
        whole = f"{'[-−]?' if 'minus' in locale.negative else ''}[0-9]{{1,{digits}}}"
        days = "|".join(it.bare for it in dates.patterns(locale))
        self.strict = {
            "int": whole,
            "integer": whole,
            "number": number,
            "money": (rf"(?:(?:{before})\s?)?" if before else "") + rf"{number}(?:\s?{after})?",
            "percent": rf"{number}(?:\s?%)?",
            "date": f"(?:{days})".replace(r"\s+", r"\s{1,9}"),
            "currency": after,
            "text": _FREE,
            "word": r"\S+?",
        }

    def compile(self, pattern: str, own: Mapping[str, ValueType] | None, where: str) -> Row:
        """
        Compile a pattern. `own` are the fields that it may name, with their types; None: any name.

        Raises `GuidelineError` BD4005 with the column in the pattern.
        """
        nodes = _typed(parse(pattern, where), own)
        parts = list(flat(nodes))
        _refuse(pattern, where, parts, own)
        return Row(
            nodes,
            rf"\s*{_regex(nodes, lambda token: self.strict[token.type])}\s*",
            rf"\s*{_regex(nodes, lambda token: _LOOSE.get(token.type, _LOOSE_NUMBER))}\s*",
            _plain(nodes, self.strict) if self.marked else "",
            linear=_free(parts) > 1,
        )


def _refuse(
    pattern: str,
    where: str,
    parts: list[Literal | Blank | Token],
    own: Mapping[str, ValueType] | None,
) -> None:
    """Refuse unknown and repeated names, types that do not fit, and values that nothing separates."""
    seen: set[str] = set()
    last: Literal | Blank | Token | None = None
    for part in parts:
        if isinstance(part, Token):
            if fact := _wrong(part, own, seen, last):
                raise refusal(where, pattern, part.column, fact)
            seen.add(part.name)
        last = part


def _wrong(
    token: Token,
    own: Mapping[str, ValueType] | None,
    seen: set[str],
    last: Literal | Blank | Token | None,
) -> str:
    """What is wrong with a token, or nothing."""
    name, kind = token.name, token.type
    if isinstance(last, Token) and (last.type in _TEXTS) == (kind in _TEXTS):
        return f"nothing stands between `{last.name}` and `{name}`"
    if own is None or name == "_":
        return ""
    if name not in own:
        return f"`{name}` is none of {', '.join(own)}"
    if name in seen:
        return f"`{name}` is there twice"
    if kind not in _NARROWS[own[name]]:
        return f"`{name}` is of type {own[name]}, which cannot be read as {kind}"
    return ""
