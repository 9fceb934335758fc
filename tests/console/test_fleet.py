"""What flows through many workers is what flows through each, added up."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from billdrop.console.fleet import FRESH, LOOK_SECONDS, Fleet, Pulse, added, decode, encode, pulse
from billdrop.console.flow import Beat, Flow, Passed

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def passed(name: str, seconds: float) -> Passed:
    return Passed(
        document_id=name,
        customer="acme",
        key=name,
        state="recorded",
        invoices=1,
        code="",
        milliseconds=3.0,
        at=NOW + timedelta(seconds=seconds),
    )


def said(name: str, *, age: float = 0, count: int = 1, latest: tuple[Passed, ...] = ()) -> Pulse:
    beat = Beat(count=count, rate=count / 10, seen=count, spent=(1.0,) * min(count, 3))
    return Pulse(
        worker=name,
        since=NOW,
        at=NOW - timedelta(seconds=age),
        edges={"delivered": beat},
        under_way=count,
        latest=latest,
    )


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def fleet(own: Pulse, others: Iterable[Pulse], clock: Clock | None = None) -> Fleet:
    return Fleet(lambda: own, lambda: others, now=lambda: NOW, monotonic=clock or Clock())


def test_counts_rates_and_what_is_under_way_are_sums() -> None:
    whole = fleet(said("a", count=5), [said("b", count=10), said("c", count=20)])
    edge = whole.edges()["delivered"]
    assert (edge.count, edge.rate, whole.under_way) == (35, 3.5, 35)


def test_worker_that_was_silent_for_long_is_left_out() -> None:
    late = FRESH.total_seconds() + 1
    whole = fleet(said("a"), [said("gone", age=late, count=99), said("b")])
    assert [one.worker for one in whole.workers()] == ["a", "b"]


def test_own_word_is_that_of_now_and_not_the_one_it_wrote() -> None:
    whole = fleet(said("a", count=7), [said("a", count=3, age=5), said("b", count=1)])
    assert whole.edges()["delivered"].count == 8


def test_workers_are_asked_once_in_a_while_however_often_it_is_looked() -> None:
    asked, clock = [], Clock()

    def others() -> list[Pulse]:
        asked.append(1)
        return []

    whole = Fleet(lambda: said("a"), others, now=lambda: NOW, monotonic=clock)
    for _ in range(5):
        whole.edges()
    assert len(asked) == 1
    clock.seconds += LOOK_SECONDS
    whole.edges()
    assert len(asked) == 2


def test_durations_count_for_as_many_as_they_stand_for() -> None:
    busy = Beat(count=980, rate=0, seen=980, spent=(1.0, 1.0))
    idle = Beat(count=20, rate=0, seen=20, spent=(50.0,))
    edge = added([busy, idle])
    assert (edge.p50, edge.p99) == (1.0, 50.0)
    assert added([]).p50 is None


def test_last_documents_of_all_workers_are_in_order() -> None:
    one = said("a", latest=(passed("a2", 3), passed("a1", 1)))
    whole = fleet(one, [said("b", latest=(passed("b1", 2),))])
    assert [each.key for each in whole.latest] == ["a2", "b1", "a1"]


def test_pulse_of_a_flow_is_read_back_as_it_was_said() -> None:
    flow = Flow(monotonic=Clock())
    flow.took(3)
    flow.fetched(3)
    one = pulse(flow, "a", since=NOW, at=NOW, trouble="the disk is full")
    assert decode(encode(one)) == one
    assert (one.edges["delivered"].count, one.under_way) == (3, 3)
