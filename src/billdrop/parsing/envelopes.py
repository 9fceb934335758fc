"""Documents that are signed in an envelope: the invoice is in it, and is no text before it is taken out."""

import base64
import re

from billdrop.model import Finding

_SIGNED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
"""What an envelope of CMS (PKCS#7) says it is, 1.2.840.113549.1.7.2, in its first bytes."""
_SEQUENCE = 0x30
_SOON = 40
_BASE64 = re.compile(rb"\s*(?:-----BEGIN [A-Z0-9 #]+-----\s+)?([A-Za-z0-9+/]{64})")


def envelope(content: bytes) -> tuple[Finding, ...]:
    """That the document is one, and how the invoice is taken out of it; nothing for any other document."""
    if _is_envelope(content):
        return (_finding("openssl cms -verify -noverify -inform DER -in FILE -out invoice.xml"),)
    written = _BASE64.match(content[:200])
    if written is None or not _is_envelope(base64.b64decode(written[1])):
        return ()
    decoded = "grep -v -e -- FILE | base64 -d -i"
    return (_finding(f"{decoded} | openssl cms -verify -noverify -inform DER -out invoice.xml"),)


def _is_envelope(content: bytes) -> bool:
    return content[:1] == bytes((_SEQUENCE,)) and _SIGNED in content[:_SOON]


def _finding(command: str) -> Finding:
    return Finding(
        code="BD1003",
        message="the document is a signed envelope (PKCS#7, .p7m), and the invoice is in it",
        line=1,
        column=1,
        hint=f"take it out: `{command}`",
    )
