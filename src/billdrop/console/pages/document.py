"""One document: its state, what was found in it, and its text as it came."""

from collections.abc import Iterator
from urllib.parse import quote

from starlette.responses import Response

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.original import Mark, found, lines_of, shown
from billdrop.console.page import Sheet
from billdrop.model import Document, DocumentEntry, GuidelineRef

UNKNOWN = "BD2001"
"""No guideline recognises the document: one can be drafted from it."""


def show(desk: Desk, ask: Ask) -> Sheet:
    """The document, its findings marked in its text."""
    entry = entry_of(desk, ask)
    if entry is None:
        return nothing(ask)
    document, ref = _original(desk, entry)
    findings = desk.archive.findings(entry.document_id)
    marks: list[Mark] = list(found(findings))
    invoices = list(desk.archive.invoices(document_id=entry.document_id)) if entry.invoices else []
    kept = desk.books.quarantine(document_id=entry.document_id, closed=True)
    lines = lines_of(document.whole if document else None, encoding_of(desk, ref))
    return Sheet(
        title=entry.key,
        template="document.html",
        values={
            "entry": entry,
            "findings": findings,
            "lines": shown(lines, marks),
            "count": len(lines),
            "unknown": any(one.code == UNKNOWN for one in findings),
            "invoices": invoices[:100],
            "waiting": [one for one in kept if one.closed_at is None],
            "original": document is not None and not document.oversized,
        },
        rows=[
            {
                "code": one.code,
                "severity": one.severity.value,
                "line": one.line,
                "column": one.column,
                "message": one.message,
                "hint": one.hint,
                "field": one.field,
            }
            for one in findings
        ],
    )


def entry_of(desk: Desk, ask: Ask, name: str = "id") -> DocumentEntry | None:
    """The document that is asked for, where the visitor may see it."""
    document_id = ask.query.get(name, "")
    for entry in _named(desk, document_id):
        if entry.document_id == document_id and ask.visitor.whose in ("", entry.customer):
            return entry
    return None


def _named(desk: Desk, document_id: str) -> Iterator[DocumentEntry]:
    yield from desk.archive.documents(match=document_id, limit=2) if document_id else ()


def nothing(ask: Ask) -> Sheet:
    """What is said of a document that is not there, or not the visitor's: the same."""
    values = {"fact": "there is no such document", "hint": "the history lists those there are"}
    return Sheet(title="Not found", template="said.html", values=values, status=404)


def encoding_of(desk: Desk, ref: GuidelineRef | None) -> str:
    """How the guideline that read it says it is written."""
    guide = desk.library().named(ref.name) if ref else None
    return str(getattr(guide.guideline.input, "encoding", "utf-8")) if guide else "utf-8"


def raw(desk: Desk, ask: Ask) -> Response:
    """The exact bytes, to be saved and never shown by a browser."""
    entry = entry_of(desk, ask)
    document = _original(desk, entry)[0] if entry else None
    content = document.whole if document else None
    if content is None or entry is None:
        return Response("there is no such original", status_code=404, media_type="text/plain")
    name = entry.key.rpartition("/")[2]
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
        },
    )


def _original(desk: Desk, entry: DocumentEntry) -> tuple[Document | None, GuidelineRef | None]:
    try:
        return desk.archive.original(entry.document_id)
    except KeyError:
        return None, None


PAGE = Page(show=show, roles=("finance", "customer"), raw={"original": raw})
