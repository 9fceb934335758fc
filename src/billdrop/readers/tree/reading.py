"""From a document that is a tree, or several, to drafts."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from billdrop.model import Finding, Spans
from billdrop.readers import Draft, Limits
from billdrop.readers.stream import Unreadable
from billdrop.readers.tree.branches import Found
from billdrop.readers.tree.drafting import (
    Located,
    NotAnInvoiceError,
    Notes,
    Taken,
    Taker,
    Tree,
    met,
)
from billdrop.readers.tree.layout import Layout
from billdrop.readers.tree.quick import Quick
from billdrop.readers.usual import UnusualError
from billdrop.values.excerpts import Place, finding


class Opened(NamedTuple):
    """A document, taken apart."""

    tree: Tree
    roots: list[Any]


class Mapped(NamedTuple):
    """A document, taken apart with the place of everything."""

    tree: Located
    roots: list[Any]


class Source(NamedTuple):
    """How a kind of document is taken apart; both raise `Unreadable`."""

    opened: Callable[[bytes], Opened]
    mapped: Callable[[bytes], Mapped]


class Known(NamedTuple):
    """What is known of one record when places are."""

    notes: Notes
    taken: Taken | None
    """None: it is no invoice."""


class TreeReader:
    """Reads documents that are trees."""

    def __init__(self, layout: Layout, source: Source, limits: Limits, begins: str) -> None:
        self.layout, self.source, self.limits = layout, source, limits
        self.begins = begins
        """What invoices begin with, for messages."""

    def read(self, content: bytes) -> Iterator[Draft]:
        """See `Reader`."""
        try:
            yield from self._read(content)
        except Unreadable as error:
            yield _unreadable(error.findings)

    def _read(self, content: bytes) -> Iterator[Draft]:
        opened = self.source.opened(content)
        tree = opened.tree
        places = Places(self, content)
        records = list(self.records(tree, opened.roots))
        if len(records) > self.limits.records:
            raise Unreadable(_too_many(self.limits))
        end = content.count(b"\n") + (not content.endswith(b"\n"))
        if len(records) == 1:
            node, shared = records[0]
            yield self._draft(tree, node, shared, (0, 1, end), places)
            return
        starts = [tree.line(node) for node, _ in records]
        stops = [max(line, after - 1) for line, after in pairwise([*starts, end + 1])]
        spread = zip(records, starts, stops, strict=True)
        for index, ((node, shared), first, last) in enumerate(spread):
            yield self._draft(tree, node, shared, (index, first, last), places)

    def records(self, tree: Tree, roots: list[Any]) -> Iterator[tuple[Any, Found | None]]:
        """Where each invoice begins and what was met above it; a root without any is one that says nothing."""
        for root in roots:
            shared = met(tree, root, self.layout.top, {})
            nodes = next((shared[slot] for slot in self.layout.records if slot in shared), [])
            if not nodes:
                yield root, None
            yield from ((node, shared) for node in nodes)

    def _draft(
        self,
        tree: Tree,
        node: Any,
        shared: Found | None,
        place: tuple[int, int, int],
        places: "Places",
    ) -> Draft:
        index, first, last = place
        findings: list[Finding] = []
        taken = self._soon(tree, node, shared)
        if taken is None:
            notes, taken = places.known(index)
            findings = list(notes.findings)
        return Draft(
            first_line=first,
            last_line=last,
            column=tree.column(node) if first == last else 0,
            values=taken.values if taken else {},
            lines=[],
            made=taken.lines if taken else (),
            findings=findings,
            spans=lambda: places.spans(index),
            text=places.at,
            unread=taken is None,
        )

    def _soon(self, tree: Tree, node: Any, shared: Found | None) -> Taken | None:
        """What an invoice says in which nothing is unusual."""
        if shared is None:
            return None
        try:
            return Quick(self.layout, tree).take(node, shared)
        except UnusualError:
            return None

    def known(self, located: Located, node: Any, shared: Found | None) -> Known:
        """One record, read with places."""
        notes = Notes(located, {}, [])
        if shared is None:
            notes.findings.append(self._nothing(located, node))
            return Known(notes, None)
        try:
            return Known(notes, Taker(self.layout, notes).take(node, shared))
        except NotAnInvoiceError as error:
            notes.findings[:] = [error.finding]
            return Known(notes, None)

    def _nothing(self, located: Located, node: Any) -> Finding:
        span = located.span(node, "")
        place = Place(span.line, span.column, 1, located.at(span.line))
        fact = f"no invoice is here: there is no `{self.begins}`"
        return finding("BD2070", fact, place, hint="send the invoice itself")


class Places:
    """Where everything of a document stands, worked out when it is first asked for."""

    def __init__(self, reader: TreeReader, content: bytes) -> None:
        self._reader, self._content = reader, content
        self._tree: Located | None = None
        self._records: list[tuple[Any, Found | None]] = []
        self._last: tuple[int, Known] | None = None

    def known(self, index: int) -> Known:
        """The record of that index."""
        if self._last is None or self._last[0] != index:
            tree = self._mapped()
            self._last = index, self._reader.known(tree, *self._records[index])
        return self._last[1]

    def spans(self, index: int) -> Spans:
        """Where the values of a record stand; nowhere, where only the fast way can read the document."""
        try:
            return self.known(index).notes.spans
        except Unreadable:
            return {}

    def at(self, line: int) -> str:
        """The text of a line, likewise."""
        try:
            return self._mapped().at(line)
        except Unreadable:
            return ""

    def _mapped(self) -> Located:
        if self._tree is None:
            self._tree, roots = self._reader.source.mapped(self._content)
            self._records = list(self._reader.records(self._tree, roots))
        return self._tree


def _unreadable(findings: list[Finding]) -> Draft:
    return Draft(
        first_line=1, last_line=1, values={}, lines=[], findings=findings, spans=dict[str, Any]
    )


def _too_many(limits: Limits) -> Finding:
    fact = f"there are more than {limits.records} invoices"
    return Finding(code="BD2022", message=fact, line=1, column=1, hint="split the file")
