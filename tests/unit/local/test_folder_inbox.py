import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from billdrop.errors import UnavailableError
from billdrop.local.complete import Completeness, Not, Seen
from billdrop.local.folder_inbox import FolderInbox
from billdrop.model import Delivery, Document
from billdrop.ports import Inbox
from billdrop.way.merged_inbox import MergedInbox
from billdrop.web.door import HttpDoor


class Clock:
    """Real time, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "acme").mkdir(parents=True)
    return folder


@pytest.fixture
def inbox(root: Path) -> Iterator[FolderInbox]:
    inbox = FolderInbox(root, Clock(), document_bytes=1_000)
    inbox.start()
    yield inbox
    inbox.stop()


def take(inbox: Inbox, count: int) -> list[Delivery]:
    """So many deliveries, or what there is after many rounds that brought nothing."""
    found: list[Delivery] = []
    empty = 0
    while len(found) < count and empty < 100:
        brought = inbox.listen(limit=100_000, wait=0.1)
        found.extend(brought)
        empty += not brought
    return found


def fetched(inbox: FolderInbox, delivery: Delivery) -> Document:
    (document,) = inbox.fetch([delivery])
    assert isinstance(document, Document)
    return document


def test_files_of_new_folders_are_found_however_fast_they_come(
    inbox: FolderInbox, root: Path
) -> None:
    for number in range(50):
        folder = root / f"customer{number}" / "2026" / "11"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("x")
    assert len({one.ref.key for one in take(inbox, 50)}) == 50


def test_folder_that_is_moved_in_brings_all_its_files(inbox: FolderInbox, root: Path) -> None:
    outside = root.parent / "outside"
    for number in range(20):
        (outside / f"{number}").mkdir(parents=True)
        (outside / f"{number}" / "a.txt").write_text("x")
    outside.rename(root / "acme" / "2026")
    keys = {one.ref.key for one in take(inbox, 20)}
    assert keys == {f"acme/2026/{number}/a.txt" for number in range(20)}


def test_burst_loses_nothing_and_delivers_each_file_once(inbox: FolderInbox, root: Path) -> None:
    def drop() -> None:
        for number in range(3_000):
            temporary = root / "acme" / f".{number}"
            temporary.write_bytes(b"x")
            temporary.rename(root / "acme" / f"{number}.txt")

    dropping = threading.Thread(target=drop)
    dropping.start()
    found = take(inbox, 3_000)
    dropping.join()
    found += inbox.listen(limit=100, wait=0.5)
    assert len(found) == 3_000
    assert len({one.ref.key for one in found}) == 3_000


def test_other_mode_is_one_more_version_and_no_more_than_one(
    inbox: FolderInbox, root: Path
) -> None:
    file = root / "acme" / "a.txt"
    file.write_text("x")
    (before,) = take(inbox, 1)
    file.chmod(0o600)
    (after,) = take(inbox, 1)
    assert after.ref != before.ref
    assert list(inbox.listen(limit=10, wait=0.3)) == []
    assert [one.ref for one in inbox.list()] == [after.ref]
    assert [one.ref for one in inbox.list()] == [after.ref]


@pytest.mark.parametrize("name", [".a.txt", "~a.txt", "a.txt~", "a.part", "a.tmp", ".d/a.txt"])
def test_temporary_names_are_no_documents(inbox: FolderInbox, root: Path, name: str) -> None:
    file = root / "acme" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("x")
    assert list(inbox.listen(limit=10, wait=0.2)) == []
    assert list(inbox.list()) == []


def test_links_pipes_and_what_lies_behind_them_are_not_read(inbox: FolderInbox, root: Path) -> None:
    secret = root.parent / "secret"
    secret.mkdir()
    (secret / "a.txt").write_text("x")
    (root / "acme" / "link.txt").symlink_to(secret / "a.txt")
    (root / "acme" / "folder").symlink_to(secret)
    os.mkfifo(root / "acme" / "pipe.txt")
    assert list(inbox.listen(limit=10, wait=0.2)) == []
    assert list(inbox.list()) == []
    assert set(inbox.refused()) == {"acme/link.txt", "acme/folder", "acme/pipe.txt"}


def test_link_put_in_the_place_of_a_delivered_file_is_not_followed(
    inbox: FolderInbox, root: Path
) -> None:
    file = root / "acme" / "a.txt"
    file.write_text("x")
    found = take(inbox, 1)
    file.unlink()
    file.symlink_to(root.parent / "elsewhere")
    assert inbox.fetch(found) == [None]


def test_file_in_the_inbox_itself_is_captured_with_the_reason(
    inbox: FolderInbox, root: Path
) -> None:
    (root / "a.txt").write_text("x")
    (delivery,) = take(inbox, 1)
    assert (delivery.ref.customer, delivery.ref.key) == ("-", "a.txt")
    assert [one.code for one in fetched(inbox, delivery).findings] == ["BD1007"]


@pytest.mark.parametrize(
    ("path", "customer", "key"),
    [
        (b"my customer/a.txt", "-", "my customer/a.txt"),
        (b"acme/a\nb.txt", "acme", "acme/a%0Ab.txt"),
        (b"acme/a\\b.txt", "acme", "acme/a%5Cb.txt"),
        (b"acme/\xff.txt", "acme", "acme/%FF.txt"),
        ("acme/\u202e.txt".encode(), "acme", "acme/%E2%80%AE.txt"),
    ],
)
def test_file_with_a_name_that_is_not_allowed_is_captured_under_an_escaped_one(
    inbox: FolderInbox, root: Path, path: bytes, customer: str, key: str
) -> None:
    file = root / os.fsdecode(path)
    file.parent.mkdir(exist_ok=True)
    file.write_text("x")
    (delivery,) = inbox.list()
    assert (delivery.ref.customer, delivery.ref.key) == (customer, key)
    document = fetched(inbox, delivery)
    assert document.content == b"x"
    assert [one.code for one in document.findings] == ["BD1006"]
    assert inbox.expire([delivery.ref]) == 1
    assert not file.exists()


def test_large_document_has_its_hash_and_is_read_again_in_pieces(
    inbox: FolderInbox, root: Path
) -> None:
    content = os.urandom(3_000_000)
    (root / "acme" / "a.txt").write_bytes(content)
    document = fetched(inbox, take(inbox, 1)[0])
    assert document.content is None
    assert document.sha256 == sha256(content).digest()
    assert document.chunks is not None
    assert b"".join(document.chunks()) == content
    assert b"".join(document.chunks()) == content


def test_large_document_that_is_written_to_meanwhile_is_not_taken_for_the_old_one(
    inbox: FolderInbox, root: Path
) -> None:
    file = root / "acme" / "a.txt"
    file.write_bytes(b"x" * 2_000)
    document = fetched(inbox, take(inbox, 1)[0])
    file.write_bytes(b"y" * 2_000)
    assert document.chunks is not None
    with pytest.raises(UnavailableError):
        list(document.chunks())


def test_empty_file_is_a_document(inbox: FolderInbox, root: Path) -> None:
    (root / "acme" / "a.txt").touch()
    assert fetched(inbox, take(inbox, 1)[0]).content == b""


def test_empty_folders_of_a_customer_go_and_the_customer_stays(
    inbox: FolderInbox, root: Path
) -> None:
    file = root / "acme" / "2026" / "11" / "a.txt"
    file.parent.mkdir(parents=True)
    file.write_text("x")
    assert inbox.expire([one.ref for one in inbox.list()]) == 1
    assert list(root.iterdir()) == [root / "acme"]
    assert list((root / "acme").iterdir()) == []


def test_file_that_someone_writes_to_does_not_expire(inbox: FolderInbox, root: Path) -> None:
    file = root / "acme" / "a.txt"
    file.write_text("one")
    refs = [one.ref for one in inbox.list()]
    with file.open("a") as writer:
        assert inbox.expire(refs) == 0
        writer.write(" more")
    assert file.read_text() == "one more"


def test_file_that_a_crash_left_half_expired_comes_back(inbox: FolderInbox, root: Path) -> None:
    aside = root.parent / "expiring"
    aside.mkdir(mode=0o700)
    (aside / "1-1-1-1").write_text("x")
    (aside / "1-1-1-1.from").symlink_to("acme/a.txt")
    assert [one.ref.key for one in inbox.list()] == ["acme/a.txt"]
    assert list(aside.iterdir()) == []


def test_where_writers_cannot_be_told_a_file_is_complete_when_it_is_quiet(tmp_path: Path) -> None:
    clock = Clock()
    files = Completeness(clock, lease=lambda fd: None)
    file = tmp_path / "a.txt"
    file.write_text("one")
    assert files.look(str(file)) is Not.COMPLETE
    clock.ahead = timedelta(seconds=1.5)
    assert files.look(str(file)) is Not.COMPLETE
    file.write_text("one more")
    clock.ahead = timedelta(seconds=3)
    assert files.look(str(file)) is Not.COMPLETE
    clock.ahead = timedelta(seconds=6)
    assert isinstance(files.look(str(file)), Seen)


def test_file_that_has_lain_for_a_minute_is_complete_at_once(tmp_path: Path) -> None:
    clock = Clock()
    clock.ahead = timedelta(minutes=2)
    file = tmp_path / "a.txt"
    file.write_text("one")
    found = Completeness(clock, lease=lambda fd: None).look(str(file))
    assert isinstance(found, Seen)


def test_no_door_keeps_another_waiting(inbox: FolderInbox, root: Path) -> None:
    door = HttpDoor()
    merged = MergedInbox([inbox, door])
    for number in range(10):
        door.submit("acme", f"acme/{number}", b"x", datetime.now(UTC))
    (root / "acme" / "a.txt").write_text("x")
    seen: set[str] = set()
    for _ in range(200):
        found = merged.listen(limit=2, wait=0.1)
        assert len(found) <= 2
        seen |= {one.source for one in found}
        if seen == {"folder", "http"}:
            break
    assert seen == {"folder", "http"}


def test_deliveries_of_several_doors_go_back_to_their_own(inbox: FolderInbox, root: Path) -> None:
    door = HttpDoor()
    merged = MergedInbox([inbox, door])
    (root / "acme" / "a.txt").write_text("folder")
    upload = door.submit("acme", "acme/b.txt", b"http", datetime.now(UTC))
    deliveries = take(merged, 2)
    documents = merged.fetch(deliveries)
    for delivery, document in zip(deliveries, documents, strict=True):
        assert isinstance(document, Document)
        assert document.content == delivery.source.encode()
    merged.settle(deliveries, [None, None])
    again = take(merged, 2)
    assert {one.source for one in again} == {"folder", "http"}
    assert not upload.done()


def test_file_whose_name_is_too_long_is_captured_with_the_reason(
    inbox: FolderInbox, root: Path
) -> None:
    folder = root.joinpath("acme", *["x" * 200] * 6)
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("x")
    (delivery,) = inbox.list()
    assert [one.code for one in fetched(inbox, delivery).findings] == ["BD1006"]
