"""The json reader: paths into objects. A list, or one text after another, is several invoices."""

import codecs
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from billdrop.model import Finding, Span
from billdrop.readers import Limits, Reader
from billdrop.readers.stream import Unreadable
from billdrop.readers.tables import each
from billdrop.readers.tree.branches import Branch, Found, compiling
from billdrop.readers.tree.drafting import OddError
from billdrop.readers.tree.json_text import Items, Members, NotJsonError, Scan
from billdrop.readers.tree.layout import Dialect, layout
from billdrop.readers.tree.paths import Path
from billdrop.readers.tree.reading import Mapped, Opened, Source, TreeReader
from billdrop.readers.tree.xml_text import LINE_END, decode, place_of
from billdrop.values.excerpts import finding

if TYPE_CHECKING:
    from billdrop.guidelines.model import Guideline


def build(guideline: "Guideline", limits: Limits) -> Reader:
    """See `Build`."""
    dialect = Dialect(lambda name: name, compiling(_texts), xml=False)
    source = Source(opened=lambda content: Opened(*_opened(content)), mapped=_opened)
    begins = " or ".join(each(guideline.records.each))
    return TreeReader(layout(guideline, dialect, limits), source, limits, begins)


class Objects:
    """The values of one document."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in LINE_END.finditer(text))]

    def walk(self, node: Any, branch: Branch, found: Found) -> None:
        """See `Tree`."""
        for name, wanted in branch.ways.items():
            for child in _children(node, name):
                for holds, way in wanted:
                    if holds is None or holds(child):
                        for slot in way.slots:
                            found.setdefault(slot, []).append(child)
                        if way.ways:
                            self.walk(child, way, found)

    def text(self, node: Any, attribute: str) -> str | None:
        """See `Tree`."""
        if type(node) is not tuple:
            raise OddError
        said: str | None = node[0]
        return said

    def code(self, node: Any) -> str | None:
        """See `Tree`; a key of its own names it, if any does."""
        return None

    def line(self, node: Any) -> int:
        """See `Tree`."""
        return bisect_right(self._starts, _begin(node))

    def column(self, node: Any) -> int:
        """See `Tree`."""
        start = _begin(node)
        return start - self._starts[bisect_right(self._starts, start) - 1] + 1

    def span(self, node: Any, attribute: str) -> Span:
        """See `Located`."""
        start = _begin(node)
        raw = self._text[start : node[2]] if type(node) is tuple else self._text[start]
        bare = raw.strip() or self._text[start]
        start += raw.find(bare) if raw.strip() else 0
        line = bisect_right(self._starts, start)
        return Span(line, start - self._starts[line - 1] + 1, bare)

    def at(self, line: int) -> str:
        """See `Located`."""
        stop = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[self._starts[line - 1] : stop].rstrip("\r\n")


def _begin(node: Any) -> int:
    at: int = node[1] if type(node) is tuple else node.at
    return at


def _children(node: Any, name: str) -> Sequence[Any]:
    """What a key has; of a list, each."""
    child = node.get(name) if type(node) is Members else None
    return () if child is None else _flat(child)


def _flat(value: Any) -> Sequence[Any]:
    if type(value) is not Items:
        return (value,)
    return [one for item in value for one in _flat(item)]


def _texts(node: Any, path: Path) -> Sequence[str] | None:
    """What a path says of a value; None where it is not there, or null."""
    nodes = [node]
    for step in path.steps:
        nodes = [child for one in nodes for child in _children(one, step.name)]
    nodes = [one for one in nodes if type(one) is not tuple or one[0] is not None]
    return [one[0] if type(one) is tuple else "" for one in nodes] or None


def _opened(content: bytes) -> Mapped:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        fact = "the document is UTF-16, JSON is UTF-8"
        raise Unreadable(Finding(code="BD1002", message=fact, line=1, column=1, hint="save it so"))
    text = decode(content, "utf-8-sig")
    try:
        values = Scan(text).values()
    except NotJsonError as error:
        fact = f"no well-formed JSON: {error.fact}"
        place = place_of(text, error.at, 1)
        raise Unreadable(finding("BD1010", fact, place, hint="export the invoice again")) from None
    roots = [one for value in values for one in _flat(value)]
    if not roots:
        fact = "the document holds nothing"
        raise Unreadable(
            Finding(code="BD1001", message=fact, line=1, column=1, hint="send it again")
        )
    return Mapped(Objects(text), roots)
