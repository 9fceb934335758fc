"""A pump in a thread of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from billdrop.way.pump import Log, Pump


@contextmanager
def pumping(pump: Pump, log: Log) -> Iterator[Event]:
    """Run it as long as the block lasts; the event is set when it has stopped, asked or not."""
    ended = Event()
    thread = Thread(target=_run, args=(pump, ended, log), name="pump")
    thread.start()
    try:
        yield ended
    finally:
        pump.stop()
        thread.join()


def _run(pump: Pump, ended: Event, log: Log) -> None:
    try:
        pump.run()
    except BaseException as error:
        log("stopped by a fault", error=type(error).__name__, detail=str(error))
        raise
    finally:
        ended.set()
