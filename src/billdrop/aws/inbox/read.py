"""Read exactly the version that was announced, and tell apart why it cannot be."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import takewhile

from billdrop.aws.inbox.events import Removed
from billdrop.aws.inbox.place import Receipt
from billdrop.aws.store.bucket import Wanted
from billdrop.aws.store.objects import Content, Objects, Unread, Version, Why
from billdrop.errors import BilldropError, PermissionDeniedError, UnavailableError
from billdrop.model import Delivery, Document, Lost
from billdrop.way.answering import QUEUE


def wanted(delivery: Delivery, limit: int) -> Wanted | None:
    """What may be read together with others of a batch, see `read`."""
    receipt: Receipt = delivery.receipt
    if receipt.removal is not None or delivery.size > limit:
        return None
    return Wanted(receipt.key, receipt.version_id, receipt.etag, limit)


def read(
    delivery: Delivery,
    objects: Objects,
    *,
    limit: int,
    at: datetime,
    ahead: Content | None = None,
) -> Document | Lost | None:
    """
    The version; None when a newer one took its place, and the receipt says so.

    `ahead`: it, where it was read together with others already. Raises `PermissionDeniedError` when it is there and may not be read.
    """
    receipt: Receipt = delivery.receipt
    if receipt.removal is not None:
        return _removed(delivery, receipt.removal, objects, at)
    if delivery.size > limit:
        return _large(delivery, objects)
    found = ahead or objects.read_surely(
        receipt.key, version_id=receipt.version_id, etag=receipt.etag, most=limit
    )
    if isinstance(found, Unread):
        return _unread(delivery, found, objects, at)
    if found.body is None:
        return _large(delivery, objects)
    return Document(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        sha256=sha256(found.body).digest(),
        size=found.size,
        content=found.body,
        sequencer=delivery.sequencer,
        listed_at=delivery.listed_at,
        after=delivery.after,
        unannounced=delivery.source != QUEUE,
        findings=receipt.findings,
    )


def _removed(delivery: Delivery, removal: Removed, objects: Objects, at: datetime) -> Lost | None:
    """
    Lost, unless it is in the books or was a mark of deletion.

    The lifecycle rule hides every object by a mark before it takes it, and takes a mark once nothing
    else is left of the object; of what a person removes, nothing tells.
    """
    receipt: Receipt = delivery.receipt
    if not receipt.overtaken and removal.expired:
        receipt.overtaken = next(_versions(receipt.key, objects), None) is None
    if receipt.overtaken:
        return None
    return Lost(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        evidence=f"{removal.event_name} of {_moment(delivery.arrived_at)}; "
        f"at {_moment(at)}: no event of it was taken before, and no sweep found it",
    )


def _large(delivery: Delivery, objects: Objects) -> Document:
    digest, size = sha256(), 0
    for piece in _pieces(delivery.receipt, objects):
        digest.update(piece)
        size += len(piece)
    return Document(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        sha256=digest.digest(),
        size=size,
        content=None,
        sequencer=delivery.sequencer,
        listed_at=delivery.listed_at,
        after=delivery.after,
        unannounced=delivery.source != QUEUE,
        chunks=lambda: _same(delivery.receipt, objects, digest.digest()),
        findings=delivery.receipt.findings,
    )


def _pieces(receipt: Receipt, objects: Objects) -> Iterator[bytes]:
    return objects.pieces(receipt.key, version_id=receipt.version_id, etag=receipt.etag)


def _same(receipt: Receipt, objects: Objects, expected: bytes) -> Iterator[bytes]:
    digest = sha256()
    for piece in _pieces(receipt, objects):
        digest.update(piece)
        yield piece
    if digest.digest() != expected:
        raise UnavailableError(
            f"{objects.thing(receipt.key)} came with other bytes than before",
            hint="it is tried again",
        )


def _unread(delivery: Delivery, found: Unread, objects: Objects, at: datetime) -> Lost | None:
    receipt: Receipt = delivery.receipt
    if found.why is Why.REPLACED:
        receipt.overtaken = True
        return None
    there = _there(receipt, found, objects)
    if there is not None and not there.deleted:
        if _is_it(receipt, there):
            raise _refusal(objects.thing(receipt.key), found)
        if there.modified >= delivery.arrived_at.replace(microsecond=0):
            receipt.overtaken = True
            return None
    return Lost(
        ref=delivery.ref,
        arrived_at=delivery.arrived_at,
        evidence=_evidence(delivery, found, there, at),
    )


def _there(receipt: Receipt, found: Unread, objects: Objects) -> Version | None:
    """What the object is now: S3 says `denied` of a missing one too, to who may not list."""
    newest = None
    try:
        for version in _versions(receipt.key, objects):
            newest = newest or version
            if version.version_id == receipt.version_id:
                return version
    except PermissionDeniedError:
        if found.why is Why.DENIED:
            raise
    return newest


def _versions(key: str, objects: Objects) -> Iterator[Version]:
    return takewhile(lambda each: each.key == key, objects.versions(key, at_once=10))


def _is_it(receipt: Receipt, there: Version) -> bool:
    if receipt.version_id is not None:
        return there.version_id == receipt.version_id
    return there.etag == receipt.etag


def _refusal(thing: str, found: Unread) -> BilldropError:
    if found.why is Why.DENIED:
        return PermissionDeniedError(
            f"{thing} may not be read: {found.evidence}",
            hint="`billdrop doctor` names the right that is missing",
        )
    return UnavailableError(
        f"{thing} is listed and cannot be read: {found.evidence}", hint="it is tried again"
    )


def _evidence(delivery: Delivery, found: Unread, there: Version | None, at: datetime) -> str:
    fate = "no version of it is left"
    if there is not None:
        fate = f"{'deleted' if there.deleted else 'what is left is of'} {_moment(there.modified)}"
    return (
        f"{delivery.size} bytes, announced {_moment(delivery.arrived_at)}; "
        f"at {_moment(at)}: {found.evidence}; {fate}"
    )


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
