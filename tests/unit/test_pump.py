"""What keeps documents moving, whatever fails on the way."""

from collections.abc import Iterator
from itertools import pairwise
from threading import Thread

from billdrop.errors import StorageFullError, UnavailableError
from billdrop.guidelines.library import Library
from billdrop.model import Delivery
from billdrop.settings import Settings
from billdrop.way.pump import Pump
from tests.process import eventually
from tests.samples import docproc
from tests.unit.rig import Failing, Rig


def rested(pump: Pump) -> bool:
    pump.step()
    return pump.idle


def settle_down(pump: Pump) -> None:
    eventually(lambda: rested(pump), bool)


def recorded(rig: Rig) -> int:
    return rig.ledger.states()["recorded"]


def test_a_document_is_taken_published_and_confirmed() -> None:
    rig = Rig()
    pump = rig.pump()
    rig.upload("a.txt", docproc("inv-1"))
    settle_down(pump)
    assert rig.ledger.states()["unpublished_segments"] == 0
    assert (pump.counters.documents, recorded(rig)) == (1, 1)


def test_a_document_that_no_event_brought_is_found_by_the_sweep() -> None:
    rig = Rig()
    pump = rig.pump()
    settle_down(pump)
    rig.upload("a.txt", docproc("inv-1"))
    rig.inbox.listen(limit=10, wait=0)
    pump.step()
    assert recorded(rig) == 0
    rig.later(seconds=61)
    settle_down(pump)
    assert (recorded(rig), pump.counters.swept) == (1, 1)


def test_sweeps_that_fail_come_ever_less_often_and_one_that_does_not_in_its_time() -> None:
    rig = Rig()
    pump = rig.pump(sweep_seconds=60)
    settle_down(pump)
    lists = Failing(*[UnavailableError("not now")] * 9)
    asked: list[float] = []

    def listed() -> Iterator[Delivery]:
        asked.append(rig.seconds())
        lists()
        yield from ()

    rig.inbox.list = listed  # type: ignore[method-assign]
    for _ in range(600):
        rig.later(seconds=1)
        pump.step()
    gaps = [round(later - sooner) for sooner, later in pairwise(asked)]
    assert gaps[:9] == [5, 10, 20, 40, 60, 60, 60, 60, 60]
    assert pump.error is None


def test_a_batch_read_elsewhere_is_finished_when_the_next_has_begun_or_nothing_comes() -> None:
    rig = Rig()
    rig.read.elsewhere = True
    pump = rig.pump(batch_documents=1)
    rig.upload("a.txt", docproc("inv-1"))
    rig.upload("b.txt", docproc("inv-2"))
    pump.step()
    assert recorded(rig) == 0
    pump.step()
    assert recorded(rig) == 1
    settle_down(pump)
    assert recorded(rig) == 2


def test_when_storage_is_full_nothing_is_acknowledged_and_all_goes_on_once_there_is_room() -> None:
    rig = Rig()
    pump = rig.pump()
    rig.ledger.fails = Failing(*[StorageFullError("no room")] * 2)
    rig.upload("a.txt", docproc("inv-1"))
    pump.step()
    assert pump.error is not None
    assert pump.error.error_code == "BD5007"
    assert recorded(rig) == 0
    settle_down(pump)
    assert recorded(rig) == 1
    assert pump.error is None
    assert rig.events == ["trouble", "well again", "taken"]


def test_one_document_that_fails_for_no_known_reason_does_not_stop_the_others() -> None:
    rig = Rig()
    rig.read.fails["poison"] = RuntimeError("what now")
    pump = rig.pump()
    for name in ("a", "b", "poison", "c"):
        rig.upload(f"{name}.txt", docproc(f"inv-{name}"))
    pump.step()
    assert recorded(rig) == 3
    assert "document failed" in rig.events
    rig.read.fails.clear()
    settle_down(pump)
    assert recorded(rig) == 4


def test_a_flush_that_fails_is_tried_again_and_nothing_is_marked_before() -> None:
    rig = Rig()
    pump = rig.pump(confirm_seconds=0)
    rig.destination.fails = Failing(UnavailableError("not now"))
    rig.upload("a.txt", docproc("inv-1"))
    eventually(lambda: (rested(pump), pump.counters.failures), lambda seen: seen[1] == 1)
    assert rig.ledger.states()["unpublished_segments"] == 1
    rig.later(seconds=2)
    settle_down(pump)
    assert rig.ledger.states()["unpublished_segments"] == 0
    assert pump.error is None


