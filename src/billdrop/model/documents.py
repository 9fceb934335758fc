"""Documents, where they lie and how they come."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from billdrop.model.findings import Finding


class State(StrEnum):
    """The one visible state in which every document ends."""

    RECORDED = "recorded"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    LOST = "lost"


class DocumentRef(Struct, frozen=True, kw_only=True, gc=False):
    """Where one version of one document lies."""

    bucket: str
    """What holds the object: `inbox`, an S3 bucket, or the folder given to `ingest`."""
    key: str
    """The object's name in the bucket, decoded once, with `/` between its parts."""
    version: str
    """Equal for equal uploads, different for different ones; opaque."""
    customer: str
    """Whose document it is; from where it was put or who put it, never from its content."""

    @property
    def object_id(self) -> str:
        """The same for every version of one object."""
        return f"{self.bucket}/{self.key}"

    @property
    def document_id(self) -> str:
        """The same for every event about the same version of the same object."""
        return f"{self.bucket}/{self.key}@{self.version}"


class Delivery(Struct, frozen=True, kw_only=True, gc=False):
    """One receipt of an event, with the means to settle it."""

    ref: DocumentRef
    arrived_at: datetime
    """When the document came to us, aware UTC."""
    source: str
    """Which door it came through: `folder`, `http`, `ingest`, `sweep`."""
    sequencer: str | None = None
    """Hexadecimal order among versions of one object; None: the order of arrival."""
    listed_at: datetime | None = None
    """When a listing showed it as the newest version: it comes after all that were there then."""
    after: tuple[str, ...] = ()
    """Where no event says its place: the ids of the versions that a listing showed below it, the nearest first."""
    size: int = 0
    """In bytes, as the event says; 0 when it does not."""
    receipt: Any = None
    """What the inbox needs to fetch and settle it; opaque to everyone else."""


class Sliced(Protocol):
    """Bytes that are read in slices: those of a small document, or of a large one that is not held."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: slice, /) -> bytes: ...


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """The exact bytes of one version of one document."""

    ref: DocumentRef
    arrived_at: datetime
    sha256: bytes
    size: int
    """In bytes."""
    content: bytes | None
    """None when the document is large: then `chunks` has it, and `slices` if it is to be parsed."""
    sequencer: str | None = None
    listed_at: datetime | None = None
    """As `Delivery.listed_at`."""
    after: tuple[str, ...] = ()
    """As `Delivery.after`."""
    unannounced: bool = False
    """Whether no message about it comes again until its sender was told what became of it."""
    chunks: Callable[[], Iterable[bytes]] | None = None
    """Reads a large document again from its start, in pieces; None when `content` is set."""
    slices: Sliced | None = None
    """A large document to be parsed where it lies; a slice that changed meanwhile raises `UnavailableError`."""
    findings: "tuple[Finding, ...]" = ()
    """Why its name alone keeps it from being read (BD1006, BD1007); it is captured and quarantined."""

    @property
    def whole(self) -> bytes | None:
        """All of its bytes; None for one that is not to be parsed."""
        return self.slices[:] if self.content is None and self.slices is not None else self.content

    @property
    def oversized(self) -> bool:
        """Whether it is over the limit of what is parsed."""
        return self.content is None and self.slices is None


class Lost(Struct, frozen=True, kw_only=True):
    """A document that was gone before it could be read."""

    ref: DocumentRef
    arrived_at: datetime
    evidence: str
    """What was known of it: size, time, and the error of the read, one line."""
