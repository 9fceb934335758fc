"""Signature version 4, over little: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html."""

import hmac
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boto3.session import Session

UNSIGNED = frozenset(["user-agent"])
"""What others may change on the way."""


class Signer:
    """Signs for one service in one region, with the credentials of a session, which renews them."""

    def __init__(
        self,
        session: "Session",
        service: str,
        region: str,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._service = service
        self._region = region
        self._clock = clock
        self._key: tuple[str, str, bytes] = "", "", b""

    def signed(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """
        The headers of a request, `Host` among them, with those that sign it.

        `target`: path and query as they are sent, the query in order of its names.
        """
        from botocore.exceptions import NoCredentialsError

        found = self._session.get_credentials()
        if found is None:
            raise NoCredentialsError
        credentials = found.get_frozen_credentials()
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        made = {**headers, "X-Amz-Date": moment}
        if credentials.token:
            made["X-Amz-Security-Token"] = credentials.token
        named = sorted((name.lower(), value) for name, value in made.items())
        told = [(name, " ".join(value.split())) for name, value in named if name not in UNSIGNED]
        names = ";".join(name for name, _ in told)
        path, _, query = target.partition("?")
        lines = "".join(f"{name}:{value}\n" for name, value in told)
        digest = sha256(body).hexdigest()
        request = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(
            self._of(str(credentials.secret_key), moment[:8]), text.encode(), sha256
        )
        made["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature.hex()}"
        )
        return made

    def _of(self, secret: str, day: str) -> bytes:
        """The key of a day, worked out once."""
        if self._key[:2] != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), sha256)
            self._key = secret, day, key
        return self._key[2]
