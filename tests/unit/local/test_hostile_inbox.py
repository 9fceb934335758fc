"""What somebody who may write into one folder of the inbox cannot do with it."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billdrop.local.folder_inbox import FolderInbox
from billdrop.local.place import name_of
from billdrop.local.plain import link_in, open_plain
from billdrop.model import Delivery, Document, Lost
from billdrop.names import key_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for customer in ("acme", "evil"):
        (tmp_path / "inbox" / customer).mkdir(parents=True)
    return tmp_path / "inbox"


@pytest.fixture
def inbox(root: Path) -> Iterator[FolderInbox]:
    inbox = FolderInbox(root, lambda: datetime.now(UTC))
    inbox.start()
    yield inbox
    inbox.stop()


def heard(inbox: FolderInbox, count: int = 10) -> list[Delivery]:
    """So many deliveries, or those of a while."""
    found: list[Delivery] = []
    for _ in range(8):
        found += inbox.listen(limit=count - len(found), wait=0.1) if len(found) < count else []
    return found


def put(file: Path, text: str) -> Path:
    hidden = file.with_name(f".{file.name}")
    hidden.write_text(text)
    return hidden.rename(file)


def content(inbox: FolderInbox, delivery: Delivery) -> bytes | None:
    (document,) = inbox.fetch([delivery])
    assert isinstance(document, Document)
    return document.content


def test_folder_that_a_customer_links_to_is_neither_emptied_nor_read(
    inbox: FolderInbox, root: Path
) -> None:
    ledger = root.parent / "ledger"
    ledger.mkdir()
    (ledger / "ledger.db").write_text("books")
    for name in (".billdrop-expiring", "expiring"):
        (root / "evil" / name).symlink_to("../../ledger")
    put(root / "evil" / "ledger.db", "x")
    (mine,) = [one for one in inbox.list() if one.ref.customer == "evil"]
    assert inbox.expire([mine.ref]) == 1
    list(inbox.list())
    assert [path.name for path in ledger.iterdir()] == ["ledger.db"]
    assert (ledger / "ledger.db").stat().st_nlink == 1


def test_aside_folder_that_others_can_reach_into_is_not_used(
    inbox: FolderInbox, root: Path
) -> None:
    file = put(root / "acme" / "a.txt", "x")
    refs = [one.ref for one in inbox.list()]
    aside = root.parent / "expiring"
    aside.mkdir()
    aside.chmod(0o777)
    (aside / "1-1-1-1").write_text("planted")
    (aside / "1-1-1-1.from").symlink_to("acme/planted.txt")
    assert inbox.expire(refs) == 0
    list(inbox.list())
    assert file.exists()
    assert not (root / "acme" / "planted.txt").exists()
    assert "acme/a.txt" in inbox.refused()


def test_data_directory_whose_group_is_inherited_is_no_hindrance(
    inbox: FolderInbox, root: Path
) -> None:
    put(root / "acme" / "a.txt", "x")
    root.parent.chmod(0o2755)
    assert inbox.expire([one.ref for one in inbox.list()]) == 1


def test_put_back_does_not_go_through_a_link(inbox: FolderInbox, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "evil" / "sub").symlink_to(outside)
    aside = root.parent / "expiring"
    aside.mkdir(mode=0o700)
    (aside / "1-1-1-1").write_text("x")
    (aside / "1-1-1-1.from").symlink_to("evil/sub/a.txt")
    list(inbox.list())
    assert list(outside.iterdir()) == []
    assert (aside / "1-1-1-1").exists()
    assert "evil/sub/a.txt" in inbox.refused()


def test_put_back_leaves_a_newer_file_alone(inbox: FolderInbox, root: Path) -> None:
    file = put(root / "acme" / "a.txt", "newer")
    aside = root.parent / "expiring"
    aside.mkdir(mode=0o700)
    (aside / "1-1-1-1").write_text("older")
    (aside / "1-1-1-1.from").symlink_to("acme/a.txt")
    list(inbox.list())
    assert file.read_text() == "newer"
    assert list(aside.iterdir()) == []


def test_files_that_others_link_to_are_delivered_as_those_of_their_own_customer_only(
    root: Path,
) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "evil" / "link").symlink_to("../acme")
    (root / "evil" / "out").symlink_to(outside)
    inbox = FolderInbox(root, lambda: datetime.now(UTC))
    inbox.start()
    try:
        put(root / "acme" / "a.txt", "x")
        put(outside / "secret.txt", "x")
        (outside / "folder").mkdir()
        put(outside / "folder" / "secret.txt", "x")
        assert {one.ref.key for one in heard(inbox)} == {"acme/a.txt"}
        assert {one.ref.key for one in inbox.list()} == {"acme/a.txt"}
        assert set(inbox.refused()) == {"evil/link", "evil/out"}
    finally:
        inbox.stop()


def test_folder_swapped_for_a_link_after_the_delivery_is_not_followed(
    inbox: FolderInbox, root: Path
) -> None:
    (root / "evil" / "sub").mkdir()
    file = put(root / "evil" / "sub" / "a.txt", "x")
    (found,) = inbox.list()
    outside = root.parent / "outside"
    file.parent.rename(outside)
    (root / "evil" / "sub").symlink_to(outside)
    assert inbox.fetch([found]) == [None]
    assert inbox.expire([found.ref]) == 0
    assert (outside / "a.txt").exists()


def test_path_with_a_link_in_it_is_refused_even_where_the_system_does_not_say_what_was_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("x")
    (tmp_path / "link").symlink_to("real")
    monkeypatch.setattr(os, "readlink", lambda path: "")
    os.close(open_plain(str(tmp_path / "real" / "a.txt")))
    with pytest.raises(OSError, match="link"):
        open_plain(str(tmp_path / "link" / "a.txt"))
    assert link_in(str(tmp_path / "link" / "a.txt")) == str(tmp_path / "link")


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_what_is_in_the_way_of_one_expiry_is_not_in_the_way_of_another(
    inbox: FolderInbox, root: Path, kind: str
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(root / "acme" / name, name)
    refs = [one.ref for one in inbox.list()]
    (root / "acme" / "a.txt").unlink()
    if kind == "file":
        (root / "acme" / "a.txt").write_text("newer")
    elif kind == "folder":
        (root / "acme" / "a.txt").mkdir()
    assert inbox.expire(refs) == 2
    assert not (root / "acme" / "c.txt").exists()


def test_file_that_the_system_keeps_is_left_and_counted(
    inbox: FolderInbox, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root / "acme" / "a.txt", "x")
    put(root / "evil" / "b.txt", "x")
    refs = [one.ref for one in inbox.list()]
    rename = os.rename

    def read_only(src: str, dst: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        if src == "b.txt":
            raise OSError(30, "Read-only file system")
        rename(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", read_only)
    assert inbox.expire(refs) == 1
    assert inbox.refused() == {"evil/b.txt": "cannot be removed: Read-only file system"}
    assert [path.name for path in (root / "evil").iterdir()] == ["b.txt"]
    assert not (root.parent / "expiring").exists()


def test_inbox_that_is_a_file_system_of_its_own_forgets_in_a_folder_of_its_own(
    inbox: FolderInbox, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root / "acme" / "a.txt", "x")
    refs = [one.ref for one in inbox.list()]
    rename, used = os.rename, []

    def elsewhere(src: str, dst: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        folder = Path(f"/proc/self/fd/{dst_dir_fd}").readlink()
        used.append(folder)
        if folder.parent != root:
            raise OSError(18, "Invalid cross-device link")
        rename(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", elsewhere)
    assert inbox.expire(refs) == 1
    assert used == [root.parent / "expiring", root / ".billdrop-expiring"]
    assert {path.name for path in root.iterdir()} == {"acme", "evil"}


@pytest.mark.parametrize("name", ["expiring", "inbox/.billdrop-expiring"])
def test_plain_file_in_the_place_of_the_aside_folder_ends_nothing(
    inbox: FolderInbox, root: Path, name: str
) -> None:
    put(root / "acme" / "a.txt", "x")
    (root.parent / name).write_text("")
    refs = [one.ref for one in inbox.list()]
    assert inbox.expire(refs) in {0, 1}
    assert inbox.refused()


def test_file_that_is_moved_back_over_a_newer_one_is_a_version_again(
    inbox: FolderInbox, root: Path
) -> None:
    file = put(root / "acme" / "a.txt", "one")
    (first,) = heard(inbox, 1)
    file.rename(root.parent / "old")
    put(file, "two")
    (second,) = heard(inbox, 1)
    (root.parent / "old").rename(file)
    (third,) = heard(inbox, 1)
    assert len({one.ref.version for one in (first, second, third)}) == 3
    assert content(inbox, third) == b"one"
    assert [one.ref for one in inbox.list()] == [third.ref]


def test_file_rewritten_with_its_length_and_time_is_a_new_version_and_does_not_expire_as_the_old(
    inbox: FolderInbox, root: Path
) -> None:
    file = put(root / "acme" / "a.txt", "one")
    os.utime(file, (1e9, 1e9))
    old = next(iter(inbox.list()))
    file.write_text("two")
    os.utime(file, (1e9, 1e9))
    assert inbox.expire([old.ref]) == 0
    assert inbox.fetch([old]) == [None]
    (new,) = inbox.list()
    assert new.ref.version != old.ref.version
    assert content(inbox, new) == b"two"


def test_file_that_is_not_removed_because_someone_writes_keeps_its_version(
    inbox: FolderInbox, root: Path
) -> None:
    file = put(root / "acme" / "a.txt", "x")
    (before,) = inbox.list()
    with file.open("a"):
        assert inbox.expire([before.ref]) == 0
    assert [one.ref for one in inbox.list()] == [before.ref]


@pytest.mark.parametrize("second", [-5, 0, 253_402_300_900])
def test_file_of_any_time_that_goes_away_is_lost(
    inbox: FolderInbox, root: Path, second: int
) -> None:
    file = put(root / "acme" / "a.txt", "x")
    os.utime(file, ns=(second * 10**9, second * 10**9))
    (found,) = inbox.list()
    file.unlink()
    (lost,) = inbox.fetch([found])
    assert isinstance(lost, Lost)
    assert "1 bytes, written " in lost.evidence


NAMES = [
    "acme/a.txt",
    "acme/a\nb",
    "acme/a%0Ab",
    "acme/a%250Ab",
    "acme/a%25250Ab",
    "acme/50% off",
    "acme/50%20off",
    "acme/50%2520off",
    "acme/r\u00e9",
    "acme/r%C3%A9",
    "acme/\udcff",
    "acme/%FF",
    "acme/a\nb%0A",
    "acme/a%0Ab%0A",
]


def test_no_two_names_have_the_same_key_and_each_is_found_again() -> None:
    assert len({key_of(name) for name in NAMES}) == len(NAMES)
    assert [name_of(key_of(name)) for name in NAMES] == NAMES


@pytest.mark.parametrize("name", ["50% off", "50%20off", "r%C3%A9", "100%25"])
def test_allowed_name_is_its_own_key_unless_it_reads_as_that_of_another(name: str) -> None:
    assert key_of(name) == name


def test_files_whose_names_read_alike_are_two_documents_and_expire_one_by_one(
    inbox: FolderInbox, root: Path
) -> None:
    for name in ("a\nb.txt", "a%0Ab.txt"):
        put(root / "acme" / name, name)
    found = {one.ref.key: one for one in inbox.list()}
    assert set(found) == {"acme/a%0Ab.txt", "acme/a%250Ab.txt"}
    assert inbox.expire([found["acme/a%0Ab.txt"].ref]) == 1
    assert [path.name for path in (root / "acme").iterdir()] == ["a%0Ab.txt"]


def test_folders_too_deep_to_name_are_counted_and_keep_nothing_else_back(
    inbox: FolderInbox, root: Path
) -> None:
    put(root / "acme" / "a.txt", "x")
    here = os.open(root / "evil", os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("b.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    assert {one.ref.key for one in inbox.list()} == {"acme/a.txt"}
    assert {one.ref.key for one in heard(inbox)} == {"acme/a.txt"}
    assert set(inbox.refused().values()) == {"may not be read"}


def test_aside_folder_is_for_the_owner_alone(
    inbox: FolderInbox, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root / "acme" / "a.txt", "x")
    refs = [one.ref for one in inbox.list()]
    modes: list[int] = []
    rename = os.rename

    def watched(src: str, dst: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(dst_dir_fd).st_mode))
        rename(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", watched)
    assert inbox.expire(refs) == 1
    assert modes == [0o700]
