"""From the rows of one invoice to its draft."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import Struct

from billdrop.model import Finding, Span, Spans
from billdrop.readers import Draft
from billdrop.readers.delimited.cells import Dialect, stretches
from billdrop.readers.delimited.strays import place_in
from billdrop.readers.stream import Row
from billdrop.readers.usual import Cell, Known, UnusualError, Usual, without
from billdrop.values import Convert, Failure, Stated
from billdrop.values.excerpts import finding


class Column(NamedTuple):
    """One field and the cell that holds it."""

    name: str
    at: int
    """0-based position of the cell."""
    convert: Convert | None
    """From the text of the cell without surrounding blanks; None: the text itself."""


class Table(Struct, frozen=True, kw_only=True):
    """The columns of a guideline in one document."""

    invoice: tuple[Column, ...]
    line: tuple[Column, ...] | None
    """None: the invoices have no lines."""
    required: tuple[Column, ...]
    """Of a line, those that every row must state."""
    required_where: tuple[tuple[Column, str, frozenset[str]], ...]
    """Of a line, those that a row must state whose other field has one of some values."""
    line_constants: dict[str, Any]
    less: dict[str, tuple[str, ...]]
    """By a field of a line, those whose amounts are taken off its own."""
    dialect: Dialect
    value_chars: int


class Assembly:
    """Makes drafts of one document."""

    def __init__(self, table: Table) -> None:
        self.table = self._table = table
        positions = [column.at for column in table.invoice]
        self._states = itemgetter(*positions)
        self._usual = _usual(table)

    def draft(self, rows: list[Row], findings: list[Finding]) -> Draft:
        """The draft of the rows; `findings` are what is known against it already."""
        if not findings:
            try:
                return self.usual(rows)
            except UnusualError:
                pass
        return self.exact(rows, findings)

    def usual(self, rows: list[Row]) -> Draft:
        """The draft of rows in which nothing is unusual; raises `UnusualError`."""
        values, made = self._usual.values(rows), self._usual.lines(rows)
        first, last = rows[0], rows[-1]
        return Draft(
            first_line=first[0],
            last_line=last[0] + last[1].count("\n"),
            values=values,
            lines=[],
            made=made,
            findings=[],
            spans=lambda: self.spans(rows),
            text=lambda line: _text(rows, line),
        )

    def exact(self, rows: list[Row], findings: list[Finding]) -> Draft:
        """The draft of any rows, with what is wrong with them."""
        table, states = self._table, self._states
        making = _Making(rows, findings, table)
        first, last = rows[0], rows[-1]
        stated = states(first[2])
        if all(states(row[2]) == stated for row in rows):
            making.read(first, table.invoice, making.values, None)
        else:
            making.agree()
        lines = [] if table.line is None else making.lines(table.line)
        making.currencies()
        return Draft(
            first_line=first[0],
            last_line=last[0] + last[1].count("\n"),
            values=making.values,
            lines=lines,
            findings=findings,
            spans=lambda: self.spans(rows),
            text=lambda line: _text(rows, line),
        )

    def unread(self, row: Row, number: str, why: Finding) -> Draft:
        """The draft of a row that is an invoice of its own and cannot be read but for its number."""
        line, raw, _ = row
        return Draft(
            first_line=line,
            last_line=line + raw.count("\n"),
            values={"number": number} if number else {},
            lines=[],
            unread=True,
            findings=[why],
            spans=dict,
            text=lambda line: _text([row], line),
        )

    def spans(self, rows: list[Row]) -> Spans:
        """Where each value stands: an invoice's own values where they are first stated."""
        found: dict[str, Span] = {}
        for index, row in enumerate(rows):
            for name, at, _ in self._table.invoice:
                if name not in found and row[2][at].strip():
                    found[name] = _span(row, at, self._table.dialect)
            for name, at, _ in self._table.line or ():
                if row[2][at].strip():
                    found[f"lines[{index}].{name}"] = _span(row, at, self._table.dialect)
        return found


def _usual(table: Table) -> Usual:
    """The short way; columns that are read alike share what is known."""
    most = table.value_chars
    known: dict[tuple[Convert | None, bool], Known] = {}
    needed = {*table.required, *(column for column, _, _ in table.required_where)}

    def cell(column: Column, *, required: bool) -> Cell:
        if column in table.invoice and column.name in _SELDOM_AGAIN:
            return Cell(column.name, column.at, Known(column.convert, most=most, kept=0))
        how = (column.convert, required)
        if how not in known:
            known[how] = Known(column.convert, most=most, required=required)
        return Cell(column.name, column.at, known[how])

    return Usual(
        [cell(column, required=False) for column in table.invoice],
        [cell(column, required=column in needed) for column in table.line or ()],
        table.line_constants if table.line is not None else None,
        table.less,
    )


