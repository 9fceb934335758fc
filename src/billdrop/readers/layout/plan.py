"""A layout guideline, compiled: labels, marks, and the columns of the table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from billdrop.errors import GuidelineError
from billdrop.guidelines.model import INVOICE_FIELDS, LINE_FIELDS, Field, Guideline, ValueType
from billdrop.model import Severity
from billdrop.readers import Limits
from billdrop.readers.fixed.records import cut
from billdrop.readers.layout.cells import flat
from billdrop.readers.layout.columns import Column, Head, Heads
from billdrop.readers.layout.labels import Claim, Index, Label, index, key, label_at
from billdrop.readers.passed import passed
from billdrop.readers.rows import Fit, Rows
from billdrop.readers.tables import constants, each, mapped
from billdrop.values import Convert, Failure, Stated
from billdrop.values.kinds import kinds

_NUMERIC = frozenset(("money", "number", "integer", "percent"))
_ANCHORS = ("net", "unit_price", "quantity", "tax", "allowance", "charge")
_END = 1_000_000
"""Where columns end that are declared to the end of the line."""
_LEVELS = {"error": Severity.ERROR, "warn": Severity.WARNING, "ignore": None}


class Spot(NamedTuple):
    """A field of the lines."""

    name: str
    convert: Convert
    forms: tuple[Fit, ...]
    numeric: bool


class Table(NamedTuple):
    """What the lines of an invoice look like."""

    heads: Heads | None
    """None: all columns stand in declared places."""
    fixed: tuple[Column, ...]
    spots: Mapping[str, Spot]
    anchors: frozenset[str]
    """The fields that a line has which begins an item."""
    constants: Mapping[str, Any]
    required: tuple[str, ...]
    starts: bool
    """Whether a declared line must have come before."""
    ends: bool
    """Whether only a declared line ends it."""
    needed: bool


class Mark(NamedTuple):
    """What a line does besides stating values."""

    kind: str
    name: str = ""


class Plan(NamedTuple):
    """All that the walk through the lines looks up."""

    labels: Mapping[str, Index]
    """By section; `""` is outside of every section."""
    marks: Index
    meant: Mapping[str, tuple[Mark, ...]]
    """By the text of a mark's label."""
    patterns: tuple[tuple[Fit, Mark], ...]
    ignored: Callable[[str], bool] | None
    table: Table | None
    currency: Convert
    unclaimed: Severity | None
    limits: Limits

    def marked(self, line: str, low: str, start: int) -> tuple[Mark, ...]:
        """What a line does: one that begins with a declared text at `start`, or is written like a pattern."""
        marks: tuple[Mark, ...] = ()
        if self.meant and key(low, start) in self.marks:
            plain = " ".join(low.split())
            if found := label_at(plain, 0, len(plain), self.marks):
                marks = self.meant[found[0].text]
        if self.patterns:
            marks += tuple(mark for fit, mark in self.patterns if fit(line))
        return marks


def plan(guideline: Guideline, limits: Limits) -> Plan:
    """Compile; raises `GuidelineError` with the key path for what cannot be used."""
    return _Compiler(guideline, limits).plan()


def bare(text: str) -> tuple[str, bool]:
    """A label as lines are compared with it, and whether a colon belongs to it."""
    low = flat(" ".join(text.split()))
    return low.rstrip(": "), low.endswith(":")


