"""A guideline, compiled to what is taken of each segment in each group."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from billdrop.errors import GuidelineError
from billdrop.guidelines.fields import ACCOUNT
from billdrop.guidelines.model import GROUPS, Field, Guideline, Lines, ValueType
from billdrop.guidelines.model import Group as Table
from billdrop.guidelines.rules import stated
from billdrop.readers import Limits
from billdrop.readers.edi.paths import Condition, Part, Path, each, group, path
from billdrop.readers.edi.standard import Aside, Standard
from billdrop.values import Convert, Failure
from billdrop.values.kinds import Kinds, kinds

SLOTS = ("fields", *GROUPS)
"""Where values go: the invoice, or one of its lines, taxes, allowances and charges."""

Key = str | tuple[str, int]
"""The name of a value; with the rank of its path, where the field has several."""


class Take(NamedTuple):
    """One value of a segment."""

    slot: int
    key: Key
    element: int
    component: int
    convert: Convert
    conditions: tuple[Condition, ...]
    after: int
    """What the component after it says of it: 0 nothing, 1 its currency, 2 how a date is written."""
    several: str
    """`same`, `first` or `sum`; `each` of what an invoice may state several of, which are all kept."""


class Opener(NamedTuple):
    """A segment that begins one of what an invoice has several of."""

    slot: int
    conditions: tuple[Condition, ...]


class Claim(NamedTuple):
    """A value with the whole path to it."""

    parts: tuple[Part, ...]
    take: Take


class Plan(NamedTuple):
    """All that is taken."""

    claims: tuple[Claim, ...]
    openers: tuple[tuple[tuple[Part, ...], Opener], ...]
    ranked: tuple[tuple[tuple[str, tuple[Key, ...]], ...], ...]
    """By slot: the names that have several paths, with their keys, the best first."""
    text: Convert
    """The reader of plain texts."""


def plan(guideline: Guideline, standard: Standard, limits: Limits) -> Plan:
    """Compile; raises `GuidelineError` with the key path for what cannot be used."""
    known = kinds(guideline.locale, digits=limits.digits, value_chars=limits.value_chars)
    begun = {slot: list(_begun(guideline, slot)) for slot in SLOTS[1:]}
    claims: list[Claim] = []
    ranked: list[tuple[tuple[str, tuple[Key, ...]], ...]] = []
    for at, slot in enumerate(SLOTS):
        several: list[tuple[str, tuple[Key, ...]]] = []
        for name, field, kind in _fields(guideline, slot):
            paths = each(field.path)
            keys: list[Key] = [(name, rank) for rank in range(len(paths))]
            keys = keys if len(paths) > 1 else [name]
            for text, key in zip(paths, keys, strict=False):
                found = path(text, f"{_key(slot, name)}.path")
                take = _take(_Sought(at, key, field, kind), found, standard, known)
                claims += _claims(begun.get(slot, [()]), found, take, _key(slot, name))
            if len(paths) > 1:
                several.append((name, tuple(keys)))
        ranked.append(tuple(several))
    for one in standard.aside:
        claims += _aside(one, begun, standard, known)
    openers = tuple(
        (parts, Opener(SLOTS.index(slot), parts[-1].conditions))
        for slot in ("lines", "taxes", "allowances", "charges")
        for parts in begun[slot]
    )
    return Plan(tuple(claims), openers, tuple(ranked), known.text)


def _aside(
    one: Aside, begun: dict[str, list[tuple[Part, ...]]], standard: Standard, known: Kinds
) -> Iterator[Claim]:
    found = path(one.path, one.name)
    readers = {
        "money": standard.money(_place(found), -1),
        "number": standard.number,
    }
    convert = one.convert or readers.get(one.kind, known.text)
    component = found.component or standard.component
    take = Take(
        SLOTS.index(one.slot),
        one.name,
        found.element,
        component,
        convert,
        found.parts[-1].conditions,
        0,
        one.several,
    )
    yield from _claims(begun.get(one.slot, [()]), found, take, one.slot)


def _place(found: Path) -> str:
    return f"{found.parts[-1].tag}{found.element:02}"


def _fields(guideline: Guideline, slot: str) -> Iterator[tuple[str, Field, ValueType]]:
    for place, field, kind in stated(guideline):
        if field.path and (place[0] == slot or (slot == "fields" and place[0] == "extra")):
            name = f"extra.{place[1]}" if place[0] == "extra" else str(place[-1])
            yield name, field, kind


def _key(slot: str, name: str) -> str:
    if slot == "fields":
        return name if name.startswith("extra.") else f"fields.{name}"
    return f"{slot}.fields.{name}"


def _begun(guideline: Guideline, slot: str) -> Iterator[tuple[Part, ...]]:
    table: Lines | Table | None = getattr(guideline, slot)
    if table is not None:
        if not each(table.each):
            raise GuidelineError(
                f"{slot}.each is missing",
                code="BD4004",
                hint="name the segment that each of them begins with",
                path=slot,
            )
        for text in each(table.each):
            yield group(text, f"{slot}.each")


def _claims(begun: list[tuple[Part, ...]], found: Path, take: Take, key: str) -> Iterator[Claim]:
    """A path of a group begins with the segment that the group begins with, or after it."""
    first = found.parts[0]
    own = len(found.parts) == 1 and any(parts and parts[-1].tag == first.tag for parts in begun)
    if own and first.qualifiers is not None:
        raise GuidelineError(
            f"{key}.path: `{first.tag}` is told by `each`",
            code="BD4004",
            hint="leave out what stands in brackets",
            path=f"{key}.path",
        )
    for parts in begun:
        if not own:
            yield Claim((*parts, *found.parts), take)
        elif parts[-1].tag == first.tag:
            yield Claim(parts, take)


class _Sought(NamedTuple):
    """A field, and where it is kept."""

    slot: int
    key: Key
    field: Field
    kind: ValueType


def _take(sought: _Sought, found: Path, standard: Standard, known: Kinds) -> Take:
    slot, key, field, kind = sought
    tag, after = found.parts[-1].tag, 0
    several: str = field.several
    convert: Convert
    if kind == "money":
        decimals = -1 if field.decimals is None else field.decimals
        convert = standard.money(_place(found), decimals)
        after = 1 if tag == standard.priced and found.component == 2 else 0
    elif kind in ("number", "percent", "integer"):
        convert = standard.number
    elif kind == "date" and standard.date is not None:
        convert, after = standard.date(""), 2
    else:
        convert = known.of(kind)
    if field.map:
        convert = _mapped(convert, field.map)
    if field.refuse:
        convert = _refusing(convert, field)
    if "several" not in field.model_fields_set and kind == "text" and _name(key) != "number":
        several = "first"
    if not slot and _name(key) == ACCOUNT:
        several = "each"
    component = found.component or standard.component
    conditions = found.parts[-1].conditions
    return Take(slot, key, found.element, component, convert, conditions, after, several)


def _name(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def _mapped(convert: Convert, known: dict[str, str]) -> Convert:
    """Reads what a text stands for; `*` says what all others do."""
    others = known.get("*")

    def read(text: str) -> Any:
        return convert(known.get(text, text if others is None else others))

    return read


def _refusing(convert: Convert, field: Field) -> Convert:
    """Reads what is not refused: what makes a message no invoice. `*` says it of all that has no name."""
    refused, others = field.refuse, field.refuse.get("*")

    def read(text: str) -> Any:
        why = refused.get(text, None if text in field.map else others)
        if why is None:
            return convert(text)
        hint = "send the invoice itself" if text in refused else _NAMED
        return Failure("BD2070", f"`{text[:20]}`: {why}", hint)

    return read


_NAMED = "correct the code, or say in `map` of a guideline that extends this one what it stands for"
