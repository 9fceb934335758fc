"""From the lines of one invoice to its draft."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from billdrop.readers import Draft
from billdrop.readers.layout.cells import Cell, cells, digits, flat, joined
from billdrop.readers.layout.columns import Column
from billdrop.readers.layout.drafting import Drafting
from billdrop.readers.layout.labels import Claim, Seen, below, lowest, right, seen
from billdrop.readers.layout.pages import Stretch, furniture, is_page_number, masked
from billdrop.readers.layout.plan import Plan, Table
from billdrop.readers.layout.slots import Slots, slotted
from billdrop.values import Failure

_WRAPPED = ("name", "description")
"""The fields whose texts go on below."""


Dull = dict[str, dict[str, None]]
"""Lines that say nothing outside of the table, by section: those of one sender are the same in many documents."""

KEPT = 4096
LONGEST = 300
"""A longer line is not remembered."""


class Walk:
    """The state of one reading."""

    def __init__(self, plan: Plan, stretch: Stretch, dull: Dull) -> None:
        self.plan, self.stretch, self.dull = plan, stretch, dull
        self.lines = stretch.lines
        self.made = Drafting(plan, stretch.first, stretch.lines)
        self.section = ""
        self.columns: tuple[Column, ...] | None = None
        self.armed = bool(plan.table and not plan.table.starts)
        self.begun = False
        self.under = -1
        """The line that a wrapped text would go on from."""

    def draft(self) -> Draft:
        """Read all lines."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            blank = not line or line.isspace()
            known = self.columns is None and line in self.dull[self.section]
            at = at + 1 if blank or known else self.take(at, line)
        table = self.plan.table
        if table and not self.begun:
            self.made.headless(table)
        return self.made.draft()

    def take(self, at: int, line: str) -> int:
        """Read a line; which is to be read next."""
        ignored = self.plan.ignored
        if (ignored and ignored(line)) or is_page_number(line):
            self.pass_over(line)
            return at + 1
        low, row = flat(line), cells(line)
        marks = self.plan.marked(line, low, row[0].start)
        for mark in marks:
            self.turn(mark.kind, mark.name)
        last = self.head(at, low)
        if last is not None:
            return last + 1
        found = seen(low, row, self.plan.labels[self.section])
        if self.columns is not None:
            if self.ended(found, row):
                self.columns = None
            elif self.of_table(at, line, self.columns):
                return at + 1
        for position, it in enumerate(found):
            limit = found[position + 1].start if position + 1 < len(found) else len(line)
            self.state(at, row, it, limit)
        if not found and not marks:
            self.stray(at, line, row)
        return at + 1

    def ended(self, found: Sequence[Seen], row: Sequence[Cell]) -> bool:
        """Whether labels end the table: one that begins a cell, and states what is not known already."""
        if self.plan.table is None or self.plan.table.ends:
            return False
        claims = [
            it for one in found if one.start == row[one.cell].start for it in one.label.claims
        ]
        return any(it.path not in self.made.places or it.several != "same" for it in claims)

    def turn(self, kind: str, name: str) -> None:
        """Follow a mark."""
        table = self.plan.table
        if kind == "section":
            self.section, self.columns = name, None
        elif kind == "end":
            self.columns = None
        elif kind == "start" and table:
            self.armed = True
            if not table.heads:
                self.columns, self.under, self.begun = table.fixed, -1, True

    def head(self, at: int, low: str) -> int | None:
        """The last line of the heads, if the heads of a table begin here."""
        table = self.plan.table
        if table is None or not (self.armed and table.heads and table.heads.hinted(low)):
            return None
        begun = table.heads.begin(self.lines, at, table.fixed)
        if begun is None:
            return None
        self.columns, self.under, self.begun = begun.columns, -1, True
        return begun.last

    @cached_property
    def furniture(self) -> frozenset[str]:
        """What stands on several pages."""
        return furniture(self.stretch)

    def of_table(self, at: int, line: str, columns: Sequence[Column]) -> bool:
        """Take a line of the table; false for one that is none."""
        table = self.plan.table
        assert table is not None
        slots = slotted(line, columns, table.spots, cut=True)
        amounts = _amounts(slots, table)
        if not (slots.plain or amounts >= table.anchors):
            slots = slotted(line, columns, table.spots, cut=False)
            amounts = _amounts(slots, table)
        if amounts >= table.anchors:
            self.made.item(table, at, slots.texts)
            self.under = at
        elif self.furniture and masked(line) in self.furniture:
            return True
        elif amounts:
            self.made.misfit(at, slots.texts, amounts, table.anchors)
        elif not self.continued(at, slots.texts):
            return False
        for cell in slots.lost:
            self.made.between(at, cell)
        return True

    def continued(self, at: int, stated: Mapping[str, Cell]) -> bool:
        """Whether the line directly below a line of the invoice goes on with its texts."""
        texts = [name for name in _WRAPPED if name in stated]
        if not texts or self.under < 0 or self.under != at - 1 or at in self.stretch.pages:
            return False
        for name in texts:
            self.made.continued(name, at, stated[name])
        self.under = at
        return True

    def state(self, at: int, row: Sequence[Cell], it: Seen, limit: int) -> None:
        """Take what a label states, on its line up to `limit` or below."""
        line = self.lines[at]
        after = right(line, it.stop, limit)
        for claim in it.label.claims:
            cell = self.chosen(claim, after, line) if claim.side != "below" and after else None
            if cell and self.stated(claim, at, cell):
                continue
            if claim.side == "below" or (claim.side == "either" and (cell or not after)):
                down, parts = self.below(claim, at, row, it.cell)
                under = self.lines[at + down]
                if parts and not seen(flat(under), parts, self.plan.labels[self.section]):
                    self.stated(claim, at + down, joined(parts, under))

    def below(self, claim: Claim, at: int, row: Sequence[Cell], of: int) -> tuple[int, list[Cell]]:
        """Where the value stands that a label has below it; of several, all but the last have to be values too."""
        following = self.following(at)
        if claim.cell > 0:
            return below(following, row, of, claim.cell)

        def fits(down: int, parts: list[Cell]) -> bool:
            text = joined(parts, self.lines[at + down]).text
            return not isinstance(claim.convert(text), Failure)

        return lowest(following, row, of, fits)

    def stated(self, claim: Claim, at: int, cell: Cell) -> bool:
        """Take a text as the value of a field; false if it holds none."""
        return (digits(cell.text) or not claim.digits) and self.made.state(claim, at, cell)

    def following(self, at: int) -> Iterator[str]:
        """The lines after one."""
        return islice(self.lines, at + 1, None)

    def chosen(self, claim: Claim, parts: Sequence[Cell], line: str) -> Cell | None:
        """The cell that is the value; an amount with the currency that stands apart from it."""
        at = claim.cell - 1 if claim.cell > 0 else len(parts) + claim.cell
        if not 0 <= at < len(parts):
            return None
        if claim.money:
            if claim.cell < 0 and at and self.is_currency(parts, at):
                at -= 1
            elif claim.cell < 0 and at and self.is_currency(parts, at - 1):
                return joined(parts[at - 1 : at + 1], line)
            if self.is_currency(parts, at) or self.is_currency(parts, at + 1):
                return joined(parts[at : at + 2], line)
        return parts[at]

    def is_currency(self, parts: Sequence[Cell], at: int) -> bool:
        """Whether the cell is there and names a currency and nothing else."""
        return at < len(parts) and isinstance(self.plan.currency(parts[at].text), str)

    def stray(self, at: int, line: str, row: Sequence[Cell]) -> None:
        """A line that no rule takes."""
        severity = self.plan.unclaimed
        if severity is None:
            table = self.plan.table
            if not (table and table.heads and table.heads.hinted(flat(line))):
                self.pass_over(line)
            return
        text = line.strip()
        fact = f"no rule of the guideline takes the line `{text[:60]}`"
        hint = "add a field for it, or list it under `ignore` in the guideline"
        self.made.find("BD2009", fact, (at, joined(row, line)), hint=hint, severity=severity)

    def pass_over(self, line: str) -> None:
        """Remember a line that says nothing."""
        known = self.dull[self.section]
        if len(known) < KEPT and len(line) <= LONGEST:
            known[line] = None


def _amounts(slots: Slots, table: Table) -> set[str]:
    """The fields of amounts that have a digit."""
    return {
        name
        for name, cell in slots.texts.items()
        if table.spots[name].numeric and digits(cell.text) and not is_page_number(cell.text)
    }
