"""
The frequent calls to AWS, at a tenth of what they cost the SDK.

The SDK makes the first call of each kind. The next ones are sent as that one was: to the same
address, under the same headers, signed with the same credentials, which renew themselves. Only a
plain answer is taken. After anything else, the SDK makes that call and all of the next moment:
what is tried again, and what an error is called, is its affair alone.
"""

import re
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct

from billdrop.aws.calls.dialects import DIALECTS, Reply, Request
from billdrop.aws.calls.line import Answer, Line, line_to
from billdrop.aws.calls.line import Request as Sent
from billdrop.aws.calls.signature import Signer

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.awsrequest import AWSPreparedRequest

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
    target: str
    headers: dict[str, str]
    signer: Signer
    line: Line


class Calls:
    """The frequent calls of one service; safe to share among threads."""

    def __init__(self, session: "Session", client: Any) -> None:
        self._session = session
        self._client = client
        service = client.meta.service_model.service_name
        self._dialect = DIALECTS[service]
        self._patterns: dict[str, Pattern | None] = {}
        self._lines: dict[str, Line | None] = {}
        self._signers: dict[tuple[str, str], Signer] = {}
        client.meta.events.register(
            f"before-send.{service}", self._learn, unique_id=f"billdrop-{service}"
        )

    def __call__(self, method: str, request: Request) -> Reply:
        """See `Call`; the request is as the SDK has it, and so is the answer."""
        pattern = self._patterns.get(method)
        if pattern is not None and not pattern.line.rests:
            reply = self._plain(pattern, request)
            if reply is not None:
                return reply
            pattern.line.rest()
        made: Reply = getattr(self._client, method)(**request)
        return made

    def _plain(self, pattern: Pattern, request: Request) -> Reply | None:
        """The plain answer; None when there is none."""
        body = self._dialect.write(pattern.operation, request)
        headers = pattern.signer.signed("POST", pattern.target, pattern.headers, body)
        try:
            answer = pattern.line.ask(Sent("POST", pattern.target, headers, body))
            return self._read(pattern.operation, answer)
        except (OSError, ValueError, DecodeError, SyntaxError):
            return None

    def _read(self, operation: str, answer: Answer) -> Reply | None:
        body, checksum = answer.body, answer.headers.get("x-amz-crc32")
        if checksum is not None and checksum != str(zlib.crc32(body)):
            return None
        if answer.status == 200:
            return self._dialect.read(body)
        refused = self._dialect.refused(body) if answer.status == 400 else None
        if not refused:
            return None
        from botocore.exceptions import ClientError

        raise ClientError(refused, operation)  # type: ignore[arg-type]

    def _learn(self, request: "AWSPreparedRequest", event_name: str, **_: object) -> None:
        from botocore import xform_name

        operation = event_name.rpartition(".")[2]
        self._patterns[xform_name(operation)] = self._pattern(operation, request)

    def _pattern(self, operation: str, request: "AWSPreparedRequest") -> Pattern | None:
        """None for what we do not send: through a proxy, or signed in another way."""
        headers = {name: _text(value) for name, value in request.headers.items()}
        signed = _SIGNED.fullmatch(headers.get("Authorization", ""))
        parts = urlsplit(request.url)
        line = self._line(f"{parts.scheme}://{parts.netloc}")
        if signed is None or line is None or request.method != "POST":
            return None
        kept = {name: value for name, value in headers.items() if name.lower() not in _OWN}
        region, service = signed.groups()
        signer = self._signers.setdefault((service, region), Signer(self._session, service, region))
        return Pattern(
            operation=operation,
            target=parts.path or "/",
            headers={**kept, "Host": line.host},
            signer=signer,
            line=line,
        )

    def _line(self, origin: str) -> Line | None:
        if origin not in self._lines:
            self._lines[origin] = line_to(self._session, origin)
        return self._lines[origin]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
