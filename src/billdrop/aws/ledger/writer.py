"""One transaction: read what is touched, plan, write under conditions, and again when others were faster."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import Struct

from billdrop.aws.ledger import places
from billdrop.aws.ledger.actions import Action, Name, actions_of, size_of
from billdrop.aws.ledger.parcels import Attribute, Parcels
from billdrop.aws.ledger.rows import Rows
from billdrop.aws.ledger.slice import Slice, place_of
from billdrop.aws.ledger.wire import AT_ONCE, Cancelled, Place, TableItem, Wire
from billdrop.aws.ledger.works import Chunk
from billdrop.books.booking import invoice_text, line_texts
from billdrop.errors import UnavailableError
from billdrop.model import Document, Intent, Outcome, Parsed, Segment, Written
from billdrop.plan import Booked, Intake, outcome_of

SIZE = 3_500_000
"""Bytes of one transaction; it may have 4 MB, names and all."""

T = TypeVar("T")


class TooMuch(Exception):
    """A plan changes more than one transaction takes."""


class Done(Struct, frozen=True):
    """What became of some documents."""

    outcomes: list[Outcome]
    segments: list[Segment]


class Writer:
    """Writes the chunks of one commit; safe to share among threads."""

    def __init__(
        self,
        wire: Wire,
        parcels: Parcels,
        put_away: Mapping[bytes, Attribute],
        reached: Callable[[str], None],
    ) -> None:
        """
        `put_away`: large originals that lie beside the table already, by their digest.

        `reached`: called with `stretch` after each transaction of a large document.
        """
        self.wire = wire
        self.parcels = parcels
        self.reached = reached
        self._put_away = put_away

    def chunk(self, works: Chunk, name: Name, at: datetime) -> Done:
        """Commit some documents; raises `TooMuch` when that takes more than one transaction."""
        wanted = [place_of(thing) for work in works for thing in work.things]

        def plan(now: Slice) -> Done:
            now.load(wanted)
            return planned(now, works, str(name), at)

        return self.write(plan, name)

    def write(self, plan: Callable[[Slice], T], name: Name) -> T:
        """Plan until what was planned is written, or changes nothing."""
        items: dict[Place, TableItem | None] = {}
        for attempt in self.wire.tries():
            now = self.slice(items)
            result = plan(now)
            actions = self.actions(now, name)
            try:
                if actions:
                    self.transact(actions, name, attempt)
            except Cancelled as cancelled:
                items = fresh(items, actions, cancelled)
            else:
                return result
        raise AssertionError("the last try raises")

    def slice(self, items: dict[Place, TableItem | None] | None = None) -> Slice:
        """As much of the table as a plan asks for; `items`: what was read already."""
        return Slice(self.wire, self.parcels, items)

    def actions(self, now: Slice, name: Name) -> list[Action]:
        """The transaction of a slice; raises `TooMuch`."""
        actions = actions_of(now, name, self.original)
        if len(actions) > AT_ONCE or size_of(actions) > SIZE:
            raise TooMuch
        return actions

    def transact(self, actions: Sequence[Action], name: Name, attempt: int) -> None:
        """Write; where no answer says whether it was done, what it brought does."""
        try:
            self.wire.transact(actions, places.digest(str(name), str(attempt))[:36])
        except UnavailableError:
            place = places.of_commit(str(name))
            if self.wire.get([place])[place] is None:
                raise

    def original(self, document: Document) -> Attribute:
        """The bytes of a document as an attribute."""
        return self._put_away.get(document.sha256) or self.parcels.original(document)


def planned(now: Slice, works: Chunk, name: str, at: datetime) -> Done:
    """What becomes of some documents, by what a slice says."""
    booked: list[Booked] = []
    intakes: list[tuple[Intake, bool]] = []
    for work in works:
        before = len(now.relied)
        intake = Intake(now, work.parsed, at, booked, work.items)
        done = intake.run()
        if not done:
            for thing in list(now.relied)[before:]:
                del now.relied[thing]
        elif is_owed(work.parsed):
            now.owed[intake.name] = None
        intakes.append((intake, done))
    _owe(now, [intake for intake, _ in intakes])
    relied = dict(now.relied)
    added = Counter(one.revision.document for one in booked)
    said = {intake.name: intake.found for intake, done in intakes if done}
    outcomes = [
        outcome_of(
            now,
            intake.name,
            known=not done,
            added=added[intake.name] if done else 0,
            said=said.get(intake.name),
            change=now.change(intake.name),
        )
        for intake, done in intakes
    ]
    now.relied = relied
    return Done(outcomes, [segment_of(booked, name, at)] if booked else [])


def _owe(now: Slice, intakes: Sequence[Intake]) -> None:
    """Who sent what an upload under another name overtakes is to be told so."""
    objects = {intake.object_id for intake in intakes}
    for name in now.changed_documents:
        known = now.documents[name]
        if known is not None and known.document.ref.object_id not in objects:
            now.owed[name] = None


def is_owed(parsed: Parsed) -> bool:
    """Whether its sender is to be told by whoever comes next, as no message about it comes again."""
    return parsed.intent is not Intent.ARRIVAL or parsed.document.unannounced


def segment_of(booked: Sequence[Booked], name: str, at: datetime) -> Segment:
    """What came into the books just now."""
    has_csv = all(one.booking.csv is not None for one in booked)
    written = None
    if has_csv:
        written = Written(
            invoices=[invoice_text(one.booking, one.added) for one in booked],
            lines=[text for one in booked for text in line_texts(one.booking, one.added)],
        )
    revisions = [one.revision for one in booked]
    return Segment(
        name=name,
        received=at.astimezone(UTC).date(),
        invoices=Rows(lambda: (revision.row for revision in revisions)),
        lines=Rows(lambda: (line for revision in revisions for line in revision.lines)),
        written=written,
    )


def fresh(
    items: dict[Place, TableItem | None], actions: Sequence[Action], cancelled: Cancelled
) -> dict[Place, TableItem | None]:
    """What was read, as the conditions that failed found it; nothing where they do not say all."""
    if not cancelled.told or len(cancelled.found) != len(actions):
        return {}
    for action, found in zip(actions, cancelled.found, strict=True):
        if found is None:
            continue
        (about,) = action.values()
        if "ReturnValuesOnConditionCheckFailure" not in about:
            return {}
        key = about.get("Key") or about["Item"]
        items[Place(key["pk"]["S"], key["sk"]["S"])] = found or None
    return items
