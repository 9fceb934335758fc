"""One invoice: its values, its revisions, and where each value stands in the original."""

from billdrop.answers.explain import Explanation, Traced, explain
from billdrop.books.columns import INVOICES, LINES, Column
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.original import Mark, Shown, lines_of, shown
from billdrop.console.page import Sheet
from billdrop.console.pages.document import encoding_of
from billdrop.model import InvoiceEntry
from billdrop.readers import Limits

CELL = {column.name: place for place, column in enumerate(INVOICES)}
MONEY = frozenset(column.name for column in (*INVOICES, *LINES) if column.kind == "money")
AROUND = 3
"""Lines of the text shown before and after the invoice's own."""


def show(desk: Desk, ask: Ask) -> Sheet:
    """The latest revision of the id or number that is asked for, or the one that is named."""
    wanted = ask.query.get("id", "")
    entries = list(desk.archive.invoices(name=wanted)) if wanted else []
    if not entries:
        values = {
            "fact": "there is no such invoice",
            "hint": "the expenses lead to those there are",
        }
        return Sheet(title="Not found", template="said.html", values=values, status=404)
    named = [one for one in entries if one.row[0] == wanted]
    entry = named[0] if named else entries[-1]
    explained = explain(entry, desk.archive, Limits(line_chars=desk.settings.line_chars))
    return Sheet(
        title=f"Invoice {cell(entry, 'number')}",
        template="invoice.html",
        values={
            "entry": dict(zip((column.name for column in INVOICES), entry.row, strict=True)),
            "columns": INVOICES,
            "line_columns": _stated(entry),
            "invoice_lines": [
                dict(zip((column.name for column in LINES), row, strict=True))
                for row in entry.lines
            ],
            "money": MONEY,
            "marked": {one.path for one in explained.values if one.span},
            "revisions": _revisions(desk, entry),
            "lines": _text(desk, explained, entry),
        },
        rows=[_traced(one) for one in explained.values],
    )


SHOWN_OF_A_REVISION = (
    "invoice_id",
    "revision",
    "total",
    "currency",
    "issue_date",
    "recorded_at",
    "document_id",
    "guideline",
    "guideline_version",
)


def _revisions(desk: Desk, entry: InvoiceEntry) -> list[dict[str, object]]:
    """Every revision of the same invoice, oldest first."""
    return [
        {name: cell(one, name) for name in SHOWN_OF_A_REVISION} | {"latest": one.latest}
        for one in desk.archive.invoices(name=cell(entry, "number"))
        if cell(one, "customer") == cell(entry, "customer")
    ]


def _traced(one: Traced) -> dict[str, object]:
    span = one.span
    return {
        "path": one.path,
        "recorded": one.recorded,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "text": span.text if span else None,
        "agrees": one.agrees,
    }


HIDDEN = frozenset(
    {"invoice_id", "customer", "number", "revision", "issue_date", "currency", "source_line"}
)


def _stated(entry: InvoiceEntry) -> list[Column]:
    """The columns that any of its lines has something in."""
    return [
        column
        for place, column in enumerate(LINES)
        if column.name not in HIDDEN and any(row[place] for row in entry.lines)
    ]


def _text(desk: Desk, explained: Explanation, entry: InvoiceEntry) -> list[Shown]:
    marks = [
        Mark(
            line=one.span.line,
            column=one.span.column,
            length=len(one.span.text),
            name=one.path,
            note=f"{one.path}: {one.recorded}",
        )
        for one in explained.values
        if one.span
    ]
    lines = lines_of(explained.document.content, encoding_of(desk, explained.guideline))
    first, last = (int(cell(entry, name) or 1) for name in ("first_line", "last_line"))
    return shown(lines, marks, first=max(1, first - AROUND), last=min(len(lines), last + AROUND))


def cell(entry: InvoiceEntry, name: str) -> str:
    """The cell of a column, as text."""
    return entry.row[CELL[name]] or ""


PAGE = Page(show=show, roles=("finance",))
