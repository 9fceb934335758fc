"""Opening a data directory to change it by hand, with its own inbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billdrop.pipeline import Way
from billdrop.runtime import Reading, Writing, folder_inbox, on_the_way, open_writing


@contextmanager
def hands_on(data_dir: Path) -> Iterator[tuple[Reading, Way]]:
    """What to ask and the way to go, while nobody else writes."""
    with open_writing(data_dir) as writing, folder_way(writing) as way:
        yield writing.reading, way


@contextmanager
def folder_way(writing: Writing) -> Iterator[Way]:
    """The way of the documents in the inbox of the data directory."""
    reading = writing.reading
    inbox = folder_inbox(reading.layout, reading.settings)
    with on_the_way(writing, inbox) as way:
        yield way
