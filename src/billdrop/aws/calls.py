"""
The frequent calls to AWS, at a tenth of what they cost the SDK.

The SDK makes the first call of each kind. The next ones are sent as that one was: to the same
address, under the same headers, signed by the SDK's own signer with the same credentials, which
renew themselves. Only a plain answer is taken. After anything else, the SDK makes that call and
all of the next moment: what is tried again, and what an error is called, is its affair alone.
"""

import re
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct

from billdrop.aws.dialects import DIALECTS, Reply, Request
from billdrop.aws.line import Answer, Line

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.awsrequest import AWSPreparedRequest

REST = 5.0
"""Seconds that the SDK makes all calls, after one that was not answered plainly."""

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request,.*")
_OWN = frozenset(
    [
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "authorization",
        "content-length",
        "x-amz-date",
        "x-amz-security-token",
    ]
)
"""Headers that each request has its own of."""


Call = Callable[[str, Request], Reply]
"""Makes a call, named as a method of the SDK's client; raises what the SDK raises."""


class Pattern(Struct, frozen=True, kw_only=True):
    """What the SDK sent, but for what it was about."""

    operation: str
    url: str
    path: str
    headers: dict[str, str]
    region: str
    service: str
    """Both as the signature names them."""
    line: Line


class Calls:
    """The frequent calls of one service; safe to share among threads."""

    def __init__(
        self,
        session: "Session",
        client: Any,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._client = client
        self._monotonic = monotonic
        service = client.meta.service_model.service_name
        self._dialect = DIALECTS[service]
        self._patterns: dict[str, Pattern | None] = {}
        self._lines: dict[str, Line] = {}
        self._rested = 0.0
        client.meta.events.register(
            f"before-send.{service}", self._learn, unique_id=f"billdrop-{service}"
        )

    def __call__(self, method: str, request: Request) -> Reply:
        """See `Call`; the request is as the SDK has it, and so is the answer."""
        pattern = self._patterns.get(method)
        if pattern is not None and self._monotonic() >= self._rested:
            answer = self._said(pattern, request)
            if answer is not None:
                return answer
            self._rested = self._monotonic() + REST
        reply: Reply = getattr(self._client, method)(**request)
        return reply

    def _said(self, pattern: Pattern, request: Request) -> Reply | None:
        """The plain answer; None when there is none."""
        body = self._dialect.write(pattern.operation, request)
        headers = self._signed(pattern, body)
        try:
            answer = pattern.line.post(pattern.path, headers, body)
        except OSError:
            return None
        try:
            return self._read(pattern, answer)
        except (DecodeError, SyntaxError):
            return None

    def _read(self, pattern: Pattern, answer: Answer) -> Reply | None:
        checksum = answer.headers.get("x-amz-crc32")
        if checksum is not None and checksum != str(zlib.crc32(answer.body)):
            return None
        if answer.status == 200:
            return self._dialect.read(answer.body)
        refused = self._dialect.refused(answer.body) if answer.status == 400 else None
        if not refused:
            return None
        from botocore.exceptions import ClientError

        raise ClientError(refused, pattern.operation)  # type: ignore[arg-type]

    def _signed(self, pattern: Pattern, body: bytes) -> list[tuple[str, str]]:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        credentials = self._session.get_credentials()
        assert credentials is not None, "the SDK signed with them"
        request = AWSRequest("POST", pattern.url, headers=pattern.headers, data=body)
        signer = SigV4Auth(credentials.get_frozen_credentials(), pattern.service, pattern.region)
        signer.add_auth(request)
        return list(request.headers.items())

    def _learn(self, request: "AWSPreparedRequest", event_name: str, **_: object) -> None:
        from botocore import xform_name

        operation = event_name.rpartition(".")[2]
        self._patterns[xform_name(operation)] = self._pattern(operation, request)

    def _pattern(self, operation: str, request: "AWSPreparedRequest") -> Pattern | None:
        """None for what we cannot send: through a proxy, or signed in another way."""
        from botocore.utils import get_environ_proxies

        headers = {name: _text(value) for name, value in request.headers.items()}
        signed = _SIGNED.fullmatch(headers.get("Authorization", ""))
        if signed is None or get_environ_proxies(request.url):
            return None
        parts = urlsplit(request.url)
        kept = {name: value for name, value in headers.items() if name.lower() not in _OWN}
        return Pattern(
            operation=operation,
            url=request.url,
            path=parts.path or "/",
            headers={**kept, "Host": parts.netloc},
            region=signed[1],
            service=signed[2],
            line=self._line(f"{parts.scheme}://{parts.netloc}"),
        )

    def _line(self, origin: str) -> Line:
        """One for each host, by the certificates that the SDK trusts."""
        from botocore.httpsession import get_cert_path

        line = self._lines.get(origin)
        if line is None:
            named = self._session._session.get_config_variable("ca_bundle")  # noqa: SLF001 - nothing public says it
            line = self._lines[origin] = Line(origin, bundle=get_cert_path(named or True))
        return line


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
