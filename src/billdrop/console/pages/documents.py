"""History: every document with its state, searched and filtered by what stands in the address."""

from collections.abc import Iterator
from itertools import islice

from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.page import Sheet
from billdrop.model import DocumentEntry, State

PAGE_SIZE = 100
LOOKED_AT = 100_000
"""Of so many documents at most it is looked whether they are the visitor's."""


def show(desk: Desk, ask: Ask) -> Sheet:
    """A page of documents, newest first; the last of them is the cursor of the next."""
    match, state = ask.query.get("q", "").strip(), _state(ask)
    entries = list(islice(_mine(desk, ask, match, state), PAGE_SIZE + 1))
    more = entries[PAGE_SIZE - 1].document_id if len(entries) > PAGE_SIZE else ""
    return Sheet(
        title="History",
        template="documents.html",
        values={
            "entries": entries[:PAGE_SIZE],
            "more": more,
            "q": match,
            "state": state.value if state else "",
            "states": [one.value for one in State],
            "before": ask.query.get("before", ""),
        },
        rows=[_row(entry) for entry in entries[:PAGE_SIZE]],
    )


def _mine(desk: Desk, ask: Ask, match: str, state: State | None) -> Iterator[DocumentEntry]:
    found = desk.archive.documents(match=match, state=state, before=ask.query.get("before") or None)
    whose = ask.visitor.whose
    return (one for one in islice(found, LOOKED_AT) if not whose or one.customer == whose)


def _state(ask: Ask) -> State | None:
    given = ask.query.get("state", "")
    return next((one for one in State if one.value == given), None)


def _row(entry: DocumentEntry) -> dict[str, object]:
    return {
        "document_id": entry.document_id,
        "customer": entry.customer,
        "key": entry.key,
        "state": entry.state.value,
        "size": entry.size,
        "arrived_at": entry.arrived_at.isoformat(),
        "committed_at": entry.committed_at.isoformat(),
        "guideline": entry.guideline,
        "invoices": entry.invoices,
        "waiting": entry.waiting,
        "duplicate_of": entry.duplicate_of,
    }


PAGE = Page(show=show, roles=("finance", "customer"), title="History")
