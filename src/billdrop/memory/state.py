"""What the ledger in memory holds."""

import hashlib
from collections.abc import Sequence
from copy import copy
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from billdrop.books.alike import Told
from billdrop.errors import UnavailableError
from billdrop.model import Document, Finding, QuarantineEntry, Segment
from billdrop.plan import Counted, Key, Known, Numbering, Revision


class Everything(Struct):
    """
    Implements `Contents`: all of a ledger.

    Copied before each commit, so that a failed one leaves nothing.
    """

    documents: dict[str, Known] = {}
    bytes_of: dict[tuple[str, bytes], tuple[str, ...]] = {}
    revisions: dict[str, Revision] = {}
    latest_of: dict[Key, str] = {}
    alike_of: dict[tuple[str, int], dict[Key, str]] = {}
    entries_of: dict[str, tuple[QuarantineEntry, ...]] = {}
    findings_of: dict[str, tuple[Finding, ...]] = {}
    segments: dict[str, Segment] = {}
    published: set[str] = set()
    ordinals: int = 0
    opened: int = 0
    numbering: Numbering = Counted()

    def copy(self) -> "Everything":
        """As it stands; the values themselves never change."""
        held: dict[str, Any] = {name: copy(getattr(self, name)) for name in self.__struct_fields__}
        return Everything(**held)

    def document(self, name: str) -> Known | None:
        """See `Contents`."""
        return self.documents.get(name)

    def same_bytes(self, document: Document) -> Sequence[str]:
        """See `Contents`."""
        return self.bytes_of.get((document.ref.customer, document.sha256), ())

    def latest(self, key: Key) -> Revision | None:
        """See `Contents`."""
        name = self.latest_of.get(key)
        return None if name is None else self.revisions[name]

    def alike(self, customer: str, likeness: int) -> Sequence[Told]:
        """See `Contents`."""
        found = self.alike_of.get((customer, likeness), {})
        return [
            self.revisions[name].told for key, name in found.items() if self.latest_of[key] == name
        ]

    def from_object(self, latest: Revision, object_id: str) -> Revision | None:
        """See `Contents`."""
        same = [
            revision
            for revision in self.revisions.values()
            if revision.key == latest.key and revision.object_id == object_id
        ]
        return same[-1] if same else None

    def recorded_in(self, name: str) -> Sequence[Revision]:
        """See `Contents`."""
        return [revision for revision in self.revisions.values() if revision.document == name]

    def entries(self, name: str) -> Sequence[QuarantineEntry]:
        """See `Contents`."""
        return self.entries_of.get(name, ())

    def findings(self, name: str) -> Sequence[Finding]:
        """See `Contents`."""
        return self.findings_of.get(name, ())

    def ordinal(self, document: Document) -> int:
        """See `Contents`."""
        self.ordinals += 1
        return self.numbering.ordinal(document, self.ordinals)

    def entry_id(self, name: str, record: int | None, nth: int) -> int:
        """See `Contents`."""
        self.opened += 1
        return self.numbering.entry(name, record, nth, self.opened)

    def keep(self, document: Document) -> Document:
        """See `Contents`; with all of its bytes at hand."""
        if document.chunks is None:
            return document
        content = b"".join(document.chunks())
        if hashlib.sha256(content).digest() != document.sha256 or len(content) != document.size:
            raise UnavailableError(
                f"{document.ref.document_id} changed while it was read", hint="it is tried again"
            )
        return replace(document, chunks=lambda: iter([content]))

    def put(self, known: Known) -> None:
        """See `Contents`; one that takes the place of a lost one comes last."""
        before = self.documents.get(known.name)
        if before is not None and before.evidence:
            del self.documents[known.name]
        self.documents[known.name] = known

    def list_bytes(self, known: Known) -> None:
        """See `Contents`."""
        key = (known.document.ref.customer, known.document.sha256)
        self.bytes_of[key] = (*self.bytes_of.get(key, ()), known.name)

    def record(self, revision: Revision) -> None:
        """See `Contents`."""
        self.revisions[revision.name] = revision
        self.latest_of[revision.key] = revision.name
        place = (revision.key[0], revision.likeness)
        others = {
            key: name for key, name in self.alike_of.get(place, {}).items() if key != revision.key
        }
        self.alike_of[place] = others | {revision.key: revision.name}

    def restate(self, revision: Revision) -> None:
        """See `Contents`."""
        self.revisions[revision.name] = revision

    def file(
        self, name: str, entries: Sequence[QuarantineEntry], findings: Sequence[Finding]
    ) -> None:
        """See `Contents`."""
        self.entries_of[name] = tuple(entries)
        self.findings_of[name] = tuple(findings)
