"""From a figure in the books back to the line and column of the text it came from."""

from msgspec import Struct

from billdrop import columns
from billdrop.guidelines.load import compile_guide
from billdrop.model import Document, GuidelineRef, InvoiceEntry, Record, Span
from billdrop.ports import Archive
from billdrop.readers import Limits
from billdrop.reading import read

INVOICE_VALUES = ("number", "issue_date", "due_date", "type_code", "currency", "net", "tax", "total", "payable",
                  "seller", "seller_id", "seller_tax_id", "buyer", "buyer_id", "buyer_tax_id", "buyer_ref",
                  "order_ref", "payment_account", "customer_id", "in_words")  # fmt: skip
LINE_VALUES = (
    "id",
    "name",
    "description",
    "item_id",
    "quantity",
    "unit",
    "unit_price",
    "net",
    "tax",
    "tax_rate",
)


class Traced(Struct, frozen=True, kw_only=True):
    """One value of an invoice and where it stands."""

    path: str
    """`total`, `lines[0].net`, `extra.project`."""
    recorded: str
    """As it is in the books."""
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
    cells = dict(zip((column.name for column in columns.INVOICES), entry.row, strict=True))
    document, ref = archive.original(cells["document_id"] or "")
    assert ref is not None, "a recorded invoice was read by a guideline"
    guide = compile_guide(ref.text, origin=f"{ref.name}@{ref.version}", limits=limits)
    wanted = int(cells["record"] or 0)
    record = next(record for record in read(document, guide).records if record.index == wanted)
    spans = record.spans() if record.spans is not None else {}
    again = _values(record)
    recorded = {name: cells[name] for name in INVOICE_VALUES} | _line_cells(entry)
    return Explanation(
        entry=entry,
        document=document,
        guideline=ref,
        values=tuple(
            Traced(path=path, recorded=text, span=spans.get(path), again=again.get(path))
            for path, text in recorded.items()
            if text is not None
        ),
    )


def _line_cells(entry: InvoiceEntry) -> dict[str, str | None]:
    names = [column.name for column in columns.LINES]
    start = names.index("line_id")
    return {
        f"lines[{index}].{name}": cell
        for index, row in enumerate(entry.lines)
        for name, cell in zip(LINE_VALUES, row[start : start + len(LINE_VALUES)], strict=True)
    }


def _values(record: Record) -> dict[str, str | None]:
    invoice = record.invoice
    if invoice is None:
        return {}
    values = {name: columns.plain(getattr(invoice, name)) for name in INVOICE_VALUES}
    for index, line in enumerate(invoice.lines):
        for name in LINE_VALUES:
            values[f"lines[{index}].{name}"] = columns.plain(getattr(line, name))
    return values
