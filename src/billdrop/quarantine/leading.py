"""Where an entry that left quarantine leads to: what of the same lines is there now."""

from collections.abc import Iterable

from billdrop.model import QuarantineEntry
from billdrop.ports import Books


def followed(entry: QuarantineEntry, books: Books) -> list[QuarantineEntry]:
    """
    The entries that are open now and stand for what this one stood for; none of one that is open.

    A guideline that reads a document for the first time makes an entry of each of its records of one
    that stood for all of it; another guideline divides it in another way.
    """
    if entry.closed_at is None:
        return []
    there = books.quarantine(document_id=entry.document_id, closed=True)
    return [one for one in there if one.closed_at is None and _touch(entry, one)]


def became(entry: QuarantineEntry, now: Iterable[QuarantineEntry]) -> str:
    """What became of one that left quarantine, in words."""
    if entry.by:
        return f"{entry.by} released it: {entry.why}"
    names = [f"{one.id}{' (rejected)' if one.barred else ''}" for one in now]
    if names:
        return f"its document was read again: see {', '.join(names)}"
    return "its document was read again, and there is nothing wrong with it any more"


def _touch(one: QuarantineEntry, other: QuarantineEntry) -> bool:
    if one.record is None or other.record is None:
        return True
    first, last = max(one.first_line or 0, other.first_line or 0), other.last_line or 0
    return first <= min(one.last_line or 0, last)
