"""Why a document waits: said anew where another guideline, or another policy, refuses it for another reason."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from billdrop.model import Finding, Parsed, QuarantineEntry, Record, Severity, first_error

EARLIER = "BD2511"
"""What an entry waited for before."""
MOST = 10
"""So many earlier reasons are kept."""

_COUNTED = re.compile(r"\d+")


def renewed(parsed: Parsed, entries: Sequence[QuarantineEntry]) -> Parsed | None:
    """
    What was read, where all of it is refused, and not for the reasons it waits for; else nothing.

    The reason that an entry had is kept beside the new one, as a warning. `entries`: what of the
    document waits.
    """
    records = parsed.records
    if any(record.accepted for record in records):
        return None
    known = {entry.record: entry for entry in entries}
    if first_error(parsed.findings):
        if _says(known.get(None), parsed.findings):
            return None
        return replace(parsed, findings=_with_earlier(known.get(None), parsed.findings))
    if all(_says(known.get(record.index), record.findings) for record in records):
        return None
    each: Iterable[Record] = (
        tuple([_kept(record, known) for record in records])
        if isinstance(records, tuple | list)
        else Renewed(records, known)
    )
    return replace(parsed, records=each)


class Renewed(Struct, frozen=True):
    """The records of a large document, looked at as they are read."""

    records: Iterable[Record]
    known: dict[int | None, QuarantineEntry]

    def __iter__(self) -> Iterator[Record]:
        """As often as they are asked for."""
        return (_kept(record, self.known) for record in self.records)


def _kept(record: Record, known: dict[int | None, QuarantineEntry]) -> Record:
    entry = known.get(record.index)
    if _says(entry, record.findings):
        return record
    return replace(record, findings=_with_earlier(entry, record.findings))


def _says(entry: QuarantineEntry | None, findings: Sequence[Finding]) -> bool:
    """Whether an entry gives the reason already; how many guidelines there are is none."""
    now, before = first_error(findings), first_error(entry.findings) if entry else None
    if now is None or before is None or now.code != before.code:
        return False
    if now.code == "BD2001":
        return _COUNTED.sub("", now.message) == _COUNTED.sub("", before.message)
    return now.message == before.message


def _with_earlier(
    entry: QuarantineEntry | None, findings: Sequence[Finding]
) -> tuple[Finding, ...]:
    if entry is None:
        return tuple(findings)
    before = [each for each in entry.findings if each.code == EARLIER]
    last = first_error(entry.findings)
    if last is not None:
        before.append(
            replace(
                last,
                code=EARLIER,
                message=f"it waited before: {last.message} ({last.code})",
                severity=Severity.WARNING,
                hint="",
                held=False,
            )
        )
    return (*findings, *before[-MOST:])
