"""Messages that SNS posts to us: believed only when the one topic signed them, a moment ago."""

import base64
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.inbox.events import Event, unwrap
from billdrop.aws.topic.certificates import Certificates, Refused, Trust, amazon_trust
from billdrop.aws.topic.download import Fetch, download
from billdrop.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Keys = Callable[[str], "RSAPublicKey | Refused"]
"""The key at a certificate's URL; raises `UnavailableError` when it cannot be had now."""

BODY_BYTES = 256 * 1024
OLDEST = timedelta(hours=1, minutes=15)
"""SNS tries for up to an hour; a quarter more for clocks that differ."""
NEWEST = timedelta(minutes=15)
REMEMBERED = 65_536

NOTIFICATION = "Notification"
CONFIRMATION = "SubscriptionConfirmation"
FAREWELL = "UnsubscribeConfirmation"

_CONFIRMING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: _CONFIRMING,
    FAREWELL: _CONFIRMING,
}
"""What is signed of each type, in this order."""

_ARN = re.compile(r"arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-[0-9]):[0-9]{12}:[\w-]+")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,4096}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{86,1400}={0,2}")


class Envelope(Struct, frozen=True, kw_only=True):
    """A message that the topic signed."""

    kind: str
    """`Notification`, `SubscriptionConfirmation` or `UnsubscribeConfirmation`."""
    message_id: str
    """Of this message; S3 may announce the same object under two."""
    token: str = ""
    """What confirms the subscription; a secret."""
    repeated: bool = False
    """Whether its effect is known to be durable already."""
    text: str = ""

    @property
    def events(self) -> Sequence[Event]:
        """What the message says, if it is a notification."""
        return unwrap(self.text) if self.kind == NOTIFICATION else ()


class Topic:
    """
    The one topic whose messages are believed.

    Everything a message says is looked at before its certificate is asked for, so that most forged
    ones cost no call; no URL of a message is ever called but that of the certificate, whose host
    is `sns.<region of the topic>.amazonaws.com`.
    """

    def __init__(
        self,
        arn: str,
        *,
        keys: Keys,
        now: Callable[[], datetime],
        confirm: Callable[[str], None],
        note: Callable[[str], None],
        host: str | None = None,
    ) -> None:
        """`note` is told why a message is refused; `host` is another source of certificates, for tests."""
        self.arn = arn
        self._keys = keys
        self._now = now
        self._confirm = confirm
        self._note = note
        self._certificate = _certificate_url(host or host_of(arn))
        self._lock = Lock()
        self._remembered: OrderedDict[str, None] = OrderedDict()

    def open(self, body: bytes) -> Envelope | None:
        """
        The message in the body of a request, or None when it is not believed.

        Raises `UnavailableError` when that cannot be told now.
        """
        fields = read(body)
        reason = fields.reason if isinstance(fields, Refused) else self._doubt(fields)
        if reason or isinstance(fields, Refused):
            self._note(ascii(reason)[1:-1][:200])
            return None
        return Envelope(
            kind=fields["Type"],
            message_id=fields["MessageId"],
            token=fields.get("Token", ""),
            repeated=fields["MessageId"] in self._remembered,
            text=fields["Message"],
        )

    def confirm(self, token: str) -> None:
        """Confirm the subscription to this topic by the token of a message that was believed."""
        self._confirm(token)

    def done(self, message_id: str) -> None:
        """The effect of the message is durable: when it comes again, nothing is to be done."""
        with self._lock:
            self._remembered[message_id] = None
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)

    def _doubt(self, fields: Mapping[str, str]) -> str:
        """Why a message is not believed; nothing when it is."""
        if fields["TopicArn"] != self.arn:
            return f"the message is of the topic {fields['TopicArn'][:120]}"
        if fields["SignatureVersion"] != "2":
            return "the message is not signed with version 2; set SignatureVersion of the topic"
        if not self._certificate.fullmatch(fields["SigningCertURL"]):
            return f"the certificate lies at {fields['SigningCertURL'][:120]}"
        if not _BASE64.fullmatch(fields["Signature"]):
            return "the signature is not one"
        return self._untimely(fields["Timestamp"]) or self._unsigned(fields)

    def _untimely(self, text: str) -> str:
        try:
            sent = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            sent = None
        if sent is None:
            return "the message has no time"
        now = self._now()
        if not now - OLDEST <= sent.astimezone(UTC) <= now + NEWEST:
            return f"the message was sent at {text}, and now is {now.isoformat()}"
        return ""

    def _unsigned(self, fields: Mapping[str, str]) -> str:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        key = self._keys(fields["SigningCertURL"])
        if isinstance(key, Refused):
            return key.reason
        try:
            signature = base64.b64decode(fields["Signature"], validate=True)
            key.verify(signature, signed(fields), PKCS1v15(), SHA256())
        except (ValueError, InvalidSignature):
            return "the signature is not that of the message"
        return ""


