"""Invoices of one document that share an identity and differ: which is right, only a person knows."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from billdrop.books.decide import content_of, identity_of
from billdrop.guidelines.model import Guideline
from billdrop.model import Record
from billdrop.parsing.completing import Plan, completed
from billdrop.readers import Draft
from billdrop.readers.alike import Alike
from billdrop.values.excerpts import Place, finding


class _Told(NamedTuple):
    """What tells twins apart."""

    place: int
    """Its index."""
    line: int
    content: bytes


def refused(records: list[Record], guideline: Guideline) -> tuple[Record, ...]:
    """All records of a document, those refused that have a twin."""
    others = _others(records, guideline)
    return tuple([_refused(record, others.get(record.index)) for record in records])


class Twins:
    """Those of a large document; its drafts are read once more where there may be some."""

    def __init__(
        self, read: Callable[[], Iterator[Draft]], guideline: Guideline, asked: Plan
    ) -> None:
        self._read, self._guideline, self._asked = read, guideline, asked
        self._alike: Alike | None = None
        self._others: dict[int, int] | None = None
        self._by_number = "number" in guideline.identity

    def told(self, first: Draft) -> bool:
        """Whether the reader says so of each draft; else all of them are to be looked at."""
        return first.alike is not None and self._by_number

    def look(self, drafts: Iterable[Draft], is_whole: Callable[[Draft], bool]) -> Draft | None:
        """Look at all drafts; gives the first that says that the document is none that can be read."""
        whole = list[Draft]()

        def each() -> Iterator[str]:
            for index, draft in enumerate(drafts):
                if is_whole(draft):
                    whole.append(draft)
                yield self._key(draft, index)

        self._alike = Alike(key for key in each() if key)
        return whole[0] if whole else None

    def refused(self, record: Record, draft: Draft) -> Record:
        """The record, refused if it has a twin."""
        if not self._suspects(draft, record.index):
            return record
        if self._others is None:
            self._others = _others(self._suspected(), self._guideline)
        return _refused(record, self._others.get(record.index))

    def _suspected(self) -> Iterator[Record]:
        for index, draft in enumerate(self._read()):
            if self._suspects(draft, index):
                yield completed(draft, index, self._asked)

    def _suspects(self, draft: Draft, index: int) -> bool:
        if self._alike is None:
            return bool(draft.alike)
        return self._key(draft, index) in self._alike

    def _key(self, draft: Draft, index: int) -> str:
        """What may be that of another; empty for what is no invoice."""
        if self._by_number:
            return draft.values.get("number") or ""
        invoice = completed(draft, index, self._asked).invoice
        return "" if invoice is None else identity_of(invoice, self._guideline.identity)


def _others(records: Iterable[Record], guideline: Guideline) -> dict[int, int]:
    """Of each record that has a twin, by its index: the line of the other."""
    groups: dict[str, list[_Told]] = {}
    for record in records:
        if record.invoice is not None:
            told = _Told(record.index, record.first_line, content_of(record.invoice))
            identity = identity_of(record.invoice, guideline.identity)
            groups.setdefault(identity, []).append(told)
    twins = [group for group in groups.values() if len({it.content for it in group}) > 1]
    return {
        it.place: group[0].line if it is not group[0] else group[1].line
        for group in twins
        for it in group
    }


def _refused(record: Record, other: int | None) -> Record:
    """The record, refused if another one in that line is its twin."""
    if other is None or record.invoice is None:
        return record
    span = record.spans().get("number") if record.spans else None
    fact = f"the invoice in line {other} has the same number `{record.invoice.number}` and other content"
    place = (
        Place(span.line, 1, len(span.text), span.text)
        if span
        else Place(record.first_line, 1, 1, "")
    )
    found = finding("BD2020", fact, place, hint="correct the file", field="number")
    if span:
        found = replace(found, column=span.column)
    return replace(record, findings=(*record.findings, found))
