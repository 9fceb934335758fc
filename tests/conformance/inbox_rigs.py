"""How each inbox is filled in the conformance suite: one class each, one line in `RIGS`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, Protocol

import pytest

from billdrop.aws.inbox.events import Created
from billdrop.aws.topic.door import TopicDoor
from billdrop.local.files_inbox import FilesInbox
from billdrop.local.folder_inbox import FolderInbox
from billdrop.memory import MemoryInbox
from billdrop.model import DocumentRef
from billdrop.ports import Inbox
from billdrop.way.merged_inbox import MergedInbox
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

    def _open(self) -> Inbox:
        return FilesInbox([self.root / "acme"], "acme", Clock(), patience=0.2)

    def close(self) -> None:
        pass


class HttpRig:
    """The HTTP door without HTTP."""

    finite = False

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


class TopicRig(S3Rig):
    """The same bucket, announced by messages of the topic itself, which it sends until they are taken."""

    def __init__(self, root: Path) -> None:
        self.mailed = mailed(standin.root(), versions=True, removals=False)
        self.door = TopicDoor(
            self.mailed.inbox.fetch,
            bucket=self.mailed.bucket,
            now=Clock(),
            note=lambda text: None,
        )
        self.inbox = self.door
        self.sent = 0

    def put(self, name: str, content: bytes) -> None:
        key = f"acme/{name}"
        made = self.mailed.clients.s3.put_object(Bucket=self.mailed.bucket, Key=key, Body=content)
        self.sent += 1
        self.post(
            Created(
                bucket=self.mailed.bucket,
                key=key,
                version_id=made["VersionId"],
                sequencer=f"{self.sent:04X}",
                size=len(content),
                event_name="ObjectCreated:Put",
                event_time=datetime.now(UTC),
            )
        )

    def post(self, event: Created) -> None:
        answer = self.door.put([event])
        answer.add_done_callback(lambda done: None if done.result() else self.post(event))


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
    "topic": TopicRig,
    "s3 without versions": S3WithoutVersionsRig,
}
