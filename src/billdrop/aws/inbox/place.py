"""What an object of the inbox bucket is as a document: whose, called what, and which version."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from billdrop.aws.inbox.events import Created, Event, Removed
from billdrop.aws.inbox.queue import Letter
from billdrop.aws.store.objects import Version
from billdrop.model import Delivery, DocumentRef, Finding
from billdrop.names import NOBODY, customer_refused, key_of, key_refused
from billdrop.way.answering import QUEUE

BELOW = 20
"""Of so many versions below one that is listed it is asked which are in the books."""

_BEFORE = timedelta(microseconds=1)
"""A listing cuts times: what is not the newest came before what an event brought in that very moment."""


class Receipt:
    """What is needed to read an object and to settle what announced it."""

    def __init__(
        self,
        key: str,
        *,
        version_id: str | None,
        etag: str,
        findings: tuple[Finding, ...],
        letter: Letter | None,
        removal: Removed | None = None,
    ) -> None:
        self.key = key
        """As S3 has it; that of the document may be escaped."""
        self.version_id = version_id
        self.etag = etag
        self.findings = findings
        self.letter = letter
        self.removal = removal
        """What took the object away, when that is what was announced."""
        self.overtaken = False
        """Whether nothing is to be read: a newer version took its place, or it is in the books."""
        self.settled = False


def delivered(event: Event, letter: Letter | None, *, bucket: str, at: datetime) -> Delivery | None:
    """The delivery of an event about an object of the bucket; None for one that is counted only."""
    if not isinstance(event, Created | Removed) or is_folder(event.key, event.size):
        return None
    if isinstance(event, Removed) and not (event.version_gone and event.bucket == bucket):
        return None
    return announced(event, letter, at=at)


def announced(event: Created | Removed, letter: Letter | None, *, at: datetime) -> Delivery:
    """The delivery of an event that names a version or an ETag."""
    version = event.version_id or f"etag-{event.etag}"
    ref, findings = _named(event.bucket, event.key, version)
    return Delivery(
        ref=ref,
        arrived_at=min(at, event.event_time or at),
        source=QUEUE,
        sequencer=event.sequencer,
        size=event.size,
        receipt=Receipt(
            event.key,
            version_id=event.version_id,
            etag="" if event.version_id else event.etag,
            findings=findings,
            letter=letter,
            removal=event if isinstance(event, Removed) else None,
        ),
    )


def listed(
    bucket: str, versions: Sequence[Version], *, until: datetime, at: datetime
) -> Iterator[Delivery]:
    """
    The same documents as the events about an object announced, found by a listing, the oldest first.

    versions: of the object, the newest first; those modified after `until` are left out.
    """
    names = [_named(bucket, each.key, _version(each))[0].document_id for each in versions]
    came = datetime.min.replace(tzinfo=UTC)
    for place in range(len(versions) - 1, -1, -1):
        found, newest = versions[place], place == 0
        if found.modified > until:
            continue
        came = max(came, min(at, found.modified if newest else found.modified - _BEFORE))
        below = tuple(names[place + 1 : place + 1 + BELOW])
        yield _listed(bucket, found, came, listed_at=at if newest else None, below=below)


def _listed(
    bucket: str,
    found: Version,
    came: datetime,
    *,
    listed_at: datetime | None,
    below: tuple[str, ...],
) -> Delivery:
    pinned = found.version_id != "null"
    ref, findings = _named(bucket, found.key, _version(found))
    return Delivery(
        ref=ref,
        arrived_at=came,
        source="sweep",
        listed_at=listed_at,
        after=below,
        size=found.size,
        receipt=Receipt(
            found.key,
            version_id=found.version_id if pinned or not listed_at else None,
            etag="" if pinned else found.etag,
            findings=findings,
            letter=None,
        ),
    )


def _version(found: Version) -> str:
    return found.version_id if found.version_id != "null" else f"etag-{found.etag}"


def is_folder(key: str, size: int) -> bool:
    """Whether it is the mark that consoles leave for an empty folder."""
    return size == 0 and key.endswith("/")


def _named(bucket: str, key: str, version: str) -> tuple[DocumentRef, tuple[Finding, ...]]:
    customer, slash, _ = key.partition("/")
    findings = _findings(key, customer, slash)
    owner = customer if slash and customer_refused(customer) is None else NOBODY
    name = key_of(key)
    return DocumentRef(bucket=bucket, key=name, version=version, customer=owner), findings


def _findings(key: str, customer: str, slash: str) -> tuple[Finding, ...]:
    if not slash:
        return (
            Finding(
                code="BD1007",
                message="the object lies in the bucket itself, not below the name of a customer",
                hint="upload it as <customer>/<name>",
            ),
        )
    reasons = [
        (customer_refused(customer), "upload it below another name of the customer"),
        (key_refused(key), "upload it under another name"),
    ]
    return tuple(
        Finding(code="BD1006", message=reason, hint=hint) for reason, hint in reasons if reason
    )
