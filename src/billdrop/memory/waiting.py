"""What of one document waits in quarantine in memory, from one reading of it to the next."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from billdrop.memory.state import Contents, errors_of
from billdrop.model import Finding, Intent, Parsed, QuarantineEntry, Record


class Waiting:
    """The quarantine entries of one reading."""

    def __init__(self, now: Contents, parsed: Parsed, at: datetime) -> None:
        self._now = now
        self._parsed = parsed
        self._at = at
        name = parsed.document.ref.document_id
        self._left = {
            entry.record: entry for entry in now.waiting.values() if entry.document_id == name
        }

    def add(self, record: Record | None, findings: Sequence[Finding]) -> None:
        """Open an entry for a record, or for the whole document; one that is still open is kept."""
        left = self._left.pop(record.index if record else None, None)
        self._now.entries += left is None
        number = left.id if left else self._now.entries
        ref = self._parsed.document.ref
        self._now.waiting[number] = QuarantineEntry(
            id=number,
            document_id=ref.document_id,
            customer=ref.customer,
            key=ref.key,
            record=record.index if record else None,
            first_line=record.first_line if record else None,
            last_line=record.last_line if record else None,
            code=errors_of(findings)[0].code,
            findings=tuple(findings),
            since=left.since if left else self._at,
        )

    def close(self) -> None:
        """Close the entries that no record of this reading kept open."""
        for entry in self._left.values():
            chosen = self.released(entry.record)
            by, why = (self._parsed.by, self._parsed.why) if chosen else ("", "")
            closed = replace(entry, closed_at=self._at, by=by, why=why)
            self._now.closed[entry.id] = closed
            del self._now.waiting[entry.id]

    def released(self, record: int | None) -> bool:
        """Whether a person decided that a record corrects what is known."""
        parsed = self._parsed
        chosen = parsed.released is None or record in parsed.released
        return parsed.intent is Intent.RELEASE and chosen
