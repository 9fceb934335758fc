"""Where the reader stands in a labelled document, and what a line is when no look-up knows it."""

from typing import Any

from billdrop.model import Finding
from billdrop.readers import Draft
from billdrop.readers.labelled.stretch import Stretch
from billdrop.readers.stream import Unreadable
from billdrop.readers.tables import FURNITURE, Claim, ItemRow, Mark, Tables, fold
from billdrop.values import Convert
from billdrop.values.excerpts import Place, finding

RULER = "*=-_#~+|."
CACHE = 4096
LONGEST = 300
"""Longer lines and labels are not remembered."""

EDGES = frozenset(RULER + " \t\u00a0")
"""What rulers and indented lines begin with."""
_BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\x1a"

Labels = dict[str, tuple[str, Convert]]
"""The path and the reader by labels as they are written: those that do nothing but state a value."""

Class = tuple[Mark | None, Claim | None, str]
"""The mark of a line, the claim of its label, and the text after the label. `FURNITURE`: dealt with."""

_NO_LINES: list[str] = []
_NO_LABELS: Labels = {}
_DEALT_WITH: Class = (FURNITURE, None, "")


class Memory:
    """What is remembered between documents, so that it is worked out once; it changes no answer."""

    def __init__(self, tables: Tables) -> None:
        self.known: dict[str, Mark] = {"": FURNITURE}
        self.labels: dict[str, Labels] = {name: {} for name in tables.labels}
        wide = any(" " in line for line in tables.lines)
        several = wide or tables.patterns or len(tables.separators) > 1
        self.short = 1 << 60 if several else max(map(len, tables.lines), default=0)
        """A longer line is no known one, whatever its case."""


