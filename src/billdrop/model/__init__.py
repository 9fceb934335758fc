"""
The words of billdrop as values: frozen, keyword-only, and knowing their own name.

None of them can be part of a cycle, so the garbage collector need not look at them (`gc=False`):
a batch holds tens of thousands.
"""

from billdrop.model.commits import (
    Committed,
    GuidelineRef,
    Intent,
    Outcome,
    Parsed,
    RecordedInvoice,
    Row,
    Segment,
    Written,
)
from billdrop.model.documents import Delivery, Document, DocumentRef, Lost, Sliced, State
from billdrop.model.entries import DocumentEntry, InvoiceEntry, QuarantineEntry, Ruling, Total
from billdrop.model.findings import (
    CONFLICT,
    LIKENESS,
    Finding,
    Severity,
    Span,
    Spans,
    errors_of,
    first_error,
)
from billdrop.model.invoices import (
    CREDIT_NOTES,
    Adjustment,
    Booking,
    Invoice,
    Line,
    Record,
    TaxShare,
)
from billdrop.model.opposite import counted, opposite

__all__ = [
    "CONFLICT",
    "CREDIT_NOTES",
    "LIKENESS",
    "Adjustment",
    "Booking",
    "Committed",
    "Delivery",
    "Document",
    "DocumentEntry",
    "DocumentRef",
    "Finding",
    "GuidelineRef",
    "Intent",
    "Invoice",
    "InvoiceEntry",
    "Line",
    "Lost",
    "Outcome",
    "Parsed",
    "QuarantineEntry",
    "Record",
    "RecordedInvoice",
    "Row",
    "Ruling",
    "Segment",
    "Severity",
    "Sliced",
    "Span",
    "Spans",
    "State",
    "TaxShare",
    "Total",
    "Written",
    "counted",
    "errors_of",
    "first_error",
    "opposite",
]
