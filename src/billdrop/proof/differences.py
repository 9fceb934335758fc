"""What a proof finds: on what two sides disagree, named one by one, and counted."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "missing object", "extra object", "object differs", "totals", "sql", "count",
    "original", "document", "states", "quarantine", "duplicate", "number", "reading",
    "part",
]  # fmt: skip

MOST = 1000
"""Differences that are named one by one; the rest is counted."""


class Difference(Struct, frozen=True, kw_only=True):
    """One thing on which two of them disagree."""

    kind: Kind
    where: str
    """The key of an object, or an issue date and currency, or a view, a document, a number, a state."""
    expected: str
    found: str


class Findings:
    """Differences as they are found; holds no more than are named."""

    def __init__(self) -> None:
        self.count = 0
        self.named: list[Difference] = []

    def differ(self, kind: Kind, where: str, expected: object, found: object) -> None:
        """Note one."""
        self.count += 1
        if len(self.named) < MOST:
            self.named.append(
                Difference(kind=kind, where=where, expected=str(expected), found=str(found))
            )


def mark(name: str) -> int:
    """A name in 8 bytes."""
    name_bytes = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(name_bytes, digest_size=8).digest())


def digest(pieces: Iterable[bytes]) -> str:
    """Size and SHA-256."""
    found, size = hashlib.sha256(), 0
    for piece in pieces:
        found.update(piece)
        size += len(piece)
    return written(size, found.hexdigest())


def written(size: int, sha256: str) -> str:
    """As `digest` writes it."""
    return f"{size} bytes {sha256}"
