"""An SNS of our own: a certificate authority, an issuer under it, and who signs messages."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from billdrop.aws.topic.certificates import Certificates, Trust
from billdrop.aws.topic.sns import Topic, signers
from billdrop.errors import UnavailableError

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ARN = "arn:aws:sns:eu-west-1:111122223333:invoices"
HOST = "https://sns.eu-west-1.amazonaws.com"
URL = f"{HOST}/SimpleNotificationService-a86cb10b4e1f29c941702d737128f7b6.pem"
ISSUER_URL = "http://crt.r2m01.amazontrust.com/r2m01.cer"

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key_of(name: str) -> rsa.RSAPrivateKey:
    """One key for each name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: str,
    by: str,
    *,
    authority: bool = False,
    names: Sequence[str] = ("sns.amazonaws.com",),
    since: datetime = NOW - timedelta(days=30),
    until: datetime = NOW + timedelta(days=30),
    issuer_url: str | None = ISSUER_URL,
    key: Key | None = None,
) -> x509.Certificate:
    """A certificate of one name, signed by another."""
    public = (key or key_of(name)).public_key()
    signing = key_of(by).public_key()
    use = x509.KeyUsage(
        *(not authority, False, False, False, False, authority, authority, False, False)
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if not authority:
        san = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(san, critical=False).add_extension(usage, critical=False)
        if issuer_url:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
            )
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([access]), critical=False
            )
    return builder.sign(key_of(by), SHA256())


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def der(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.DER)


ROOT = certificate("root", "root", authority=True)
ISSUER = certificate("issuer", "root", authority=True)
LEAF = certificate("sns", "issuer")
TRUST = Trust(roots=pem(ROOT))


def signed(
    fields: Mapping[str, Any], *, key: str = "sns", algorithm: HashAlgorithm | None = None
) -> dict[str, Any]:
    """The message with the signature that it should have, worked out without the code under test."""
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if fields["Type"] != "Notification":
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{fields[name]}\n" for name in names if fields.get(name) is not None)
    signature = key_of(key).sign(text.encode(), PKCS1v15(), algorithm or SHA256())
    return {**fields, "Signature": base64.b64encode(signature).decode()}


def notification(text: str = '{"Event":"s3:TestEvent"}', **fields: Any) -> dict[str, Any]:
    """As SNS sends it, unsigned."""
    return {
        "Type": "Notification",
        "MessageId": "ff21171f-dcef-518f-8f2b-4f3539b8af1a",
        "TopicArn": ARN,
        "Subject": "Amazon S3 Notification",
        "Message": text,
        "Timestamp": "2026-11-22T11:59:58.123Z",
        "SignatureVersion": "2",
        "SigningCertURL": URL,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe",
        **fields,
    }


def confirmation(**fields: Any) -> dict[str, Any]:
    """The message that offers the subscription, unsigned."""
    message = notification("You have chosen to subscribe", **fields)
    for name in ("Subject", "UnsubscribeURL"):
        del message[name]
    ask = f"{HOST}/?Action=ConfirmSubscription"
    return {"SubscribeURL": ask, "Token": "2336412f37" * 20, **message} | {
        "Type": fields.get("Type", "SubscriptionConfirmation")
    }


def body(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields).encode()


SHA_1 = SHA1()


class Web:
    """What can be fetched, and what was."""

    def __init__(self, pages: Mapping[str, bytes] | None = None) -> None:
        self.pages = dict({URL: pem(LEAF), ISSUER_URL: der(ISSUER)} if pages is None else pages)
        self.asked: list[str] = []
        self.silent = False

    def fetch(self, url: str) -> bytes | None:
        self.asked.append(url)
        if self.silent:
            raise UnavailableError("no answer")
        return self.pages.get(url)


class House:
    """A topic with our own signer, and what it did."""

    def __init__(self, *, web: Web | None = None, trust: Trust = TRUST, arn: str = ARN) -> None:
        self.web = web or Web()
        self.now = NOW
        self.notes: list[str] = []
        self.confirmed: list[str] = []
        self.certificates = Certificates(
            names=signers(arn), trust=trust, fetch=self.web.fetch, now=lambda: self.now
        )
        self.topic = Topic(
            arn,
            keys=self.certificates.key,
            now=lambda: self.now,
            confirm=self.confirmed.append,
            note=self.notes.append,
        )
