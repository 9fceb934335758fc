"""Quarantine: what waits for a person or a better guideline, and what a person decides."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import islice

from billdrop import operations
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.original import Shown, found, lines_of, shown
from billdrop.console.page import Sheet
from billdrop.errors import UsageError
from billdrop.model import QuarantineEntry, first_error
from billdrop.operations import Summary
from billdrop.pipeline import Way

PAGE_SIZE = 100
STEP = 50
"""Entries that are read again between two batches."""
AROUND = 4


def show(desk: Desk, ask: Ask) -> Sheet:
    """What waits, grouped by reason and customer; one entry beside its original where one is chosen."""
    waiting = _mine(desk, ask)
    chosen = next((one for one in waiting if str(one.id) == ask.query.get("entry")), None)
    code, customer = ask.query.get("code", ""), ask.query.get("customer", "")
    kept = [one for one in waiting if code in ("", one.code) and customer in ("", one.customer)]
    start = _number(ask.query.get("after", ""))
    page = [one for one in kept if one.id > start][: PAGE_SIZE + 1]
    return Sheet(
        title="Quarantine",
        template="quarantine.html",
        values={
            "groups": Counter((one.code, one.customer) for one in waiting).most_common(50),
            "entries": page[:PAGE_SIZE],
            "more": page[PAGE_SIZE - 1].id if len(page) > PAGE_SIZE else "",
            "count": len(kept),
            "code": code,
            "customer": customer,
            "chosen": chosen,
            "lines": _text(desk, chosen) if chosen else (),
            "log": [one for one in reversed(_closed(desk, ask)) if one.by][:20],
            "reason": lambda one: (
                ((first := first_error(one.findings)) and first.message) or one.code
            ),
        },
        rows=[_row(one) for one in kept],
    )


def redrive(desk: Desk, ask: Ask) -> str | Sheet:
    """Read one entry's document, or all of a group, again under today's guidelines."""
    entries, summary = iter(_named(desk, ask)), Summary()
    while some := list(islice(entries, STEP)):
        desk.write(partial(_redriven, desk, some, summary))
    return _done("Read again", summary)


def _redriven(desk: Desk, entries: list[QuarantineEntry], summary: Summary, way: Way) -> None:
    """One errand of a few: who uploads meanwhile does not notice."""
    operations.redrive(entries, desk.archive, way, summary.add)


def release(desk: Desk, ask: Ask) -> str | Sheet:
    """Record one entry as a correction; who and why are kept."""
    (entry,) = _named(desk, ask)[:1] or (None,)
    if entry is None:
        raise UsageError("the entry is no longer in quarantine", hint="load the page again")
    by = ask.visitor.name or ask.form.get("by", "")
    why = ask.form.get("why", "")

    def work(way: Way) -> Summary:
        summary = Summary()
        summary.add([operations.release(entry, desk.archive, way, by=by, why=why)])
        return summary

    return _done("Released", desk.write(work))


def _done(what: str, summary: Summary) -> Sheet:
    return Sheet(
        title=what,
        template="done.html",
        values={
            "summary": summary,
            "states": {state.value: count for state, count in summary.states.items()},
        },
    )


def _named(desk: Desk, ask: Ask) -> list[QuarantineEntry]:
    wanted, code, customer = (ask.form.get(name, "") for name in ("entry", "code", "customer"))
    waiting = desk.books.quarantine()
    if wanted:
        return [one for one in waiting if str(one.id) == wanted]
    if not (code or customer):
        raise UsageError("no entry is named", hint="choose one, or a group")
    return [one for one in waiting if code in ("", one.code) and customer in ("", one.customer)]


def _mine(desk: Desk, ask: Ask) -> list[QuarantineEntry]:
    whose = ask.visitor.whose
    return [one for one in desk.books.quarantine() if not whose or one.customer == whose]


def _closed(desk: Desk, ask: Ask) -> list[QuarantineEntry]:
    if ask.visitor.whose:
        return []
    return [one for one in desk.books.quarantine(closed=True) if one.closed_at is not None]


def _text(desk: Desk, entry: QuarantineEntry) -> Sequence[Shown]:
    try:
        document = desk.archive.original(entry.document_id)[0]
    except KeyError:
        return ()
    lines = lines_of(document.content)
    first = max(1, (entry.first_line or 1) - AROUND)
    last = min(len(lines), (entry.last_line or len(lines)) + AROUND)
    return shown(lines, found(entry.findings), first=first, last=last)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _row(one: QuarantineEntry) -> dict[str, object]:
    first = first_error(one.findings)
    return {
        "id": one.id,
        "document_id": one.document_id,
        "customer": one.customer,
        "code": one.code,
        "reason": first.message if first else "",
        "line": first.line if first else None,
        "since": one.since.isoformat(),
    }


PAGE = Page(
    show=show,
    roles=("finance", "customer"),
    actions={"redrive": redrive, "release": release},
    title="Quarantine",
)