class Walk:
    """The state of one reading."""

    __slots__ = (
        "above",
        "count",
        "first",
        "folded",
        "held",
        "inside",
        "items",
        "labels",
        "last_item",
        "lines",
        "memory",
        "rows",
        "started",
        "stretch",
        "tables",
        "taken",
    )

    def __init__(self, tables: Tables, memory: Memory) -> None:
        self.tables, self.memory = tables, memory
        self.started = False
        self.count = self.items = self.taken = 0
        self.first, self.lines, self.held = 1, _NO_LINES, _NO_LINES
        self.fresh(1)

    def fresh(self, first: int) -> None:
        """Start an invoice."""
        self.stretch = Stretch(self.tables, first)
        self.inside = False
        self.last_item, self.above = -1, ""
        self.section("")
        self.rows: tuple[ItemRow, ...] = self.tables.rows if self.tables.anywhere else ()

    def section(self, name: str) -> None:
        """Enter a section; the empty name leaves all."""
        self.folded, self.labels = self.tables.labels[name], self.memory.labels[name]

    def enter(self, first: int, lines: list[str]) -> None:
        """Go on with the next piece of the document."""
        self.held = self.held + self.lines[self.taken :]
        self.first, self.lines, self.taken = first, lines, 0

    def now(
        self,
    ) -> tuple[dict[str, Any], dict[str, tuple[int, str, str]], Labels, tuple[ItemRow, ...]]:
        """What the loop looks into: values, their places, labels to take at sight, and rows."""
        stretch = self.stretch
        return (
            stretch.values,
            stretch.places.fields,
            _NO_LABELS if self.inside else self.labels,
            self.rows,
        )

    def opens(self) -> bool:
        """Whether the start of an invoice ends another: text before the first belongs to the first."""
        began, self.started = self.started, True
        return began

    def close(self, number: int) -> Draft:
        """End an invoice at the start of the next; rulers and blank lines between belong to the next."""
        have = self.held + self.lines[self.taken : number - self.first]
        cut = len(have)
        while cut and self.mark(have[cut - 1]) is FURNITURE:
            cut -= 1
        last = self.stretch.first + cut - 1
        draft = self.done(have[:cut], last)
        self.held, self.taken = have[cut:], number - self.first
        self.fresh(last + 1)
        return draft

    def done(self, lines: list[str], last: int) -> Draft:
        """The draft of the invoice; too many of them, or of their items, are refused."""
        self.count += 1
        self.items += len(self.stretch.items)
        limits = self.tables.limits
        if self.count > limits.records or self.items > limits.rows:
            fact = f"there are more than {limits.records} invoices or {limits.rows} lines"
            place = Place(self.stretch.first, 1, 1, lines[0])
            raise Unreadable(finding("BD2022", fact, place, hint="split the file"))
        return self.stretch.draft(last, lines)

    def finish(self) -> Draft:
        """End the document."""
        lines = self.held + self.lines[self.taken :]
        if not any(line.strip(_BLANKS) for line in lines):
            hint = "upload it again once it is written"
            raise Unreadable(Finding(code="BD1001", message="the document is empty", hint=hint))
        return self.done(lines, self.stretch.first + len(lines) - 1)

    def turn(self, mark: Mark) -> None:
        """Follow a mark into or out of a section or the items."""
        if mark.section is not None:
            self.leave_items()
            self.section(mark.section)
        elif mark.end and self.inside:
            self.leave_items()
        elif mark.items:
            self.inside, self.rows = True, self.tables.rows
            self.section("")

    def leave_items(self) -> None:
        """End the items."""
        self.inside = False
        if not self.tables.anywhere:
            self.rows = ()

    def item(self, line: str, number: int) -> bool:
        """Take a line as an item, if it fits a row."""
        for row in self.rows:
            match = row.fit(line)
            if match is not None:
                self.stretch.item(row, match, number, line)
                self.last_item, self.above = number, line
                return True
        return False

    def classify(self, line: str, number: int) -> Class:
        """What a line is that no look-up took; here everything is tried in order."""
        mark = self.mark(line)
        if mark is not None:
            return mark, None, ""
        if self.continues(line, number):
            return _DEALT_WITH
        claim, tail = self.labelled(line)
        first = claim is None or (claim.mark is None and self.row_first(line))
        if self.rows and first and self.item(line, number):
            return _DEALT_WITH
        if claim is not None:
            if self.inside and not self.tables.closed:
                self.leave_items()
            return claim.mark, claim, tail
        if self.inside:
            self.stretch.misfit(line, number, self.rows)
        else:
            self.stretch.stray(line, number)
        return _DEALT_WITH

    def row_first(self, line: str) -> bool:
        """Whether a line with a known label may be an item: where only the declared end ends them, or indented."""
        return self.inside and (self.tables.closed or line[0].isspace())

    def mark(self, line: str) -> Mark | None:
        """A ruler, a blank line, or a line that is known by its whole text or its pattern."""
        found = by_text(line, self.tables)
        if found is not None:
            if len(self.memory.known) < CACHE and len(line) <= LONGEST:
                self.memory.known[line] = found
            return found
        return by_pattern(line, self.tables)

    def continues(self, line: str, number: int) -> bool:
        """Take a line that is indented deeper than the item right above it as more of its name."""
        if not (self.tables.wrapped and self.rows and line[0].isspace()):
            return False
        if self.last_item != number - 1 or indent(line) <= indent(self.above):
            return False
        self.stretch.continued(line, number)
        self.last_item = number
        return True

    def labelled(self, line: str) -> tuple[Claim | None, str]:
        """The claim of a label written in other case or blanks, or before another separator."""
        for separator in self.tables.separators:
            text = line.lstrip()
            label, found, tail = text.partition(separator)
            claim = self.folded.get(fold(label)) if found else None
            if claim is not None:
                if separator == self.tables.separators[0] and text is line:
                    self.remember(label, claim)
                return claim, tail
        return None, ""

    def remember(self, label: str, claim: Claim) -> None:
        """Know a label at first sight the next time."""
        if not claim.path or claim.mark is not None or self.tables.patterns:
            return
        room = len(self.labels) < CACHE and len(label) <= LONGEST
        if room and surely(label, self.tables):
            self.labels[label] = (claim.path, claim.convert)


RULED = RULER + _BLANKS


def surely(label: str, tables: Tables) -> bool:
    """Whether a line with this label and a value is no line that is known by its whole text, nor a ruler."""
    start = fold(label + tables.separators[0])
    longer = any(key.startswith(start) and key != start for key in tables.lines)
    return bool(label.strip(RULED)) and not longer


def by_text(line: str, tables: Tables) -> Mark | None:
    """The mark of a line that is known by its whole text, in any case; of a ruler, or a blank line."""
    text = line.strip(_BLANKS)
    found = tables.lines.get(fold(text))
    ruler = found is None and (not text or (len(text) > 2 and not text.strip(RULED)))
    return FURNITURE if ruler else found


def by_pattern(line: str, tables: Tables) -> Mark | None:
    """The mark of a line that fits a pattern."""
    return next((mark for fit, mark in tables.patterns if fit(line)), None)


def indent(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip())
