"""The destination as a bucket: what S3 has accepted is durable, and nobody sees a part of it."""

from collections.abc import Iterable, Iterator

from billdrop.aws.store.objects import Content, Objects, Why
from billdrop.errors import PermissionDeniedError, SegmentConflictError, UnavailableError

APART = ("artifacts/", "guidelines/", "originals/", "receipts/")
"""What lies in the same bucket and is no CSV object."""

PIECE = 1 << 20
TRIES = 3


class S3Destination:
    """A destination whose objects are those of a bucket."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def put(self, key: str, body: Iterable[bytes]) -> None:
        """See `Destination`; an object that goes away while it is compared is written anew."""
        content = b"".join(body)
        for _ in range(TRIES):
            if self._objects.put_new(key, content):
                return
            there = self._read(key, len(content))
            if there is not None and there.body == content:
                return
            if there is not None:
                raise SegmentConflictError(
                    f"{self._objects.thing(key)} is there with other bytes than its segment",
                    hint="run `billdrop verify`, then `billdrop rebuild`",
                )
        raise UnavailableError(
            f"{self._objects.thing(key)} comes and goes", hint="it is tried again"
        )

    def flush(self) -> None:
        """See `Destination`; nothing is left to do."""

    def get(self, key: str) -> Iterator[bytes]:
        """See `Destination`."""
        found = self._read(key, PIECE)
        if found is None:
            raise KeyError(key)
        if found.body is None:
            yield from self._objects.pieces(key)
        else:
            yield found.body

    def list(self) -> Iterator[str]:
        """See `Destination`; what else lies in the same bucket is not its own."""
        for top in self._objects.tops():
            if top not in APART:
                yield from self._objects.keys(top) if top.endswith("/") else [top]

    def remove(self, key: str) -> None:
        """See `Destination`."""
        self._objects.remove(key)

    def _read(self, key: str, most: int) -> Content | None:
        found = self._objects.read(key, most=most)
        if isinstance(found, Content):
            return found
        if found.why is Why.DENIED:
            raise PermissionDeniedError(
                f"{self._objects.thing(key)}: {found.evidence}",
                hint="`billdrop doctor` names the right that is missing",
            )
        return None
