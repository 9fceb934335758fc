"""A labelled guideline, compiled to look-ups by line and by label."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from sys import intern
from typing import NamedTuple, cast

from billdrop.errors import GuidelineError
from billdrop.guidelines.inputs import LabelledInput
from billdrop.guidelines.model import (
    INVOICE_FIELDS,
    LINE_FIELDS,
    Field,
    Guideline,
    Level,
    ValueType,
)
from billdrop.guidelines.part import Texts
from billdrop.readers import Limits
from billdrop.readers.rows import Fit, Row, Rows
from billdrop.values import Convert, Failure, Stated, Value
from billdrop.values.kinds import Kinds, kinds


class Mark(NamedTuple):
    """What a line or a label does besides stating a value."""

    record: bool = False
    """Begins an invoice."""
    items: bool = False
    """Begins the lines of the invoice."""
    end: bool = False
    """Ends them."""
    ignored: bool = False
    section: str | None = None


PLAIN = frozenset((str, Decimal, date))
"""The types of values that need no second look."""

FURNITURE = Mark()
"""Rulers and blank lines: claimed by nobody, reported by nobody."""


class Claim(NamedTuple):
    """The field that a label states; without a path it states nothing that is kept."""

    path: str
    convert: Convert
    mark: Mark | None


class ItemRow(NamedTuple):
    """One alternative of `lines.row`."""

    fit: Fit
    names: tuple[str, ...]
    """In the order of the groups."""
    typed: tuple[tuple[str, Convert], ...]
    """The fields that are not text, with their readers."""
    texts: tuple[str, ...]
    """The fields that are."""
    sparse: bool
    """Whether any of them may be missing."""
    most: int
    """A line of no more characters has no text over the limit."""
    row: Row


class Tables(NamedTuple):
    """All that the walk through the lines looks up."""

    separators: Sequence[str]
    lines: Mapping[str, Mark]
    """By the folded text of a whole line."""
    patterns: Sequence[tuple[Fit, Mark]]
    labels: Mapping[str, Mapping[str, Claim]]
    """By section, by the folded label; `""` is outside of every section."""
    rows: tuple[ItemRow, ...]
    anywhere: bool
    """Rows may stand on any line, as no line begins them."""
    closed: bool
    """Only their end ends the items, as it is declared."""
    wrapped: bool
    unclaimed: Level
    limits: Limits
    text: Convert
    """The reader of plain texts."""
    money: Convert
    """The reader of amounts."""
    mark: str
    """The decimal mark."""


def fold(text: str) -> str:
    """How labels and lines are compared when they are not the same: without case, blanks collapsed."""
    return " ".join(text.casefold().split())


def each(texts: Texts) -> Sequence[str]:
    """One text or several, always several."""
    return [texts] if isinstance(texts, str) else texts


def tables(guideline: Guideline, given: LabelledInput, limits: Limits) -> Tables:
    """Compile; raises `GuidelineError` with the key path for what cannot be used."""
    return _Compiler(guideline, given, limits).tables()


class _Compiler:
    """Gathers lines, patterns and labels, and refuses what two keys claim."""

    def __init__(self, guideline: Guideline, given: LabelledInput, limits: Limits) -> None:
        self.guideline, self.limits = guideline, limits
        self.separators = [separator for separator in each(given.separator) if separator]
        self.kinds: Kinds = kinds(
            guideline.locale, digits=limits.digits, value_chars=limits.value_chars
        )
        self.rows = Rows(guideline.locale, limits.digits)
        self.lines: dict[str, Mark] = {}
        self.patterns: list[tuple[Fit, Mark]] = []
        self.marked: dict[str, Mark] = {}

    def tables(self) -> Tables:
        """The tables."""
        if not self.separators:
            raise _refusal("input.separator", "it is empty", "declare one, such as `:`")
        self.gather_lines()
        lines = self.guideline.lines
        constants(self.guideline, self.kinds)
        return Tables(
            separators=tuple(self.separators),
            lines=self.lines,
            patterns=tuple(self.patterns),
            labels=self.labels(),
            rows=self.item_rows(),
            anywhere=bool(lines and not each(lines.start)),
            closed=bool(lines and each(lines.end)),
            wrapped=bool(lines and lines.wrapped),
            unclaimed=_LEVELS[self.guideline.unclaimed],
            limits=self.limits,
            text=self.kinds.text,
            money=self.kinds.money,
            mark=self.guideline.locale.decimal,
        )

    def gather_lines(self) -> None:
        """Everything that is known by a whole line, a label or a pattern alone."""
        guideline, lines = self.guideline, self.guideline.lines
        self.gather("records.start", each(guideline.records.start), Mark(record=True))
        for name, texts in guideline.sections.items():
            self.gather(f"sections.{name}", each(texts), Mark(section=name), labels=False)
        if lines:
            self.gather("lines.start", each(lines.start), Mark(items=True))
            self.gather("lines.end", each(lines.end), Mark(end=True))
        self.gather("ignore", guideline.ignore, Mark(ignored=True))

    def gather(self, path: str, texts: Iterable[str], mark: Mark, *, labels: bool = True) -> None:
        """Add a mark for each text: a pattern, or a whole line, or a label with its separator."""
        for at, text in enumerate(texts):
            label = self.bare(text)
            if "{" in text:
                fit = self.rows.compile(text, None, f"{path}[{at}]").fit
                self.patterns.append((fit, mark))
                continue
            self.lines[fold(text)] = _both(self.lines.get(fold(text)), mark)
            if labels and label != text.strip():
                self.marked[fold(label)] = _both(self.marked.get(fold(label)), mark)

    def bare(self, text: str) -> str:
        """A label without the separator that may stand at its end."""
        text = text.strip()
        for separator in self.separators:
            if text.endswith(separator.strip() or separator):
                return text.removesuffix(separator.strip() or separator).rstrip()
        return text

    def labels(self) -> dict[str, dict[str, Claim]]:
        """The claims by section: those of no section count in every one that has not its own."""
        sections: dict[str, dict[str, Claim]] = {"": {}}
        for name in self.guideline.sections:
            sections[name] = {}
        for path, field, kind in self.stated():
            if field.section not in sections:
                raise _refusal(
                    f"{path}.section", f"there is no section `{field.section}`", "see `[sections]`"
                )
            for label in each(field.label):
                self.claim(sections[field.section], path, label, self.converted(field, kind))
        for label, mark in self.marked.items():
            sections[""].setdefault(label, Claim("", self.kinds.text, mark))
        return {name: sections[""] | own for name, own in sections.items()}

    def stated(self) -> Iterator[tuple[str, Field, ValueType]]:
        """Every field by its key path, with its type."""
        for name, field in self.guideline.fields.items():
            yield f"fields.{name}", field, INVOICE_FIELDS.get(name, "text")
        for name, field in self.guideline.extra.items():
            yield f"extra.{name}", field, field.type or "text"

    def converted(self, field: Field, kind: ValueType) -> Convert:
        """The reader of a field; its map comes before it."""
        convert = _stating(self.kinds.currency) if kind == "currency" else self.kinds.of(kind)
        return mapped(convert, field.map) if field.map else convert

    def claim(self, known: dict[str, Claim], path: str, label: str, convert: Convert) -> None:
        """Add the label of a field; a label means one field only."""
        folded = fold(self.bare(label))
        name = intern(path.removeprefix("fields."))
        where = f"{path}.label"
        if not folded:
            raise _refusal(where, f"`{label}` is no label", "write the text before the separator")
        for separator in self.separators:
            if separator in self.bare(label):
                raise _refusal(
                    where, f"`{label}` contains the separator `{separator}`", "leave that part out"
                )
        if folded in known and known[folded].path != name:
            other = known[folded].path
            raise _refusal(where, f"`{label}` is the label of `{other}` too", "use `sections`")
        known[folded] = Claim(name, convert, self.marked.get(folded))

    def item_rows(self) -> tuple[ItemRow, ...]:
        """The rows of the lines, compiled."""
        lines = self.guideline.lines
        if lines is None:
            return ()
        if not each(lines.row):
            raise _refusal("lines.row", "it is missing", "write a row as it looks")
        one = isinstance(lines.row, str)
        rows = [
            self.rows.compile(text, LINE_FIELDS, "lines.row" if one else f"lines.row[{at}]")
            for at, text in enumerate(each(lines.row))
        ]
        return tuple(map(self.item_row, rows))

    def item_row(self, row: Row) -> ItemRow:
        """A row with the readers of its fields."""
        types = {name: LINE_FIELDS[name] for name in row.names}
        return ItemRow(
            fit=row.fit,
            names=row.names,
            typed=tuple((it, self.kinds.of(types[it])) for it in types if types[it] != "text"),
            texts=tuple(it for it in types if types[it] == "text"),
            sparse=any(types[it] == "text" for it in row.missing),
            most=self.limits.value_chars,
            row=row,
        )


def constants(guideline: Guideline, known: Kinds) -> dict[str, Value]:
    """The values that the layout never prints, read as if it did."""
    fields = [
        (f"fields.{name}", it, INVOICE_FIELDS.get(name)) for name, it in guideline.fields.items()
    ]
    fields += [(f"extra.{name}", it, it.type) for name, it in guideline.extra.items()]
    found: dict[str, Value] = {}
    for path, field, kind in fields:
        if field.value is not None:
            value = known.of(kind or "text")(field.map.get(field.value, field.value).strip())
            if isinstance(value, Failure | Stated):
                fact = value.message if isinstance(value, Failure) else "it names a currency"
                raise _refusal(f"{path}.value", fact, "write it as the locale says")
            found[path.removeprefix("fields.")] = value
    return found


_LEVELS: dict[str, Level] = {"error": "error", "warn": "warn", "ignore": "off"}


def mapped(convert: Convert, known: Mapping[str, str]) -> Convert:
    """Reads what a text stands for, where the guideline says so."""
    return lambda text: convert(known.get(text, text))


def _stating(convert: Convert) -> Convert:
    """A code that stands alone states the currency as one beside an amount does."""

    def read(text: str) -> Stated | Failure:
        code = convert(text)
        return Stated(Decimal(0), code) if isinstance(code, str) else cast("Failure", code)

    return read


def _both(one: Mark | None, other: Mark) -> Mark:
    """A line may end the items and begin them."""
    if one is None:
        return other
    return Mark(
        one.record or other.record,
        one.items or other.items,
        one.end or other.end,
        one.ignored or other.ignored,
        one.section or other.section,
    )


def _refusal(path: str, fact: str, hint: str) -> GuidelineError:
    return GuidelineError(f"{path}: {fact}", code="BD4004", hint=hint, path=path)
