"""What an operator asks for by hand: ingest, sweep, redrive, release."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from msgspec import structs

from billdrop.errors import BilldropError, Terminal, UsageError
from billdrop.model import (
    Delivery,
    Document,
    Intent,
    Outcome,
    Parsed,
    QuarantineEntry,
    Severity,
    State,
)
from billdrop.ports import Archive, Inbox
from billdrop.quarantine.reasons import renewed
from billdrop.quarantine.releasing import refused
from billdrop.quarantine.settled import kept_out, moved, out_of_books, settled
from billdrop.settings import Settings
from billdrop.way import pipeline
from billdrop.way.answering import LEDGER
from billdrop.way.pipeline import Way
from billdrop.way.summary import Summary as Summary  # noqa: PLC0414 - what these operations answer with

FIRST = 200
"""So many documents are the first batch of many: the sooner it is read, the sooner a commit begins."""

GONE = "restore the ledger from a backup"

Progress = Callable[[Sequence[Outcome | None]], None]
"""Told the outcomes of each batch, as they become durable."""

Unread = Callable[[str, BilldropError], None]
"""Told of a document whose original could not be read, and why."""


def drain(inbox: Inbox, way: Way, settings: Settings, progress: Progress) -> Summary:
    """Take everything a finite inbox has the whole way."""

    def waiting() -> Iterator[Sequence[Delivery]]:
        limit = min(FIRST, settings.batch_documents)
        while deliveries := inbox.listen(limit=limit, wait=0):
            yield deliveries
            limit = settings.batch_documents

    return _taken(waiting(), way, settings, progress)


def sweep(way: Way, settings: Settings, progress: Progress) -> Summary:
    """Find and process what the inbox has and the ledger has not."""
    return _taken(pipeline.sweep(way, limit=settings.batch_documents), way, settings, progress)


def _taken(
    found: Iterable[Sequence[Delivery]], way: Way, settings: Settings, progress: Progress
) -> Summary:
    summary = Summary()
    _take(summary, found, way, settings, progress)
    return summary


def _take(
    summary: Summary,
    found: Iterable[Sequence[Delivery]],
    way: Way,
    settings: Settings,
    progress: Progress,
) -> None:
    batches = (
        batch
        for deliveries in found
        for batch in pipeline.batches(
            deliveries, documents=settings.batch_documents, size=settings.batch_bytes
        )
    )
    for outcomes in pipeline.overlapping(batches, way):
        summary.add(outcomes)
        progress(outcomes)


def take_in(way: Way, archive: Archive, settings: Settings, progress: Progress) -> Summary:
    """
    Take all that the inbox lists the whole way; what the ledger has is counted as it stands there.

    Whoever is still to be told of what the ledger has, is told.
    """
    summary = Summary()
    for batch in pipeline.batches(way.inbox.list(), documents=settings.batch_documents):
        missing = set(way.books.missing([delivery.ref for delivery in batch]))
        there = [delivery for delivery in batch if delivery.ref not in missing]
        owed = [delivery for delivery in there if delivery.source == LEDGER]
        _take(Summary(), [owed], way, settings, lambda outcomes: None)
        known = [
            each
            for delivery in there
            if delivery.source != LEDGER
            for each in _standing(delivery.ref.document_id, archive)
        ]
        summary.add(known)
        progress(known)
        new = [delivery for delivery in batch if delivery.ref in missing]
        _take(summary, [new], way, settings, progress)
    return summary


def _standing(name: str, archive: Archive) -> Iterator[Outcome]:
    """What became of a document that is in the ledger, and of a duplicate why its twin waits."""
    for entry in archive.documents(match=name, limit=1):
        about = entry.duplicate_of if entry.state is State.DUPLICATE else name
        wrong = archive.findings(about or name) if entry.state is not State.RECORDED else []
        yield Outcome(
            document_id=name,
            state=entry.state,
            invoice_count=entry.invoices,
            findings=tuple(wrong),
            duplicate_of=entry.duplicate_of,
            known=True,
        )


def redrive(
    entries: Sequence[QuarantineEntry],
    archive: Archive,
    way: Way,
    progress: Progress,
    unread: Unread = lambda name, error: None,
) -> Summary:
    """
    Send quarantined documents through again, from their originals, under today's guidelines; of what
    left quarantine already, tell its sender once more. One whose original cannot be read stays as it is,
    and is undecided.
    """
    summary = Summary()
    waits = {entry.document_id for entry in entries if entry.closed_at is None}
    waiting = iter(dict.fromkeys(entry.document_id for entry in entries))
    while names := list(islice(waiting, 100)):
        intents = [Intent.REDRIVE if name in waits else Intent.ARRIVAL for name in names]
        parsed = list[Parsed]()
        for name, intent in zip(names, intents, strict=True):
            try:
                parsed.append(again(name, archive, way, intent))
            except BilldropError as error:
                unread(name, error)
            except KeyError:
                unread(name, Terminal("its original is not there", hint=GONE))
        summary.unread += len(names) - len(parsed)
        lacking = [None] * (len(names) - len(parsed))
        outcomes = [*committed(parsed, way), *lacking] if parsed else lacking
        summary.add(outcomes)
        progress(outcomes)
    return summary


def redrive_readable(
    waiting: deque[str],
    archive: Archive,
    way: Way,
    *,
    documents: int,
    size: int,
    unread: Unread,
) -> tuple[Outcome, ...]:
    """
    Take documents from what waits, and redrive those that are read without errors now.

    So many are looked at, and no further one once they have so many bytes, or one could not be read.
    What is refused for another reason now waits for that one. What is no longer there, or would be
    recorded in part, is left as it is. Outcomes are of what is read without errors.
    """
    parsed, refused = list[Parsed](), list[Parsed]()
    for _ in range(min(documents, len(waiting))):
        if size <= 0:
            break
        name = waiting.popleft()
        try:
            read = again(name, archive, way, Intent.REDRIVE)
        except KeyError:
            continue
        except BilldropError as error:
            unread(name, error)
            break
        size -= read.document.size
        if not _wrong(read):
            parsed.append(read)
        elif other := _otherwise(name, read, archive, way):
            refused.append(other)
    together = [*parsed, *refused]
    return committed(together, way)[: len(parsed)] if together else ()


def _otherwise(name: str, read: Parsed, archive: Archive, way: Way) -> Parsed | None:
    """A document of which nothing is in the books, and which is refused for another reason now."""
    other = renewed(read, way.books.quarantine(document_id=name))
    if other is None or any(it.invoices for it in archive.documents(match=name, limit=1)):
        return None
    return other


def _wrong(parsed: Parsed) -> bool:
    """Whether anything of a document is refused."""
    findings = chain(parsed.findings, (one for each in parsed.records for one in each.findings))
    return any(finding.severity is Severity.ERROR for finding in findings)


def committed(parsed: Sequence[Parsed], way: Way) -> tuple[Outcome, ...]:
    """Commit what was read again, and tell those who sent it; raises when they cannot be told."""
    outcomes = pipeline.commit(parsed, way)
    deliveries = [_delivery(each.document) for each in parsed]
    for error in way.answer(list(zip(deliveries, outcomes, strict=True))):
        if error is not None:
            raise error
    return outcomes


def _delivery(document: Document) -> Delivery:
    return Delivery(
        ref=document.ref,
        arrived_at=document.arrived_at,
        source=LEDGER,
        sequencer=document.sequencer,
        size=document.size,
    )


def readable(
    entries: Sequence[QuarantineEntry],
    archive: Archive,
    read: Callable[[Document], Parsed],
    name: str,
) -> Iterator[str]:
    """The documents in quarantine, by id, of which the guideline of that name would now read all."""
    for document_id in dict.fromkeys(entry.document_id for entry in entries):
        parsed = read(archive.original(document_id)[0])
        if parsed.guideline and parsed.guideline.name == name and not _wrong(parsed):
            yield document_id


def release(entry: QuarantineEntry, archive: Archive, way: Way, *, by: str, why: str) -> Outcome:
    """
    Record a quarantined conflict as a correction, what looks like another invoice beside that one, or
    let pass what policy holds; who and why are kept. What was released already stays as it is, and its
    sender is told once more; what contradicts another revision by now than the entry says, waits for that one.

    Raises `UsageError` when it does not say who and why, or when the entry is none of these: what cannot be
    read, or is rejected by policy, cannot be released.
    """
    by, why = said_by("release", entry, by, why)
    if entry.closed_at is not None:
        return committed([again(entry.document_id, archive, way, Intent.ARRIVAL)], way)[0]
    if wrong := refused(entry):
        raise wrong
    read = again(entry.document_id, archive, way, Intent.RELEASE, decided=[entry])
    if moved(read, entry):
        raise UsageError(
            f"quarantine entry {entry.id} is about another stretch of its document than is read now",
            hint=f"`billdrop quarantine redrive {entry.id}` and look at what waits then",
        )
    conflict = entry.contradicts
    parsed = structs.replace(
        read,
        by=by,
        why=why,
        released=None if entry.record is None else (entry.record,),
        corrects=conflict is not None,
        against=None if conflict is None else conflict.message,
        beside=entry.resembles is not None,
    )
    return committed([parsed], way)[0]


def said_by(what: str, entry: QuarantineEntry, by: str, why: str) -> tuple[str, str]:
    """Who decides and why; raises `UsageError` when it does not say so."""
    by, why = by.strip(), why.strip()
    if not by or not why:
        raise UsageError(
            f"the {what} of quarantine entry {entry.id} does not say {'why' if by else 'who'}",
            hint="say who decides with --by, and the reason with --why",
        )
    return by, why


def again(
    name: str,
    archive: Archive,
    way: Way,
    intent: Intent,
    *,
    decided: Sequence[QuarantineEntry] = (),
) -> Parsed:
    """
    A document read again: what a person let pass, now or before, is no error in it, and what one
    rejected is refused however it reads now.
    """
    document: Document = archive.original(name)[0]
    (parsed,) = way.read([document])()
    parsed = structs.replace(parsed, intent=intent)
    before = way.books.quarantine(document_id=name, closed=True)
    out = out_of_books(before, intent, decided)
    passed = [each for each in before if each.by]
    if intent is Intent.RELEASE:
        passed += decided
    return kept_out(settled(parsed, passed) if _holds(parsed) else parsed, out)


def _holds(parsed: Parsed) -> bool:
    """Whether a person may have let pass what is in it; of a large document it may always be."""
    if not isinstance(parsed.records, tuple | list):
        return True
    records = (each for record in parsed.records for each in record.findings)
    return any(each.held for each in chain(parsed.findings, records))
