"""What of one document waits in quarantine, from one reading of it to the next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from billdrop.model import Finding, Intent, Parsed, QuarantineEntry, Record, Ruling, errors_of
from billdrop.plan.barred import Decided, apart, barred, barring, decided
from billdrop.plan.contents import Contents
from billdrop.plan.items import Item


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
        self._barred = barred(map(decided, self._kept.values()))
        self._there: dict[int | None, Decided] = {}
        out = {each.id for each in self._barred}
        self._left = {
            one.record: one
            for one in self._kept.values()
            if one.closed_at is None and one.id not in out
        }
        self._times = Counter(entry.record for entry in before)

    def add(self, record: Record | None, findings: Sequence[Finding]) -> None:
        """Open an entry for a record, or for the whole document; one that is still open is kept."""
        ref = self._parsed.document.ref
        index = record.index if record else None
        out = self._there.get(index)
        left = self._open(index, record) if out is None else self._kept[out.id]
        number = left.id if left and left.closed_at is None else self._new(index)
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
            since=left.since if left and left.closed_at is None else self._at,
            rulings=left.rulings if left else (),
        )

    def keep_out(self) -> tuple[Finding, ...]:
        """Find what a person rejected in this reading; what is found about all of the document then."""
        findings, self._there = barring(self._parsed, self._barred)
        return findings

    def kept_out(self, item: Item) -> Item:
        """A record as it is to be taken: refused where a person rejected it, however it reads."""
        out = self._there.get(item.record.index) if self._there else None
        if out is None or item.key is None:
            return item
        return Item(replace(item.record, findings=out.refused(item.record)))

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

    def _open(self, index: int | None, record: Record | None) -> QuarantineEntry | None:
        """The open entry that a record, or all of the document, keeps."""
        left = self._left.get(index)
        if left is None or (record is not None and apart(record, left.first_line, left.last_line)):
            return None
        return self._left.pop(index)

    def _new(self, index: int | None) -> int:
        """The id of another entry of a record."""
        while True:
            self._times[index] += 1
            nth = self._times[index] - 1
            number = self._now.entry_id(self._parsed.document.ref.document_id, index, nth)
            if number not in self._kept:
                return number