def test_what_a_batch_that_failed_left_unpublished_is_published_long_before_the_next_sweep() -> (
    None
):
    rig = Rig()
    pump = rig.pump(sweep_seconds=3600)
    settle_down(pump)
    rig.destination.full = Failing(*[UnavailableError("not now")] * 2)
    rig.upload("a.txt", docproc("inv-1"))
    settle_down(pump)
    assert (recorded(rig), rig.ledger.states()["unpublished_segments"]) == (1, 1)
    for _ in range(2):
        rig.later(seconds=6)
        settle_down(pump)
    assert rig.ledger.states()["unpublished_segments"] == 0
    assert (pump.error, pump.counters.swept) == (None, 0)


def test_what_is_old_enough_is_expired_after_a_sweep() -> None:
    rig = Rig()
    pump = rig.pump()
    rig.upload("a.txt", docproc("inv-1"))
    settle_down(pump)
    rig.later(hours=25)
    settle_down(pump)
    assert (pump.counters.expired, list(rig.inbox.list())) == (1, [])
    assert "expired" in rig.events


def test_changed_guidelines_are_used_without_a_new_start() -> None:
    rig = Rig()
    library = rig.read.library
    rig.read.library = Library(())
    found = [library]
    pump = Pump(
        rig.way,
        rig.pump().settings,
        monotonic=rig.seconds,
        renew=lambda: found.pop() if found else None,
        log=lambda event, /, **facts: None,
    )
    rig.upload("a.txt", docproc("inv-1"))
    settle_down(pump)
    assert recorded(rig) == 1


def test_stopping_finishes_what_is_under_way_and_confirms_it() -> None:
    rig = Rig()
    rig.read.elsewhere = True
    pump = rig.pump()
    thread = Thread(target=pump.run)
    thread.start()
    for index in range(5):
        rig.upload(f"{index}.txt", docproc(f"inv-{index}"))
    eventually(lambda: recorded(rig), lambda count: count == 5)
    pump.stop()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert rig.ledger.states()["unpublished_segments"] == 0
    assert rig.read.closed == 1


def test_housekeeping_that_fails_for_no_known_reason_is_tried_again() -> None:
    rig = Rig()
    errors = [RuntimeError("what now")]

    def renew() -> Library | None:
        if errors:
            raise errors.pop()
        return None

    pump = Pump(
        rig.way,
        rig.pump().settings,
        monotonic=rig.seconds,
        renew=renew,
        log=lambda event, /, **facts: rig.events.append(event),
    )
    rig.upload("a.txt", docproc("inv-1"))
    pump.step()
    assert "trouble" in rig.events
    rig.later(seconds=2)
    settle_down(pump)
    assert recorded(rig) == 1


def test_an_inbox_that_fails_is_asked_again() -> None:
    rig = Rig()
    pump = rig.pump()
    rig.inbox.fails = Failing(UnavailableError("throttled"))
    rig.upload("a.txt", docproc("inv-1"))
    pump.step()
    assert pump.error is not None
    settle_down(pump)
    assert (recorded(rig), sorted(rig.events)) == (1, ["taken", "trouble", "well again"])
    assert pump.error is None


def test_each_document_of_a_batch_that_fails_is_settled_once() -> None:
    rig = Rig()
    rig.read.elsewhere = True
    rig.read.fails["poison"] = RuntimeError("what now")
    pump = rig.pump()
    names = ["a", "b", "poison", "c", "d"]
    for name in names:
        rig.upload(f"{name}.txt", docproc(f"inv-{name}"))
    for _ in range(2):
        pump.step()
    assert sorted(rig.inbox.settled) == sorted(f"acme/{name}.txt" for name in names)
    assert recorded(rig) == 4


def test_the_sweep_comes_also_where_documents_never_stop_coming() -> None:
    rig = Rig()
    pump = rig.pump()
    settle_down(pump)
    rig.upload("unannounced.txt", docproc("inv-0"))
    rig.inbox.listen(limit=10, wait=0)
    for number in range(1, 31):
        rig.upload(f"{number}.txt", docproc(f"inv-{number}"))
        rig.later(seconds=5)
        pump.step()
    assert (recorded(rig), pump.counters.swept) == (31, 1)


def test_who_ends_the_sweep_is_given_what_it_found_oldest_first() -> None:
    rig = Rig()
    told: list[list[str]] = []
    pump = Pump(
        rig.way,
        Settings(batch_documents=1),
        monotonic=rig.seconds,
        renew=lambda: None,
        log=lambda event, /, **facts: None,
        swept=lambda missed: told.append([delivery.ref.key for delivery in missed]),
    )
    for name in ("a", "b"):
        rig.upload(f"{name}.txt", docproc(f"inv-{name}"))
        rig.later(seconds=1)
    rig.inbox.listen(limit=10, wait=0)
    settle_down(pump)
    assert told == [["acme/a.txt", "acme/b.txt"]]
    rig.later(hours=25)
    settle_down(pump)
    assert told[1:] == [[]]
    assert len(list(rig.inbox.list())) == 2
