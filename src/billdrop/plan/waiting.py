"""What of one document waits in quarantine, from one reading of it to the next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from billdrop.model import Finding, Intent, Parsed, QuarantineEntry, Record, Ruling
from billdrop.plan.contents import Contents
from billdrop.plan.outcomes import errors_of


def decidable(parsed: Parsed, record: int | None) -> bool:
    """Whether a person rejects a record now, or takes that back."""
    return parsed.bars and parsed.decides(record)


class Waiting:
    """The quarantine entries of one reading."""

    def __init__(
        self, now: Contents, parsed: Parsed, at: datetime, before: Sequence[QuarantineEntry] = ()
    ) -> None:
        self._now = now
        self._parsed = parsed
        self._at = at
        self._kept = {entry.id: self._decided(entry) for entry in before}
        self._left = {one.record: one for one in self._kept.values() if one.closed_at is None}
        self._barred = {one.record: one.rulings for one in self._kept.values() if one.barred}
        self._times = Counter(entry.record for entry in before)

    def add(self, record: Record | None, findings: Sequence[Finding]) -> None:
        """Open an entry for a record, or for the whole document; one that is still open is kept."""
        ref = self._parsed.document.ref
        index = record.index if record else None
        left = self._left.pop(index, None)
        number = left.id if left else self._now.entry_id(ref.document_id, index, self._nth(index))
        self._kept[number] = QuarantineEntry(
            id=number,
            document_id=ref.document_id,
            customer=ref.customer,
            key=ref.key,
            record=index,
            first_line=record.first_line if record else None,
            last_line=record.last_line if record else None,
            code=errors_of(findings)[0].code,
            findings=tuple(findings),
            since=left.since if left else self._at,
            rulings=left.rulings if left else self._barred.get(index, ()),
        )

    def close(self) -> tuple[QuarantineEntry, ...]:
        """All entries, once those that no record of this reading kept open are closed."""
        for entry in self._left.values():
            chosen = self.released(entry.record)
            by, why = (self._parsed.by, self._parsed.why) if chosen else ("", "")
            self._kept[entry.id] = replace(entry, closed_at=self._at, by=by, why=why)
        return tuple(self._kept.values())

    def corrects(self, record: int) -> bool:
        """Whether a person decided that a record corrects what is known."""
        return self._parsed.corrects and self.released(record)

    def stands_beside(self, record: int) -> bool:
        """Whether a person decided that a record is another invoice than the one it looks like."""
        return self._parsed.beside and self.released(record)

    def released(self, record: int | None) -> bool:
        """Whether a person let a record pass."""
        return self._parsed.intent is Intent.RELEASE and self._parsed.decides(record)

    def _decided(self, entry: QuarantineEntry) -> QuarantineEntry:
        """The entry, with what a person decides about it now."""
        parsed = self._parsed
        if not decidable(parsed, entry.record) or entry.closed_at is not None:
            return entry
        rejects = parsed.intent is Intent.REJECT
        ruling = Ruling(rejects=rejects, at=self._at, by=parsed.by, why=parsed.why)
        return replace(entry, rulings=(*entry.rulings, ruling))

    def _nth(self, record: int | None) -> int:
        self._times[record] += 1
        return self._times[record] - 1
