"""
The xml reader: paths into the tree that lxml makes.

Nothing outside of the document is looked at: no DTD, no entities but the five of XML, no network.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ErrorString, ExpatError

from lxml import etree

from billdrop.readers import Limits, Reader
from billdrop.readers.stream import Unreadable
from billdrop.readers.tables import each
from billdrop.readers.tree.branches import compiling
from billdrop.readers.tree.layout import Dialect, layout
from billdrop.readers.tree.paths import Resolve
from billdrop.readers.tree.reading import Mapped, Opened, Source, TreeReader
from billdrop.readers.tree.xml_envelope import within
from billdrop.readers.tree.xml_nodes import Elements, texts
from billdrop.readers.tree.xml_places import located
from billdrop.readers.tree.xml_text import decode, guarded, not_well_formed, plain

if TYPE_CHECKING:
    from billdrop.guidelines.model import Guideline

_ALL_ELSE = bytes(byte for byte in range(256) if byte not in b"<>\r\n")
LINES = 65_000
"""Beyond so many lines lxml does not know exactly where an element begins."""


def build(guideline: "Guideline", limits: Limits) -> Reader:
    """See `Build`."""
    given = guideline.input
    assert given.reader == "xml"
    dialect = Dialect(_resolving(given.namespaces), compiling(texts), xml=True)
    opener = _Opener(given.currency)
    source = Source(opened=opener.opened, mapped=opener.mapped)
    begins = " or ".join(each(guideline.records.each))
    return TreeReader(layout(guideline, dialect, limits), source, limits, begins)


def _resolving(namespaces: Mapping[str, str]) -> Resolve:
    def resolve(written: str) -> str | None:
        prefix, colon, local = written.partition(":")
        if not colon:
            return written
        return f"{{{namespaces[prefix]}}}{local}" if prefix in namespaces else None

    return resolve


class _Elements(Elements):
    """The elements of lxml."""

    def line(self, node: Any) -> int:
        """See `Tree`; exact for the first `LINES` lines, and for tags that keep to one."""
        line: int = node.sourceline
        return line


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Opener:
    """
    Takes a document apart, the fast way where that is exact.

    A namespace whose name is no URI is none to lxml; XML allows it, and expat takes it.
    """

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._tree = _Elements(currency)
        self._parser, self._utf8 = _parser(None), _parser("utf-8")

    def opened(self, content: bytes) -> Opened:
        """See `Source`."""
        made = plain(content)
        guarded(made.content, made.encoding)
        if len(content) > LINES and content.count(b"\n") > LINES:
            return Opened(*self.mapped(content))
        try:
            parser = self._utf8 if made.transcoded else self._parser
            root = etree.fromstring(made.content, parser)
        except etree.XMLSyntaxError as error:
            if getattr(error, "code", 0) == etree.ErrorTypes.WAR_NS_URI:
                return Opened(*self.mapped(content))
            decode(made.content, made.encoding)
            line, column = error.position
            fact = (error.msg or "").rpartition(", line ")[0] or "it ends too soon"
            raise Unreadable(not_well_formed(content, fact, line, column)) from error
        if _broken(made.content, root):
            return Opened(*self.mapped(content))
        return Opened(self._tree, within(root))

    def mapped(self, content: bytes) -> Mapped:
        """See `Source`."""
        try:
            return Mapped(*located(content, self._currency))
        except ExpatError as error:
            fact = ErrorString(error.code)
            found = not_well_formed(content, fact, error.lineno, error.offset + 1)
            raise Unreadable(found) from error


def _broken(content: bytes, root: Any) -> bool:
    """
    Whether an element may begin in another line than lxml says, which knows where its tag ends.

    So it is where a tag below the root goes over several lines, and where CR alone ends them.
    """
    if content.count(b"\r") != content.count(b"\r\n"):
        return True
    local = root.tag.rpartition("}")[2]
    name = f"{root.prefix}:{local}" if root.prefix else local
    first = content.find(b">", content.find(f"<{name}".encode()))
    marks = content[first:].translate(None, _ALL_ELSE)
    uneven = marks.count(b"<") + 1 != marks.count(b">")
    return uneven or b"<\r" in marks or b"<\n" in marks
