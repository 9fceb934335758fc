"""What a person keeps out of the books, found again in a reading by the lines it stands in."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from billdrop.model import (
    Finding,
    Parsed,
    QuarantineEntry,
    Record,
    Ruling,
    errors_of,
    first_error,
)

REJECTED = "BD3005"
"""A person rejected it for good."""
LOST = "BD3006"
"""What a person rejected is not read as a record any more."""


class Decided(NamedTuple):
    """A quarantine entry that a person decided about: what of it tells where it stands, and why."""

    id: int
    record: int | None
    first_line: int | None
    last_line: int | None
    findings: tuple[Finding, ...]
    rulings: tuple[Ruling, ...]

    def refused(self, record: Record | None = None) -> tuple[Finding, ...]:
        """Why it was refused, and that a person rejected it; where in a line it begins, as `record` does."""
        before = [each for each in self.findings if each.code != REJECTED]
        said = Finding(
            code=REJECTED,
            message="a person decided that it does not go into the books",
            line=next((each.line for each in before if each.line), None),
            column=(record.column or None) if record else None,
            hint="send a corrected document, or ask who receives it",
        )
        return (*before, said)

    @property
    def begins(self) -> int | None:
        """The column where it began when it was rejected, if others may stand in its line."""
        return next((each.column for each in self.findings if each.code == REJECTED), None)

    @property
    def lost(self) -> Finding:
        """That it cannot be told which record it is."""
        return Finding(
            code=LOST,
            message=f"lines {self.first_line} to {self.last_line}, rejected by a person, "
            "are no record of their own as they are read now",
            line=self.first_line,
            hint="read them as before, or reject all of the document, or reconsider the rejection",
        )


def decided(entry: QuarantineEntry) -> Decided:
    """What of an entry tells where it stands."""
    return Decided(
        entry.id, entry.record, entry.first_line, entry.last_line, entry.findings, entry.rulings
    )


def barred(entries: Iterable[Decided]) -> list[Decided]:
    """Those that a person keeps out, in order of their ids: the last word about each place counts."""
    last = {each[1:4]: each for each in entries if each.rulings}
    return [each for each in last.values() if each.rulings[-1].rejects]


def apart(record: Record, first_line: int | None, last_line: int | None) -> bool:
    """Whether a record has no line in common with an entry."""
    if first_line is None or last_line is None:
        return False
    return record.first_line > last_line or record.last_line < first_line


def places(records: Iterable[Record], entries: Sequence[Decided]) -> dict[int, int | None]:
    """
    The index that the record of each entry has now, by the id of the entry.

    It is the one record with its lines, or of several the one with its index. Where records begin within a
    line, it is the one that begins there. None where there is none, or where it cannot be told.
    """
    wanted = {(each.first_line, each.last_line) for each in entries if each.record is not None}
    found: defaultdict[tuple[int | None, int | None], _There] = defaultdict(_There)
    for record in records if wanted else ():
        if (lines := (record.first_line, record.last_line)) in wanted:
            found[lines].add(record)
    return {each.id: found[each.first_line, each.last_line].of(each) for each in entries}


class _There:
    """The records of a reading that have the same lines."""

    def __init__(self) -> None:
        self._indexes: dict[int, None] = {}
        self._begins: list[int] = []
        """The columns where they begin, in order."""
        self._at: dict[int, int] = {}
        self._said: set[tuple[int | None, str, str]] = set()

    def add(self, record: Record) -> None:
        """Take in the next one."""
        self._indexes[record.index] = None
        if record.column:
            self._begins.append(record.column)
            self._at[record.column] = record.index
        self._said.update((record.index, each.code, each.message) for each in record.findings)

    def of(self, entry: Decided) -> int | None:
        """The index of an entry's record."""
        if self._begins:
            return self._within(entry)
        if entry.record in self._indexes:
            return entry.record
        return next(iter(self._indexes)) if len(self._indexes) == 1 else None

    def _within(self, entry: Decided) -> int | None:
        """By where it began; or by what was found in it: where that stands, or what is found again."""
        if entry.begins:
            return self._at.get(entry.begins)
        errors = errors_of(entry.findings)
        stands = next((each.column for each in errors if each.column and not _ends(each)), 0)
        at = bisect_right(self._begins, stands)
        if at:
            return self._at[self._begins[at - 1]]
        again = [each for each in errors if (entry.record, each.code, each.message) in self._said]
        return entry.record if again else None


def _ends(found: Finding) -> bool:
    """Whether it stands at the end of its line, whoever that is of."""
    return bool(found.excerpt) and found.offset >= len(found.excerpt)


def barring(
    parsed: Parsed, entries: Sequence[Decided]
) -> tuple[tuple[Finding, ...], dict[int | None, Decided]]:
    """
    What is found about a document as a whole beside what a person rejected in it, and what of that
    is in this reading, by the index it has there.
    """
    whole = next((each for each in entries if each.record is None), None)
    if whole is not None:
        return whole.refused(), {None: whole}
    if not entries or first_error(parsed.findings):
        return parsed.findings, {}
    there = places(parsed.records, entries)
    lost = [each.lost for each in entries if there[each.id] is None]
    if lost:
        return (*parsed.findings, *lost), {}
    return parsed.findings, {there[each.id]: each for each in entries}
