"""Whatever of an object's versions comes by event, by sweep or by redrive: it ends as by events in order."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from billdrop.aws.inbox.place import listed
from billdrop.aws.store.objects import Version
from billdrop.memory import MemoryLedger
from billdrop.model import Document, Intent, Parsed, Record, State
from billdrop.plan import ByArrival
from tests.conformance.ledger_rigs import (
    Kept,
    at,
    bad,
    dynamo,
    good,
    invoice,
    memory_by_arrival,
    read,
    ref,
)

Stated = dict[str, int]
"""Totals by number."""

REFUSED = 3
"""Until the guideline is mended, a document that states such a total is not read."""

SECOND = timedelta(seconds=1)


class Site:
    """A bucket with one object, its events, and the books; a listing cuts times to seconds."""

    def __init__(self, ledger: Kept) -> None:
        self.ledger = ledger
        self.uploads: list[tuple[Version, Stated, datetime]] = []
        self.mended = False
        self.unread: set[int] = set()
        self.clock = at()

    def upload(self, stated: Stated, *, unread: bool = False) -> int:
        """`unread`: S3 denies it until later."""
        place = len(self.uploads)
        self.clock += timedelta(milliseconds=300)
        modified = self.clock.replace(microsecond=0)
        found = Version(
            key="acme/a.txt", version_id=f"v{place}", etag="", size=1, modified=modified
        )
        self.uploads.append((found, stated, self.clock))
        self.unread |= {place} if unread else set()
        return place

    def event(self, place: int) -> None:
        """Its event comes, now or again."""
        if place not in self.unread:
            sequencer = f"0055AED6DCD9{place:06X}"
            self._commit(self._parsed(place, self.uploads[place][2], sequencer=sequencer))

    def sweep(self, *, batch: int = 10) -> None:
        """What a listing shows and the books do not have, so many at a time."""
        self.clock += SECOND
        newest_first = [version for version, _, _ in reversed(self.uploads)]
        found = list(listed("inbox", newest_first, until=self.clock, at=self.clock))
        missing = set(self.ledger.books.missing([each.ref for each in found]))
        parsed = [
            self._parsed(
                int(each.ref.version[1:]),
                each.arrived_at,
                listed_at=each.listed_at,
                after=each.after,
            )
            for each in found
            if each.ref in missing and int(each.ref.version[1:]) not in self.unread
        ]
        for first in range(0, len(parsed), batch):
            self._commit(*parsed[first : first + batch])

    def redrive(self, place: int) -> None:
        """From its original; also of what is not in quarantine."""
        name = ref(version=f"v{place}").document_id
        if place not in self.unread and not self.ledger.books.missing([ref(version=f"v{place}")]):
            document = self.ledger.books.original(name)[0]
            self._commit(self._parsed(place, at(), document=document, intent=Intent.REDRIVE))

    @property
    def totals(self) -> Stated:
        """What counts."""
        found = [one for one in self.ledger.books.invoices() if one.latest]
        return {str(one.row[2]): int(one.row[11] or 0) for one in found}

    @property
    def expected(self) -> Stated:
        """As by events in order."""
        expected: Stated = {}
        for _, stated, _ in self.uploads:
            expected |= stated
        return expected

    def _parsed(
        self,
        place: int,
        arrived: datetime,
        *,
        document: Document | None = None,
        intent: Intent = Intent.ARRIVAL,
        **facts: object,
    ) -> Parsed:
        _, stated, _ = self.uploads[place]
        content = repr(sorted(stated.items())).encode()
        parsed = read(
            ref(version=f"v{place}"),
            self._records(stated),
            content=content,
            arrived=arrived,
            intent=intent,
        )
        return replace(parsed, document=document or replace(parsed.document, **facts))

    def _records(self, stated: Stated) -> Sequence[Record]:
        if REFUSED in stated.values() and not self.mended:
            return [bad()]
        return good(*(invoice(number, str(total)) for number, total in stated.items()))

    def _commit(self, *parsed: Parsed) -> None:
        self.ledger.commit(parsed, at=self.clock)


@pytest.fixture(params=[memory_by_arrival, dynamo])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    ledger = request.param(tmp_path)()
    yield Site(ledger)
    ledger.close()


steps = st.lists(
    st.tuples(st.sampled_from("uuueeessr"), st.integers(0, 9), st.booleans()),
    min_size=3,
    max_size=25,
)
statements = st.dictionaries(st.sampled_from("AB"), st.integers(1, 3), min_size=1, max_size=2)


@settings(max_examples=300, deadline=None)
@given(steps=steps, data=st.data())
def test_books_end_as_by_events_in_order(
    steps: list[tuple[str, int, bool]], data: st.DataObject
) -> None:
    site = Site(MemoryLedger(ByArrival()))
    lost: set[int] = set()
    for step, which, flag in steps:
        if step == "u":
            place = site.upload(data.draw(statements), unread=data.draw(st.integers(0, 3)) == 3)
            lost |= {place} if flag else set()
        elif step == "s":
            site.sweep(batch=1 + which % 3)
        elif which < len(site.uploads) and which not in lost and step == "e":
            site.event(which)
        elif which < len(site.uploads) and step == "r":
            site.redrive(which)
    site.unread.clear()
    if data.draw(st.booleans()):
        site.sweep()
    for place in data.draw(st.permutations(range(len(site.uploads)))):
        if place not in lost:
            site.event(place)
    site.sweep()
    site.mended = True
    for place in data.draw(st.permutations(range(len(site.uploads)))):
        site.redrive(place)
    assert site.totals == site.expected
    assert site.ledger.books.states()[State.QUARANTINED] == 0


def test_sweep_and_a_late_event_leave_the_correction_that_the_sweep_found(site: Site) -> None:
    site.event(site.upload({"A": 100}))
    site.upload({"A": 250})
    site.upload({"B": 7})
    site.sweep()
    assert site.totals == {"A": 250, "B": 7}
    site.event(2)
    site.event(1)
    site.redrive(0)
    assert site.totals == {"A": 250, "B": 7}


def test_redrive_of_the_oldest_version_leaves_those_that_a_sweep_found(site: Site) -> None:
    site.event(site.upload({"A": REFUSED}))
    site.upload({"A": 9})
    site.upload({"B": 7})
    site.sweep()
    site.mended = True
    site.redrive(0)
    assert site.totals == {"A": 9, "B": 7}


def test_version_that_could_not_be_read_when_it_was_swept_stays_older(site: Site) -> None:
    site.event(site.upload({"B": 1}))
    site.upload({"A": 1}, unread=True)
    site.upload({"A": 2})
    site.upload({"C": 1})
    site.sweep()
    site.unread.clear()
    site.event(1)
    assert site.totals == {"A": 2, "B": 1, "C": 1}


def test_version_between_two_with_the_same_bytes_stays_between_them(site: Site) -> None:
    site.event(site.upload({"A": 1}))
    site.upload({"A": 2}, unread=True)
    site.event(site.upload({"A": 1}))
    site.unread.clear()
    site.sweep()
    site.redrive(1)
    assert site.totals == {"A": 1}


@pytest.mark.parametrize("invoices", [1, 21, 120])
def test_event_of_a_swept_version_says_its_place_where_that_was_its_time_alone(
    site: Site, invoices: int
) -> None:
    """What it came after has left the bucket, and the clock of the listing was ahead."""
    site.upload({f"A-{n}": 1 for n in range(invoices)})
    site.sweep()
    site.clock -= SECOND
    site.event(0)
    site.event(site.upload({f"A-{n}": 2 for n in range(invoices)}))
    assert site.totals == site.expected


def test_event_of_a_version_that_repeats_another_says_the_place_of_what_both_state(
    site: Site,
) -> None:
    site.upload({"A": 1})
    site.upload({"A": 1})
    site.sweep()
    site.clock -= SECOND
    site.event(1)
    site.event(site.upload({"A": 2}))
    assert site.totals == {"A": 2}
