"""The order of documents and the ids of quarantine entries: counted on one machine, derived in a fleet."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Protocol

from billdrop.model import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Numbering(Protocol):
    """`count` is how many there are, this one included."""

    def ordinal(self, document: Document, count: int) -> int:
        """The place of a document among all: where sequencers are missing, versions are ordered by it."""

    def entry(self, name: str, record: int | None, nth: int, count: int) -> int:
        """The id of the nth quarantine entry of a record of a document, from 0."""


class Counted:
    """One writer: in the order in which documents reach the ledger."""

    def ordinal(self, document: Document, count: int) -> int:
        """See `Numbering`."""
        return count

    def entry(self, name: str, record: int | None, nth: int, count: int) -> int:
        """See `Numbering`."""
        return count


class ByArrival:
    """
    Many writers: by the time of arrival, then by document id, whoever commits first.

    What was found as the newest version by a listing counts from the listing: its own time may be
    cut to seconds, or be that of the beginning of an upload in parts.

    Entries are named by what they are about, so that writing one again names it alike.
    """

    def ordinal(self, document: Document, count: int = 0) -> int:
        """See `Numbering`."""
        micros = ((document.listed_at or document.arrived_at) - _EPOCH) // _MICROSECOND
        return micros << 32 | _hash(document.ref.document_id, 32)

    def entry(self, name: str, record: int | None, nth: int, count: int = 0) -> int:
        """See `Numbering`; 53 bits, which JSON readers of every kind keep whole."""
        return _hash(f"{name}\0{record}\0{nth}", 53)


def _hash(text: str, bits: int) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 64 - bits
