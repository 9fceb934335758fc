"""What the workers of a stack say of themselves, each in one item that it replaces every few seconds."""

from collections.abc import Iterator

from billdrop.aws.ledger.wire import Place, Wire

WORKERS = "w"
"""The partition of the workers, one item each by name."""


class Pulses:
    """The last word of each worker; safe to share among threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def put(self, name: str, body: bytes) -> None:
        """Replace what a worker said last."""
        self._wire.put({**Place(WORKERS, name).key, "b": {"B": body}})

    def all(self) -> Iterator[tuple[str, bytes]]:
        """Name and last word of every worker, of those too that are gone and could not say so."""
        for item in self._wire.query(WORKERS):
            yield item["sk"]["S"], bytes(item["b"]["B"])

    def remove(self, name: str) -> None:
        """Forget a worker; one that is not there is no error."""
        self._wire.delete([Place(WORKERS, name)])
