"""The reader of labels with values, in any order, and of an items list: every line is taken or reported."""

import codecs
from collections.abc import Iterable, Iterator

from billdrop.guidelines.inputs import LabelledInput
from billdrop.guidelines.model import Guideline
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.encodings import encoding
from billdrop.readers.labelled.walk import EDGES, Memory, Walk
from billdrop.readers.stream import BLOCK, Unreadable, blocks
from billdrop.readers.tables import FURNITURE, PLAIN, Tables, tables

_CONTROLS = {*range(0x20), 0x7F} - set(b"\t\n\v\f\r")
_SIMPLE = bytes(ord("?") if code in _CONTROLS else code for code in range(256))
"""Changes every text with a control character."""
_PLAIN = _SIMPLE.replace(b"\r", b"?").replace(codecs.BOM_UTF8[:1], b"?")
"""Likewise, and those that may begin with a mark of their order, or have other ends of lines."""
_ASCII = bytes(range(0x80))

Lines = tuple[int, list[str]]
"""The number of the first line, and lines without their ends."""


def build(guideline: Guideline, limits: Limits) -> Reader:
    """Make the reader of a labelled guideline; raises `GuidelineError`."""
    given = guideline.input
    assert isinstance(given, LabelledInput)
    return LabelledReader(tables(guideline, given, limits), encoding(given.encoding), limits)


def _is_ascii_inside(encoding: str) -> bool:
    """Whether bytes below 0x80 are always the characters of ASCII."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except UnicodeDecodeError:
        return False


class LabelledReader:
    """Reads line by line; a label is looked up, never searched for."""

    def __init__(self, given: Tables, encoding: str, limits: Limits) -> None:
        self.tables, self.encoding, self.limits = given, encoding, limits
        self.most = min(BLOCK, limits.line_chars) if _is_ascii_inside(encoding) else -1
        """A document of more bytes is read block by block."""
        self.bom = codecs.BOM_UTF8 if encoding == "utf-8" else None
        self.memory = Memory(given)

    def read(self, content: bytes) -> Iterator[Draft]:
        """Read a document, one draft per invoice."""
        try:
            yield from self._walk(self._lines(content))
        except Unreadable as error:
            yield Draft(
                first_line=1, last_line=1, values={}, lines=[], findings=error.findings, spans=dict
            )

    def text(self, content: bytes) -> str | None:
        """The text of a small and simple document, each line ending with LF; of any other, None."""
        if len(content) > self.most:
            return None
        plain = content.translate(_PLAIN) == content
        if not plain and content.translate(_SIMPLE) != content:
            return None
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError:
            return None
        if not plain:
            if self.bom and content.startswith(self.bom):
                text = text[1:]
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.endswith("\n") else f"{text}\n"

    def _lines(self, content: bytes) -> Iterable[Lines]:
        """All lines of a small and simple document at once, or else block by block."""
        text = self.text(content)
        if text is not None:
            return [(1, text.split("\n")[:-1])]
        pieces = blocks(content, self.encoding, self.limits)
        return ((first, text.split("\n")) for first, text in pieces)

    def _walk(self, pieces: Iterable[Lines]) -> Iterator[Draft]:  # noqa: C901  one loop, few calls: its speed is the reader's
        """Take each line where it belongs: known lines, labels, rows, and the rest one by one."""
        walk, known, short = Walk(self.tables, self.memory), self.memory.known, self.memory.short
        separator = self.tables.separators[0]
        for first, lines in pieces:
            walk.enter(first, lines)
            values, fields, labels, rows = walk.now()
            for number, line in enumerate(lines, first):
                mark = known.get(line)
                if mark is FURNITURE:
                    continue
                label, claim, tail = "", None, ""
                if mark is None:
                    label, found, tail = line.partition(separator)
                    if found and label in labels:
                        path, convert = labels[label]
                        raw = tail.strip()
                        value = convert(raw) if raw else None
                        if path not in values and type(value) in PLAIN:
                            values[path] = value
                            fields[path] = (number, line, raw)
                            continue
                    elif rows and not found and len(line) > short:
                        plain = line[0] not in EDGES and line[-1] not in EDGES
                        if plain and walk.item(line, number):
                            continue
                    mark, claim, tail = walk.classify(line, number)
                    if mark is FURNITURE:
                        continue
                if mark is not None:
                    if mark.record and walk.opens():
                        yield walk.close(number)
                    walk.turn(mark)
                if claim is not None:
                    walk.stretch.state(claim, tail, number, line)
                values, fields, labels, rows = walk.now()
        yield walk.finish()
