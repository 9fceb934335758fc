"""What S3 says about its objects, out of whatever it is wrapped in. Pure: knows no SDK and no clock."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from msgspec import Struct

MOST_CHARS = 1024 * 1024
"""SQS and SNS carry no more."""

MOST_WRAPS = 4
"""SNS in SNS in EventBridge in a queue is three."""

_VERSION = re.compile(r"2\.[0-9]{1,4}")
_HEX = re.compile(r"[0-9A-Fa-f]{1,64}")
_CREATED = "ObjectCreated:"
_REMOVED = ("ObjectRemoved:", "LifecycleExpiration:")
_REASONS = {"PutObject": "Put", "POST Object": "Post", "CopyObject": "Copy"}


class Announced(Struct, frozen=True, kw_only=True, gc=False):
    """What every event about an object says of it; a hint, until the object itself was read."""

    bucket: str
    key: str
    """Decoded once; folder markers and names that are not allowed are here as they are."""
    version_id: str | None = None
    """None in a bucket without versions."""
    etag: str = ""
    """Without quotes; not the digest of the content; empty for what was removed."""
    sequencer: str | None = None
    """Hexadecimal, as it came; comparable only among events of one key."""
    size: int = 0
    """In bytes; 0 also where the event does not say."""
    event_name: str
    """As S3 names it, without `s3:`, also when it came through EventBridge."""
    event_time: datetime | None = None
    """When S3 did it, aware UTC."""


class Created(Announced, frozen=True, kw_only=True, gc=False):
    """There is a new version of an object, however it got there."""


class Removed(Announced, frozen=True, kw_only=True, gc=False):
    """An object, or a version of it, was deleted, hidden by a delete marker, or expired."""

    @property
    def expired(self) -> bool:
        """Whether the lifecycle rule did it, and no person."""
        return self.event_name.startswith("LifecycleExpiration:")

    @property
    def version_gone(self) -> bool:
        """Whether one version cannot be read any more; S3 does not say if it was a mark of deletion."""
        return self.version_id is not None and self.event_name.endswith(":Delete")


class Other(Announced, frozen=True, kw_only=True, gc=False):
    """Something else happened to an object (tags, restore, storage class): acknowledged, of no effect."""


class Test(Struct, frozen=True, kw_only=True, gc=False):
    """S3 tries out a notification that was just configured."""

    __test__ = False

    bucket: str = ""


class Garbage(Struct, frozen=True, kw_only=True, gc=False):
    """Not an event of S3 that we know."""

    reason: str
    """One line of ASCII."""


Event = Created | Removed | Other | Test | Garbage


def unwrap(body: str | bytes) -> Sequence[Event]:
    """
    The events in the body of an SQS message or of an SNS notification, one for each record.

    SNS envelope, raw delivery, EventBridge, the forms that Lambda gets, and wraps within wraps are
    told by their shape. Never empty, and never an exception: what cannot be read is `Garbage`.
    """
    if len(body) > MOST_CHARS:
        return [_garbage(f"the message is longer than {MOST_CHARS} characters")]
    return list(_text(body, 0))


def useless(event: Event, bucket: str) -> str:
    """Why an event can never be taken in, by the inbox of that bucket; nothing when it can."""
    match event:
        case Garbage():
            return event.reason
        case Created() if event.bucket != bucket:
            return ascii(f"the event is about bucket {event.bucket}, not {bucket}")[1:-1]
        case Created() if not event.version_id and not event.etag:
            return "the event names no version and no ETag"
    return ""


def kind(event: Event) -> str:
    """What an event is counted as that brings no document; of those created, only folders do not."""
    match event:
        case Created():
            return "folder"
        case Removed() if event.expired:
            return "expired"
        case Announced() | Test() | Garbage():
            return type(event).__name__.lower()


def _text(text: str | bytes, wraps: int) -> Iterator[Event]:
    if wraps > MOST_WRAPS:
        yield _garbage(f"the message is wrapped more than {MOST_WRAPS} times")
        return
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        yield _garbage(f"the message is not JSON: {error}")
    else:
        yield from _value(value, wraps)


def _value(value: Any, wraps: int) -> Iterator[Event]:
    match value:
        case {"Records": [_, *_] as records}:
            for record in records:
                yield from _record(record, wraps)
        case {"Event": "s3:TestEvent"}:
            yield Test(bucket=_str(value, "Bucket"))
        case {"detail-type": str(kind), "detail": dict(detail)}:
            yield _bridged(kind, detail, value)
        case {"Type": "Notification", "Message": str(text)} | str(text):
            yield from _text(text, wraps + 1)
        case {"Type": str(kind), "Message": str()}:
            yield _garbage(f"the message is a {kind[:40]} of SNS")
        case _:
            yield _garbage("the message has none of the forms in which S3 announces objects")


def _record(record: Any, wraps: int) -> Iterator[Event]:
    match record:
        case {"eventVersion": str(version), "eventName": str(name), "s3": {} as about}:
            yield _announced(version, name.removeprefix("s3:"), about, record)
        case {"body": str(text)} | {"Sns": {"Message": str(text)}}:
            yield from _text(text, wraps + 1)
        case _:
            yield _garbage("a record has no eventVersion, eventName and s3")


def _announced(
    version: str, name: str, about: Mapping[str, Any], record: Mapping[str, Any]
) -> Event:
    if not _VERSION.fullmatch(version):
        return _garbage(f"the event has version {version[:20]}; 2.x is known")
    if record.get("eventSource", "aws:s3") != "aws:s3":
        return _garbage("the event does not come from S3")
    match about:
        case {"bucket": {"name": str(bucket)}, "object": {"key": str(written)} as found}:
            key = _decoded(written)
        case _:
            key = bucket = ""
    if not key or not bucket:
        return _garbage(f"the event {name[:60]} names no bucket and key")
    return _of(name)(
        bucket=bucket,
        key=key,
        version_id=_version_id(found, "versionId"),
        etag=_str(found, "eTag").strip('"'),
        sequencer=_sequencer(found),
        size=_size(found),
        event_name=name,
        event_time=_moment(record.get("eventTime")),
    )


def _bridged(kind: str, detail: Mapping[str, Any], event: Mapping[str, Any]) -> Event:
    """The form of EventBridge, where keys are not encoded."""
    if event.get("source") != "aws.s3":
        return _garbage("the event of EventBridge does not come from S3")
    match detail:
        case {"bucket": {"name": str(bucket)}, "object": {"key": str(key)} as found}:
            pass
        case _:
            key = bucket = ""
    if not key or not bucket:
        return _garbage(f"the event {kind[:60]} of EventBridge names no bucket and key")
    name = _name(kind, detail)
    return _of(name)(
        bucket=bucket,
        key=key,
        version_id=_version_id(found, "version-id"),
        etag=_str(found, "etag").strip('"'),
        sequencer=_sequencer(found),
        size=_size(found),
        event_name=name,
        event_time=_moment(event.get("time")),
    )


def _name(kind: str, detail: Mapping[str, Any]) -> str:
    reason = _str(detail, "reason")
    if kind == "Object Created":
        return _CREATED + _REASONS.get(reason, reason)
    if kind == "Object Deleted":
        start = _REMOVED[reason == "Lifecycle Expiration"]
        marker = _str(detail, "deletion-type") == "Delete Marker Created"
        return start + ("DeleteMarkerCreated" if marker else "Delete")
    return kind


def _of(name: str) -> type[Created | Removed | Other]:
    if name.startswith(_CREATED):
        return Created
    return Removed if name.startswith(_REMOVED) else Other


def _decoded(written: str) -> str:
    """The key, or nothing when what is written is no UTF-8."""
    try:
        return unquote_plus(written, errors="strict")
    except UnicodeDecodeError:
        return ""


def _str(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _version_id(found: Mapping[str, Any], name: str) -> str | None:
    """The version `null` of a bucket without versions is replaced in place: it pins nothing."""
    version = _str(found, name)
    return None if version in {"", "null"} else version


def _sequencer(found: Mapping[str, Any]) -> str | None:
    text = _str(found, "sequencer")
    return text if _HEX.fullmatch(text) else None


def _size(found: Mapping[str, Any]) -> int:
    value = found.get("size")
    return value if type(value) is int and 0 <= value < 2**63 else 0


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _garbage(reason: str) -> Garbage:
    return Garbage(reason=ascii(reason)[1:-1][:200])
