"""The promises of the port `Destination`, asked of every adapter; then those of the folder alone."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from billdrop.aws.store.destination import S3Destination
from billdrop.aws.store.objects import Objects
from billdrop.errors import (
    PermissionDeniedError,
    SegmentConflictError,
    StorageFullError,
    UnavailableError,
)
from billdrop.local.folder_destination import FolderDestination
from billdrop.memory import MemoryDestination
from billdrop.ports import Destination
from tests.aws.buckets import bucket
from tests.aws.standin import ACCOUNT, root

KEY = "invoices/received=2026-11-22/s-1.csv"


def s3(root_folder: Path) -> Destination:
    """As the stack makes it: a bucket that keeps its versions."""
    return S3Destination(Objects(root(), bucket(root(), versions=True), owner=ACCOUNT))


MAKE: dict[str, Callable[[Path], Destination]] = {
    "memory": lambda root: MemoryDestination(),
    "folder": FolderDestination,
    "s3": s3,
}


@pytest.fixture(params=MAKE)
def destination(request: pytest.FixtureRequest, tmp_path: Path) -> Destination:
    return MAKE[request.param](tmp_path / "destination")


def content(destination: Destination, key: str = KEY) -> bytes:
    return b"".join(destination.get(key))


def test_object_is_there_after_put(destination: Destination) -> None:
    destination.put(KEY, [b"one", b"two"])
    assert content(destination) == b"onetwo"


def test_object_can_be_put_again_with_the_same_bytes(destination: Destination) -> None:
    for body in ([b"onetwo"], [b"one", b"two"]):
        destination.put(KEY, body)
        destination.flush()
    assert content(destination) == b"onetwo"


@pytest.mark.parametrize("flushed", [True, False])
def test_object_with_other_bytes_is_a_conflict_and_is_left(
    destination: Destination, flushed: bool
) -> None:
    destination.put(KEY, [b"one"])
    if flushed:
        destination.flush()
    with pytest.raises(SegmentConflictError):
        destination.put(KEY, [b"two"])
    assert content(destination) == b"one"


def test_flushed_object_is_not_replaced_by_a_longer_one(destination: Destination) -> None:
    destination.put(KEY, [b"one"])
    destination.flush()
    with pytest.raises(SegmentConflictError):
        destination.put(KEY, [b"one and more"])


def test_body_that_fails_leaves_nothing(destination: Destination) -> None:
    def body() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        destination.put(KEY, body())
    assert list(destination.list()) == []


def test_nothing_is_seen_of_an_object_that_is_being_put(destination: Destination) -> None:
    seen: list[list[str]] = []

    def body() -> Iterator[bytes]:
        yield b"one"
        seen.append(list(destination.list()))

    destination.put(KEY, body())
    assert seen == [[]]


def test_missing_object_is_a_key_error(destination: Destination) -> None:
    with pytest.raises(KeyError):
        content(destination)


def test_keys_are_listed_in_order(destination: Destination) -> None:
    keys = ["b/x.csv", "a/y.csv", "a-b/x.csv", "a/x.csv", "a/x/z.csv"]
    for key in keys:
        destination.put(key, [b"x"])
    assert list(destination.list()) == sorted(keys)


def test_removed_object_is_gone_and_can_be_put_anew(destination: Destination) -> None:
    destination.put(KEY, [b"one"])
    destination.flush()
    destination.remove(KEY)
    destination.remove(KEY)
    assert list(destination.list()) == []
    destination.put(KEY, [b"two"])
    destination.flush()
    assert content(destination) == b"two"


def test_destination_without_objects_lists_nothing(destination: Destination) -> None:
    destination.flush()
    assert list(destination.list()) == []


@pytest.mark.parametrize(
    "key", ["../x", "/x", "a/../x", "a//x", ".tmp/x", "a/.x", "", "a\0", "a\n", "a/", "a:b", "é"]
)
def test_folder_refuses_a_key_that_is_no_plain_path(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        FolderDestination(tmp_path).put(key, [b"x"])


@pytest.mark.parametrize("torn", [b"", b"one", b"\0\0\0\0\0\0", b"one\0\0\0", b"\0\0\0two"])
def test_folder_puts_a_torn_object_anew(tmp_path: Path, torn: bytes) -> None:
    left(tmp_path, torn)
    FolderDestination(tmp_path).put(KEY, [b"onetwo"])
    assert (tmp_path / KEY).read_bytes() == b"onetwo"


@pytest.mark.parametrize("other", [b"onetwothree", b"two", b"onetwO", b"\0\0\0\0\0\0\0"])
def test_folder_keeps_what_no_tear_can_leave(tmp_path: Path, other: bytes) -> None:
    left(tmp_path, other)
    with pytest.raises(SegmentConflictError):
        FolderDestination(tmp_path).put(KEY, [b"onetwo"])
    assert (tmp_path / KEY).read_bytes() == other


def left(root: Path, content: bytes) -> None:
    path = root / KEY
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def test_folder_makes_a_flushed_object_read_only(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    destination.put(KEY, [b"one"])
    before = (tmp_path / KEY).stat().st_mode
    destination.flush()
    assert (before & 0o222, (tmp_path / KEY).stat().st_mode & 0o222) == (0o200, 0)


def test_folder_syncs_each_file_and_every_folder_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    root = tmp_path / "destination"
    destination = FolderDestination(root)
    destination.put(KEY, [b"one"])
    monkeypatch.setattr(os, "fsync", fsync)
    assert synced == []
    destination.flush()
    path = root / KEY
    assert {path, path.parent, path.parent.parent, root, tmp_path} <= set(synced)
    assert synced[0] == path
    synced.clear()
    destination.flush()
    assert synced == []


def test_folder_syncs_an_object_that_an_earlier_process_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FolderDestination(tmp_path).put(KEY, [b"one"])
    later = FolderDestination(tmp_path)
    later.put(KEY, [b"one"])
    later.flush()
    assert not (tmp_path / KEY).stat().st_mode & 0o222


def test_folder_removes_what_it_could_not_make_durable_and_puts_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    destination = FolderDestination(tmp_path)
    destination.put(KEY, [b"one"])
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(UnavailableError):
            destination.flush()
    assert list(destination.list()) == []
    destination.put(KEY, [b"one"])
    destination.flush()
    assert content(destination) == b"one"


def test_folder_removes_temporaries_of_an_earlier_process(tmp_path: Path) -> None:
    (tmp_path / ".tmp").mkdir()
    (tmp_path / ".tmp" / "1-0").write_bytes(b"half")
    destination = FolderDestination(tmp_path)
    destination.put(KEY, [b"one"])
    assert list((tmp_path / ".tmp").iterdir()) == []
    assert list(destination.list()) == [KEY]


def test_folder_that_only_answers_touches_nothing(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path / "none")
    assert list(destination.list()) == []
    assert not (tmp_path / "none").exists()


def test_folder_comes_back_when_someone_removed_it(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path / "destination")
    destination.put(KEY, [b"one"])
    (tmp_path / "destination").rename(tmp_path / "away")
    destination.put(KEY, [b"one"])
    destination.flush()
    assert content(destination) == b"one"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFullError),
        (errno.EDQUOT, StorageFullError),
        (errno.EACCES, PermissionDeniedError),
        (errno.EROFS, PermissionDeniedError),
        (errno.EMFILE, OSError),
    ],
)
def test_folder_names_errors_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    def link(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(kind):
        FolderDestination(tmp_path).put(KEY, [b"one"])
    assert list((tmp_path / ".tmp").iterdir()) == []


def test_folder_can_be_flushed_while_another_thread_puts(tmp_path: Path) -> None:
    destination = FolderDestination(tmp_path)
    done = threading.Event()
    failures: list[BaseException] = []

    def flush() -> None:
        try:
            while not done.is_set():
                destination.flush()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    thread = threading.Thread(target=flush)
    thread.start()
    for index in range(200):
        destination.put(f"invoices/received=2026-11-22/s-{index}.csv", [b"x"])
    done.set()
    thread.join()
    destination.flush()
    assert not failures
    assert not any(path.stat().st_mode & 0o222 for path in tmp_path.glob("invoices/*/*.csv"))
