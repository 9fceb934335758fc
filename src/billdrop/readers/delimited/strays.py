"""What is said about a row that cannot be read."""

from billdrop.model import Finding
from billdrop.readers.delimited.cells import Broken, Dialect, stretches
from billdrop.readers.stream import Row
from billdrop.values.excerpts import Place, finding


def reason(row: Row, dialect: Dialect, width: int) -> Finding:
    """Why the row cannot be read, where it stops making sense."""
    _, raw, cells = row
    if not raw.endswith(dialect.line_end):
        return _at(row, len(raw), f"the line does not end with `{dialect.line_end}`")
    found = stretches(raw, dialect)
    if isinstance(found, Broken):
        fact = "text follows the closing quote" if found.closed else "the quote is never closed"
        hint = "a quote inside a quoted cell is written twice"
        return _at(row, found.start, fact, code="BD2026", hint=hint)
    if not cells:
        return _at(row, 0, "a quoted cell is too long", code="BD2027")
    if len(cells) == width:
        return _at(row, 0, "the row has no invoice number", code="BD2003")
    fact = f"the row has {len(cells)} cells, not {width}"
    if len(found) > width:
        hint = "a cell with the delimiter in it needs quotes"
        return _at(row, found[width].start, fact, hint=hint)
    return _at(
        row,
        len(raw),
        fact,
        hint="write every cell, empty ones too; `ignore` names rows to leave out",
    )


def doubt(row: Row) -> Finding:
    """Why an invoice beside such a row is not recorded."""
    message = f"line {row[0]} may belong to this invoice and cannot be read"
    return _at(row, 0, message, hint="correct that line")


def _at(row: Row, start: int, message: str, *, code: str = "BD2024", hint: str = "") -> Finding:
    """About the lines of an invoice: without this one, their sums mean nothing."""
    place = place_in(row, start, 1)
    return finding(code, message, place, hint=hint or "correct the line", field="lines")


def place_in(row: Row, start: int, length: int) -> Place:
    """The place in the document of a stretch of a row, which may have several lines."""
    line, raw, _ = row
    begin = raw.rfind("\n", 0, start) + 1
    end = raw.find("\n", start)
    text = raw[begin : end if end >= 0 else len(raw)]
    return Place(line + raw.count("\n", 0, start), start - begin + 1, length, text)