class _Making:
    """One draft being made."""

    def __init__(self, rows: list[Row], findings: list[Finding], table: Table) -> None:
        self._rows, self._findings, self._table = rows, findings, table
        self.values: dict[str, Any] = {}
        self._stated: dict[str, tuple[Row, int, str]] = {}

    def read(
        self, row: Row, columns: tuple[Column, ...], values: dict[str, Any], index: int | None
    ) -> None:
        """Put the value of every cell that is not blank; `index` is the line's, None: the invoice's."""
        cells = row[2]
        for name, at, convert in columns:
            text = cells[at].strip()
            if text:
                if convert is None:
                    values[name] = text
                    continue
                value = convert(text)
                if type(value) in _BESIDE:
                    value = self._settle(value, row, at, _path(index, name))
                    if value is None:
                        continue
                values[name] = value
        if len(row[1]) > self._table.value_chars:
            self._refuse_long(row, columns, index)

    def lines(self, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
        """The values of each row's line."""
        made, constants, read = [], self._table.line_constants, self.read
        for index, row in enumerate(self._rows):
            values: dict[str, Any] = {"source_line": row[0], **constants}
            read(row, columns, values, index)
            for name, others in self._table.less.items():
                if name in values:
                    values[name] = without(values[name], *map(values.get, others))
            made.append(values)
            for name, at, _ in self._required(values):
                if name not in values and not row[2][at].strip():
                    path = _path(index, name)
                    self._find("BD2003", f"{path} is missing", row, (path, at), "correct the row")
        return made

    def _required(self, values: dict[str, Any]) -> Iterator[Column]:
        """The columns that a line with these values must state."""
        yield from self._table.required
        for column, other, among in self._table.required_where:
            if str(values.get(other)) in among:
                yield column

    def agree(self) -> None:
        """The one value that all rows state that state any, for each field of the invoice."""
        for column in self._table.invoice:
            self._agree(column)

    def _agree(self, column: Column) -> None:
        name = column.name
        origin: Row | None = None
        for row in self._rows:
            one: dict[str, Any] = {}
            self.read(row, (column,), one, None)
            if not one:
                continue
            value = one[name]
            if origin is None:
                origin = row
                self.values[name] = value
            elif value != self.values[name]:
                shown = row[2][column.at].strip()[:80]
                fact = f"{name}: `{shown}` here, another value on line {origin[0]}"
                hint = "all rows of one invoice state the same"
                self._find("BD2025", fact, row, (name, column.at), hint)
                return

    def _refuse_long(self, row: Row, columns: tuple[Column, ...], index: int | None) -> None:
        most = self._table.value_chars
        for name, at, convert in columns:
            length = len(row[2][at].strip())
            if convert is None and length > most:
                path = _path(index, name)
                fact = f"{path}: has {length} characters, more than {most}"
                hint = "check the delimiters and quotes of the row"
                self._find("BD2027", fact, row, (path, at), hint)

    def _settle(self, value: object, row: Row, at: int, path: str) -> Any:
        """The bare value; a failure becomes a finding, a currency beside an amount is kept in mind."""
        if isinstance(value, Failure):
            self._find(value.code, f"{path}: {value.message}", row, (path, at), value.hint)
            return None
        assert isinstance(value, Stated)
        self._stated.setdefault(value.currency, (row, at, path))
        return value.amount

    def currencies(self) -> None:
        """An invoice has one currency, whether a cell of its own states it or the amounts do."""
        for currency, (row, at, path) in self._stated.items():
            known = self.values.setdefault("currency", currency)
            if known != currency:
                fact = f"{path}: is in {currency}, the invoice in {known}"
                self._find("BD2011", fact, row, (path, at), "an invoice has one currency")

    def _find(self, code: str, fact: str, row: Row, cell: tuple[str, int], hint: str) -> None:
        path, at = cell
        start, length = _cell(row, at, self._table.dialect)
        place = place_in(row, start, length)
        self._findings.append(finding(code, fact, place, hint=hint, field=path))


def _path(index: int | None, name: str) -> str:
    return name if index is None else f"lines[{index}].{name}"


def _cell(row: Row, at: int, dialect: Dialect) -> tuple[int, int]:
    """Where the text of a cell stands in its row, surrounding blanks left out."""
    found = stretches(row[1], dialect)
    assert isinstance(found, list)
    start, stop = found[at]
    text = row[1][start:stop]
    blanks = len(text) - len(text.lstrip()) if text.strip() else 0
    return start + blanks, len(text.strip())


def _text(rows: list[Row], line: int) -> str:
    """A line of the document by its number, if it is one of the rows."""
    for first, raw, _ in rows:
        if first <= line <= first + raw.count("\n"):
            return raw.split("\n")[line - first]
    return ""


def _span(row: Row, at: int, dialect: Dialect) -> Span:
    start, length = _cell(row, at, dialect)
    place = place_in(row, start, length)
    return Span(place.line, place.column, row[1][start : start + length])


_BESIDE = (Failure, Stated)
_SELDOM_AGAIN = ("number", "net", "tax", "total", "payable")
"""Fields of an invoice whose texts the next one seldom has, so that there is no use in remembering them."""
