"""Where a version stands among those of its object: as its event says, else just above what a listing showed below it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from billdrop.books.decide import Statement, following, precedes
from billdrop.model import Document, GuidelineRef
from billdrop.plan.contents import Contents, Known, Place, Revision


def enter(
    now: Contents,
    document: Document,
    at: datetime,
    guideline: GuidelineRef | None,
    *,
    evidence: str = "",
) -> None:
    """Add a document; takes the place of a lost one."""
    kept = now.keep(document)
    ordinal = now.ordinal(kept)
    known = Known(
        document=kept,
        at=at,
        guideline=guideline,
        ordinal=ordinal,
        sequencer=kept.sequencer,
        stated=ordinal,
        evidence=evidence,
    )
    if kept.after and kept.sequencer is None and not evidence:
        known = _above(now, known, kept.after)
    now.put(known)


def put_right(now: Contents, known: Known, document: Document) -> Known:
    """
    The document with the sequencer that its event brings, where it had none but the time.

    One whose place follows from the version below it keeps that: others follow from it. What it put into
    the books stays as it is, however much: `placed` asks the document.
    """
    sequencer, ordinal, over = known.place
    late = document.sequencer is not None and sequencer is None
    if not late or known.evidence or known.unfinished:
        return known
    if known.own is None:
        known = replace(known, sequencer=document.sequencer)
    else:
        known = replace(known, own=Place(document.sequencer, ordinal, over))
    now.put(known)
    return known


def placed(now: Contents, revision: Revision) -> Statement:
    """What a revision states, in the place that the version which stated it last has by now."""
    if revision.sequencer is not None:
        return revision.statement
    known = now.document(revision.by or revision.document)
    if known is None or known.place.ordinal != revision.ordinal:
        return revision.statement
    return replace(revision.statement, sequencer=known.place.sequencer)


def _above(now: Contents, known: Known, after: Sequence[str]) -> Known:
    """A document just above the nearest version that is in the books, and above what is not yet."""
    below, over = _beneath(now, after)
    ordinal = max([known.stated, *(each.place.ordinal + 1 for each in below)])
    sequencer = below[0].place.sequencer if below else None
    for each in below if sequencer is not None else ():
        other = each.place.sequencer
        if other is not None and precedes(sequencer, 0, other, 0):
            sequencer = other
    if sequencer is not None:
        sequencer = following(sequencer)
    return replace(known, sequencer=sequencer, stated=ordinal, over=tuple(over))


def _beneath(now: Contents, after: Sequence[str]) -> tuple[list[Known], list[str]]:
    """The nearest version in the books with what it is known to stand above; what is not in them yet."""
    lacking = list[str]()
    for name in after:
        known = _there(now, name)
        if known is not None:
            others = [(other, _there(now, other)) for other in known.place.over]
            below = [other for _, other in others if other is not None]
            return [known, *below], [*lacking, *(name for name, other in others if other is None)]
        lacking.append(name)
    return [], lacking


def _there(now: Contents, name: str) -> Known | None:
    known = now.document(name)
    return None if known is None or known.evidence else known
