"""What a person decided, for when the document is read again: what is let pass, and what stays out."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from billdrop.model import Finding, Parsed, QuarantineEntry, Record, Severity

REJECTED = "BD3005"
"""A person rejected it for good."""


def settled(parsed: Parsed, released: Sequence[QuarantineEntry]) -> Parsed:
    """
    What was read, with the findings of entries that a person released as warnings.

    Only what policy holds can pass so, and only as long as it says the same: another amount, account
    or seller waits again.
    """
    if not released:
        return parsed
    known: dict[int | None, set[tuple[str, str]]] = {}
    for entry in released:
        said = {(each.code, each.message) for each in entry.findings if each.held}
        known.setdefault(entry.record, set()).update(said)
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
            replace(each, severity=Severity.WARNING)
            if each.held and (each.code, each.message) in said
            else each
            for each in findings
        ]
    )


def kept_out(parsed: Parsed, entries: Sequence[QuarantineEntry]) -> Parsed:
    """What was read, with what a person rejected refused as it was then, however it reads now."""
    known = {entry.record: _barred(entry.findings) for entry in entries}
    if None in known:
        return replace(parsed, findings=known[None], records=())
    if not known:
        return parsed
    records: Iterable[Record] = (
        tuple([_out(record, known) for record in parsed.records])
        if isinstance(parsed.records, tuple | list)
        else KeptOut(parsed.records, known)
    )
    return replace(parsed, records=records)


class KeptOut(Struct, frozen=True):
    """The records of a large document, looked at as they are read."""

    records: Iterable[Record]
    known: dict[int | None, tuple[Finding, ...]]

    def __iter__(self) -> Iterator[Record]:
        """As often as they are asked for."""
        return (_out(record, self.known) for record in self.records)


def _out(record: Record, known: dict[int | None, tuple[Finding, ...]]) -> Record:
    said = known.get(record.index)
    return replace(record, findings=said) if said else record


def _barred(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Why it was refused, and that a person rejected it."""
    before = [each for each in findings if each.code != REJECTED]
    said = Finding(
        code=REJECTED,
        message="a person decided that it does not go into the books",
        line=next((each.line for each in before if each.line), None),
        hint="send a corrected document, or ask who receives it",
    )
    return (*before, said)
