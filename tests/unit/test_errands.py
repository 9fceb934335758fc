"""What others want done to the books is done by the thread that writes, or they are told that it is not."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from time import sleep

import pytest

from billdrop.errors import UnavailableError
from billdrop.way.errands import Errands
from billdrop.way.pipeline import Way
from tests.unit.rig import Rig


def served(errands: Errands, way: Way, until: Event) -> Thread:
    """A thread that runs what is asked, as the pump does between two batches."""

    def serve() -> None:
        while not until.is_set():
            errands.run(way)
            sleep(0.001)

    thread = Thread(target=serve)
    thread.start()
    return thread


def test_errand_is_done_by_who_runs_it_and_answered_to_who_asked() -> None:
    errands, until, rig = Errands(), Event(), Rig()
    thread = served(errands, rig.way, until)
    try:
        assert errands.ask(lambda way: way is rig.way)
        with pytest.raises(ZeroDivisionError):
            errands.ask(lambda way: 1 / 0)
        assert errands.ask(lambda way: "still there") == "still there"
    finally:
        until.set()
        thread.join()


def test_errand_that_nobody_comes_to_in_time_is_never_done() -> None:
    errands, done = Errands(wait_seconds=0.01), list[int]()
    with pytest.raises(UnavailableError, match="nobody came to it"):
        errands.ask(lambda way: done.append(1))
    assert errands.run(Rig().way) == 0
    assert done == []


def test_errand_that_was_begun_in_time_is_waited_for() -> None:
    errands, until, begun, go = Errands(wait_seconds=0.2), Event(), Event(), Event()
    thread = served(errands, Rig().way, until)

    def work(way: Way) -> str:
        begun.set()
        assert go.wait(10)
        return "done"

    try:
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(errands.ask, work)
            assert begun.wait(10)
            sleep(0.3)
            assert not answer.done()
            go.set()
            assert answer.result(10) == "done"
    finally:
        go.set()
        until.set()
        thread.join()


def test_work_that_times_out_itself_says_so() -> None:
    errands, until = Errands(), Event()
    thread = served(errands, Rig().way, until)

    def late(way: Way) -> None:
        raise TimeoutError("the disk")

    try:
        with pytest.raises(TimeoutError, match="the disk"):
            errands.ask(late)
    finally:
        until.set()
        thread.join()


def test_whoever_waits_when_the_program_ends_is_told_at_once() -> None:
    errands = Errands()
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(errands.ask, lambda way: None)
        while not errands._waiting:
            sleep(0.001)
        errands.close()
        with pytest.raises(UnavailableError, match="ending"):
            waits.result(10)
    with pytest.raises(UnavailableError, match="ending"):
        errands.ask(lambda way: None)
