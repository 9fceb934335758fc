"""The objects of one bucket: our own calls for what is frequent, the SDK for the rest and for reasons."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import DENIED, GONE, code_of, named
from billdrop.aws.calls.patience import tries
from billdrop.aws.store.bucket import Bucket, Put, Wanted
from billdrop.errors import UnavailableError

if TYPE_CHECKING:
    from billdrop.aws.calls.line import Answer

PIECE = 1 << 20
TRIES = 4
BACK_OFF = 0.2

_PLAIN = re.compile(r"(?:(?!\.{1,2}(?:/|$))[^/\x00-\x1f\x7f\\]+(?:/(?=.)|$))+")
_MD5 = re.compile(r"[0-9a-f]{32}")
_NOT_READABLE = frozenset(["InvalidObjectState", "KMS.DisabledException", "KMS.NotFoundException"])
_NO_SUCH = GONE | {"MethodNotAllowed", "InvalidArgument"}
"""What S3 says of a version that is a mark of deletion, or of an id that is none."""
_REPLACED = frozenset(["PreconditionFailed", "412"])
_RACED = frozenset(["ConditionalRequestConflict", "OperationAborted", "409"])


class Why(Enum):
    """Why an object was not read."""

    GONE = "gone"
    REPLACED = "replaced"
    DENIED = "denied"


class Unread(Struct, frozen=True, kw_only=True):
    """An object that trying again at once would not read."""

    why: Why
    evidence: str
    """What S3 said, one line."""


class Content(Struct, frozen=True, kw_only=True):
    """An object that was read."""

    size: int
    body: bytes | None
    """None when it has more bytes than were asked for."""
    etag: str = ""


class Version(Struct, frozen=True, kw_only=True, gc=False):
    """One version of one object, as a listing shows it."""

    key: str
    version_id: str
    """`null` in a bucket without versions."""
    etag: str
    size: int
    modified: datetime
    deleted: bool = False
    """Whether it is a mark of deletion."""


class Objects:
    """One bucket of one owner; safe to share among threads."""

    def __init__(
        self,
        clients: Clients,
        bucket: str,
        *,
        owner: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`owner`: the account that the bucket must belong to; every call says so."""
        self._clients = clients
        self._bucket = bucket
        self._owned: dict[str, Any] = {"Bucket": bucket, "ExpectedBucketOwner": owner}
        self._owner = owner
        self._sleep = sleep
        self._md5 = True

    @cached_property
    def _fast(self) -> Bucket:
        return Bucket(self._clients, self._bucket, self._owner)

    def thing(self, key: str) -> str:
        """An object as messages name it."""
        return ascii(f"s3://{self._bucket}/{key}")[1:-1]

    def read(
        self, key: str, *, version_id: str | None = None, etag: str = "", most: int
    ) -> Content | Unread:
        """
        Read a version, or what the object is now as long as it has this ETag.

        Its body is there when it has up to `most` bytes.
        Raises what `named` raises; throttles, and bodies that end too early, were tried again.
        """
        (quick,) = self.read_quickly([Wanted(key, version_id, etag, most)])
        return quick or self.read_surely(key, version_id=version_id, etag=etag, most=most)

    def read_quickly(self, wanted: Sequence[Wanted]) -> list[Content | None]:
        """Read many at once; None is what `read_surely` has to be asked for, which says what is amiss."""
        plain = [one for one in wanted if is_plain(one.key)]
        answers = iter(self._fast.get(plain) if plain else ())
        return [self._content(one, next(answers)) if is_plain(one.key) else None for one in wanted]

    def read_surely(
        self, key: str, *, version_id: str | None = None, etag: str = "", most: int
    ) -> Content | Unread:
        """As `read`, by the SDK alone."""
        for _ in tries(TRIES, BACK_OFF, self._sleep):
            with named(self.thing(key)):
                sure = self._surely(key, version_id, etag, most)
            if sure is not None:
                return sure
        raise self._unanswered(key)

    def pieces(self, key: str, *, version_id: str | None = None, etag: str = "") -> Iterator[bytes]:
        """A version, in pieces; raises `UnavailableError` when it is not there or ends too early."""
        with named(self.thing(key)):
            answer = self._clients.s3.get_object(**self._pinned(key, version_id, etag))
            yield from answer["Body"].iter_chunks(PIECE)

    def put_new(self, key: str, body: bytes, *, content_type: str = "") -> bool:
        """Write an object where there is none; whether it did."""
        if self.put_quickly([Put(key, body, True, content_type)]) == [True]:
            return True
        return self._put_if(key, body, content_type, IfNoneMatch="*")

    def put_quickly(self, objects: Sequence[Put]) -> list[bool]:
        """Write many at once; False is what has to be written again, which says what is amiss."""
        plain = [one for one in objects if is_plain(one.key)]
        done = iter(self._fast.put(plain) if plain else ())
        return [is_plain(one.key) and next(done) for one in objects]

    def swap(self, key: str, body: bytes, *, etag: str, content_type: str = "") -> bool:
        """Replace an object that still has this ETag; whether it did."""
        return self._put_if(key, body, content_type, IfMatch=f'"{etag}"')

    def put(self, key: str, body: bytes, *, content_type: str = "") -> None:
        """Write an object, or replace it."""
        about: dict[str, Any] = {"ContentType": content_type} if content_type else {}
        if self.put_quickly([Put(key, body, False, content_type)]) == [True]:
            return
        with named(self.thing(key)):
            self._clients.s3.put_object(**self._owned, Key=key, Body=body, **about)

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        with named(self.thing(key)):
            self._clients.s3.delete_object(**self._owned, Key=key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin so, in order of their UTF-8."""
        pages = self._clients.s3.get_paginator("list_objects_v2")
        with named(self.thing(prefix)):
            for page in pages.paginate(**self._owned, Prefix=prefix):
                yield from (each["Key"] for each in page.get("Contents", ()))

    def latest(self, prefix: str = "") -> Iterator[tuple[str, str]]:
        """Key and ETag of every object whose key begins so, as it is now."""
        pages = self._clients.s3.get_paginator("list_objects_v2")
        with named(self.thing(prefix)):
            for page in pages.paginate(**self._owned, Prefix=prefix):
                for each in page.get("Contents", ()):
                    yield each["Key"], each["ETag"].strip('"')

    def tops(self) -> list[str]:
        """The first parts of all keys, with `/` where more follows, in order."""
        pages = self._clients.s3.get_paginator("list_objects_v2")
        found: list[str] = []
        with named(self.thing("")):
            for page in pages.paginate(**self._owned, Delimiter="/"):
                found.extend(each["Key"] for each in page.get("Contents", ()))
                found.extend(each["Prefix"] for each in page.get("CommonPrefixes", ()))
        return sorted(found, key=str.encode)

    def versions(self, prefix: str = "", *, at_once: int = 1000) -> Iterator[Version]:
        """The versions and marks of deletion of all objects whose keys begin so; by key, newest first."""
        pages = self._clients.s3.get_paginator("list_object_versions")
        with named(self.thing(prefix)):
            for page in pages.paginate(
                **self._owned, Prefix=prefix, PaginationConfig={"PageSize": at_once}
            ):
                yield from _merged(page)

    def _content(self, wanted: Wanted, answer: "Answer | None") -> Content | None:
        """What was asked for; None when the SDK has to be asked."""
        if answer is None or not _asked_for(answer, wanted):
            return None
        if answer.size > wanted.most:
            return Content(size=answer.size, body=None)
        body, told = answer.body, answer.headers.get("etag", "")
        if len(body) != answer.size or not self._fits(body, told):
            return None
        return Content(size=answer.size, body=body, etag=told.strip('"'))

    def _fits(self, body: bytes, etag: str | None) -> bool:
        """Whether the ETag, where it is an MD5, is that of the bytes."""
        plain = (etag or "").strip('"')
        if not self._md5 or not _MD5.fullmatch(plain):
            return True
        return hashlib.md5(body, usedforsecurity=False).hexdigest() == plain

    def _surely(
        self, key: str, version_id: str | None, etag: str, most: int
    ) -> Content | Unread | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._clients.s3.get_object(**self._pinned(key, version_id, etag))
            size = answer["ContentLength"]
            if size > most:
                answer["Body"].close()
                return Content(size=size, body=None)
            body = answer["Body"].read()
        except ClientError as error:
            return _unread(error, pinned=version_id is not None)
        except BotoCoreError:
            return None
        if not self._fits(body, answer["ETag"]):
            self._md5 = False
        etag = answer["ETag"].strip('"')
        return Content(size=size, body=body, etag=etag) if len(body) == size else None

    def _put_if(self, key: str, body: bytes, content_type: str, **condition: str) -> bool:
        about: dict[str, Any] = {"ContentType": content_type} if content_type else {}
        for _ in tries(TRIES, BACK_OFF, self._sleep):
            with named(self.thing(key)):
                made = self._put_once(key, body, about | condition)
            if made is not None:
                return made
        raise self._unanswered(key)

    def _put_once(self, key: str, body: bytes, about: dict[str, Any]) -> bool | None:
        from botocore.exceptions import ClientError

        try:
            self._clients.s3.put_object(**self._owned, Key=key, Body=body, **about)
        except ClientError as error:
            if code_of(error) in _REPLACED or ("IfMatch" in about and code_of(error) in GONE):
                return False
            if code_of(error) in _RACED:
                return None
            raise
        return True

    def _unanswered(self, key: str) -> UnavailableError:
        return UnavailableError(
            f"{self.thing(key)} was not answered as a whole", hint="it is tried again"
        )

    def _pinned(self, key: str, version_id: str | None, etag: str) -> dict[str, Any]:
        pin: dict[str, Any] = {**self._owned, "Key": key}
        if version_id is not None:
            pin["VersionId"] = version_id
        if etag:
            pin["IfMatch"] = f'"{etag}"'
        return pin


def is_plain(key: str) -> bool:
    """Whether nothing on the way makes another path of this key: empty parts, dots, control characters."""
    return _PLAIN.fullmatch(key) is not None


def _asked_for(answer: "Answer", wanted: Wanted) -> bool:
    """Whether an answer is about the version, or the content, that was asked for, as far as it says so."""
    version = answer.headers.get("x-amz-version-id")
    if wanted.version_id is not None and version not in (None, wanted.version_id):
        return False
    return not wanted.etag or answer.headers.get("etag", "").strip('"') == wanted.etag


def _unread(error: Exception, *, pinned: bool) -> Unread:
    code = code_of(error)
    evidence = " ".join(f"{code}: {error}".split())
    if code in _REPLACED:
        return Unread(why=Why.REPLACED, evidence=evidence)
    if code in (_NO_SUCH if pinned else GONE):
        return Unread(why=Why.GONE, evidence=evidence)
    if code in DENIED | _NOT_READABLE:
        return Unread(why=Why.DENIED, evidence=evidence)
    raise error


def _merged(page: Any) -> Iterator[Version]:
    found = [
        *((each["Key"].encode(), each, False) for each in page.get("Versions", ())),
        *((each["Key"].encode(), each, True) for each in page.get("DeleteMarkers", ())),
    ]
    found.sort(
        key=lambda one: (one[0], -one[1]["LastModified"].timestamp(), not one[1]["IsLatest"])
    )
    for _, each, deleted in found:
        yield Version(
            key=each["Key"],
            version_id=each["VersionId"],
            etag=each.get("ETag", "").strip('"'),
            size=each.get("Size", 0),
            modified=each["LastModified"],
            deleted=deleted,
        )
