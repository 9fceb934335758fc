"""A bucket without the SDK, for what is done with every document: read a version, write an object."""

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote, urlsplit

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.line import Answer, Line, line_to
from billdrop.aws.calls.signature import Signer

REFUSAL = 1 << 16
"""Bytes of an answer that says no more than whether it was done."""


class Bucket:
    """
    The bucket, with the credentials, region and endpoint of the clients; safe to share among threads.

    Every request is signed together with whose bucket it has to be. What is not answered as it
    should be is for the SDK to ask again.
    """

    def __init__(self, clients: Clients, bucket: str, owner: str) -> None:
        origin, self._prefix = address(clients.s3.meta.endpoint_url, bucket)
        self._line: Line | None = line_to(clients.session, origin)
        self._signer = Signer(clients.session, "s3", clients.region)
        self._owner = owner

    def get(self, key: str, version_id: str | None, etag: str, most: int) -> Answer | None:
        """A version, or what the object is now if it has this ETag; its body if that is not too long."""
        query = "" if version_id is None else f"?versionId={quote(version_id, safe='-_.~')}"
        about = {"If-Match": f'"{etag}"'} if etag else {}
        return self._asked("GET", f"{self._path(key)}{query}", about, b"", most)

    def put(self, key: str, body: bytes, *, new: bool, content_type: str) -> bool:
        """Write an object, if `new` where there is none; False when it is not known that it did."""
        about = {"If-None-Match": "*"} if new else {}
        if content_type:
            about["Content-Type"] = content_type
        return self._asked("PUT", self._path(key), about, body, REFUSAL) is not None

    def _path(self, key: str) -> str:
        return f"{self._prefix}/{quote(key, safe='/-_.~')}"

    def _asked(
        self, method: str, target: str, about: Mapping[str, str], body: bytes, most: int
    ) -> Answer | None:
        line = self._line
        if line is None or line.rests:
            return None
        headers = {
            "Host": line.host,
            "X-Amz-Content-SHA256": sha256(body).hexdigest(),
            "X-Amz-Expected-Bucket-Owner": self._owner,
            **about,
        }
        signed = self._signer.signed(method, target, headers, body)
        try:
            answer = line.ask(method, target, signed, body, most)
        except OSError:
            line.rest()
            return None
        if answer.status >= 500:
            line.rest()
        return answer if answer.status == 200 else None


def address(endpoint: str, bucket: str) -> tuple[str, str]:
    """Host and path of the bucket: on AWS a host of its own where its name allows, elsewhere a path."""
    parts = urlsplit(endpoint)
    is_aws = (parts.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
    if is_aws and "." not in bucket:
        return f"{parts.scheme}://{bucket}.{parts.netloc}", ""
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/{bucket}"
