"""The cells of an invoice revision: of the invoice itself and of each of its lines."""

import json
from collections.abc import Sequence

from billdrop.books.columns import FORMATS, LINE_CELLS, plain
from billdrop.model import (
    Adjustment,
    DocumentRef,
    GuidelineRef,
    Invoice,
    Line,
    Record,
    Row,
    TaxShare,
)

STEM = FORMATS[0]
"""The cells that every row has; those after them are kept only where one of them says something."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def invoice_row(
    invoice: Invoice,
    *,
    name: str,
    revision: int,
    supersedes: str | None,
    ref: DocumentRef,
    guideline: GuidelineRef,
    record: Record,
    recorded_at: str,
) -> Row:
    """The cells of one invoice revision as it counts, in the order of `INVOICES`, as many as say something."""
    return (
        name,
        ref.customer,
        invoice.number,
        str(revision),
        supersedes,
        invoice.issue_date.isoformat(),
        plain(invoice.due_date),
        invoice.type_code,
        invoice.currency,
        plain(invoice.net),
        plain(invoice.tax),
        plain(invoice.total),
        plain(invoice.payable),
        invoice.seller,
        invoice.seller_id,
        invoice.seller_tax_id,
        invoice.buyer,
        invoice.buyer_id,
        invoice.buyer_tax_id,
        invoice.buyer_ref,
        invoice.order_ref,
        invoice.payment_account,
        invoice.customer_id,
        invoice.in_words,
        str(len(invoice.lines)),
        json.dumps(invoice.extra, ensure_ascii=False) if invoice.extra else None,
        guideline.name,
        str(guideline.version),
        ref.document_id,
        str(record.index),
        str(record.first_line),
        str(record.last_line),
        recorded_at,
        *further_cells(invoice),
    )


def further_cells(invoice: Invoice) -> Row:
    """The cells after the stem; none where they would all be empty."""
    if not invoice.says_more:
        return ()
    return (
        plain(invoice.line_net),
        plain(invoice.allowance),
        plain(invoice.charge),
        plain(invoice.prepaid),
        plain(invoice.rounding),
        plain(invoice.withheld),
        invoice.tax_currency,
        invoice.seller_country,
        invoice.buyer_country,
        several(invoice.taxes),
        several(invoice.allowances),
        several(invoice.charges),
        listed(invoice.other_accounts),
    )


def listed(texts: Sequence[str]) -> str | None:
    """As a JSON list."""
    return _JSON(texts) if texts else None


def several(stated: Sequence[TaxShare | Adjustment]) -> str | None:
    """As a JSON list of what each states; amounts are texts."""
    if not stated:
        return None
    told = [
        {
            name: plain(value)
            for name in each.__struct_fields__
            if (value := getattr(each, name)) is not None
        }
        for each in stated
    ]
    return _JSON(told)


def line_rows(invoice: Invoice) -> list[Row]:
    """
    The cells of its lines that are their own, in the order of `LINES[LINE_CELLS:]`.

    All have as many: the stem, where none says more.
    """
    stems = [line_cells(place, line) for place, line in enumerate(invoice.lines, 1)]
    for line in invoice.lines:
        if line.says_more:
            return [stem + _further(line) for stem, line in zip(stems, invoice.lines, strict=True)]
    return stems


def line_cells(position: int, line: Line) -> Row:
    """
    The stem of the cells of one line.

    `plain` is written out, since a commit makes more of these than of anything else.
    """
    return (
        str(position),
        line.id,
        line.name,
        line.description,
        line.item_id,
        None if (v := line.quantity) is None else f"{v:f}" if "E" in (text := str(v)) else text,
        line.unit,
        None if (v := line.unit_price) is None else f"{v:f}" if "E" in (text := str(v)) else text,
        None if (v := line.net) is None else f"{v:f}" if "E" in (text := str(v)) else text,
        None if (v := line.tax) is None else f"{v:f}" if "E" in (text := str(v)) else text,
        None if (v := line.tax_rate) is None else f"{v:f}" if "E" in (text := str(v)) else text,
        str(line.source_line),
    )


def _further(line: Line) -> Row:
    return (line.tax_category, plain(line.price_base), plain(line.allowance), plain(line.charge))


LINE_STEM = STEM.lines - LINE_CELLS
"""How many cells `line_cells` gives."""
