"""A second process, started before it is known what it has to do: what it needs is imported meanwhile."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from threading import Thread


def second_process() -> ProcessPoolExecutor:
    """A pool of one process that begins to start now, and ends with this one however that ends."""
    pool = ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )
    pool.submit(_import)
    return pool


def _begin() -> None:
    """A Ctrl-C is for the process that commits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that was killed cannot end its own; it would read for nobody, for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _import() -> None:
    import billdrop.apart  # noqa: F401  what takes longest
