"""Quarantine: what waits for a person or a better guideline, and what a person decides."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from billdrop import operations
from billdrop.console.asking import Ask, Page
from billdrop.console.desk import Desk
from billdrop.console.jobs import Step
from billdrop.console.original import Shown, found, lines_of, shown
from billdrop.console.page import Sheet, link
from billdrop.errors import UsageError
from billdrop.model import QuarantineEntry, first_error
from billdrop.operations import Summary
from billdrop.quarantine import rejecting
from billdrop.quarantine.leading import became, followed
from billdrop.way.pipeline import Way

PAGE_SIZE = 100
REJECTED = 100
"""So many of what was rejected are listed, the last ones."""
DECIDED = 20
"""So many entries that a person decided about are on a page of what was decided."""
STEP = 50
"""Documents that are read again between two batches; more are a job."""
AROUND = 4


def show(desk: Desk, ask: Ask) -> Sheet:
    """What waits, grouped by reason and customer; one entry beside its original where one is chosen."""
    whose = ask.visitor.whose
    waiting = [one for one in desk.books.quarantine() if whose in ("", one.customer)]
    rejected = desk.books.decided(rejected=True, customer=whose, limit=REJECTED)
    chosen = _chosen(desk, ask, (*waiting, *rejected))
    code, customer = ask.query.get("code", ""), ask.query.get("customer", "")
    kept = [one for one in waiting if code in ("", one.code) and customer in ("", one.customer)]
    page = _after(kept, _number(ask.query.get("after", "")))[: PAGE_SIZE + 1]
    last = _number(ask.query.get("before", "")) or None
    decided = [] if whose else desk.books.decided(limit=DECIDED + 1, before=last)
    now = followed(chosen, desk.books) if chosen else []
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
            "became": became(chosen, now) if chosen and chosen.closed_at else "",
            "now": now,
            "rejected": rejected,
            "most_rejected": REJECTED,
            "log": _log(decided[:DECIDED]),
            "earlier": decided[DECIDED - 1].id if len(decided) > DECIDED else "",
            "reason": lambda one: one.reason,
        },
        rows=[_row(one) for one in kept],
    )


def _chosen(desk: Desk, ask: Ask, there: Iterable[QuarantineEntry]) -> QuarantineEntry | None:
    """The entry that is asked for; one that left quarantine too: its id may stand in somebody's notes."""
    wanted = _number(ask.query.get("entry", ""))
    found = next((one for one in there if one.id == wanted), None)
    if found is None and wanted:
        found = desk.books.entry(wanted)
    return found if found is not None and ask.visitor.whose in ("", found.customer) else None


def _after(entries: list[QuarantineEntry], last: int) -> list[QuarantineEntry]:
    """Those that follow an entry; all of them where it waits no more."""
    at = next((place for place, one in enumerate(entries, 1) if one.id == last), 0)
    return entries[at:]


def redrive(desk: Desk, ask: Ask) -> str | Sheet:
    """Read one entry's document, or all of a group, again under today's guidelines."""
    documents = _by_document(_named(desk, ask))
    steps = _redriving(desk, documents)
    if len(documents) > STEP:
        return link("job", id=desk.jobs.begin("Read again", len(documents), steps).id)
    summary = Summary()
    for step in steps:
        step(summary)
    return _done("Read again", summary)


def _redriving(desk: Desk, documents: list[list[QuarantineEntry]]) -> Iterator[Step]:
    """Errands of a few documents each: who uploads meanwhile does not notice."""
    left = iter(documents)
    while some := [entries[0] for entries in islice(left, STEP)]:
        yield partial(_redriven, desk, some)


def _redriven(desk: Desk, entries: list[QuarantineEntry], summary: Summary) -> int:
    def work(way: Way) -> None:
        operations.redrive(entries, desk.archive, way, summary.add)

    desk.write(work)
    return len(entries)


def release(desk: Desk, ask: Ask) -> str | Sheet:
    """Record one entry as a correction; who and why are kept."""
    (entry,) = _named(desk, ask)[:1] or (None,)
    if entry is None:
        raise UsageError("the entry is no longer in quarantine", hint="load the page again")
    by, why = _decided(ask)

    def work(way: Way) -> Summary:
        summary = Summary()
        summary.add([operations.release(entry, desk.archive, way, by=by, why=why)])
        return summary

    return _done("Released", desk.write(work))


def reject(desk: Desk, ask: Ask) -> str | Sheet:
    """Keep one entry, or all of a group, out of the books for good; who and why are kept."""
    return _ruled(desk, ask, _named(desk, ask), rejecting.reject)


def reconsider(desk: Desk, ask: Ask) -> str | Sheet:
    """Take back that an entry was rejected: it is read again."""
    entry = desk.books.entry(_number(ask.form.get("entry", "")))
    barred = [entry] if entry is not None and entry.closed_at is None and entry.barred else []
    return _ruled(desk, ask, barred, rejecting.reconsider)


def _ruled(
    desk: Desk, ask: Ask, entries: list[QuarantineEntry], rule: Callable[..., Summary]
) -> str | Sheet:
    if not entries:
        raise UsageError("the entry is not there any more", hint="load the page again")
    by, why = _decided(ask)
    left = iter(_by_document(entries))
    while some := [one for each in islice(left, STEP) for one in each]:
        desk.write(partial(rule, some, desk.archive, by=by, why=why))
    return link("quarantine", entry=entries[0].id if len(entries) == 1 else "")


def _by_document(entries: Iterable[QuarantineEntry]) -> list[list[QuarantineEntry]]:
    """What waits of each document together: it is read once."""
    found: dict[str, list[QuarantineEntry]] = {}
    for one in entries:
        found.setdefault(one.document_id, []).append(one)
    return list(found.values())


def _decided(ask: Ask) -> tuple[str, str]:
    """Who decides and why."""
    return ask.visitor.name or ask.form.get("by", ""), ask.form.get("why", "")


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


class Word(NamedTuple):
    """What a person decided about an entry."""

    at: datetime
    by: str
    what: str
    entry: QuarantineEntry
    why: str


def _log(entries: Iterable[QuarantineEntry]) -> list[Word]:
    """What people decided, the last first."""
    words = []
    for one in entries:
        if one.closed_at is not None and one.by:
            words.append(Word(one.closed_at, one.by, "released", one, one.why))
        for each in one.rulings:
            what = "rejected" if each.rejects else "reconsidered"
            words.append(Word(each.at, each.by, what, one, each.why))
    return sorted(words, key=lambda word: word.at, reverse=True)


def _text(desk: Desk, entry: QuarantineEntry) -> Sequence[Shown]:
    try:
        document = desk.archive.original(entry.document_id)[0]
    except KeyError:
        return ()
    lines = lines_of(document.whole)
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
    actions={
        "redrive": redrive,
        "release": release,
        "reject": reject,
        "reconsider": reconsider,
    },
    title="Quarantine",
)
