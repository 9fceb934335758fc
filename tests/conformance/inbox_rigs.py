"""How each inbox is filled in the conformance suite: one class each, one line in `RIGS`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, Protocol

import pytest

from billdrop.local.files_inbox import FilesInbox
from billdrop.local.folder_inbox import FolderInbox
from billdrop.memory import MemoryInbox
from billdrop.merged_inbox import MergedInbox
from billdrop.model import DocumentRef
from billdrop.ports import Inbox
from billdrop.web.door import HttpDoor
from tests.aws import standin
from tests.aws.mailed import mailed


class Clock:
    """Stands still unless told."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) + timedelta(days=1)

    def __call__(self) -> datetime:
        return self.at


class Rig(Protocol):
    """An inbox, and customers who use it."""

    inbox: Inbox
    finite: bool
    """Whether it ends."""
    forgets: bool
    """Whether it is for us to make it forget; else it keeps what it was given, or forgets by itself."""

    def put(self, name: str, content: bytes) -> None:
        """The customer `acme` puts a document in, or a newer version of it."""

    def remove(self, name: str) -> None:
        """The document goes away."""

    def writing(self, name: str, content: bytes) -> AbstractContextManager[None]:
        """A context in which the document is being written."""

    def close(self) -> None:
        """The end."""


def cannot(what: str) -> NoReturn:
    pytest.skip(f"not a promise of this inbox: {what}")


class FolderRig:
    """A watched folder."""

    finite = False
    forgets = True

    def __init__(self, root: Path) -> None:
        self.root = root / "inbox"
        (self.root / "acme").mkdir(parents=True)
        self.inbox: Inbox = self._open()

    def _open(self) -> Inbox:
        self.folder = FolderInbox(self.root, Clock())
        self.folder.start()
        return self.folder

    def put(self, name: str, content: bytes) -> None:
        hidden = self.root / "acme" / f".{name}"
        hidden.write_bytes(content)
        hidden.rename(self.root / "acme" / name)

    def remove(self, name: str) -> None:
        (self.root / "acme" / name).unlink()

    @contextmanager
    def writing(self, name: str, content: bytes) -> Iterator[None]:
        with (self.root / "acme" / name).open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            yield
            file.write(content[len(content) // 2 :])

    def close(self) -> None:
        self.folder.stop()


class FilesRig(FolderRig):
    """A folder given to `ingest`."""

    finite = True
    forgets = False

    def _open(self) -> Inbox:
        return FilesInbox([self.root / "acme"], "acme", Clock(), patience=0.2)

    def close(self) -> None:
        pass


class HttpRig:
    """The HTTP door without HTTP."""

    finite = False
    forgets = True

    def __init__(self, root: Path) -> None:
        self.inbox: Inbox = HttpDoor()
        self.clock = Clock()

    def put(self, name: str, content: bytes) -> None:
        assert isinstance(self.inbox, HttpDoor)
        self.inbox.submit("acme", f"acme/{name}", content, self.clock())

    def remove(self, name: str) -> None:
        cannot("an upload cannot be taken back")

    @contextmanager
    def writing(self, name: str, content: bytes) -> Iterator[None]:
        yield cannot("a body that has not arrived is not in the inbox")

    def close(self) -> None:
        pass


class MergedRig(FolderRig):
    """A folder and the HTTP door."""

    def _open(self) -> Inbox:
        folder = super()._open()
        assert isinstance(folder, FolderInbox)
        return MergedInbox([HttpDoor(), folder])


class MemoryRig:
    """The inbox in memory."""

    finite = False
    forgets = True

    def __init__(self, root: Path) -> None:
        self.inbox: Inbox = MemoryInbox()
        self.refs: dict[str, DocumentRef] = {}
        self.clock = Clock()

    def put(self, name: str, content: bytes) -> None:
        assert isinstance(self.inbox, MemoryInbox)
        self.refs[name] = self.inbox.upload("acme", name, content, at=self.clock()).ref

    def remove(self, name: str) -> None:
        assert isinstance(self.inbox, MemoryInbox)
        self.inbox.remove(self.refs[name])

    @contextmanager
    def writing(self, name: str, content: bytes) -> Iterator[None]:
        yield cannot("an upload is there whole or not at all")

    def close(self) -> None:
        pass


class S3Rig:
    """A bucket that keeps its versions, announced through a topic to a queue."""

    finite = False
    forgets = False
    versions = True

    def __init__(self, root: Path) -> None:
        self.mailed = mailed(standin.root(), versions=self.versions, removals=False)
        self.mailed.inbox.start()
        self.inbox: Inbox = self.mailed.inbox

    def put(self, name: str, content: bytes) -> None:
        self.mailed.put(f"acme/{name}", content)

    def remove(self, name: str) -> None:
        self.mailed.remove(f"acme/{name}")

    @contextmanager
    def writing(self, name: str, content: bytes) -> Iterator[None]:
        yield cannot("an object is there whole or not at all")

    def close(self) -> None:
        self.mailed.inbox.close()


class S3WithoutVersionsRig(S3Rig):
    """A bucket of which only the newest version is there."""

    versions = False


RIGS: dict[str, Callable[[Path], Rig]] = {
    "memory": MemoryRig,
    "folder": FolderRig,
    "files": FilesRig,
    "http": HttpRig,
    "merged": MergedRig,
    "s3": S3Rig,
    "s3 without versions": S3WithoutVersionsRig,
}
