"""What `Shelf` promises, asked of the folder of a data directory and of the bucket of a stack."""

from collections.abc import Callable
from pathlib import Path

import pytest

from billdrop.aws.store.objects import Objects
from billdrop.cli.placing import put_to_use
from billdrop.console.shelf import Shelf, mark_of
from billdrop.errors import UsageError
from billdrop.runtime.folder_shelf import FolderShelf
from billdrop.runtime.shelf import BucketShelf
from tests.aws.buckets import bucket
from tests.aws.standin import ACCOUNT, root
from tests.console.test_drafts import LAYOUT

SECOND = LAYOUT.replace("version = 1", "version = 2")
THIRD = LAYOUT.replace("version = 1", "version = 3")


def of_bucket(folder: Path) -> Shelf:
    """Its own bucket of the stand-in."""
    return BucketShelf(Objects(root(), bucket(root(), versions=True), owner=ACCOUNT), lambda: None)


MAKE: dict[str, Callable[[Path], Shelf]] = {"folder": FolderShelf, "bucket": of_bucket}


@pytest.fixture(params=MAKE)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return MAKE[request.param](tmp_path / "guidelines")


def test_of_two_who_write_over_the_same_text_one_does(shelf: Shelf) -> None:
    assert shelf.text("bolts") is None
    assert shelf.put("bolts", LAYOUT, over=mark_of(None))
    assert not shelf.put("bolts", SECOND, over=""), "there is one by now"
    seen = mark_of(shelf.text("bolts"))
    assert shelf.put("bolts", SECOND, over=seen)
    assert not shelf.put("bolts", THIRD, over=seen)
    assert shelf.text("bolts") == SECOND
    assert shelf.place("bolts").endswith("guidelines/bolts.toml")


def test_what_is_there_in_the_same_words_is_put(shelf: Shelf) -> None:
    assert shelf.put("bolts", LAYOUT, over="")
    assert shelf.put("bolts", LAYOUT.replace("\n", "\r\n"), over="")
    assert shelf.text("bolts") == LAYOUT


class Overtaken:
    """A shelf on which somebody else saves right after somebody looked."""

    def __init__(self, shelf: Shelf) -> None:
        self.text, self.examples, self._shelf = shelf.text, shelf.examples, shelf

    def place(self, name: str) -> str:
        assert self._shelf.put(name, SECOND, over=mark_of(self.text(name)))
        return self._shelf.place(name)

    def put(self, name: str, text: str, *, over: str) -> bool:
        return self._shelf.put(name, text, over=over)


def test_command_does_not_write_over_what_the_page_saved_meanwhile(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.put("bolts", LAYOUT, over="")
    (file := tmp_path / "mine.toml").write_text(THIRD)
    with pytest.raises(UsageError, match="was written by somebody else just now"):
        put_to_use(file, Overtaken(shelf), None, replace=False)
    assert shelf.text("bolts") == SECOND
    name, place = put_to_use(file, shelf, None, replace=False)
    assert (name, place, shelf.text("bolts")) == ("bolts", shelf.place("bolts"), THIRD)


def test_command_refuses_another_text_of_one_version(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("bolts", LAYOUT, over="")
    (file := tmp_path / "mine.toml").write_text(LAYOUT.replace("Sum", "Total"))
    with pytest.raises(UsageError, match="version 1 is in use with another text"):
        put_to_use(file, shelf, None, replace=False)
    assert shelf.text("bolts") == LAYOUT


def test_command_puts_over_the_file_that_holds_the_name_whatever_it_is_called(
    tmp_path: Path,
) -> None:
    (other := tmp_path / "other-name.toml").write_text(LAYOUT)
    (file := tmp_path / "deep" / "bolts.toml").parent.mkdir()
    file.write_text(SECOND)
    folder = FolderShelf(tmp_path)
    assert put_to_use(file, folder, tmp_path, replace=False) == ("bolts", str(other))
    assert [one.name for one in tmp_path.glob("*.toml")] == ["other-name.toml"]
    assert other.read_text() == SECOND


def test_folder_keeps_the_file_of_another_guideline_and_names_two_of_one_name(
    tmp_path: Path,
) -> None:
    folder = FolderShelf(tmp_path)
    (tmp_path / "nuts.toml").write_text(LAYOUT)
    with pytest.raises(UsageError, match=r"nuts\.toml is there already, and is another guideline"):
        folder.put("nuts", LAYOUT.replace("bolts", "nuts"), over="")
    (tmp_path / "again.toml").write_text(SECOND)
    with pytest.raises(UsageError, match=r"`bolts` is in again\.toml and in nuts\.toml"):
        folder.put("bolts", THIRD, over=mark_of(SECOND))
    assert (tmp_path / "nuts.toml").read_text() == LAYOUT
