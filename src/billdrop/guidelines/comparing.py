"""What two guidelines read otherwise of the same documents: by invoice and field, and by date."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs

from billdrop.books.columns import plain
from billdrop.checks.exact import total_of
from billdrop.guidelines.fields import GROUPS
from billdrop.guidelines.guide import Guide
from billdrop.model import Document, Invoice, Record, counted, first_error

_LEFT_OUT = frozenset(("source_line",))
REFUSED = "refused"
"""The field that stands for whether an invoice would be recorded at all."""


class Changed(Struct, frozen=True, kw_only=True):
    """One value that would be another one."""

    document: str
    invoice: str
    """Its number, or where it begins if it has none."""
    field: str
    """A path such as `total` or `lines[0].net`; `refused`: why it would not be recorded."""
    before: str
    after: str


class Moved(Struct, frozen=True, kw_only=True):
    """What one date would add up to, over these documents."""

    issue_date: str
    currency: str
    before: Decimal
    after: Decimal


class Compared(Struct, frozen=True, kw_only=True):
    """All of it."""

    documents: int
    changes: tuple[Changed, ...]
    totals: tuple[Moved, ...]
    """By date, then currency; only what changes."""


def compared(documents: Iterable[Document], old: Guide, new: Guide) -> Compared:
    """Read documents with both; pure."""
    from billdrop.parsing.reading import read

    count = 0
    changes: list[Changed] = []
    sums: tuple[dict[tuple[str, str], list[Decimal]], ...] = ({}, {})
    for document in documents:
        count += 1
        sides = [read(document, guide) for guide in (old, new)]
        for side, found in zip(sums, sides, strict=True):
            _add(side, found.records)
        reasons = [_reason(found.findings) for found in sides]
        changes += _changed(document.ref.key, "", {REFUSED: reasons[0]}, {REFUSED: reasons[1]})
        changes += _of_records(document.ref.key, *(list(found.records) for found in sides))
    return Compared(documents=count, changes=tuple(changes), totals=tuple(_moved(*sums)))


def _of_records(key: str, before: list[Record], after: list[Record]) -> Iterator[Changed]:
    """Records are the same when they are the same in order."""
    for at in range(max(len(before), len(after))):
        pair = [side[at] if at < len(side) else None for side in (before, after)]
        one = next(it for it in reversed(pair) if it is not None)
        name = one.invoice.number if one.invoice else f"line {one.first_line}"
        yield from _changed(key, name, *map(_stated, pair))


def _changed(
    key: str, name: str, before: dict[str, str], after: dict[str, str]
) -> Iterator[Changed]:
    for field in dict.fromkeys((*before, *after)):
        one, other = before.get(field, ""), after.get(field, "")
        if one != other:
            yield Changed(document=key, invoice=name, field=field, before=one, after=other)


def _stated(record: Record | None) -> dict[str, str]:
    """Every value of a record by its path, and why it would not be recorded."""
    if record is None:
        return {REFUSED: "it is not found"}
    reason = {REFUSED: _reason(record.findings)}
    return reason | (dict(_values(record.invoice)) if record.invoice else {})


def _reason(findings: Iterable[Any]) -> str:
    first = first_error(tuple(findings))
    return f"{first.message} ({first.code})" if first else ""


def _values(invoice: Invoice) -> Iterator[tuple[str, str]]:
    for name, value in structs.asdict(invoice).items():
        if name in GROUPS:
            for at, one in enumerate(value):
                yield from _flat(f"{name}[{at}].", structs.asdict(one))
        elif name == "extra":
            yield from _flat("extra.", value)
        else:
            yield from _flat("", {name: value})


def _flat(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None and name not in _LEFT_OUT:
            yield f"{prefix}{name}", plain(value) or ""


def _add(sums: dict[tuple[str, str], list[Decimal]], records: Iterable[Record]) -> None:
    """What would be recorded, as the books count it."""
    for record in records:
        if record.invoice is not None and record.accepted:
            stated = counted(record.invoice)
            key = (stated.issue_date.isoformat(), stated.currency)
            sums.setdefault(key, []).append(stated.total)


def _moved(
    before: dict[tuple[str, str], list[Decimal]], after: dict[tuple[str, str], list[Decimal]]
) -> Iterator[Moved]:
    for key in sorted({*before, *after}):
        one, other = (total_of(side.get(key, [])) for side in (before, after))
        if one != other:
            yield Moved(issue_date=key[0], currency=key[1], before=one, after=other)
