"""What stands in the columns of a record."""

from typing import Any, NamedTuple

from billdrop.model import Finding
from billdrop.readers.fixed.layout import Spot
from billdrop.readers.fixed.records import Record
from billdrop.values import Failure
from billdrop.values.excerpts import Place, finding


class Found(NamedTuple):
    """A value and where it stands."""

    value: Any
    record: Record
    start: int
    text: str


def look(record: Record, spot: Spot, path: str) -> Found | Finding | None:
    """The value that stands there, if any does, or why it is none."""
    text = record.text
    for (start, stop), among in spot.where:
        if text[start:stop].strip() not in among:
            return None
    start, stop = spot.cut
    printed = text[start:stop]
    bare = printed.strip()
    meant = spot.map.get(bare, spot.map.get("*", bare)) if spot.map and bare else bare
    if not meant:
        return None
    at = start + len(printed) - len(printed.lstrip())
    if spot.entire and stop is not None and len(text) < stop:
        found = Found(None, record, at, bare)
        return about(found, "BD2042", f"{path}: the record ends within its columns", path)
    if spot.refuse and bare in spot.refuse:
        fact = f"{path}: `{bare}` is {spot.refuse[bare]}"
        return about(Found(None, record, at, bare), "BD2070", fact, path, spot.refuse.hint(bare))
    value = spot.convert(meant)
    if isinstance(value, Failure):
        found = Found(None, record, at, bare)
        return about(found, value.code, f"{path}: {value.message}", path, value.hint)
    return Found(value, record, at, bare)


def misfit(record: Record, length: int) -> Finding | None:
    """Why a record of another length than declared cannot be trusted."""
    count = len(record.text)
    if not length or count == length:
        return None
    place = Place(record.number, min(count, length) + 1, 1, record.text)
    fact = f"the record has {count} characters, not {length}"
    return finding("BD2042", fact, place, hint="write records in full", field="lines")


def about(found: Found, code: str, fact: str, path: str, hint: str = "") -> Finding:
    """A finding where a value stands."""
    number, text = found.record
    place = Place(number, found.start + 1, len(found.text), text)
    return finding(code, fact, place, hint=hint or "correct the record", field=path)
