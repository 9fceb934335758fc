"""The fixed reader: records of fixed width, told by what they begin with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from billdrop.guidelines.model import Guideline
from billdrop.model import Finding, Severity, Sliced
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.alike import Alike
from billdrop.readers.fixed.grouping import Group, Numbered, begun
from billdrop.readers.fixed.layout import Spot, layout
from billdrop.readers.fixed.look import Found, look
from billdrop.readers.fixed.making import Maker
from billdrop.readers.fixed.records import Record, lines, stretches
from billdrop.readers.fixed.totals import Said, add, compared, said, tally
from billdrop.readers.passed import passed
from billdrop.readers.stream import Unreadable

_LEVELS = {"error": Severity.ERROR, "warn": Severity.WARNING, "ignore": None}


def build(guideline: Guideline, limits: Limits) -> Reader:
    """The reader of a guideline with `input.reader = "fixed"`."""
    return Fixed(guideline, limits)


HELD = 8 * 1024 * 1024
"""Bytes of a document all of whose drafts are held until its totals are compared."""


class _Look(NamedTuple):
    """What is known of a document before its first draft is made."""

    numbered: Numbered | None
    """Where rows of one number are one invoice."""
    alike: Alike | None


class Fixed:
    """Reads a document once; a large one once more before where rows are counted or totals are stated."""

    def __init__(self, guideline: Guideline, limits: Limits) -> None:
        given = guideline.input
        assert given.reader == "fixed"
        self.input, self.limits = given, limits
        self.layout = layout(guideline, given, limits)
        self._maker = Maker(self.layout, _LEVELS[guideline.unclaimed])
        self._passed = passed(guideline, limits)

    def read(self, content: Sliced) -> Iterator[Draft]:
        """Drafts as their last records are read."""
        try:
            controlled = bool(self.layout.of_file)
            found = self._look(content)
            read = self._controlled if controlled else self._drafts
            yield from read(content, found)
        except Unreadable as refusal:
            first = refusal.findings[0].line or 1
            yield Draft(
                first_line=first,
                last_line=first,
                values={},
                lines=[],
                findings=refusal.findings,
                spans=dict,
                whole=True,
            )

    def draft(self, records: Sequence[Record]) -> Draft:
        """That of one invoice."""
        return self._maker.draft(records)

    def _drafts(self, content: Sliced, found: "_Look") -> Iterator[Draft]:
        for group in self._groups(content, found):
            draft = self._lost(group) if group.lost else self._maker.draft(*group[:2])
            if found.alike is not None:
                draft.alike = draft.values.get("number") in found.alike
            yield draft

    def _look(self, content: Sliced) -> "_Look":
        """Which rows are of one invoice; of what is not held, which invoices may be of one number too."""
        large = len(content) > HELD
        if not self.layout.start:
            numbered = Numbered(self.layout, self.limits).survey(self._records(content))
            return _Look(numbered, Alike(numbered.numbers) if large else None)
        return _Look(None, Alike(self._numbers(content)) if large else None)

    def _numbers(self, content: Sliced) -> Iterator[str]:
        """What the records of a document say in place of numbers."""
        spots = {kind: _number(spots) for kind, spots in self.layout.spots.items()}
        for record in self._bounded(self._records(content)):
            spot = spots.get(self.layout.kind(record.text) or "")
            found = look(record, spot, "number") if spot is not None else None
            if isinstance(found, Found):
                yield found.value

    def _lost(self, group: Group) -> Draft:
        """Records of no invoice, which cannot be read."""
        records = group.records
        return Draft(
            first_line=records[0].number,
            last_line=records[-1].number,
            values={},
            lines=[],
            findings=list(group.doubts),
            spans=dict,
            unread=True,
        )

    def _groups(self, content: Sliced, found: "_Look") -> Iterator[Group]:
        if found.numbered is None:
            return begun(self._bounded(self._records(content)), self.layout)
        return found.numbered.groups(self._records(content))

    def _records(self, content: Sliced) -> Iterator[Record]:
        given = self.input
        taken = (
            lines(content, given.encoding, self.limits)
            if given.line_ends
            else stretches(content, given.encoding, given.length)
        )
        return (it for it in taken if not self._passed(it.text)) if self._passed else taken

    def _bounded(self, records: Iterable[Record]) -> Iterator[Record]:
        most = self.limits.rows
        for count, record in enumerate(records, 1):
            if count > most:
                message = f"the document has more than {most} records"
                raise Unreadable(Finding(code="BD2022", message=message, hint="split the file"))
            yield record

    def _controlled(self, content: Sliced, found: "_Look") -> Iterable[Draft]:
        """The drafts of a document that is what it says of itself; raises `Unreadable` for any other."""
        controls, told = self.layout.of_file, list[Said]()
        known, last = tally(controls), None
        for last in self._records(content):
            known.counts["records"] += 1
            told += said(last, self.layout.kind(last.text) or "", controls)
        held = list[Draft]()
        for draft in self._drafts(content, found):
            add(known, draft)
            if len(content) <= HELD:
                held.append(draft)
        if last is not None and (wrong := list(compared(controls, told, known, last))):
            raise Unreadable(*wrong)
        return held or self._drafts(content, found)


def _number(spots: Iterable[Spot]) -> Spot | None:
    return next((spot for spot in spots if spot.name == "number"), None)
