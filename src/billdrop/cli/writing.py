"""Opening a data directory to change it by hand, with its own inbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from billdrop.pipeline import Way
from billdrop.runtime import Reading, now, on_the_way, open_writing


@contextmanager
def hands_on(data_dir: Path) -> Iterator[tuple[Reading, Way]]:
    """What to ask and the way to go, while nobody else writes."""
    from billdrop.local.folder_inbox import FolderInbox

    with open_writing(data_dir) as writing:
        inbox = FolderInbox(writing.reading.layout.inbox, now=now)
        with on_the_way(writing, inbox) as way:
            yield writing.reading, way
