"""From a figure in the books back to the line and column of the text it came from."""

import json
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from billdrop.books.columns import INVOICES, LINE_CELLS, LINES, padded
from billdrop.books.rows import invoice_row, line_rows
from billdrop.guidelines.load import compile_guide
from billdrop.guidelines.model import INVOICE_FIELDS
from billdrop.model import (
    Document,
    GuidelineRef,
    InvoiceEntry,
    Record,
    Row,
    Span,
    counted,
)
from billdrop.parsing.reading import read
from billdrop.ports import Archive
from billdrop.readers import Limits

SEVERAL = ("taxes", "allowances", "charges", "other_accounts")
"""Columns that hold a JSON list of what the text states several of."""


class Traced(Struct, frozen=True, kw_only=True):
    """One value of an invoice and where it stands."""

    path: str
    """`total`, `lines[0].net`, `extra.project`."""
    recorded: str
    """As it is in the books: of a credit note, what is printed with the other sign."""
    span: Span | None
    """None when it does not stand in the text: a constant, a sum, a default."""
    again: str | None
    """What the same guideline reads there now; None when it reads nothing."""

    @property
    def agrees(self) -> bool:
        """Whether reading again gives what is recorded."""
        return self.recorded == self.again


class Explanation(Struct, frozen=True, kw_only=True):
    """An invoice revision with the place of each of its values."""

    entry: InvoiceEntry
    document: Document
    guideline: GuidelineRef
    values: tuple[Traced, ...]


def explain(entry: InvoiceEntry, archive: Archive, limits: Limits) -> Explanation:
    """Read the stored original again with the stored guideline, and say where each value stands."""
    cells = dict(zip((column.name for column in INVOICES), entry.row, strict=True))
    document, ref = archive.original(cells["document_id"] or "")
    assert ref is not None, "a recorded invoice was read by a guideline"
    guide = compile_guide(ref.text, origin=f"{ref.name}@{ref.version}", limits=limits)
    wanted = int(cells["record"] or 0)
    record = next(record for record in read(document, guide).records if record.index == wanted)
    spans = record.spans() if record.spans is not None else {}
    again = dict(_again(record, document, ref))
    own = [row[LINE_CELLS:] for row in entry.lines]
    return Explanation(
        entry=entry,
        document=document,
        guideline=ref,
        values=tuple(
            Traced(path=path, recorded=text, span=spans.get(path), again=again.get(path))
            for path, text in _values(entry.row, own)
        ),
    )


def _again(record: Record, document: Document, ref: GuidelineRef) -> Iterator[tuple[str, str]]:
    if record.invoice is None:
        return iter(())
    invoice = counted(record.invoice)
    row = invoice_row(
        invoice,
        name="",
        revision=1,
        supersedes=None,
        ref=document.ref,
        guideline=ref,
        record=record,
        recorded_at="",
    )
    own = len(LINES) - LINE_CELLS
    lines = [padded(line, own) for line in line_rows(invoice)]
    return _values(padded(row, len(INVOICES)), lines)


def _values(row: Row, lines: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """What cells state, by its path."""
    for column, cell in zip(INVOICES, row, strict=True):
        if cell is None:
            continue
        if column.name in SEVERAL:
            for index, each in enumerate(json.loads(cell)):
                yield from _each(f"{column.name}[{index}]", each)
        elif column.name == "extra":
            yield from ((f"extra.{name}", it) for name, it in json.loads(cell).items())
        elif column.name in INVOICE_FIELDS:
            yield column.name, cell
    for index, line in enumerate(lines):
        for column, cell in zip(LINES[LINE_CELLS:], line, strict=True):
            if cell is not None and column.name not in ("position", "source_line"):
                yield f"lines[{index}].{column.name.removeprefix('line_')}", cell


def _each(path: str, stated: Mapping[str, str] | str) -> Iterator[tuple[str, str]]:
    if isinstance(stated, str):
        yield path, stated
    else:
        yield from ((f"{path}.{name}", text) for name, text in stated.items())
