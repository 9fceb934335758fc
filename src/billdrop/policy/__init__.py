"""What a customer agreed to beyond what an invoice must be; looked at once it is read."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date
from functools import cache
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from billdrop.guidelines.policy import Policy
from billdrop.model import DocumentRef, Finding, Parsed, Record, Severity, Span, Spans
from billdrop.policy.rules import Broken, broken, broken_by_file, strictest
from billdrop.values.excerpts import Place, finding

__all__ = ["ruled"]

_LINE_END = re.compile("\r\n|\r|\n")


def ruled(parsed: Parsed, policies: Sequence[Policy]) -> Parsed:
    """
    What was read, with what it does not keep of each policy among the findings.

    Of policies that find the same, the strictest counts.
    """
    document = parsed.document
    found = chain.from_iterable(broken_by_file(document, policy) for policy in policies)
    said = [_of_document(it) for it in strictest(found)]
    came = document.arrived_at.astimezone(UTC).date()
    lines = cache(lambda: _lines(document.content))
    records: Iterable[Record] = (
        tuple([_ruled(record, policies, came, lines) for record in parsed.records])
        if isinstance(parsed.records, tuple | list)
        else Ruled(parsed.records, policies, came)
    )
    return replace(parsed, findings=(*parsed.findings, *said), records=records)


class Ruled(Struct, frozen=True):
    """The records of a large document, looked at as they are read."""

    records: Iterable[Record]
    policies: Sequence[Policy]
    came: date

    def __iter__(self) -> Iterator[Record]:
        """As often as they are asked for."""
        return (_ruled(record, self.policies, self.came) for record in self.records)

    def for_books(self, ref: DocumentRef) -> Iterator[Record]:
        """The same records; those of plain invoices that keep every policy may have their booking alone."""
        from billdrop.policy.columns import Keeping

        shorter: Callable[..., Iterable[Record]] | None = getattr(self.records, "for_books", None)
        if shorter is None:
            return iter(self)
        keeping = Keeping(self.policies, self.came)
        return (_ruled(record, self.policies, self.came) for record in shorter(ref, keeping))


def _lines(content: bytes | None) -> Sequence[str]:
    """Those of a text in UTF-8: of another, a finding shows the value alone."""
    try:
        text = (content or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        return ()
    return _LINE_END.split(text)


def _ruled(
    record: Record,
    policies: Sequence[Policy],
    came: date,
    lines: Callable[[], Sequence[str]] = tuple,
) -> Record:
    if record.invoice is None:
        return record
    invoice = record.invoice
    found = strictest(chain.from_iterable(broken(invoice, it, came) for it in policies))
    if not found:
        return record
    spans = record.spans() if record.spans else {}
    said = [_placed(it, record, spans, lines()) for it in found]
    return replace(record, findings=(*record.findings, *said))


def _placed(it: Broken, record: Record, spans: Spans, lines: Sequence[str]) -> Finding:
    span = spans.get(it.fault.field) or Span(record.first_line, record.column or 1, "")
    fault = it.fault
    made = finding(
        fault.code,
        fault.message,
        _place(span, lines),
        hint=_hint(it),
        field=fault.field,
        severity=_severity(it),
    )
    return replace(made, column=span.column, held=it.otherwise == "hold")


def _place(span: Span, lines: Sequence[str]) -> Place:
    """In its line, where the value stands there as it was read; else in the value itself."""
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    if span.text and line.startswith(span.text, span.column - 1):
        return Place(span.line, span.column, len(span.text), line)
    return Place(span.line, 1, max(len(span.text), 1), span.text)


def _of_document(it: Broken) -> Finding:
    return Finding(
        code=it.fault.code,
        message=it.fault.message,
        severity=_severity(it),
        hint=_hint(it),
        held=it.otherwise == "hold",
    )


def _hint(it: Broken) -> str:
    return f"{it.fault.hint}; a person may release it" if it.otherwise == "hold" else it.fault.hint


def _severity(it: Broken) -> Severity:
    return Severity.WARNING if it.otherwise == "warn" else Severity.ERROR
