"""A guideline of fixed width, compiled: which records there are, and what stands where in each kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from billdrop.errors import GuidelineError
from billdrop.guidelines.inputs import FixedInput
from billdrop.guidelines.model import (
    GROUPS,
    INVOICE_FIELDS,
    Field,
    Group,
    Guideline,
    Lines,
    Locale,
    ValueType,
)
from billdrop.readers import Limits
from billdrop.readers.fixed.digits import implied
from billdrop.readers.fixed.records import Cut, cut
from billdrop.readers.refused import Refused
from billdrop.readers.tables import constants, each
from billdrop.values import Convert, Failure, Stated
from billdrop.values.kinds import Kinds, kinds

Where = tuple[tuple[Cut, frozenset[str]], ...]
Kind = Callable[[str], str | None]
"""The kind of a record by its text; None: one that no key names."""

_SINGLE = ""
"""The kind of every record where the records have no kinds."""
_CODES = {"money": "BD2004"}


class Spot(NamedTuple):
    """Where one value stands in records of a kind."""

    name: str
    cut: Cut
    convert: Convert
    map: Mapping[str, str]
    where: Where
    refuse: Refused
    entire: bool
    """Whether its columns must all be there, as digits that are cut off would make it another number."""
    decimals: int | None
    """How many digits are behind a mark that is not written; None: it is written."""


class Piece(Struct, frozen=True, kw_only=True):
    """What an invoice has several of: lines, taxes, allowances or charges."""

    name: str
    each: frozenset[str]
    """The kinds of record that begin one."""
    spots: Mapping[str, tuple[Spot, ...]]
    """By kind of record."""
    constants: Mapping[str, Any]
    required: tuple[str, ...]


class Control(NamedTuple):
    """A count or a sum that a record states."""

    of: str
    kind: str
    spot: Spot


class Layout(Struct, frozen=True, kw_only=True):
    """All that the walk through the records looks up."""

    kind: Kind
    start: frozenset[str]
    """The kinds of record that begin an invoice; none: rows of one number are one."""
    ignored: frozenset[str]
    spots: Mapping[str, tuple[Spot, ...]]
    """Of the invoice itself, by kind of record."""
    pieces: tuple[Piece, ...]
    of_file: tuple[Control, ...]
    of_invoice: tuple[Control, ...]
    apart: frozenset[str]
    """The kinds that only state totals of the file: they are of no invoice."""
    known: frozenset[str]
    """The kinds that an invoice has."""
    at: Cut
    """Where a record says its kind."""
    length: int


def layout(guideline: Guideline, given: FixedInput, limits: Limits) -> Layout:
    """Compile; raises `GuidelineError` with the key path for what cannot be used."""
    return _Compiler(guideline, given, limits).layout()


class _Compiler:
    """Gathers the spots by kind of record."""

    def __init__(self, guideline: Guideline, given: FixedInput, limits: Limits) -> None:
        self.guideline, self.given = guideline, given
        self.start = tuple(each(guideline.records.start))
        self.locale = guideline.locale
        self.kinds = kinds(self.locale, digits=limits.digits, value_chars=limits.value_chars)
        self.plain = _plain(limits)
        constants(guideline, self.kinds)

    def layout(self) -> Layout:
        """The layout."""
        pieces = tuple(self.pieces())
        spots = _by_kind(self.own())
        ignored = frozenset(each(self.guideline.records.ignore))
        controls = [(it.within, self.control(at)) for at, it in enumerate(self.totals())]
        known = frozenset(self.start) | spots.keys()
        known |= {kind for piece in pieces for kind in (*piece.each, *piece.spots)}
        known |= {it.kind for within, it in controls if within == "invoice"}
        of_file = tuple(it for within, it in controls if within == "file")
        apart = frozenset(it.kind for it in of_file) - known
        named = known | apart | ignored
        return Layout(
            kind=_kinds(named, cut(self.given.kind)) if named != {_SINGLE} else _single,
            start=frozenset(self.start),
            ignored=ignored,
            spots=spots,
            pieces=pieces,
            of_file=of_file,
            of_invoice=tuple(it for within, it in controls if within == "invoice"),
            apart=apart,
            known=known,
            at=cut(self.given.kind),
            length=self.given.length,
        )

    def totals(self) -> Sequence[Any]:
        """The control totals as declared."""
        return self.guideline.records.totals

    def control(self, at: int) -> Control:
        """One of them, compiled: what it states is read as an amount."""
        given = self.guideline.records.totals[at]
        spot = self.spot(given.of, given, "number", f"records.totals[{at}]")
        return Control(given.of, given.record, spot)

    def own(self) -> Iterator[tuple[str, Spot]]:
        """The fields of the invoice, each with the kinds of record that have it."""
        default = self.start or (_SINGLE,)
        fields = [
            (f"fields.{name}", name, field, INVOICE_FIELDS[name])
            for name, field in self.guideline.fields.items()
        ]
        fields += [
            (f"extra.{name}", f"extra.{name}", field, field.type or "text")
            for name, field in self.guideline.extra.items()
        ]
        for path, name, field, kind in fields:
            if field.at:
                spot = self.spot(name, field, kind, path)
                yield from ((one, spot) for one in _records(field, default))

    def pieces(self) -> Iterator[Piece]:
        """The tables of what an invoice has several of."""
        for name, types in GROUPS.items():
            table: Lines | Group | None = getattr(self.guideline, name)
            if table is not None:
                begins = tuple(each(table.each)) or (_SINGLE,)
                yield Piece(
                    name=name,
                    each=frozenset(begins),
                    spots=_by_kind(self.within(name, table.fields, types, begins)),
                    constants=self.fixed(name, table.fields, types),
                    required=tuple(it for it, field in table.fields.items() if field.required),
                )

    def within(
        self,
        group: str,
        fields: Mapping[str, Field],
        types: Mapping[str, ValueType],
        begins: Sequence[str],
    ) -> Iterator[tuple[str, Spot]]:
        """The fields of a table, each with the kinds of record that have it."""
        for name, field in fields.items():
            if field.at:
                spot = self.spot(name, field, types[name], f"{group}.fields.{name}")
                yield from ((one, spot) for one in _records(field, begins))

    def fixed(
        self, group: str, fields: Mapping[str, Field], types: Mapping[str, ValueType]
    ) -> dict[str, Any]:
        """What each of a table has, read as if it were printed."""
        found: dict[str, Any] = {}
        for name, field in fields.items():
            if field.value is not None:
                found[name] = self.kinds.of(types[name])(field.map.get(field.value, field.value))
                if isinstance(found[name], Failure | Stated):
                    path = f"{group}.fields.{name}.value"
                    raise _refusal(path, f"`{field.value}` is no {types[name]} here")
        return found

    def spot(self, name: str, field: Any, kind: ValueType, path: str) -> Spot:
        """Where a value stands, and how it is read."""
        where = tuple(
            (_cut(columns, f"{path}.where.{columns}"), frozenset(each(texts)))
            for columns, texts in field.where.items()
        )
        known: Mapping[str, str] = getattr(field, "map", {})
        refused = Refused(getattr(field, "refuse", {}), known)
        place, convert = _cut(field.at, f"{path}.at"), self.kinds.of(kind)
        if field.decimals is not None:
            plain = self.plain.of(kind)
            code = _CODES.get(kind, "BD2012")
            convert = implied(plain, self.locale.negative, code, field.decimals)
        entire = field.decimals is not None
        return Spot(name, place, convert, known, where, refused, entire, field.decimals)


def _plain(limits: Limits) -> Kinds:
    """Readers of numbers with a point, and a minus before them."""
    return kinds(Locale(), digits=limits.digits, value_chars=limits.value_chars)


def _records(field: Field, default: Sequence[str]) -> Sequence[str]:
    return (field.record,) if field.record else default


def _by_kind(spots: Iterator[tuple[str, Spot]]) -> dict[str, tuple[Spot, ...]]:
    found: dict[str, tuple[Spot, ...]] = {}
    for kind, spot in spots:
        found[kind] = (*found.get(kind, ()), spot)
    return found


def _cut(declared: str, path: str) -> Cut:
    """The columns of a key."""
    try:
        found = cut(declared)
    except ValueError as error:
        raise _refusal(path, f"`{declared}` is no columns") from error
    if found.start < 0 or (found.stop is not None and found.stop <= found.start):
        raise _refusal(path, f"`{declared}` holds no column")
    return found


def _refusal(path: str, fact: str) -> GuidelineError:
    hint = "columns count from 1: `12-20`, `12` or `12-`" if "column" in fact else "correct it"
    return GuidelineError(f"{path}: {fact}", code="BD4004", hint=hint, path=path)


def _single(text: str) -> str | None:
    """The kind of any record where there is one kind."""
    return _SINGLE


def _kinds(named: frozenset[str], at: Cut) -> Kind:
    """What tells the kind of a record: the longest that it begins with, or what stands in the columns."""
    start, stop = at
    if stop is not None:
        return lambda text: kind if (kind := text[start:stop].strip()) in named else None
    lengths = sorted({len(kind) for kind in named}, reverse=True)

    def begins(text: str) -> str | None:
        for length in lengths:
            kind = text[start : start + length]
            if kind in named:
                return kind
        return None

    return begins
