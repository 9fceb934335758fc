"""Our signatures are those of the SDK."""

import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from billdrop.aws.calls.signature import Signer

MOMENT = datetime(2026, 11, 22, 17, 0, 59, tzinfo=UTC)


class Session:
    """A session that has these credentials."""

    def __init__(self, credentials: Credentials | None) -> None:
        self.credentials = credentials

    def get_credentials(self) -> Credentials | None:
        return self.credentials


def signer(session: Session, service: str, moment: datetime = MOMENT) -> Signer:
    return Signer(session, service, "eu-central-1", clock=moment.timestamp)  # type: ignore[arg-type]


def theirs(auth: Any, service: str, request: AWSRequest) -> Any:
    """The headers of a request that the SDK signs at the same moment."""
    made = auth(Credentials("AKID", "secret", "token"), service, "eu-central-1")
    request.context["timestamp"] = MOMENT.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    request.headers["X-Amz-Security-Token"] = "token"
    text = made.string_to_sign(request, made.canonical_request(request))
    made._inject_signature_to_request(request, made.signature(text, request))
    return dict(request.headers.items())


plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20).map(str.strip)
parts = st.text("abcXYZ019-_.~", min_size=1, max_size=8)


@given(st.binary(max_size=50), plain, st.dictionaries(parts, plain.filter(bool), max_size=4))
def test_call_is_signed_as_the_sdk_does_it(body: bytes, agent: str, more: dict[str, str]) -> None:
    headers = {"Host": "sqs.eu-central-1.amazonaws.com", "User-Agent": agent, "X-Amz-Target": "A.B"}
    headers |= {f"x-own-{name.lower()}": value for name, value in more.items()}
    ours = signer(Session(Credentials("AKID", "secret", "token")), "sqs")
    found = ours.signed("POST", "/", headers, body)
    request = AWSRequest("POST", f"https://{headers['Host']}/", headers=headers, data=body)
    assert found == theirs(SigV4Auth, "sqs", request)


@given(st.sampled_from(["GET", "PUT"]), st.lists(parts, min_size=1), parts, st.binary(max_size=50))
def test_object_is_signed_as_the_sdk_does_it(
    method: str, path: list[str], version: str, body: bytes
) -> None:
    digest = sha256(body).hexdigest()
    headers = {"Host": "b.s3.amazonaws.com", "X-Amz-Content-SHA256": digest, "If-None-Match": "*"}
    target = f"/{'/'.join(path)}%20%C3%A4" + (f"?versionId={version}" if method == "GET" else "")
    ours = signer(Session(Credentials("AKID", "secret", "token")), "s3")
    found = ours.signed(method, target, headers, body)
    request = AWSRequest(method, f"https://{headers['Host']}{target}", headers=headers, data=body)
    assert found == theirs(S3SigV4Auth, "s3", request)


def test_credentials_that_were_renewed_and_the_next_day_make_another_signature() -> None:
    session = Session(Credentials("AKID", "secret"))
    days = iter([MOMENT, MOMENT, MOMENT.replace(day=23), MOMENT.replace(day=23)])
    ours = Signer(session, "sqs", "r", clock=lambda: next(days).timestamp())  # type: ignore[arg-type]

    def signed() -> str:
        return ours.signed("POST", "/", {"Host": "h"}, b"")["Authorization"]

    same = [signed(), signed()]
    assert same[0] == same[1]
    next_day = signed()
    session.credentials = Credentials("AKID", "other")
    assert len({same[0], next_day, signed()}) == 3


def test_without_credentials_it_is_said_as_the_sdk_says_it() -> None:
    with pytest.raises(NoCredentialsError):
        Signer(Session(None), "sqs", "r", clock=time.time).signed("POST", "/", {}, b"")  # type: ignore[arg-type]
