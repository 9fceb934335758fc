"""Which records are of one invoice."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from billdrop.model import Finding
from billdrop.readers import Limits
from billdrop.readers.fixed.layout import Layout, Spot
from billdrop.readers.fixed.look import misfit
from billdrop.readers.fixed.records import Record
from billdrop.readers.stream import Unreadable
from billdrop.values.excerpts import Place, finding


class Group(NamedTuple):
    """The records of an invoice."""

    records: list[Record]
    doubts: tuple[Finding, ...] = ()
    """What is known against it, whatever its records say."""
    lost: bool = False
    """Whether they stand outside of every invoice."""


def begun(records: Iterable[Record], layout: Layout) -> Iterator[Group]:
    """An invoice from each record that begins one to the next; raises `Unreadable` where none does."""
    group: list[Record] = []
    before: list[Record] = []
    for record in records:
        kind = layout.kind(record.text)
        if kind in layout.start:
            if group:
                yield Group(group)
            elif before:
                yield _lost(before, layout)
            group = [record]
        elif kind not in layout.apart and kind not in layout.ignored:
            (group or before).append(record)
    if not group:
        raise Unreadable(_none(before, layout))
    yield Group(group)


def _lost(records: list[Record], layout: Layout) -> Group:
    return Group(records, (_before(records[0], layout),), lost=True)


def _before(record: Record, layout: Layout) -> Finding:
    fact = f"the record stands before any `{min(layout.start)}`, which begins an invoice"
    place = Place(record.number, 1, len(record.text), record.text)
    hint = "correct the order of the records, or name its kind in `records.ignore`"
    return finding("BD2041", fact, place, hint=hint, field="lines")


def _none(records: list[Record], layout: Layout) -> Finding:
    if not records:
        hint = "upload it once it has"
        return Finding(code="BD1001", message="the document has no records", hint=hint)
    first = records[0]
    fact = f"no record `{min(layout.start)}` begins an invoice"
    hint = "correct the file, or `records.start` and `input.kind` in the guideline"
    return finding("BD2041", fact, Place(first.number, 1, len(first.text), first.text), hint=hint)


class Numbered:
    """Rows of one number are one invoice, also when other rows stand between them."""

    def __init__(self, layout: Layout, limits: Limits) -> None:
        self._layout, self._limits = layout, limits
        (self._spot,) = [spot for spot in layout.spots[""] if spot.name == "number"]
        self._counts: dict[str, int] = {}
        self._strays: dict[int, tuple[str, ...]] = {}
        """The invoices that a row may be of, by its line, where that is in doubt."""

    @property
    def numbers(self) -> Iterable[str]:
        """That of each invoice."""
        return self._counts

    def survey(self, records: Iterable[Record]) -> "Numbered":
        """Count the rows of each invoice; one in doubt is of those beside it, or alone."""
        waiting: list[tuple[int, str]] = []
        last, rows = "", 0
        for record in self._rows(records):
            key, rows = self._key(record), rows + 1
            if not key:
                waiting.append((record.number, last))
                continue
            self._counts[key] = self._counts.get(key, 0) + 1
            for number, before in waiting:
                self._strays[number] = tuple(dict.fromkeys(it for it in (before, key) if it))
            waiting, last = [], key
        for number, before in waiting:
            self._strays[number] = (before,) if before else ()
        for owners in self._strays.values():
            for key in owners:
                self._counts[key] += 1
        self._bound(rows)
        return self

    def groups(self, records: Iterable[Record]) -> Iterator[Group]:
        """Invoices in the order in which their last rows come."""
        groups: dict[str, tuple[list[Record], list[Finding]]] = {}
        for record in self._rows(records):
            key = self._key(record)
            owners = (key,) if key else self._strays[record.number]
            for owner in owners:
                rows, doubts = groups.setdefault(owner, ([], []))
                rows.append(record) if key else doubts.append(self._doubt(record))
                if len(rows) + len(doubts) == self._counts[owner]:
                    del groups[owner]
                    yield Group(rows, tuple(doubts))
            if not owners:
                yield Group([record], (self._doubt(record),), lost=True)

    def _rows(self, records: Iterable[Record]) -> Iterator[Record]:
        layout = self._layout
        for record in records:
            kind = layout.kind(record.text)
            if kind not in layout.apart and kind not in layout.ignored:
                yield record

    def _key(self, record: Record) -> str:
        """The number, where nothing is amiss before it."""
        if misfit(record, self._layout.length) is not None:
            return ""
        return _stated(record, self._spot)

    def _doubt(self, record: Record) -> Finding:
        wrong = misfit(record, self._layout.length)
        if wrong is not None:
            return wrong
        place = Place(record.number, self._spot.cut.start + 1, 1, record.text)
        fact, hint = "the record has no invoice number", "correct the record"
        return finding("BD2003", fact, place, hint=hint, field="lines")

    def _bound(self, rows: int) -> None:
        limits, invoices = self._limits, len(self._counts)
        for count, most, what in (
            (rows, limits.rows, "records"),
            (invoices, limits.records, "invoices"),
        ):
            if count > most:
                message = f"the document has {count} {what}, more than {most}"
                raise Unreadable(Finding(code="BD2022", message=message, hint="split the file"))
        if not rows:
            hint = "upload it once it has"
            fact = "the document has no records"
            raise Unreadable(Finding(code="BD1001", message=fact, hint=hint))


def _stated(record: Record, spot: Spot) -> str:
    start, stop = spot.cut
    text = record.text[start:stop].strip()
    return spot.map.get(text, text)
