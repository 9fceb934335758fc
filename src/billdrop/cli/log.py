"""The log of a running service: one event a line on stderr, JSON where no person looks."""

import sys
from collections.abc import Callable

from billdrop.way.pump import Log


def logger(*, as_json: bool = False) -> Log:
    """Coloured for a terminal, JSON otherwise or where it is asked for; both escape line breaks."""
    import structlog

    terminal = sys.stderr.isatty() and not as_json
    render: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    write = structlog.get_logger()

    def log(event: str, /, **facts: object) -> None:
        write.msg(event, **facts)

    return log


USUAL = frozenset({"guidelines loaded", "quarantined", "redriven", "taken"})
"""What is told of every start and every batch."""


def besides(log: Log, quiet: Callable[[], bool]) -> Log:
    """The same log, without what is usual as long as something else tells of it."""

    def told(event: str, /, **facts: object) -> None:
        if event not in USUAL or not quiet():
            log(event, **facts)

    return told
