"""A second process, started before it is known what it has to do: what it needs is imported meanwhile."""

import gc
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billdrop.guidelines.library import Packed
    from billdrop.parsing.crossing import Known


def second_process() -> ProcessPoolExecutor:
    """
    A pool of one process that begins to start now, and ends with this one however that ends.

    It is a copy of this one where nothing can be under way here: a tenth of a second sooner.
    """
    method = "fork" if _single() else "spawn"
    context: Any = multiprocessing.get_context(method)
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
    pool.submit(_import)
    return pool


def compiled(packed: "Packed", limits: dict[str, Any]) -> "list[Known]":
    """There: make ready to read with guidelines that were loaded before."""
    from billdrop.parsing import beside

    return beside.compiled(packed, limits)


def opened(folder: str, limits: dict[str, Any]) -> "list[Known]":
    """There: make ready to read with the guidelines of a folder."""
    from billdrop.parsing import beside

    return beside.opened(folder, limits)


def read(packed: bytes) -> bytes:
    """There: read a batch of documents."""
    from billdrop.parsing import beside

    return beside.read(packed)


def _single() -> bool:
    """Whether this process has one thread alone, those of libraries counted; only Linux can tell."""
    return sys.platform == "linux" and sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


def _begin() -> None:
    """A Ctrl-C is for the process that commits, as is a SIGTERM, and whatever it left to be collected."""
    gc.freeze()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that was killed cannot end its own; it would read for nobody, for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def _import() -> None:
    import billdrop.parsing.beside  # noqa: F401  what takes longest
