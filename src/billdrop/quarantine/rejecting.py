"""What a person decides for good: that what waits never goes into the books, and that it may after all."""

from collections.abc import Sequence

from msgspec import structs

from billdrop.model import Intent, QuarantineEntry
from billdrop.operations import Summary, again, committed, said_by
from billdrop.ports import Archive
from billdrop.way.pipeline import Way

WORDS = {Intent.REJECT: "rejection", Intent.RECONSIDER: "reconsidering"}
"""What each decision is called."""


def reject(
    entries: Sequence[QuarantineEntry], archive: Archive, way: Way, *, by: str, why: str
) -> Summary:
    """
    Bar what waits from the books for good; who and why are kept, and it waits no more.

    Raises `UsageError` when it does not say who and why.
    """
    return _ruled(entries, archive, way, Intent.REJECT, by=by, why=why)


def reconsider(
    entries: Sequence[QuarantineEntry], archive: Archive, way: Way, *, by: str, why: str
) -> Summary:
    """Take back that something was rejected: it is read again, and waits if it is refused still."""
    return _ruled(entries, archive, way, Intent.RECONSIDER, by=by, why=why)


def _ruled(
    entries: Sequence[QuarantineEntry],
    archive: Archive,
    way: Way,
    intent: Intent,
    *,
    by: str,
    why: str,
) -> Summary:
    summary = Summary()
    documents: dict[str, list[QuarantineEntry]] = {}
    for entry in entries:
        by, why = said_by(WORDS[intent], entry, by, why)
        documents.setdefault(entry.document_id, []).append(entry)
    for name, decided in documents.items():
        parsed = structs.replace(
            again(name, archive, way, intent, decided=decided),
            by=by,
            why=why,
            released=tuple(one.record for one in decided),
        )
        summary.add(committed([parsed], way))
    return summary