class _Compiler:
    """Gathers the look-ups."""

    def __init__(self, guideline: Guideline, limits: Limits) -> None:
        self.guideline, self.limits = guideline, limits
        self.kinds = kinds(guideline.locale, digits=limits.digits, value_chars=limits.value_chars)
        self.rows = Rows(guideline.locale, limits.digits)
        self.patterns: list[tuple[Fit, Mark]] = []
        self.meant: dict[str, tuple[Mark, ...]] = {}
        constants(guideline, self.kinds)

    def plan(self) -> Plan:
        """The plan."""
        self.marks()
        given = self.guideline
        level = given.unclaimed if "unclaimed" in given.model_fields_set else "ignore"
        return Plan(
            labels=self.labels(),
            marks=index(Label(text, False, ()) for text in self.meant),
            meant=self.meant,
            patterns=tuple(self.patterns),
            ignored=passed(given, self.limits),
            table=self.table(),
            currency=self.kinds.currency,
            unclaimed=_LEVELS[level],
            limits=self.limits,
        )

    def marks(self) -> None:
        """What begins an invoice, a section, or the table, and what ends it."""
        given = self.guideline
        self.gather("records.start", each(given.records.start), Mark("record"))
        for name, texts in given.sections.items():
            self.gather(f"sections.{name}", each(texts), Mark("section", name))
        if given.lines:
            self.gather("lines.start", each(given.lines.start), Mark("start"))
            self.gather("lines.end", each(given.lines.end), Mark("end"))

    def gather(self, path: str, texts: Iterable[str], mark: Mark) -> None:
        """Keep a mark for each text or pattern."""
        for at, text in enumerate(texts):
            if "{" in text:
                self.patterns.append((self.rows.compile(text, None, f"{path}[{at}]").fit, mark))
                continue
            label, _ = bare(text)
            if not label:
                raise _refusal(f"{path}[{at}]", f"`{text}` is no text", "write what the line says")
            self.meant[label] = (*self.meant.get(label, ()), mark)

    def labels(self) -> Mapping[str, Index]:
        """Labels by section: those of no section count in every one that has not its own."""
        found: dict[str, dict[tuple[str, bool], list[Claim]]] = {"": {}}
        found |= {name: {} for name in self.guideline.sections}
        for path, field, kind in self.stated():
            for label in each(field.label):
                if not bare(label)[0]:
                    raise _refusal(f"{path}.label", f"`{label}` is no label", "write its text")
                claims = found[field.section].setdefault(bare(label), [])
                claims.append(self.claim(path, field, kind))
        return {
            name: index(
                Label(text, colon, tuple(claims))
                for (text, colon), claims in (found[""] | own).items()
            )
            for name, own in found.items()
        }

    def stated(self) -> Iterator[tuple[str, Field, ValueType]]:
        """Every field of the invoice by its key path, with its type."""
        for name, field in self.guideline.fields.items():
            yield f"fields.{name}", field, INVOICE_FIELDS[name]
        for name, field in self.guideline.extra.items():
            yield f"extra.{name}", field, field.type or "text"

    def claim(self, path: str, field: Field, kind: ValueType) -> Claim:
        """What a label states."""
        return Claim(
            path=path.removeprefix("fields."),
            convert=self.converted(field, kind),
            forms=self.forms(path, field),
            side=field.side,
            cell=field.cell,
            several=field.several,
            money=kind == "money",
            digits=(kind in _NUMERIC or kind == "date") and not field.map,
        )

    def converted(self, field: Field, kind: ValueType) -> Convert:
        """The reader of a field; its map comes before it."""
        convert = self.kinds.of(kind)
        return mapped(convert, field.map) if field.map else convert

    def forms(self, path: str, field: Field) -> tuple[Fit, ...]:
        """The ways the value is written around."""
        found = []
        for at, form in enumerate(each(field.form)):
            where = f"{path}.form" if isinstance(field.form, str) else f"{path}.form[{at}]"
            row = self.rows.compile(form.replace("{}", "{value:text}"), None, where)
            if row.names.count("value") != 1:
                raise _refusal(where, "it does not say once where the value is", "write `{}` there")
            found.append(row.fit)
        return tuple(found)

    def table(self) -> Table | None:
        """The table of the lines."""
        lines = self.guideline.lines
        if lines is None:
            return None
        fields = lines.fields
        read = {name: self.spot(name, it) for name, it in fields.items() if it.value is None}
        numeric = [name for name in read if read[name].numeric]
        required = [name for name in numeric if fields[name].required]
        usual = [name for name in _ANCHORS if name in numeric][:1]
        if not numeric:
            hint = "give it `net`, `quantity` or another amount"
            raise _refusal("lines.fields", "no field of amounts tells where a line begins", hint)
        return Table(
            heads=self.heads(fields),
            fixed=self.fixed(fields),
            spots=read,
            anchors=frozenset(required or usual or numeric[:1]),
            constants=self.constants(fields),
            required=tuple(name for name in read if fields[name].required),
            starts=bool(lines.start),
            ends=bool(lines.end),
            needed=lines.required,
        )

    def spot(self, name: str, field: Field) -> Spot:
        """How a field of the lines is read; a price may have its currency beside it."""
        kind = LINE_FIELDS[name] if name != "unit_price" else "money"
        forms = self.forms(f"lines.fields.{name}", field)
        return Spot(name, self.converted(field, kind), forms, kind in _NUMERIC)

    def heads(self, fields: Mapping[str, Field]) -> Heads | None:
        """The heads of the columns; fields with one label share theirs."""
        shared: dict[tuple[str, ...], list[str]] = {}
        for name, field in fields.items():
            labels = tuple(bare(it)[0] for it in each(field.label))
            if labels:
                if not all(labels):
                    raise _refusal(f"lines.fields.{name}.label", "it is empty", "write its text")
                shared.setdefault(labels, []).append(name)
        heads = [
            Head(tuple(names), labels, texts=_texts(names)) for labels, names in shared.items()
        ]
        return Heads(heads) if heads else None

    def fixed(self, fields: Mapping[str, Field]) -> tuple[Column, ...]:
        """The columns that stand in declared places."""
        shared: dict[str, list[str]] = {}
        for name, field in fields.items():
            if field.at:
                shared.setdefault(field.at, []).append(name)
        found = []
        for declared, names in shared.items():
            start, stop = cut(declared)
            if start < 0 or (stop is not None and stop <= start):
                hint = "columns count from 1: `12-20`, `12` or `12-`"
                path = f"lines.fields.{names[0]}.at"
                raise _refusal(path, f"`{declared}` holds no column", hint)
            found.append(Column(tuple(names), start, stop or _END, _texts(names), fixed=True))
        return tuple(sorted(found, key=lambda it: it.start))

    def constants(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """What each line has, read as if it were printed."""
        found: dict[str, Any] = {}
        for name, field in fields.items():
            if field.value is not None:
                found[name] = self.converted(field, LINE_FIELDS[name])(field.value)
                if isinstance(found[name], Failure | Stated):
                    path = f"lines.fields.{name}.value"
                    fact = f"`{field.value}` is no {LINE_FIELDS[name]} here"
                    raise _refusal(path, fact, "write it as the locale says")
        return found


def _texts(names: Sequence[str]) -> bool:
    return not any(LINE_FIELDS[name] in _NUMERIC for name in names)


def _refusal(path: str, fact: str, hint: str) -> GuidelineError:
    return GuidelineError(f"{path}: {fact}", code="BD4004", hint=hint, path=path)
