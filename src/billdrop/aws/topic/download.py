"""Fetching the few bytes of a certificate: bounded in time and size, and from nowhere but the URL."""

import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from billdrop.errors import UnavailableError

Fetch = Callable[[str], bytes | None]
"""What lies at a URL; None when nothing does. Raises `UnavailableError` when there is no answer."""

FETCH_SECONDS = 3.0
CERTIFICATE_BYTES = 16 * 1024
_HEAD_BYTES = 8 * 1024


def download(
    url: str, *, seconds: float = FETCH_SECONDS, bundle: Path | None = None
) -> bytes | None:
    """
    See `Fetch`: follows no redirect, takes no more than 16 KB and never longer than `seconds`.

    `bundle` has the roots that servers are trusted by, without it those of the SDK.
    Anything but 200 is nothing; a server error, silence or half an answer is `UnavailableError`.
    """
    try:
        held = _answer(url, time.monotonic() + seconds, bundle)
        response = HTTPResponse(_Held(held))  # type: ignore[arg-type]
        response.begin()
        body = response.read()
    except (OSError, HTTPException) as error:
        raise UnavailableError(f"{url}: {error}", hint="it is tried again") from error
    if response.status >= 500:
        raise UnavailableError(f"{url} answers {response.status}", hint="it is tried again")
    return body if response.status == 200 and len(body) <= CERTIFICATE_BYTES else None


def _answer(url: str, until: float, bundle: Path | None) -> bytes:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, port), timeout=until - time.monotonic()) as plain:
        if parts.scheme != "https":
            return _exchanged(plain, request, until)
        context = ssl.create_default_context(cafile=bundle or sdk_bundle())
        with context.wrap_socket(plain, server_hostname=host) as line:
            return _exchanged(line, request, until)


def _exchanged(line: socket.socket, request: str, until: float) -> bytes:
    line.sendall(request.encode("ascii"))
    held = b""
    while len(held) <= _HEAD_BYTES + CERTIFICATE_BYTES:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it did not answer in time")
        line.settimeout(left)
        piece = line.recv(CERTIFICATE_BYTES)
        if not piece:
            return held
        held += piece
    raise HTTPException("it answers with more than a certificate")


class _Held:
    """An answer that was read to its end, as the parser of the standard library wants it."""

    def __init__(self, held: bytes) -> None:
        self._held = held

    def makefile(self, mode: str) -> BinaryIO:
        """Asked for once."""
        return BytesIO(self._held)


def sdk_bundle() -> Path:
    """The roots that the SDK trusts servers by."""
    from botocore.httpsession import get_cert_path

    return Path(get_cert_path(verify=True) or "")
