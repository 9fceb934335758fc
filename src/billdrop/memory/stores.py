"""The inbox and the destination in memory."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from threading import Condition

from billdrop.errors import SegmentConflictError
from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome


class MemoryInbox:
    """Implements `Inbox`; `upload` and `remove` are what customers do."""

    expires = True

    def __init__(self) -> None:
        self._objects: dict[str, tuple[Delivery, bytes]] = {}
        self._waiting: list[Delivery] = []
        self._changed = Condition()
        self._uploads = 0

    def upload(self, customer: str, name: str, content: bytes, *, at: datetime) -> Delivery:
        """Put a document into the inbox, as the newest version of its object."""
        with self._changed:
            self._uploads += 1
            version = f"{self._uploads:08d}"
            ref = DocumentRef(
                bucket="inbox", key=f"{customer}/{name}", version=version, customer=customer
            )
            delivery = Delivery(
                ref=ref, arrived_at=at, source="folder", sequencer=version, size=len(content)
            )
            self._objects[ref.object_id] = (delivery, content)
            self._waiting.append(delivery)
            self._changed.notify_all()
        return delivery

    def remove(self, ref: DocumentRef) -> None:
        """Take an object away, whatever its version."""
        with self._changed:
            self._objects.pop(ref.object_id, None)

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting), timeout=wait)
            taken, self._waiting = self._waiting[:limit], self._waiting[limit:]
        return taken

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        return [self._fetch(delivery) for delivery in deliveries]

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`."""
        with self._changed:
            return iter([delivery for delivery, _ in self._objects.values()])

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`."""
        with self._changed:
            self._waiting.extend(
                delivery
                for delivery, outcome in zip(deliveries, outcomes, strict=True)
                if outcome is None
            )
            self._changed.notify_all()

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`."""
        with self._changed:
            there = [ref for ref in refs if self._version(ref) == ref.version]
            for ref in there:
                self._objects.pop(ref.object_id, None)
        return len(there)

    def _version(self, ref: DocumentRef) -> str | None:
        there = self._objects.get(ref.object_id)
        return None if there is None else there[0].ref.version

    def _fetch(self, delivery: Delivery) -> Document | Lost | None:
        there = self._objects.get(delivery.ref.object_id)
        if there is None:
            evidence = f"{delivery.size} bytes were announced; the object is gone"
            return Lost(ref=delivery.ref, arrived_at=delivery.arrived_at, evidence=evidence)
        latest, content = there
        if latest.ref.version != delivery.ref.version:
            return None
        return Document(
            ref=delivery.ref,
            arrived_at=delivery.arrived_at,
            sha256=hashlib.sha256(content).digest(),
            size=len(content),
            content=content,
            sequencer=delivery.sequencer,
        )


class MemoryDestination:
    """Implements `Destination`."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put(self, key: str, body: Iterable[bytes]) -> None:
        """See `Destination`."""
        content = b"".join(body)
        if self._objects.setdefault(key, content) != content:
            raise SegmentConflictError(
                f"{key} is already there with other bytes",
                hint="run `billdrop verify`, then `billdrop rebuild`",
                key=key,
            )

    def flush(self) -> None:
        """See `Destination`."""

    def get(self, key: str) -> Iterator[bytes]:
        """See `Destination`."""
        return iter([self._objects[key]])

    def list(self) -> Iterator[str]:
        """See `Destination`."""
        return iter(sorted(self._objects))

    def remove(self, key: str) -> None:
        """See `Destination`."""
        self._objects.pop(key, None)
