"""The log of a running service: one event a line on stderr, JSON where no person looks."""

import sys

from billdrop.way.pump import Log


def logger() -> Log:
    """Coloured for a terminal, JSON otherwise; both escape line breaks."""
    import structlog

    terminal = sys.stderr.isatty()
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
