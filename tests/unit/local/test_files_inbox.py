import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from billdrop.errors import UsageError
from billdrop.local.files_inbox import FilesInbox
from billdrop.model import Delivery, Document

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def opened(*paths: Path, customer: str = "acme", patience: float = 0.1) -> FilesInbox:
    return FilesInbox(paths, customer, lambda: NOW, patience=patience)


def drained(inbox: FilesInbox) -> list[Delivery]:
    found: list[Delivery] = []
    while deliveries := inbox.listen(limit=2, wait=0):
        found.extend(deliveries)
    return found


def test_folder_gives_all_its_files_in_order_and_ends(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden", "d.tmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    inbox = opened(tmp_path)
    assert not inbox.exhausted
    found = drained(inbox)
    assert [one.ref.key for one in found] == ["acme/a.txt", "acme/b.txt", "acme/sub/c.txt"]
    assert {one.ref.bucket for one in found} == {str(tmp_path)}
    assert inbox.exhausted


def test_file_is_named_within_its_folder_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / ".invoice.tmp"
    file.write_text("x")
    (delivery,) = drained(opened(file))
    assert (delivery.ref.bucket, delivery.ref.key) == (str(tmp_path), "acme/.invoice.tmp")


def test_link_that_is_named_is_followed_and_one_that_is_found_is_not(tmp_path: Path) -> None:
    real, given = tmp_path / "real", tmp_path / "given"
    real.mkdir()
    given.mkdir()
    (real / "a.txt").write_text("x")
    (given / "link.txt").symlink_to(real / "a.txt")
    assert [one.ref.key for one in drained(opened(given / "link.txt"))] == ["acme/a.txt"]
    inbox = opened(given)
    assert drained(inbox) == []
    assert list(inbox.unfinished) == [str(given / "link.txt")]


def test_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing"):
        opened(tmp_path / "nothing.txt")


def test_customer_that_cannot_be_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        opened(tmp_path, customer="a/b")
    assert caught.value.error_code == "BD1006"


def test_file_that_is_still_written_after_the_patience_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with (tmp_path / "b.txt").open("w") as writer:
        writer.write("half")
        writer.flush()
        inbox = opened(tmp_path)
        assert [one.ref.key for one in drained(inbox)] == ["acme/a.txt"]
    assert inbox.unfinished == {str(tmp_path / "b.txt"): "still being written"}
    assert inbox.exhausted


def test_name_that_is_not_allowed_is_captured_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x")
    inbox = opened(tmp_path)
    found = drained(inbox)
    assert [one.ref.key for one in found] == ["acme/%FF.txt"]
    (document,) = inbox.fetch(found)
    assert isinstance(document, Document)
    assert [one.code for one in document.findings] == ["BD1006"]
