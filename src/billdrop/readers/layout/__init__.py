"""The layout reader: pages as `pdftotext -layout` prints them, read by labels and by columns."""

from collections.abc import Iterator

from msgspec.structs import replace

from billdrop.guidelines.model import Guideline
from billdrop.model import Finding
from billdrop.readers import Draft, Limits, Reader
from billdrop.readers.encodings import encoding
from billdrop.readers.layout.cells import flat
from billdrop.readers.layout.pages import Stretch
from billdrop.readers.layout.plan import Plan, plan
from billdrop.readers.layout.walk import Dull, Walk
from billdrop.readers.stream import Unreadable, blocks
from billdrop.values.excerpts import Place, finding

_END_OF_FILE = "\x1a"
"""What DOS puts at the end of a text."""


def build(guideline: Guideline, limits: Limits) -> Reader:
    """The reader of a guideline with `input.reader = "layout"`; raises `GuidelineError`."""
    return Layout(plan(guideline, limits), encoding(guideline.input.encoding), limits)


WIDE = 2_000
"""Characters of the longest line of a page."""


class Layout:
    """Cuts a document into its invoices, and walks through the lines of each."""

    def __init__(self, made: Plan, encoding: str, limits: Limits) -> None:
        self.plan, self.encoding = made, encoding
        self.limits = replace(limits, line_chars=min(limits.line_chars, WIDE))
        self.dull: Dull = {name: {} for name in made.labels}
        self.starts = any(mark.kind == "record" for marks in made.meant.values() for mark in marks)
        self.starts = self.starts or any(mark.kind == "record" for _, mark in made.patterns)

    def read(self, content: bytes) -> Iterator[Draft]:
        """Read a document, one draft per invoice."""
        rows = 0
        try:
            for count, stretch in enumerate(self.stretches(content), 1):
                draft = Walk(self.plan, stretch, self.dull).draft()
                rows += len(draft.lines)
                self.bound(count, rows, Place(stretch.first, 1, 1, stretch.lines[0]))
                yield draft
        except Unreadable as error:
            yield Draft(
                first_line=1, last_line=1, values={}, lines=[], findings=error.findings, spans=dict
            )

    def bound(self, count: int, rows: int, place: Place) -> None:
        """Refuse to read on; raises `Unreadable`."""
        limits = self.limits
        if count > limits.records or rows > limits.rows:
            fact = f"there are more than {limits.records} invoices or {limits.rows} lines"
            raise Unreadable(finding("BD2022", fact, place, hint="split the file"))

    def stretches(self, content: bytes) -> Iterator[Stretch]:
        """The lines of each invoice. Raises `Unreadable`."""
        first, lines, pages, full, began = 1, list[str](), list[int](), False, False
        for number, printed in self.lines(content):
            line = printed.lstrip("\f")
            if self.starts and self.begins(line):
                if began:
                    yield Stretch(first, lines, pages)
                    first, lines, pages = number, [], []
                began = True
            if line is not printed and lines:
                pages.append(len(lines))
            lines.append(line)
            full = full or bool(line and not line.isspace() and line != _END_OF_FILE)
        if not full:
            hint = "upload it again once it is written"
            raise Unreadable(Finding(code="BD1001", message="the document is empty", hint=hint))
        yield Stretch(first, lines, pages)

    def begins(self, line: str) -> bool:
        """Whether the line begins an invoice."""
        low = flat(line)
        start = len(low) - len(low.lstrip())
        return any(mark.kind == "record" for mark in self.plan.marked(line, low, start))

    def lines(self, content: bytes) -> Iterator[tuple[int, str]]:
        """The lines with their numbers."""
        for first, text in blocks(content, self.encoding, self.limits):
            yield from enumerate(text.split("\n"), first)
