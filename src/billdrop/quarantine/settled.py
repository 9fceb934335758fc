"""What a person decided, for when the document is read again: what is let pass, and what stays out."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from billdrop.model import Finding, Intent, Parsed, QuarantineEntry, Record, Severity
from billdrop.plan.barred import Decided, barred, barring, decided, places

PASSED = "a person released it"
"""What stands beside a finding in place of its remedy."""


def settled(parsed: Parsed, released: Sequence[QuarantineEntry]) -> Parsed:
    """
    What was read, with the findings of entries that a person released as warnings.

    Only what policy holds can pass so, and only as long as it says the same in the same lines:
    another amount, account or seller waits again, and so does another record in its place.
    """
    if not released:
        return parsed
    there = places(parsed.records, [decided(entry) for entry in released])
    known: dict[int | None, set[tuple[str, str]]] = {}
    for entry in released:
        if entry.record is None or there[entry.id] is not None:
            said = {(each.code, each.message) for each in entry.findings if each.held}
            known.setdefault(there[entry.id], set()).update(said)
    whole = _passed(parsed.findings, known.get(None, set()))
    records: Iterable[Record] = (
        tuple([_of_record(record, known) for record in parsed.records])
        if isinstance(parsed.records, tuple | list)
        else Settled(parsed.records, known)
    )
    return replace(parsed, findings=whole, records=records)


class Settled(Struct, frozen=True):
    """The records of a large document, looked at as they are read."""

    records: Iterable[Record]
    known: dict[int | None, set[tuple[str, str]]]

    def __iter__(self) -> Iterator[Record]:
        """As often as they are asked for."""
        return (_of_record(record, self.known) for record in self.records)


def _of_record(record: Record, known: dict[int | None, set[tuple[str, str]]]) -> Record:
    said = known.get(record.index)
    return replace(record, findings=_passed(record.findings, said)) if said else record


def _passed(findings: Iterable[Finding], said: set[tuple[str, str]]) -> tuple[Finding, ...]:
    return tuple(
        [
            replace(each, severity=Severity.WARNING, hint=PASSED)
            if each.held and (each.code, each.message) in said
            else each
            for each in findings
        ]
    )


def kept_out(parsed: Parsed, entries: Sequence[QuarantineEntry]) -> Parsed:
    """
    What was read, with what a person rejected refused as it was then, however it reads now.

    Where it is no record any more, all of the document waits.
    """
    if not entries:
        return parsed
    findings, there = barring(parsed, [decided(entry) for entry in entries])
    if None in there:
        return replace(parsed, findings=findings, records=())
    known = {index: entry for index, entry in there.items() if index is not None}
    records: Iterable[Record] = (
        tuple([_out(record, known) for record in parsed.records])
        if isinstance(parsed.records, tuple | list)
        else KeptOut(parsed.records, known)
    )
    return replace(parsed, findings=findings, records=records)


class KeptOut(Struct, frozen=True):
    """The records of a large document, looked at as they are read."""

    records: Iterable[Record]
    known: dict[int, Decided]

    def __iter__(self) -> Iterator[Record]:
        """As often as they are asked for."""
        return (_out(record, self.known) for record in self.records)


def _out(record: Record, known: dict[int, Decided]) -> Record:
    entry = known.get(record.index)
    return record if entry is None else replace(record, findings=entry.refused(record))


def out_of_books(
    entries: Sequence[QuarantineEntry], intent: Intent, chosen: Sequence[QuarantineEntry]
) -> list[QuarantineEntry]:
    """What of a document a person keeps out of the books; `chosen`: what is decided just now."""
    by_id = {entry.id: entry for entry in entries}
    out = [by_id[each.id] for each in barred(map(decided, entries))]
    places_now = {_place(entry) for entry in chosen}
    left = [entry for entry in out if _place(entry) not in places_now]
    return [*left, *chosen] if intent is Intent.REJECT else left


def _place(entry: QuarantineEntry) -> tuple[int | None, int | None, int | None]:
    return entry.record, entry.first_line, entry.last_line


def moved(parsed: Parsed, entry: QuarantineEntry) -> bool:
    """Whether the record of an entry is not read at its place any more."""
    return entry.record is not None and places(parsed.records, [decided(entry)]) != {
        entry.id: entry.record
    }
