"""What has been read of one invoice so far: its values, its lines, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any

from billdrop.checks.exact import total_of
from billdrop.guidelines.fields import ACCOUNT, OTHER_ACCOUNTS
from billdrop.model import Finding, Severity, Span, Spans
from billdrop.readers import Draft
from billdrop.readers.layout.cells import Cell
from billdrop.readers.layout.labels import Claim
from billdrop.readers.layout.plan import Plan, Spot, Table
from billdrop.readers.rows import Fit
from billdrop.values import Failure, Stated
from billdrop.values.accounts import bare
from billdrop.values.excerpts import Place, finding

SHOWN = 100
"""How many findings of one invoice are kept; one more counts the rest."""

Spread = tuple[int, Cell]
"""The position of a line, and a stretch of it."""


class Drafting:
    """One invoice's stretch of text while it is read."""

    def __init__(self, plan: Plan, first: int, lines: Sequence[str]) -> None:
        self.plan, self.first, self.lines = plan, first, lines
        self.values: dict[str, Any] = {}
        self.items: list[dict[str, Any]] = []
        self.findings: list[Finding] = []
        self.places: dict[str, Spread] = {}
        self.added: dict[str, list[Decimal]] = {}
        self.left = 0

    def draft(self) -> Draft:
        """The draft of all of it."""
        last = self.first + len(self.lines) - 1
        if self.left:
            fact = f"{self.left} more findings up to line {last} are left off"
            place = Place(last, 1, 1, self.lines[-1])
            hint = "check that it is the right guideline"
            self.findings.append(finding("BD2008", fact, place, hint=hint, field="lines"))
        return Draft(
            first_line=self.first,
            last_line=last,
            values=self.values,
            lines=self.items,
            findings=self.findings,
            spans=self.spans,
            text=self.line,
        )

    def spans(self) -> Spans:
        """Where each value stands."""
        return {path: self.span(*spread) for path, spread in self.places.items()}

    def span(self, at: int, cell: Cell) -> Span:
        """Where a stretch of a line stands in the document."""
        raw = self.lines[at][cell.start : cell.stop]
        return Span(self.first + at, cell.start + 1, raw)

    def line(self, number: int) -> str:
        """A line of the document by its number, if it is of this invoice."""
        at = number - self.first
        return self.lines[at] if 0 <= at < len(self.lines) else ""

    def find(
        self,
        code: str,
        fact: str,
        spread: Spread,
        *,
        hint: str,
        field: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Keep a finding about a stretch of a line."""
        if len(self.findings) >= SHOWN:
            self.left += 1
            return
        at, cell = spread
        place = Place(self.first + at, cell.start + 1, cell.stop - cell.start, self.lines[at])
        self.findings.append(finding(code, fact, place, hint=hint, field=field, severity=severity))

    def state(self, claim: Claim, at: int, cell: Cell) -> bool:
        """Take the value that a label states; false if its text, as it is written, has none."""
        path = claim.path
        inner = self.formed(claim.forms, path, (at, cell))
        if not isinstance(inner, Cell):
            return inner
        value = self.read(claim.convert, path, (at, inner))
        if value is None:
            return True
        if path == ACCOUNT and self.other_account(claim, value, (at, inner)):
            return True
        if claim.several == "sum" and isinstance(value, Decimal):
            self.added.setdefault(path, []).append(value)
            value = total_of(self.added[path])
        elif path in self.places and claim.several != "last":
            if claim.several == "same" and self.values[path] != value:
                self.differs(path, (at, inner))
            return True
        self.values[path] = value
        self.places[path] = at, inner
        return True

    def other_account(self, claim: Claim, value: str, spread: Spread) -> bool:
        """Keep an account beside the one that counts, if there is one; `last` puts it in its place."""
        first = self.values.get(ACCOUNT)
        others: tuple[str, ...] = self.values.get(OTHER_ACCOUNTS, ())
        if first is None or bare(value) in map(bare, (first, *others)):
            return first is not None
        place = spread
        if claim.several == "last":
            place, self.places[ACCOUNT] = self.places[ACCOUNT], spread
            value, self.values[ACCOUNT] = first, value
        self.values[OTHER_ACCOUNTS] = (*others, value)
        self.places[f"{OTHER_ACCOUNTS}[{len(others)}]"] = place
        return True

    def differs(self, path: str, spread: Spread) -> None:
        """Two values for one field."""
        known = self.span(*self.places[path])
        fact = f"{path} is `{known.text[:60]}` in line {known.line}, and is given again with another value"
        hint = 'say which counts with `several = "first"` or `"last"`, or declare `records.start`'
        self.find("BD2007", fact, spread, hint=hint, field=path)

    def formed(self, forms: Sequence[Fit], path: str, spread: Spread) -> Cell | bool:
        """What of a cell is the value; false if it is written without, true if a finding says more."""
        _, cell = spread
        if not forms:
            return cell
        for fit in forms:
            match = fit(cell.text)
            if match is not None:
                return _inner(cell, *match.span(1)) if match.groups()[0] else False
        fact = f"{path}: `{cell.text[:80]}` is not written as `form` says"
        hint = "correct the file, or `form` in the guideline"
        self.find("BD2008", fact, spread, hint=hint, field=path)
        return True

    def read(self, convert: Any, path: str, spread: Spread) -> Any:
        """The bare value of a text, or None with a finding."""
        value = convert(spread[1].text)
        if isinstance(value, Failure):
            fact = f"{path}: {value.message}"
            self.find(value.code, fact, spread, hint=value.hint, field=path)
            return None
        if isinstance(value, Stated):
            self.currency(value.currency, path, spread)
            return value.amount
        return value

    def currency(self, code: str, path: str, spread: Spread) -> None:
        """Take note of the currency beside an amount; all of an invoice are one."""
        known = self.values.setdefault("currency", code)
        if known != code:
            fact = f"{path} is in {code}, the invoice is in {known}"
            self.find("BD2011", fact, spread, hint="an invoice has one currency", field=path)
        else:
            self.places.setdefault("currency", spread)

    def item(self, table: Table, at: int, cells: Mapping[str, Cell]) -> None:
        """Take one line of the invoice."""
        index = len(self.items)
        item: dict[str, Any] = {"source_line": self.first + at, **table.constants}
        self.items.append(item)
        for name, cell in cells.items():
            self.field(table.spots[name], f"lines[{index}].{name}", item, (at, cell))
        for name in table.required:
            path = f"lines[{index}].{name}"
            if name not in item and not any(it.field == path for it in self.findings):
                whole = Cell(0, len(self.lines[at]), "")
                self.find(
                    "BD2003", f"{path} is missing", (at, whole), hint="correct the line", field=path
                )

    def field(self, spot: Spot, path: str, item: dict[str, Any], spread: Spread) -> None:
        """Take one value of it."""
        inner = self.formed(spot.forms, path, spread)
        if not isinstance(inner, Cell):
            return
        value = self.read(spot.convert, path, (spread[0], inner))
        if value is not None:
            item[spot.name] = value
            self.places[path] = spread[0], inner

    def continued(self, name: str, at: int, cell: Cell) -> None:
        """Take more of a text of the last line."""
        item = self.items[-1]
        text = f"{item[name]} {cell.text}" if name in item else cell.text
        most = self.plan.limits.value_chars
        if len(text) > most:
            path = f"lines[{len(self.items) - 1}].{name}"
            fact = f"{path}: has {len(text)} characters, more than {most}"
            self.find("BD2027", fact, (at, cell), hint="check `lines.end`", field=path)
            return
        item[name] = text

    def misfit(
        self,
        at: int,
        stated: Mapping[str, Cell],
        amounts: AbstractSet[str],
        anchors: AbstractSet[str],
    ) -> None:
        """A line of the table with amounts, that begins no line of the invoice."""
        name = min(amounts, key=lambda it: stated[it].start)
        lacking = " and ".join(sorted(anchors - amounts))
        fact = f"the line has an amount in the column of {name}, and none in that of {lacking}"
        hint = (
            "correct the line, or list it under `ignore`, or declare `lines.end`, in the guideline"
        )
        path = f"lines[{len(self.items)}]"
        self.find("BD2008", fact, (at, stated[name]), hint=hint, field=path)

    def between(self, at: int, cell: Cell) -> None:
        """A text of the table that stands as near to one column as to another."""
        fact = f"`{cell.text[:60]}` stands between two columns"
        hint = "say where the columns are with `at` in the guideline"
        self.find("BD2008", fact, (at, cell), hint=hint, field=f"lines[{len(self.items)}]")

    def headless(self, table: Table) -> None:
        """No table has begun."""
        fact = "no line begins the table of the lines"
        if table.heads:
            wanted = ", ".join(f"`{head.labels[0]}`" for head in table.heads.heads)
            fact = f"no line has the heads of the columns {wanted}"
        severity = Severity.ERROR if table.needed else Severity.WARNING
        whole = Cell(0, 1, "")
        hint = "correct the file, or the labels of `lines.fields` in the guideline"
        self.find("BD2024", fact, (0, whole), hint=hint, field="lines", severity=severity)


def _inner(cell: Cell, start: int, stop: int) -> Cell:
    """A part of a cell; of one with blanks left out, the place of all of it."""
    text = cell.text[start:stop]
    if len(cell.text) != cell.stop - cell.start:
        return Cell(cell.start, cell.stop, text)
    return Cell(cell.start + start, cell.start + stop, text)