def read(body: bytes) -> dict[str, str] | Refused:
    """
    The fields of a message, each one line but `Message`.

    A name that is there twice is refused: two readers could see two messages. So are line breaks
    in what is signed beside the message: the signed text could be cut in another way.
    """
    if len(body) > BODY_BYTES:
        return Refused(f"the message has more than {BODY_BYTES} bytes")
    try:
        value = json.loads(body.decode(), object_pairs_hook=_single, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return Refused(f"the message is not JSON: {error}")
    kind = value.get("Type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SIGNED:
        return Refused("the message is of no type that SNS sends")
    fields = {name: text for name in _needed(kind) if (text := value.get(name)) is not None}
    missing = _needed(kind) - fields.keys() - {"Subject"}
    if missing:
        return Refused(f"the message has no {min(missing)}")
    wrong = [name for name, text in fields.items() if not _fits(name, text)]
    return Refused(f"{wrong[0]} of the message is not a line of text") if wrong else fields


def signed(fields: Mapping[str, str]) -> bytes:
    """The bytes under the signature."""
    names = (name for name in _SIGNED[fields["Type"]] if name in fields)
    return "".join(f"{name}\n{fields[name]}\n" for name in names).encode()


def host_of(arn: str) -> str:
    """Where the topic's region serves the certificates it signs with."""
    region, suffix = _region(arn)
    return f"sns.{region}.{suffix}"


def signers(arn: str) -> tuple[str, ...]:
    """The names that such a certificate may bear; regions that one opts in to have one of their own."""
    region, suffix = _region(arn)
    if region.startswith("us-gov-"):
        return (f"sns-us-gov-west-1.{suffix}",)
    if region.startswith("cn-"):
        return (f"sns-{region}.{suffix}",)
    return (f"sns.{suffix}", f"sns-signing.{region}.{suffix}")


def subscribed(
    clients: Clients,
    arn: str,
    *,
    now: Callable[[], datetime],
    note: Callable[[str], None],
    trust: Trust | None = None,
    fetch: Fetch = download,
) -> Topic:
    """The topic of a stack, as AWS runs it."""

    def confirm(token: str) -> None:
        with named(f"topic {arn}"):
            clients.sns.confirm_subscription(
                TopicArn=arn, Token=token, AuthenticateOnUnsubscribe="true"
            )

    certificates = Certificates(
        names=signers(arn), trust=trust or amazon_trust(), fetch=fetch, now=now
    )
    return Topic(arn, keys=certificates.key, now=now, confirm=confirm, note=note)


def _region(arn: str) -> tuple[str, str]:
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ConfigurationError(
            f"{arn[:120]!a} is not the ARN of a topic", hint="the stack names it as TopicArn"
        )
    return match[2], "amazonaws.com.cn" if match[1] == "aws-cn" else "amazonaws.com"


def _certificate_url(host: str) -> re.Pattern[str]:
    name = r"SimpleNotificationService(-[A-Za-z0-9]{1,64})?\.pem"
    return re.compile(f"https://{re.escape(host)}/{name}")


def _needed(kind: str) -> set[str]:
    return {*_SIGNED[kind], "SignatureVersion", "Signature", "SigningCertURL"}


def _fits(name: str, text: object) -> bool:
    if not isinstance(text, str):
        return False
    return name == "Message" or bool(_LINE.fullmatch(text))


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")
