"""The command line. What is heavy is imported by the command that needs it."""

import gc
import sys
from collections.abc import Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command; returns the exit code.

    The process is about to end, and its memory with it: nothing is searched for cycles any more,
    which takes a tenth of the time of a short command.
    """
    gc.set_threshold(100_000, 20, 100)
    try:
        from billdrop.cli.app import run

        return run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.freeze()
