"""Prove that every document is as it came, in one state, and what was recorded from it."""

from collections import Counter
from collections.abc import Callable, Iterator

from zstandard import ZstdError

from billdrop.books.columns import INVOICES
from billdrop.books.decide import folded
from billdrop.model import DocumentEntry, InvoiceEntry, State
from billdrop.ports import Archive, Books
from billdrop.proof.differences import Findings, digest, mark, written

CELL = {column.name: index for index, column in enumerate(INVOICES)}

STILL = 3
"""How often documents are counted again while a writer changes their states."""


class Numbers:
    """Revisions by document and by number, in about 200 bytes for each."""

    def __init__(self) -> None:
        self.of: Counter[int] = Counter()
        self.by_number: Counter[int] = Counter()
        self.documents: dict[int, str] = {}

    def passed(self, entries: Iterator[InvoiceEntry]) -> Iterator[InvoiceEntry]:
        """Hand revisions on, counted."""
        for entry in entries:
            name = entry.row[CELL["document_id"]] or ""
            known = mark(name)
            self.of[known] += 1
            self.by_number[mark(_folded(entry))] += 1
            self.documents.setdefault(known, name)
            yield entry


def compare_documents(
    archive: Archive,
    books: Books,
    numbers: Numbers,
    findings: Findings,
    done: Callable[[], None],
) -> int:
    """
    Every document against its original, its state, its entries and its invoices; returns how many.

    `numbers` were counted before: a document is committed with its invoices, so it must be there.
    """
    before, waiting = books.states(), _waiting(books)
    counted: Counter[str] = Counter()
    seen: set[int] = set()
    twins: dict[int, tuple[str, str]] = {}
    unsettled: list[DocumentEntry] = []
    parts: list[DocumentEntry] = []
    for entry in archive.documents():
        known = mark(entry.document_id)
        seen.add(known)
        counted[entry.state] += 1
        compare_original(archive, entry, findings)
        if entry.state is State.DUPLICATE:
            _note_twin(entry, twins, findings)
        if entry.invoices != numbers.of[known]:
            _compare_count(archive, entry, findings)
        if entry.unfinished:
            parts.append(entry)
        elif entry.waiting != waiting[known] or _idle(entry):
            unsettled.append(entry)
        done()
    _compare_waiting(books, unsettled, findings)
    _compare_named(archive, numbers, seen, findings)
    for known, (name, other) in twins.items():
        if known not in seen:
            findings.differ("duplicate", name, f"the document {other}", "nothing")
    compare_states(archive, books, (before, counted), findings)
    _compare_parts(archive, parts, findings)
    return len(seen)


def compare_original(archive: Archive, entry: DocumentEntry, findings: Findings) -> None:
    """The bytes that are kept, against the size and digest of those that came."""
    if entry.state is State.LOST:
        return
    meant = written(entry.size, entry.sha256)
    try:
        document, _ = archive.original(entry.document_id)
        content, chunks = document.content, document.chunks
        there = digest([content] if content is not None else chunks() if chunks else ())
    except KeyError:
        there = "nothing"
    except ZstdError as error:
        there = f"a pack that cannot be unpacked: {error}"
    if there != meant:
        findings.differ("original", entry.document_id, meant, there)


def compare_states(
    archive: Archive,
    books: Books,
    first: tuple[dict[str, int], Counter[str]],
    findings: Findings,
) -> None:
    """
    Documents by the state they are in, by the state they are filed under, and as the books count them.

    Counted anew while they change; what never stands still is left to the next proof.
    """
    before, counted = first
    for _ in range(STILL):
        filed = {
            state: sum(entry.state is state for entry in archive.documents(state=state))
            for state in State
        }
        after = books.states()
        if before == after:
            for state in State:
                if not counted[state] == filed[state] == after[state]:
                    found = f"{counted[state]} in it, {filed[state]} filed under it"
                    findings.differ("states", state, f"{after[state]} documents", found)
            return
        before = after
        counted = Counter(entry.state for entry in archive.documents())


def compare_numbers(archive: Archive, numbers: Numbers, findings: Findings) -> None:
    """Every number must find all of its revisions: duplicates and corrections are known by it."""
    left = numbers.by_number.copy()
    for entry in archive.invoices():
        wanted = _folded(entry)
        expected = left.pop(mark(wanted), None)
        if expected is not None:
            number = entry.row[CELL["number"]] or ""
            found = sum(_folded(other) == wanted for other in archive.invoices(name=number))
            if found < expected:
                findings.differ("number", number, f"{expected} revisions", f"{found} found by it")


def _folded(entry: InvoiceEntry) -> str:
    return folded(entry.row[CELL["number"]] or "")


def _idle(entry: DocumentEntry) -> bool:
    """Whether it is in quarantine without an entry, or waits and is said to be elsewhere."""
    return (entry.state is State.QUARANTINED) is not bool(entry.waiting)


def _note_twin(entry: DocumentEntry, twins: dict[int, tuple[str, str]], findings: Findings) -> None:
    if entry.duplicate_of:
        twins.setdefault(mark(entry.duplicate_of), (entry.document_id, entry.duplicate_of))
    else:
        findings.differ("duplicate", entry.document_id, "what it duplicates", "nothing")


def _compare_count(archive: Archive, entry: DocumentEntry, findings: Findings) -> None:
    there = sum(1 for _ in archive.invoices(document_id=entry.document_id))
    if there != entry.invoices:
        meant = f"{entry.invoices} invoices"
        findings.differ("document", entry.document_id, meant, f"{there} recorded")


def _waiting(books: Books) -> Counter[int]:
    """How many entries of each document are not closed; what a person rejected is among them."""
    entries = books.quarantine(closed=True)
    return Counter(mark(each.document_id) for each in entries if each.closed_at is None)


def _compare_waiting(books: Books, entries: list[DocumentEntry], findings: Findings) -> None:
    """Entries that came or went meanwhile are no difference: they are counted once more."""
    waiting = _waiting(books) if entries else Counter[int]()
    for entry in entries:
        there = waiting[mark(entry.document_id)]
        if there != entry.waiting or _idle(entry):
            meant = f"{entry.waiting} open entries while {entry.state}"
            findings.differ("quarantine", entry.document_id, meant, f"{there}")


def _compare_parts(archive: Archive, parts: list[DocumentEntry], findings: Findings) -> None:
    """What was in the books only in part, and still is; no more came of it meanwhile."""
    for entry in parts:
        now = next(archive.documents(match=entry.document_id), None)
        if now is not None and now.unfinished and now.invoices == entry.invoices:
            there = f"the first {entry.invoices} until a sweep goes on with it"
            findings.differ("part", entry.document_id, "all of its invoices", there)


def _compare_named(archive: Archive, numbers: Numbers, seen: set[int], findings: Findings) -> None:
    for known, name in numbers.documents.items():
        if known not in seen:
            count = numbers.of[known]
            findings.differ("document", name, f"the document of {count} invoices", "nothing")
