"""What a person let pass, so that it is no error when the document is read again."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from billdrop.model import Finding, Parsed, QuarantineEntry, Record, Severity


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
