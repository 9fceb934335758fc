"""The certificates that messages of SNS are signed with: from one host alone, trusted by their chain."""

import base64
import hashlib
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from msgspec import Struct

from billdrop.aws.topic.download import Fetch, sdk_bundle
from billdrop.errors import ConfigurationError, UnavailableError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import Certificate

FETCHES_A_MINUTE = 12
"""Whoever invents certificate names makes us ask AWS for them no more often than this."""

_KEPT = 16
_FORGET_REFUSAL = timedelta(minutes=1)
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_ISSUER = re.compile(r"http://crt\.[a-z0-9]{1,20}\.amazontrust\.com/[a-z0-9]{1,20}\.(cer|crt)")

AMAZON_ROOTS = frozenset(
    [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    ]
)
"""SHA-256 of Amazon Root CA 1 to 4, as Amazon Trust Services publishes them."""

ISSUERS = tuple(f"http://crt.r2m0{each}.amazontrust.com/r2m0{each}.cer" for each in range(1, 5))
"""Where Amazon RSA 2048 M01 to M04 are published, which sign the certificates of SNS."""


class Refused(Struct, frozen=True):
    """Not believed; the reason is for the log alone."""

    reason: str


class Trust(Struct, frozen=True, kw_only=True):
    """Whose signature under a certificate is believed."""

    roots: bytes
    """Certificates as PEM, one after the other."""
    issuers: bytes = b""
    """Certificates between, as PEM, where they cannot be fetched; believed only under a root."""


def amazon_trust(issuers: bytes = b"") -> Trust:
    """Amazon's own roots, out of the bundle that the SDK trusts; `issuers` as `published` gave them."""
    blocks = _PEM.finditer(sdk_bundle().read_bytes())
    roots = [
        block[0]
        for block in blocks
        if hashlib.sha256(base64.b64decode(block[1])).hexdigest() in AMAZON_ROOTS
    ]
    if not roots:
        raise ConfigurationError(
            "the SDK's certificates do not have Amazon's roots", hint="install botocore again"
        )
    return Trust(roots=b"\n".join(roots), issuers=issuers)


def published(trust: Trust, fetch: Fetch, urls: Sequence[str] = ISSUERS) -> bytes:
    """
    The issuers of Amazon as PEM, for instances that have no way to where they are published.

    Only those that a root signed; one that cannot be had is left out.
    """
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    roots = load_pem_x509_certificates(trust.roots)
    found = [_issuer_at(url, fetch) for url in urls]
    return b"".join(
        each.public_bytes(Encoding.PEM)
        for each in found
        if each is not None and any(_signed_by(root, each) for root in roots)
    )


class Certificates:
    """
    The keys at certificate URLs, each fetched once and believed until it expires.

    A certificate has to be valid now, to bear one of the names, and to chain to a root. SNS serves
    it without its issuer, which is then fetched from where Amazon Trust Services publishes it.
    """

    def __init__(
        self, *, names: Collection[str], trust: Trust, fetch: Fetch, now: Callable[[], datetime]
    ) -> None:
        self._names = names
        self._trust = trust
        self._fetch = fetch
        self._now = now
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[RSAPublicKey | Refused, datetime]] = OrderedDict()
        self._fetched: deque[datetime] = deque()

    def key(self, url: str) -> "RSAPublicKey | Refused":
        """
        The key to check signatures with. The caller has made sure of the host.

        Raises `UnavailableError` when it cannot be fetched now.
        """
        held = self._held(url)
        if held is None:
            with self._lock:
                held = self._held(url) or self._learn(url)
        return held

    def _held(self, url: str) -> "RSAPublicKey | Refused | None":
        found, until = self._known.get(url, (None, None))
        return found if until is not None and self._now() < until else None

    def _learn(self, url: str) -> "RSAPublicKey | Refused":
        pem = self._get(url)
        found, until = self._judged(pem) if pem else (Refused("there is no certificate"), None)
        self._known[url] = found, until or self._now() + _FORGET_REFUSAL
        self._known.move_to_end(url)
        self._forget()
        return found

    def _forget(self) -> None:
        """What is refused goes first, so that invented names push no good key out."""
        while len(self._known) > _KEPT:
            refused = (url for url, (held, _) in self._known.items() if isinstance(held, Refused))
            del self._known[next(refused, next(iter(self._known)))]

    def _get(self, url: str) -> bytes | None:
        now = self._now()
        while self._fetched and now - self._fetched[0] >= timedelta(minutes=1):
            self._fetched.popleft()
        if len(self._fetched) >= FETCHES_A_MINUTE:
            raise UnavailableError(
                f"{FETCHES_A_MINUTE} certificates were fetched within a minute",
                hint="somebody may be inventing messages; the genuine ones are sent again",
            )
        self._fetched.append(now)
        return self._fetch(url)

    def _judged(self, pem: bytes) -> "tuple[RSAPublicKey | Refused, datetime | None]":
        from cryptography.x509 import load_pem_x509_certificates

        try:
            leaf, *more = load_pem_x509_certificates(pem)
            more += load_pem_x509_certificates(self._trust.issuers) if self._trust.issuers else []
            if all(each.subject != leaf.issuer for each in more):
                more += self._issuer(leaf)
            return self._chained(leaf, more)
        except ValueError as error:
            return Refused(f"the certificate cannot be read: {error}"), None

    def _issuer(self, leaf: "Certificate") -> "list[Certificate]":
        from cryptography.x509 import load_der_x509_certificate

        for url in _issuer_urls(leaf):
            der = self._get(url) if _ISSUER.fullmatch(url) else None
            if der:
                return [load_der_x509_certificate(der)]
        return []

    def _chained(
        self, leaf: "Certificate", more: "Sequence[Certificate]"
    ) -> "tuple[RSAPublicKey | Refused, datetime | None]":
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.x509 import DNSName, load_pem_x509_certificates
        from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

        store = Store(load_pem_x509_certificates(self._trust.roots))
        policy = PolicyBuilder().store(store).time(self._now()).max_chain_depth(2)
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            return Refused("the certificate has no RSA key"), None
        name = next((each for each in _names(leaf) if each in self._names), None)
        if name is None:
            return Refused("the certificate is not one of SNS"), None
        try:
            chain = policy.build_server_verifier(DNSName(name)).verify(leaf, list(more))
        except VerificationError as error:
            return Refused(f"the certificate is not trusted: {error}"), None
        return key, min(each.not_valid_after_utc for each in chain)


def _names(leaf: "Certificate") -> list[str]:
    from cryptography.x509 import DNSName, ExtensionNotFound, SubjectAlternativeName

    try:
        names = leaf.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return []
    return names.get_values_for_type(DNSName)


def _issuer_at(url: str, fetch: Fetch) -> "Certificate | None":
    from cryptography.x509 import load_der_x509_certificate

    try:
        return load_der_x509_certificate(fetch(url) or b"")
    except (UnavailableError, ValueError):
        return None


def _signed_by(root: "Certificate", issuer: "Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        issuer.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _issuer_urls(leaf: "Certificate") -> list[str]:
    from cryptography.x509 import AuthorityInformationAccess, ExtensionNotFound
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        access = leaf.extensions.get_extension_for_class(AuthorityInformationAccess).value
    except ExtensionNotFound:
        return []
    return [
        str(each.access_location.value)
        for each in access
        if each.access_method == AuthorityInformationAccessOID.CA_ISSUERS
    ]
