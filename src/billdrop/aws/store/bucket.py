"""A bucket without the SDK, for what is done with every document: read a version, write an object."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.line import Answer, Line, Request, line_to
from billdrop.aws.calls.many import ask_all
from billdrop.aws.calls.signature import Signer

REFUSAL = 1 << 16
"""Bytes of an answer that says no more than whether it was done."""

OK = 200
FAULT = 500


class Wanted(NamedTuple):
    """A version of an object, or what it is now if it has this ETag."""

    key: str
    version_id: str | None = None
    etag: str = ""
    most: int = REFUSAL
    """Bytes of a body that is read."""


class Put(NamedTuple):
    """An object to be written, if `new` where there is none."""

    key: str
    body: bytes
    new: bool = False
    content_type: str = ""


class Bucket:
    """
    The bucket, with the credentials, region and endpoint of the clients; safe to share among threads.

    Every request is signed together with whose bucket it has to be. What is not answered as it
    should be is for the SDK to ask again.
    """

    def __init__(self, clients: Clients, bucket: str, owner: str) -> None:
        origin, self._prefix = address(clients.s3.meta.endpoint_url, bucket)
        self._line: Line | None = line_to(clients.session, origin)
        self._host = urlsplit(origin).netloc
        self._signer = Signer(clients.session, "s3", clients.region)
        self._owner = owner

    def get(self, wanted: Sequence[Wanted]) -> list[Answer | None]:
        """What was asked for, with its body if that is not too long; None what is not answered plainly."""
        return self._asked(self._reading(one) for one in wanted)

    def put(self, objects: Sequence[Put]) -> list[bool]:
        """Write objects; False where it is not known that it was done."""
        return [answer is not None for answer in self._asked(map(self._writing, objects))]

    def _reading(self, wanted: Wanted) -> Request:
        version = wanted.version_id
        query = "" if version is None else f"?versionId={quote(version, safe='-_.~')}"
        about = {"If-Match": f'"{wanted.etag}"'} if wanted.etag else {}
        return self._signed("GET", f"{self._path(wanted.key)}{query}", about, b"", wanted.most)

    def _writing(self, put: Put) -> Request:
        about = {"If-None-Match": "*"} if put.new else {}
        if put.content_type:
            about["Content-Type"] = put.content_type
        return self._signed("PUT", self._path(put.key), about, put.body, REFUSAL)

    def _path(self, key: str) -> str:
        return f"{self._prefix}/{quote(key, safe='/-_.~')}"

    def _signed(
        self, method: str, target: str, about: Mapping[str, str], body: bytes, most: int
    ) -> Request:
        headers = {
            "Host": self._host,
            "X-Amz-Content-SHA256": sha256(body).hexdigest(),
            "X-Amz-Expected-Bucket-Owner": self._owner,
            **about,
        }
        signed = self._signer.signed(method, target, headers, body)
        return Request(method, target, signed, body, most)

    def _asked(self, requests: Iterable[Request]) -> list[Answer | None]:
        line = self._line
        if line is None or line.rests:
            return [None for _ in requests]
        answers = ask_all(line, list(requests))
        if any(isinstance(it, OSError) or it.status >= FAULT for it in answers):
            line.rest()
        return [None if isinstance(it, OSError) or it.status != OK else it for it in answers]


def address(endpoint: str, bucket: str) -> tuple[str, str]:
    """Host and path of the bucket: on AWS a host of its own where its name allows, elsewhere a path."""
    parts = urlsplit(endpoint)
    is_aws = (parts.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if is_aws and "." not in bucket:
        return f"{parts.scheme}://{bucket}.{parts.netloc}", ""
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/{bucket}"
