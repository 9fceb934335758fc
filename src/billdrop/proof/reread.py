"""Prove that what is recorded is what the stored original says under the stored guideline."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from zstandard import ZstdError

from billdrop.books.columns import INVOICES, LINE_CELLS, LINES, line_head, padded
from billdrop.books.rows import invoice_row, line_rows
from billdrop.errors import GuidelineError
from billdrop.guidelines.guide import Guide
from billdrop.guidelines.load import compile_guide
from billdrop.model import (
    DocumentEntry,
    DocumentRef,
    GuidelineRef,
    InvoiceEntry,
    Record,
    Row,
    counted,
)
from billdrop.parsing.reading import read
from billdrop.ports import Archive
from billdrop.proof.differences import Findings
from billdrop.readers import Limits

CELL = {column.name: index for index, column in enumerate(INVOICES)}
OF_THE_LEDGER = ("invoice_id", "revision", "supersedes", "recorded_at")
"""What an original does not say."""
KEPT = 64
"""Guides that are held ready."""


class ReadAgain(Struct, kw_only=True):
    """How many revisions were read again."""

    read: int = 0
    earlier: int = 0
    """Recorded under an earlier guideline than the one kept with their document: not read again."""


class Guides:
    """Guides of the texts that the ledger keeps, each made once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._made: dict[str, Guide] = {}

    def of(self, ref: GuidelineRef) -> Guide:
        """Raises `GuidelineError` for a text that was altered."""
        if ref.digest not in self._made:
            if len(self._made) >= KEPT:
                self._made.clear()
            origin = f"{ref.name}@{ref.version}"
            self._made[ref.digest] = compile_guide(ref.text, origin=origin, limits=self._limits)
        return self._made[ref.digest]


def compare_readings(
    archive: Archive, limits: Limits, findings: Findings, done: Callable[[], None]
) -> ReadAgain:
    """Every recorded revision against its original; holds the revisions of one document."""
    counts, guides = ReadAgain(), Guides(limits)
    for entry in archive.documents():
        if entry.invoices:
            _compare_document(archive, entry, guides, counts, findings)
        done()
    return counts


def _compare_document(
    archive: Archive, entry: DocumentEntry, guides: Guides, counts: ReadAgain, findings: Findings
) -> None:
    try:
        document, ref = archive.original(entry.document_id)
        guide = guides.of(ref) if ref is not None else None
    except (KeyError, ZstdError, GuidelineError) as error:
        findings.differ("reading", entry.document_id, "an original and its guideline", error)
        return
    if ref is None or guide is None:
        findings.differ("reading", entry.document_id, "a guideline", "nothing")
        return
    recorded = _recorded(archive, entry, ref, counts)
    for record in read(document, guide).records:
        for known in recorded.pop(record.index, ()):
            again = _again(record, known, document.ref, ref)
            for column, meant, found in _cells_that_differ(known, again):
                where = f"{entry.document_id} record {record.index} {column}"
                findings.differ("reading", where, meant, found)
    for index in recorded:
        findings.differ("reading", f"{entry.document_id} record {index}", "an invoice", "nothing")


def _recorded(
    archive: Archive, entry: DocumentEntry, ref: GuidelineRef, counts: ReadAgain
) -> dict[int, list[InvoiceEntry]]:
    """The revisions of a document that its guideline read, by record."""
    found: dict[int, list[InvoiceEntry]] = {}
    for known in archive.invoices(document_id=entry.document_id):
        read_by = (known.row[CELL["guideline"]], known.row[CELL["guideline_version"]])
        if read_by == (ref.name, str(ref.version)):
            found.setdefault(int(known.row[CELL["record"]] or 0), []).append(known)
            counts.read += 1
        else:
            counts.earlier += 1
    return found


def _again(
    record: Record, known: InvoiceEntry, came: DocumentRef, ref: GuidelineRef
) -> InvoiceEntry | None:
    """The revision as it is read now; what the ledger adds is taken over."""
    if record.invoice is None:
        return None
    invoice = counted(record.invoice)
    stated = invoice_row(
        invoice,
        name="",
        revision=1,
        supersedes=None,
        ref=came,
        guideline=ref,
        record=record,
        recorded_at="",
    )
    row = list(padded(stated, len(INVOICES)))
    for name in OF_THE_LEDGER:
        row[CELL[name]] = known.row[CELL[name]]
    head = line_head(tuple(row))
    own = len(LINES) - LINE_CELLS
    rows = tuple([(*head, *padded(line, own)) for line in line_rows(invoice)])
    return InvoiceEntry(row=tuple(row), lines=rows, latest=known.latest)


def _cells_that_differ(
    known: InvoiceEntry, again: InvoiceEntry | None
) -> Iterator[tuple[str, str, str]]:
    if again is None:
        yield "number", "nothing that is accepted", known.row[CELL["number"]] or ""
        return
    if again == known:
        return
    names = [column.name for column in INVOICES]
    yield from _pairs(names, again.row, known.row)
    for place, (new, old) in enumerate(zip(again.lines, known.lines, strict=False)):
        yield from _pairs([f"lines[{place}].{column.name}" for column in LINES], new, old)


def _pairs(names: list[str], again: Row, known: Row) -> Iterator[tuple[str, str, str]]:
    for name, meant, found in zip(names, again, known, strict=True):
        if meant != found:
            yield name, meant or "nothing", found or "nothing"
