"""Elements with their places: expat, which says at every event where it is, scans the document once more."""

import re
from bisect import bisect_right
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

from billdrop.model import Span
from billdrop.readers.tree.xml_envelope import within
from billdrop.readers.tree.xml_nodes import Elements
from billdrop.readers.tree.xml_text import decoded

_BETWEEN = "\x01"
"""Between a namespace and a name: no document can hold it."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NAME = re.compile(rb"<[^\s/>]+")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class LocatedElements(Elements):
    """The elements of one document, with the bytes they stand in."""

    def __init__(self, content: bytes, currency: str) -> None:
        super().__init__(currency)
        self.content = decoded(content).encode()
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.content))]
        scan = _Scan(self.content)
        self.root, self._stretches = scan.root, scan.stretches

    def line(self, node: Any) -> int:
        """See `Tree`."""
        return bisect_right(self._starts, self._stretches[node][0])

    def span(self, node: Any, attribute: str) -> Span:
        """Where a text stands; of an element without a text, where the element does."""
        begin, start, stop = self._stretches[node]
        tag = _NAME.match(self.content, begin)
        assert tag is not None, "an element begins there"
        if attribute:
            found = self._attribute(tag.end(), attribute)
            start, stop = found.span(2) if found[2] is not None else found.span(3)
        raw = self.content[start:stop]
        bare = raw.strip()
        if not bare:
            return self._span(begin, tag.end())
        start += len(raw) - len(raw.lstrip())
        return self._span(start, start + len(bare))

    def _attribute(self, at: int, name: str) -> re.Match[bytes]:
        """An attribute, which is there; its prefix is not compared."""
        local = name.rpartition("}")[2].encode()
        while True:
            found = _ATTRIBUTE.match(self.content, at)
            assert found is not None, "expat has read it"
            if found[1].rpartition(b":")[2] == local:
                return found
            at = found.end()

    def _span(self, start: int, stop: int) -> Span:
        line = bisect_right(self._starts, start)
        before = self.content[self._starts[line - 1] : start].decode()
        return Span(line, len(before) + 1, self.content[start:stop].decode())

    def at(self, line: int) -> str:
        """See `Located`."""
        if not 1 <= line <= len(self._starts):
            return ""
        stop = self._starts[line] if line < len(self._starts) else len(self.content)
        return self.content[self._starts[line - 1] : stop].decode().rstrip("\r\n")


class _Scan:
    """Makes elements of the events of expat."""

    def __init__(self, content: bytes) -> None:
        self.stretches: dict[Element, tuple[int, int, int]] = {}
        """Where the element begins, and its text, from and to."""
        self._open = [Element("")]
        self._texts: list[list[str]] = [[]]
        self._starts = [0]
        self._parser = expat.ParserCreate("utf-8", namespace_separator=_BETWEEN)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.Parse(content, True)
        self.root = self._open[0][0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at, above = self._parser.CurrentByteIndex, self._open[-1]
        if not len(above):
            self._settle(at)
        element = Element(_full(name), {_full(key): value for key, value in attributes.items()})
        above.append(element)
        self.stretches[element] = (at, -1, -1)
        self._open.append(element)
        self._texts.append([])
        self._starts.append(-1)

    def _text(self, text: str) -> None:
        if not len(self._open[-1]):
            if self._starts[-1] < 0:
                self._starts[-1] = self._parser.CurrentByteIndex
            self._texts[-1].append(text)

    def _end(self, name: str) -> None:
        if not len(self._open[-1]):
            self._settle(self._parser.CurrentByteIndex)
        self._open.pop()
        self._texts.pop()
        self._starts.pop()

    def _settle(self, stop: int) -> None:
        """The text of the innermost element ends where a child begins, or where it ends itself."""
        element, start = self._open[-1], self._starts[-1]
        element.text = "".join(self._texts[-1])
        if element in self.stretches and start >= 0:
            self.stretches[element] = (self.stretches[element][0], start, stop)


def _full(name: str) -> str:
    space, between, local = name.rpartition(_BETWEEN)
    return f"{{{space}}}{local}" if between else name


def located(content: bytes, currency: str) -> tuple[LocatedElements, list[Any]]:
    """The document with places, and where what it says begins."""
    tree = LocatedElements(content, currency)
    return tree, within(tree.root)
