"""What a guideline looks for in a tree, worked out once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from billdrop.books.columns import Room, room
from billdrop.errors import GuidelineError
from billdrop.guidelines.fields import ACCOUNT
from billdrop.guidelines.model import (
    GROUPS,
    INVOICE_FIELDS,
    Field,
    Group,
    Guideline,
    Lines,
    ValueType,
)
from billdrop.readers import Limits
from billdrop.readers.refused import Refused
from billdrop.readers.tables import each, mapped
from billdrop.readers.tree.branches import Branch, Compile
from billdrop.readers.tree.forms import forms
from billdrop.readers.tree.paths import Path, Resolve, parsed
from billdrop.values import Convert, Failure, Stated, Value
from billdrop.values.kinds import kinds

FIRST = ("currency", "tax_currency")
"""What has to be known before any amount."""
ACCOUNTED = frozenset((("fields", "tax"), ("taxes", "amount"), ("taxes", "base")))
"""What may be stated once more in the currency of the tax accounts."""
ONE = "amount"
"""What a tax, an allowance or a charge has to have."""


class Sought(NamedTuple):
    """One field, and how its value is made of what is found."""

    name: str
    slots: tuple[tuple[int, str], ...]
    """Where its nodes come, and the attribute of theirs that is meant; the first that has any counts."""
    convert: Convert
    several: str
    joined: str | None
    strict: bool
    """Whether another value in the same place is wrong, and not just one more."""
    money: bool
    required: bool
    refuse: Refused
    constant: Value | None
    gathers: bool
    """Whether all its paths count, not only the first that is there."""
    more: bool
    """Whether it may stand in several places."""
    sets: bool
    """Whether amounts are compared with it."""
    apart: bool
    """Whether each text that is met is kept, the first as its value: an account."""
    accounted: bool
    """Whether it may be stated once more in the currency of the tax accounts (BT-111)."""
    held: Room
    """What a sum has to fit."""


class Scope(NamedTuple):
    """What is looked for below an invoice, or below one item of it."""

    branch: Branch
    fields: tuple[Sought, ...]
    plain: tuple[tuple[str, int, str, Convert, Sought], ...]
    """Fields that are read alike: name, first slot and attribute, reader; and the field itself."""
    others: tuple[Sought, ...]
    """The rest, those first that the others are compared with."""
    required: tuple[str, ...] = ()
    """The fields that every item has; those of the invoice are asked for when it is complete."""


def scoped(branch: Branch, fields: tuple[Sought, ...], required: tuple[str, ...] = ()) -> Scope:
    """A scope, its fields sorted by how they are read."""
    plain = [it for it in fields if _is_plain(it)]
    return Scope(
        branch,
        fields,
        plain=tuple((it.name, *it.slots[0], it.convert, it) for it in plain),
        others=tuple(it for it in fields if not _is_plain(it)),
        required=required,
    )


def _is_plain(field: Sought) -> bool:
    beside = field.gathers or field.sets or field.refuse
    return bool(field.slots) and not beside and field.constant is None


class Grouped(NamedTuple):
    """What an invoice may have several of."""

    name: str
    slots: tuple[int, ...]
    scope: Scope


class Layout(NamedTuple):
    """All that a document is searched for."""

    top: Branch
    """From the root: where invoices begin, and what they share."""
    records: tuple[int, ...]
    invoice: Scope
    groups: tuple[Grouped, ...]
    currency: str
    """Where the text states none."""


class Dialect(NamedTuple):
    """What a kind of tree knows of names and of how values are written."""

    resolve: Resolve
    compiled: Compile
    xml: bool
    """Whether there are attributes, and numbers are those of XML Schema alone."""


def layout(guideline: Guideline, dialect: Dialect, limits: Limits) -> Layout:
    """Compile; raises `GuidelineError` with the key path for what cannot be used."""
    return _Compiler(guideline, dialect, limits).layout()


class _Compiler:
    """Gives every path a slot."""

    def __init__(self, guideline: Guideline, dialect: Dialect, limits: Limits) -> None:
        self.guideline, self.dialect = guideline, dialect
        known = kinds(guideline.locale, digits=limits.digits, value_chars=limits.value_chars)
        self.forms = forms(known, strict=dialect.xml)
        self.top = Branch()
        self.count = 0

    def layout(self) -> Layout:
        """The layout."""
        given, locale = self.guideline, self.guideline.locale
        if given.records.start:
            fact = "an invoice begins at a path here"
            raise _refusal("records.start", fact, "use `records.each`")
        records = self.slots(each(given.records.each) or ["."], "records.each", self.top)
        branch = Branch()
        fields = [
            *(self.sought("fields.", name, it, branch) for name, it in _ordered(given.fields)),
            *(self.sought("extra.", name, it, branch) for name, it in given.extra.items()),
        ]
        scope = scoped(branch, tuple(it for it in fields if it.slots))
        groups = tuple(self.groups(branch))
        constant = given.fields["currency"].value if "currency" in given.fields else None
        return Layout(self.top, _bare(records), scope, groups, constant or locale.currency)

    def groups(self, branch: Branch) -> Iterator[Grouped]:
        """Lines, taxes, allowances and charges, as far as they are declared."""
        for name in GROUPS:
            group: Lines | Group | None = getattr(self.guideline, name)
            if group is None:
                continue
            key = f"{name}.each"
            if not each(group.each):
                raise _refusal(key, "it is missing", "write the path that each begins at")
            inner = Branch()
            found = self.slots(each(group.each), key, branch)
            fields = tuple(
                self.sought(f"{name}.fields.", it, field, inner)
                for it, field in group.fields.items()
            )
            required = tuple(field.name for field in fields if field.required)
            yield Grouped(name, _bare(found), scoped(inner, fields, required))

    def slots(self, paths: Sequence[str], key: str, branch: Branch) -> tuple[tuple[int, str], ...]:
        """A slot for each path, in the tree of names that it begins in."""
        found = []
        for at, text in enumerate(paths):
            path = self.path(text, key if len(paths) == 1 else f"{key}[{at}]")
            (self.top if path.top else branch).put(path, self.count, self.dialect.compiled)
            found.append((self.count, path.attribute))
            self.count += 1
        return tuple(found)

    def path(self, text: str, key: str) -> Path:
        """One path; what begins an item has no attribute, and items begin below their invoice."""
        path = parsed(text, key, self.dialect.resolve)
        if path.attribute and not self.dialect.xml:
            raise _refusal(key, f"`{text}` is an attribute", "JSON has none: name the key")
        if key.partition("[")[0].endswith(".each") and path.attribute:
            raise _refusal(key, f"`{text}` is an attribute", "name the element itself")
        if path.top and key.partition(".")[0] in GROUPS:
            raise _refusal(key, f"`{text}` begins at the root", "begin it below the invoice")
        return path

    def sought(self, prefix: str, name: str, field: Field, branch: Branch) -> Sought:
        """A field; an extra one keeps its prefix."""
        group = prefix.partition(".")[0]
        apart = (group, name, field.joined) == ("fields", ACCOUNT, None)
        kinds_of = INVOICE_FIELDS if group == "fields" else GROUPS.get(group, {})
        kind: ValueType = kinds_of.get(name) or field.type or "text"
        convert = self.convert(prefix + name, field, kind, part=group in GROUPS)
        return Sought(
            name=prefix + name if group == "extra" else name,
            slots=self.slots(each(field.path), f"{prefix}{name}.path", branch),
            convert=convert,
            several=field.several,
            joined=field.joined,
            strict=kind != "text" or name == "number",
            money=kind == "money" or name == "unit_price",
            required=field.required or (name == ONE and group in GROUPS),
            refuse=Refused(field.refuse, field.map),
            gathers=apart or field.several == "sum" or field.joined is not None,
            more=len(each(field.path)) > 1,
            sets=name in FIRST and group == "fields",
            apart=apart,
            accounted=kind == "money" and (group, name) in ACCOUNTED,
            held=room("number" if group in GROUPS else "money"),
            constant=self.constant(prefix + name, field, convert) if group in GROUPS else None,
        )

    def convert(self, key: str, field: Field, kind: ValueType, *, part: bool) -> Convert:
        """The reader of a field's text."""
        if field.fraction and kind != "percent":
            raise _refusal(f"{key}.fraction", "it is no rate", "take it out")
        if field.joined is not None and kind != "text":
            raise _refusal(f"{key}.joined", "only texts are joined", "take it out")
        if field.several == "sum" and kind not in ("money", "number", "percent"):
            raise _refusal(f"{key}.several", "only amounts are added up", "take it out")
        convert = self.forms.fraction if field.fraction else self.forms.of(kind)
        if part and kind == "money":
            convert = self.forms.part
        return mapped(convert, field.map) if field.map else convert

    def constant(self, key: str, field: Field, convert: Convert) -> Value | None:
        """What every item has, read as if it were printed."""
        if field.value is None:
            return None
        value = convert(field.value)
        if isinstance(value, Failure | Stated):
            fact = value.message if isinstance(value, Failure) else "it names a currency"
            raise _refusal(f"{key}.value", fact, "write it as the locale says")
        return value


def _ordered(fields: Mapping[str, Field]) -> Iterator[tuple[str, Field]]:
    yield from ((name, fields[name]) for name in FIRST if name in fields)
    yield from ((name, field) for name, field in fields.items() if name not in FIRST)


def _bare(slots: tuple[tuple[int, str], ...]) -> tuple[int, ...]:
    return tuple(slot for slot, _ in slots)


def _refusal(path: str, fact: str, hint: str) -> GuidelineError:
    return GuidelineError(f"{path}: {fact}", code="BD4004", hint=hint, path=path)
