"""The guidelines of a data directory as people put them to use: files that are replaced by whoever saw them last."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from billdrop.console.placing import placed
from billdrop.console.shelf import mark_of
from billdrop.errors import UsageError
from billdrop.guidelines.library import claimants


class FolderShelf:
    """Implements `console.shelf.Shelf` in a folder, for all processes that write it by this class."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def text(self, name: str) -> str | None:
        """See `Shelf`."""
        found = self._found(name)
        return _said(found) if found else None

    def place(self, name: str) -> str:
        """See `Shelf`: the file that says it has the name, whatever it is called."""
        return str(self._file(name))

    def put(self, name: str, text: str, *, over: str) -> bool:
        """See `Shelf`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _alone(self._folder):
            file = self._file(name)
            known = mark_of(_said(file))
            if known == over:
                placed(file, text.encode())
            return known in {over, mark_of(text)}

    def examples(self) -> AbstractContextManager[Path]:
        """See `Shelf`."""
        return nullcontext(self._folder)

    def _file(self, name: str) -> Path:
        found, usual = self._found(name), self._folder / f"{name}.toml"
        if not found and usual.exists():
            raise UsageError(
                f"{usual.name} is there already, and is another guideline than `{name}`",
                hint="rename that file, or give `guideline` another name",
            )
        return found or usual

    def _found(self, name: str) -> Path | None:
        found = claimants(self._folder, name)
        if len(found) > 1:
            raise UsageError(
                f"`{name}` is in {' and in '.join(one.name for one in found)}, and none is used",
                hint="remove all but one of them",
            )
        return found[0] if found else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time, of all threads and processes that ask here."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _said(file: Path) -> str | None:
    try:
        return file.read_text("utf-8-sig", "replace")
    except FileNotFoundError:
        return None
