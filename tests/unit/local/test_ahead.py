"""Files that are read when they are found, and what may happen to them until they are fetched."""

import errno
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from billdrop.local.ahead import Ahead
from billdrop.local.files_inbox import FilesInbox
from billdrop.local.folder_inbox import FolderInbox
from billdrop.model import Delivery, Document, Lost

SOON = datetime.now(UTC) + timedelta(hours=1)
"""A clock by which every file of a test was changed long ago."""


def opened(folder: Path, *, at: datetime = SOON, document_bytes: int = 1 << 20) -> FilesInbox:
    return FilesInbox([folder], "acme", lambda: at, document_bytes=document_bytes)


def found(inbox: FilesInbox) -> Sequence[Delivery]:
    return inbox.listen(limit=1000, wait=0)


def held(deliveries: Sequence[Delivery]) -> list[bytes | None]:
    return [delivery.receipt.content for delivery in deliveries]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_small_file_is_read_when_it_is_found_and_fetched_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")
    (tmp_path / "b.txt").write_bytes(b"")
    inbox = opened(tmp_path)
    deliveries = found(inbox)
    assert held(deliveries) == [b"one", b""]
    documents = inbox.fetch(deliveries)
    assert [one.content for one in documents if isinstance(one, Document)] == [b"one", b""]


def test_file_that_was_replaced_since_it_was_read_is_not_given(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"one")
    inbox = opened(tmp_path)
    first = found(inbox)
    (tmp_path / ".b").write_bytes(b"two")
    (tmp_path / ".b").rename(file)
    assert inbox.fetch(first) == [None]
    second = found(inbox)
    assert held(second) == [b"two"]
    assert inbox.fetch(first) == [None]
    (document,) = inbox.fetch(second)
    assert isinstance(document, Document)
    assert document.content == b"two"


def test_file_that_went_away_since_it_was_read_is_lost(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")
    inbox = opened(tmp_path)
    deliveries = found(inbox)
    (tmp_path / "a.txt").unlink()
    assert isinstance(inbox.fetch(deliveries)[0], Lost)


def test_file_that_is_being_rewritten_is_given_as_it_was_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"one")
    inbox = opened(tmp_path)
    deliveries = found(inbox)
    with file.open("r+b") as writer:
        (document,) = inbox.fetch(deliveries)
        assert isinstance(document, Document)
        assert document.content == b"one"
        writer.write(b"t")
        writer.flush()
        assert inbox.fetch(deliveries) == [None]


def test_file_changed_a_moment_ago_is_read_when_it_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one")
    changed = (tmp_path / "a.txt").stat().st_ctime
    inbox = opened(tmp_path, at=datetime.fromtimestamp(changed + 0.01, UTC))
    deliveries = found(inbox)
    assert held(deliveries) == [None]
    (document,) = inbox.fetch(deliveries)
    assert isinstance(document, Document)
    assert document.content == b"one"


def test_large_file_is_read_when_it_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 10)
    (tmp_path / "b.txt").write_bytes(b"x" * 11)
    (tmp_path / "c.txt").write_bytes(b"x" * 65_537)
    assert held(found(opened(tmp_path, document_bytes=10))) == [b"x" * 10, None, None]
    assert [content is None for content in held(found(opened(tmp_path)))] == [False, False, True]


def test_what_one_round_reads_is_bounded(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * 65_536)
    with file.open("rb") as reader, Ahead(SOON, largest=1 << 20) as ahead:
        status = os.fstat(reader.fileno())
        read = 0
        while (content := ahead.read(reader.fileno(), status)) is not None:
            read += len(content)
            reader.seek(0)
    assert read == 16 * 1024 * 1024


def test_refused_delivery_is_owed_without_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "a.txt").write_bytes(b"one")
    given, dropped = opened(tmp_path / "acme"), FolderInbox(tmp_path, lambda: SOON)
    dropped.start()
    try:
        (tmp_path / "acme" / "a.txt").touch()
        for inbox in (given, dropped):
            deliveries = inbox.listen(limit=10, wait=20)
            assert held(deliveries) == [b"one"]
            (tmp_path / "acme" / "a.txt").rename(tmp_path / "acme" / ".a")
            inbox.settle(deliveries, [None])
            assert held(inbox.listen(limit=10, wait=20)) == [None]
            (tmp_path / "acme" / ".a").rename(tmp_path / "acme" / "a.txt")
    finally:
        dropped.stop()


def test_many_files_of_a_folder_leave_no_file_open(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(10):
            (tmp_path / folder / f"{number}.txt").write_text(folder)
    inbox = opened(tmp_path)
    before = open_files()
    deliveries = [*inbox.listen(limit=7, wait=0), *found(inbox)]
    assert open_files() == before
    assert held(deliveries) == [b"a"] * 10 + [b"b"] * 10


@pytest.mark.parametrize("linked", ["folder", "folder/inner", "folder/inner/7.txt"])
def test_file_behind_a_link_is_never_opened_however_many_there_are(
    tmp_path: Path, linked: str
) -> None:
    inner = tmp_path / "folder" / "inner"
    inner.mkdir(parents=True)
    for number in range(10):
        (inner / f"{number}.txt").write_text("x")
    (tmp_path / linked).rename(tmp_path / "real")
    (tmp_path / linked).symlink_to(tmp_path / "real")
    refused = []
    with Ahead(SOON, largest=1) as ahead:
        for number in range(10):
            try:
                os.close(ahead.open(str(inner / f"{number}.txt")))
            except OSError as error:
                refused.append((number, error.errno))
    behind = [7] if linked.endswith(".txt") else range(10)
    assert refused == [(number, errno.ELOOP) for number in behind]


def test_folder_that_is_swapped_for_a_link_leads_nowhere(tmp_path: Path) -> None:
    folder, other = tmp_path / "folder", tmp_path / "other"
    for place, content in ((folder, "ours"), (other, "theirs")):
        place.mkdir()
        for number in range(10):
            (place / f"{number}.txt").write_text(content)
    read = set()
    with Ahead(SOON, largest=100) as ahead:
        for number in range(10):
            if number == 7:
                folder.rename(tmp_path / "moved")
                folder.symlink_to(other)
            fd = ahead.open(str(folder / f"{number}.txt"))
            read.add(ahead.read(fd, os.fstat(fd)))
            os.close(fd)
    assert read == {b"ours"}
