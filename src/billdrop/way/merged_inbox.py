"""Several doors as one inbox."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from billdrop.model import Delivery, Document, DocumentRef, Lost, Outcome
from billdrop.ports import Inbox
from billdrop.way.bell import Bell, first


class Door(Inbox, Protocol):
    """An inbox that can be one of several."""

    @property
    def sources(self) -> frozenset[str]:
        """The `Delivery.source` of its deliveries, its own alone."""

    def hear(self, bell: Bell) -> None:
        """Ring this bell from now on when there is something to take."""

    def take(self, limit: int) -> Sequence[Delivery]:
        """Up to `limit` deliveries that wait, without waiting for one."""


class MergedInbox:
    """Whoever has something wakes the one who listens; each delivery goes back to where it came from."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self._doors = list(doors)
        self._by_source = {source: door for door in doors for source in door.sources}
        self._bell = Bell()
        self._trouble: Exception | None = None
        for door in doors:
            door.hear(self._bell)

    @property
    def expires(self) -> bool:
        """See `Inbox`."""
        return any(door.expires for door in self._doors)

    def listen(self, *, limit: int, wait: float) -> Sequence[Delivery]:
        """See `Inbox`; no door can keep the others waiting."""
        return first(self._bell, self._take, limit=limit, wait=wait)

    def fetch(self, deliveries: Sequence[Delivery]) -> list[Document | Lost | None]:
        """See `Inbox`."""
        found: list[Document | Lost | None] = [None] * len(deliveries)
        for door, places in self._sorted(deliveries):
            fetched = door.fetch([deliveries[place] for place in places])
            for place, document in zip(places, fetched, strict=True):
                found[place] = document
        return found

    def list(self) -> Iterator[Delivery]:
        """See `Inbox`."""
        for door in self._doors:
            yield from door.list()

    def settle(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome | None]) -> None:
        """See `Inbox`."""
        for door, places in self._sorted(deliveries):
            door.settle(
                [deliveries[place] for place in places], [outcomes[place] for place in places]
            )

    def expire(self, refs: Iterable[DocumentRef]) -> int:
        """See `Inbox`; each version is known to one door at most."""
        wanted = list(refs)
        return sum(door.expire(wanted) for door in self._doors)

    def _take(self, limit: int) -> Sequence[Delivery]:
        """Each door in turn is first, and none takes more than its share while others wait."""
        self._doors.append(self._doors.pop(0))
        found: list[Delivery] = []
        for left, door in enumerate(reversed(self._doors)):
            share = (limit - len(found)) // (len(self._doors) - left)
            found.extend(self._of(door, max(share, 1)) if len(found) < limit else ())
        for door in self._doors:
            found.extend(self._of(door, limit - len(found)) if len(found) < limit else ())
        trouble = self._trouble
        if trouble is not None and not found:
            self._trouble = None
            raise trouble
        return found

    def _of(self, door: Door, limit: int) -> Sequence[Delivery]:
        """What one door has; what it failed with is said when there is nothing to hand out."""
        try:
            return door.take(limit)
        except Exception as error:  # noqa: BLE001  raised later: what others handed out would be lost
            self._trouble = error
            return ()

    def _sorted(self, deliveries: Sequence[Delivery]) -> Iterable[tuple[Door, Sequence[int]]]:
        """The doors, each with the positions of its deliveries."""
        places: dict[int, list[int]] = {}
        for place, delivery in enumerate(deliveries):
            door = self._by_source[delivery.source]
            places.setdefault(self._doors.index(door), []).append(place)
        return [(self._doors[index], found) for index, found in places.items()]
