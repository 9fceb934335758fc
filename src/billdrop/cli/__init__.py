"""The command line. What is heavy is imported by the command that needs it."""

import gc
import signal
import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command; returns the exit code.

    The process is about to end, and its memory with it: nothing is searched for cycles any more,
    which takes a tenth of the time of a short command. To be asked to end is to be interrupted,
    unless a command means more by it.
    """
    gc.set_threshold(100_000, 20, 100)
    if arguments is None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from billdrop.cli.app import run

        return run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.freeze()
