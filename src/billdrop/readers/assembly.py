"""From the rows of one invoice to its draft."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from billdrop.model import Finding, Span, Spans
from billdrop.readers import Draft
from billdrop.readers.cells import Dialect, Row, stretches
from billdrop.readers.strays import place_in
from billdrop.values import Convert, Failure, Stated
from billdrop.values.excerpts import finding


class Column(NamedTuple):
    """One field and the cell that holds it."""

    name: str
    at: int
    """0-based position of the cell."""
    convert: Convert
    """From the text of the cell without surrounding blanks."""


class Assembly:
    """Makes drafts of one document."""

    def __init__(
        self,
        invoice: Sequence[Column],
        line: Sequence[Column] | None,
        *,
        constants: tuple[dict[str, Any], dict[str, Any]],
        dialect: Dialect,
    ) -> None:
        self._invoice, self._line, self._dialect = invoice, line, dialect
        self._constants, self._line_constants = constants

    def draft(self, rows: list[Row], findings: list[Finding]) -> Draft:
        """The draft of the rows; `findings` are what is known against it already."""
        making = _Making(rows, findings, self._dialect, dict(self._constants))
        for column in self._invoice:
            making.invoice_value(column)
        lines = [] if self._line is None else self._lines(making)
        making.currencies()
        last = rows[-1]
        return Draft(
            first_line=rows[0][0],
            last_line=last[0] + last[1].count("\n"),
            values=making.values,
            lines=lines,
            findings=findings,
            spans=lambda: self.spans(rows),
        )

    def _lines(self, making: "_Making") -> list[dict[str, Any]]:
        columns, constants = self._line or (), self._line_constants
        lines = []
        for index, row in enumerate(making.rows):
            cells = row[2]
            values: dict[str, Any] = {"source_line": row[0], **constants}
            for name, at, convert in columns:
                text = cells[at].strip()
                if text:
                    value = convert(text)
                    if type(value) is Failure or type(value) is Stated:
                        value = making.settle(value, row, at, f"lines[{index}].{name}")
                    if value is not None:
                        values[name] = value
            lines.append(values)
        return lines

    def spans(self, rows: list[Row]) -> Spans:
        """Where each value stands: an invoice's own values where they are first stated."""
        found: dict[str, Span] = {}
        for index, row in enumerate(rows):
            for name, at, _ in self._invoice:
                if name not in found and row[2][at].strip():
                    found[name] = _span(row, at, self._dialect)
            for name, at, _ in self._line or ():
                if row[2][at].strip():
                    found[f"lines[{index}].{name}"] = _span(row, at, self._dialect)
        return found


class _Making:
    """One draft being made."""

    def __init__(
        self, rows: list[Row], findings: list[Finding], dialect: Dialect, values: dict[str, Any]
    ) -> None:
        self.rows, self.values = rows, values
        self._findings, self._dialect = findings, dialect
        self._stated: dict[str, tuple[Row, int, str]] = {}

    def invoice_value(self, column: Column) -> None:
        """The one value that all rows state that state any."""
        name, at, convert = column
        texts = {row[2][at] for row in self.rows}
        if len(texts) > 1:
            return self._agreed(column)
        text = texts.pop().strip()
        if text:
            value = convert(text)
            if type(value) is Failure or type(value) is Stated:
                value = self.settle(value, self.rows[0], at, name)
            if value is not None:
                self.values[name] = value
        return None

    def _agreed(self, column: Column) -> None:
        name, at, convert = column
        first: tuple[Row, object] | None = None
        for row in self.rows:
            text = row[2][at].strip()
            value = self.settle(convert(text), row, at, name) if text else None
            if value is None:
                continue
            if first is None:
                first = row, value
                self.values[name] = value
            elif value != first[1]:
                fact = f"`{name}` is `{text[:80]}` here, and not so on line {first[0][0]}"
                hint = "all rows of one invoice state the same"
                self._find("BD2025", fact, row, (name, at), hint)
                return

    def settle(self, value: object, row: Row, at: int, path: str) -> Any:
        """The bare value; a failure becomes a finding, a currency beside an amount is kept in mind."""
        if isinstance(value, Failure):
            fact = f"`{path}`: {value.message}"
            self._find(value.code, fact, row, (path, at), value.hint)
            return None
        if isinstance(value, Stated):
            self._stated.setdefault(value.currency, (row, at, path))
            return value.amount
        return value

    def currencies(self) -> None:
        """An invoice has one currency, whether a cell of its own states it or the amounts do."""
        for currency, (row, at, path) in self._stated.items():
            known = self.values.setdefault("currency", currency)
            if known != currency:
                fact = f"`{path}` is in {currency}, the invoice in {known}"
                self._find("BD2011", fact, row, (path, at), "an invoice has one currency")

    def _find(self, code: str, fact: str, row: Row, cell: tuple[str, int], hint: str) -> None:
        path, at = cell
        start, length = _cell(row, at, self._dialect)
        place = place_in(row, start, length)
        self._findings.append(finding(code, fact, place, hint=hint, field=path))


def _cell(row: Row, at: int, dialect: Dialect) -> tuple[int, int]:
    """Where the text of a cell stands in its row, surrounding blanks left out."""
    found = stretches(row[1], dialect)
    assert isinstance(found, list)
    start, stop = found[at]
    text = row[1][start:stop]
    return start + len(text) - len(text.lstrip()), len(text.strip())


def _span(row: Row, at: int, dialect: Dialect) -> Span:
    start, length = _cell(row, at, dialect)
    place = place_in(row, start, length)
    return Span(place.line, place.column, row[1][start : start + length])


def mapped(convert: Convert, known: dict[str, str]) -> Convert:
    """Reads what a text stands for, where the guideline says so."""
    return lambda text: convert(known.get(text, text))
