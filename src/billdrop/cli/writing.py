"""Changing a data directory or a stack by hand, with its own inbox."""

from collections.abc import Iterator
from contextlib import contextmanager

from billdrop.cli.where import Where
from billdrop.runtime import Reading, Writing, on_the_way
from billdrop.way.pipeline import Way


@contextmanager
def hands_on(where: Where) -> Iterator[tuple[Reading, Way]]:
    """What to ask and the way to go; in a data directory, while nobody else writes."""
    with where.writing() as writing, own_way(writing) as way:
        yield writing.reading, way


@contextmanager
def own_way(writing: Writing) -> Iterator[Way]:
    """The way of the documents in its own inbox."""
    with writing.own_inbox() as inbox, on_the_way(writing, inbox) as way:
        yield way
