"""A guideline while it is drafted, and its text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from billdrop.guidelines.marks import UNSURE

_BARE = re.compile(r"[A-Za-z0-9_-]+")
SOME_CURRENCY = "EUR"
"""What a text that states none is tried with."""
_NAMED = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\f": "\\f", "\b": "\\b"}


class Doubt(Struct, frozen=True, kw_only=True):
    """What a person has to look at."""

    field: str
    """The key path, such as `fields.total`, or the name of a field of the invoice."""
    why: str


class Sketch(Struct, kw_only=True):
    """What is known so far, by the tables of a guideline."""

    name: str
    title: str = ""
    extends: str = ""
    customer: str = ""
    match: dict[str, Any] = field(default_factory=dict)
    input: dict[str, Any] = field(default_factory=dict)
    locale: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)
    spare: list[str] = field(default_factory=list)
    """Further texts that all samples have, for `match`."""
    tables: dict[str, Any] = field(default_factory=dict)
    """Other keys of the guideline, such as `ignore`."""
    doubts: dict[str, str] = field(default_factory=dict)
    """Why, by the name of a field or the path of a table: `total`, `locale`, `lines`."""
    recognised: list[str] = field(default_factory=list)
    currency_open: bool = False
    """Whether the text states no currency: a person has to write it into `locale`."""

    def doubt(self, name: str, why: str) -> None:
        """Mark what a person has to look at."""
        if why:
            known = self.doubts.get(name)
            self.doubts[name] = f"{known}; {why}" if known and why not in known else why

    def text(self, examples: Sequence[Mapping[str, Any]] = ()) -> str:
        """The guideline as TOML, doubts as comments."""
        return "\n".join([*self._head(), *self._body(), *_examples(examples)]).rstrip() + "\n"

    def provisional(self) -> str:
        """The guideline as it can be tried: in some currency, and with whatever it is given."""
        locale = {**self.locale, "currency": SOME_CURRENCY} if self.currency_open else self.locale
        match = self.match if any(self.match.values()) else {}
        return replace(self, locale=locale, match=match).text()

    def _head(self) -> Iterator[str]:
        yield "# A draft: look at what is marked `unsure`, compare the example with the invoice,"
        yield "# then try it with `billdrop guideline lint` and on more files with `billdrop check`."
        yield f"guideline = {quoted(self.name)}"
        yield "version = 1"
        if self.title:
            yield f"title = {quoted(self.title)}"
        if self.extends:
            yield f"extends = {quoted(self.extends)}"
        if self.customer:
            yield f"customers = [{quoted(self.customer)}]"
        for name in ("match", "input", "locale", "checks"):
            table: dict[str, Any] = getattr(self, name)
            yield from self._unsure(name)
            if name == "locale" and "currency" not in self.fields:
                yield from self._unsure("currency")
            if table:
                yield f"{name} = {valued(table)}"
        for name, value in self.tables.items():
            yield from self._unsure(name)
            yield f"{name} = {valued(value)}"
        yield from self._unsure("unclaimed")

    def _body(self) -> Iterator[str]:
        if self.fields:
            yield "\n[fields]"
        for name in ("fields", "number", "issue_date", "total", "seller", "buyer"):
            if name not in self.fields:
                yield from self._unsure(name)
        for name, place in self.fields.items():
            yield from self._unsure(name)
            yield f"{name} = {valued(place)}"
        if "lines" in self.doubts and not self.lines:
            yield ""
            yield from self._unsure("lines")
        yield from self._lines()

    def _lines(self) -> Iterator[str]:
        if not self.lines:
            return
        yield "\n[lines]"
        yield from self._unsure("lines")
        yield from (f"{key} = {valued(it)}" for key, it in self.lines.items() if key != "fields")
        if "fields" in self.lines:
            yield "\n[lines.fields]"
            yield from (f"{name} = {valued(it)}" for name, it in self.lines["fields"].items())

    def _unsure(self, name: str) -> Iterator[str]:
        if name in self.doubts:
            why = "".join(map(_escaped, " ".join(self.doubts[name].split())))
            yield f"{UNSURE}{name}: {why}"


def quoted(text: str) -> str:
    """A basic string of TOML."""
    return (
        '"'
        + "".join(_escaped(letter) for letter in text).replace('"', '\\"').replace("\n", "\\n")
        + '"'
    )


def _escaped(letter: str) -> str:
    if letter in _NAMED:
        return _NAMED[letter]
    if (ord(letter) < 0x20 and letter != "\n") or ord(letter) == 0x7F:
        return f"\\u{ord(letter):04X}"
    return letter


def valued(value: Any) -> str:
    """A value of TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {valued(it)}" for key, it in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(valued, value))}]"
    return quoted(str(value))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def long_text(text: str) -> str:
    """A string of TOML over several lines, as it looks."""
    body = "".join(_escaped(letter) for letter in text).replace('"""', '""\\"')
    return f'"""\n{body}"""' if not body.endswith('"') else f'"""\n{body[:-1]}\\""""'


def _examples(examples: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for example in examples:
        yield "\n[[examples]]"
        yield "# confirm: this is what the draft reads; correct what the invoice says otherwise"
        yield f"text = {long_text(example['text'])}"
        expected = example["expect"]
        if len(expected) == 1:
            yield "[examples.expect]"
            yield from (f"{name} = {_expected(value)}" for name, value in expected[0].items())
        else:
            yield "expect = ["
            yield from (f"  {valued(one)}," for one in expected)
            yield "]"


def _expected(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(["[", *(f"  {valued(one)}," for one in value), "]"])
    return valued(value)
