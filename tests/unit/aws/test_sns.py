"""Nothing is believed that the one topic did not sign, and what is not believed makes us call nobody."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billdrop.aws.inbox.events import Test
from billdrop.aws.topic.certificates import Refused
from billdrop.aws.topic.sns import BODY_BYTES, REMEMBERED, host_of, read, signers
from billdrop.errors import ConfigurationError, UnavailableError
from tests.unit.aws.signer import (
    ARN,
    HOST,
    ISSUER_URL,
    SHA_1,
    URL,
    House,
    body,
    confirmation,
    notification,
    signed,
)

ATTACKER = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize("subject", ["Amazon S3 Notification", None, "Zoë 🧾"])
def test_genuine_notification_is_believed_with_and_without_subject(
    house: House, subject: str | None
) -> None:
    envelope = house.topic.open(body(signed(notification(Subject=subject))))
    assert envelope
    assert (envelope.kind, envelope.repeated) == ("Notification", False)
    assert envelope.message_id == "ff21171f-dcef-518f-8f2b-4f3539b8af1a"
    assert list(envelope.events) == [Test()]
    assert house.notes == []


def test_genuine_notification_without_the_field_subject_is_believed(house: House) -> None:
    message = notification()
    del message["Subject"]
    assert house.topic.open(body(signed(message)))


def test_confirmation_is_believed_and_has_its_token(house: House) -> None:
    envelope = house.topic.open(body(signed(confirmation())))
    assert envelope
    assert (envelope.kind, envelope.token) == ("SubscriptionConfirmation", "2336412f37" * 20)
    assert list(envelope.events) == []


def test_farewell_is_believed(house: House) -> None:
    envelope = house.topic.open(body(signed(confirmation(Type="UnsubscribeConfirmation"))))
    assert envelope
    assert envelope.kind == "UnsubscribeConfirmation"


def test_opening_a_message_confirms_nothing(house: House) -> None:
    assert house.topic.open(body(signed(confirmation(SubscribeURL=ATTACKER))))
    assert house.confirmed == []
    assert house.web.asked == [URL, ISSUER_URL]


def test_certificate_is_fetched_once_for_many_messages(house: House) -> None:
    for number in range(20):
        assert house.topic.open(body(signed(notification(MessageId=str(number)))))
    assert house.web.asked == [URL, ISSUER_URL]


CERTIFICATES = [
    ATTACKER,
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com:443/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-a.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem",
    "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem",
    "https://evil@sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://s3.amazonaws.com/sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://evil.example/https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://snsXeu-west-1Xamazonaws.com/SimpleNotificationService-a.pem",
    "https://SNS.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.eu-west-1.amazonaws.com./SimpleNotificationService-a.pem",
    f"{HOST}/SimpleNotificationService-a.pem?x=1",
    f"{HOST}/SimpleNotificationService-a.pem#x",
    f"{HOST}/SimpleNotificationService-a.pem\n",
    f"{HOST}/x/SimpleNotificationService-a.pem",
    f"{HOST}/../SimpleNotificationService-a.pem",
    f"{HOST}/SimpleNotificationService-a/b.pem",
    f"{HOST}/SimpleNotificationService-%2e.pem",
    f"{HOST}/SimpleNotificationService-ä.pem",
    f"{HOST}\\SimpleNotificationService-a.pem",
    f" {URL}",
    "",
]


@pytest.mark.parametrize("url", CERTIFICATES)
def test_certificate_from_anywhere_else_is_refused_without_a_call(house: House, url: str) -> None:
    assert house.topic.open(body(signed(notification(SigningCertURL=url)))) is None
    assert house.web.asked == []
    assert len(house.notes) == 1


CHANGED: list[dict[str, Any]] = [
    {"SignatureVersion": "1"},
    {"SignatureVersion": "3"},
    {"SignatureVersion": 2},
    {"TopicArn": ARN + "2"},
    {"TopicArn": ARN.replace("111122223333", "444455556666")},
    {"TopicArn": ARN.replace("eu-west-1", "us-east-1")},
    {"TopicArn": ARN.upper()},
    {"TopicArn": f"{ARN} "},
    {"TopicArn": [ARN]},
    {"Type": "Subscribe"},
    {"Type": "notification"},
    {"Type": ["Notification"]},
    {"Timestamp": "2026-11-22T10:44:59.999Z"},
    {"Timestamp": "2026-11-22T12:15:00.001Z"},
    {"Timestamp": "2026-11-22T11:59:58"},
    {"Timestamp": "2026-11-22T11:59:58+00:00"},
    {"Timestamp": "2026-13-22T11:59:58Z"},
    {"Timestamp": "1795348798"},
    {"Timestamp": 1795348798},
    {"Timestamp": "٢٠٢٦-11-22T11:59:58Z"},
    {"MessageId": "a\nb"},
    {"MessageId": ""},
    {"MessageId": 7},
    {"Subject": "a\nTimestamp\nb"},
    {"Subject": {"a": 1}},
    {"Message": {"Records": []}},
]


@pytest.mark.parametrize("change", CHANGED)
def test_message_of_another_kind_is_refused_though_signed_and_without_a_call(
    house: House, change: dict[str, Any]
) -> None:
    fields = notification() | change
    assert house.topic.open(body(signed(fields))) is None
    assert house.web.asked == []


SIGNATURES = ["", "FAKE", "A" * 343, "A" * 2000, "====", "é" * 344, "A" * 100 + "\n" + "A" * 243]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_what_is_no_signature_is_refused_without_a_call(house: House, signature: str) -> None:
    assert house.topic.open(body(notification(Signature=signature))) is None
    assert house.web.asked in ([], [URL, ISSUER_URL])
    assert (house.web.asked == []) == (signature != "A" * 343)


@pytest.mark.parametrize(
    "name",
    ["Message", "MessageId", "Subject", "Timestamp", "Token", "SubscribeURL", "Type", "TopicArn"],
)
def test_one_character_changed_after_signing_is_refused(house: House, name: str) -> None:
    fields = signed(confirmation() if name in {"Token", "SubscribeURL"} else notification())
    text = fields[name]
    fields[name] = text[:-2] + ("3" if text[-2] != "3" else "4") + text[-1]
    assert house.topic.open(body(fields)) is None


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "TopicArn", "Signature"])
def test_message_with_a_field_missing_is_refused(house: House, name: str) -> None:
    fields = signed(notification())
    del fields[name]
    assert house.topic.open(body(fields)) is None
    assert house.web.asked == []


def test_subject_taken_away_after_signing_is_refused(house: House) -> None:
    assert house.topic.open(body(signed(notification()) | {"Subject": None})) is None


def test_notification_dressed_up_as_a_confirmation_is_refused(house: House) -> None:
    fields = confirmation() | {"Signature": signed(notification())["Signature"]}
    assert house.topic.open(body(fields)) is None


def test_signature_with_sha_1_is_refused(house: House) -> None:
    assert house.topic.open(body(signed(notification(), algorithm=SHA_1))) is None


def test_signature_of_another_key_is_refused(house: House) -> None:
    assert house.topic.open(body(signed(notification(), key="attacker"))) is None
    assert house.notes == ["the signature is not that of the message"]


def test_signed_text_cannot_be_cut_in_another_way(house: House) -> None:
    """The text under a signature is the same for both; only one of them is a message of SNS."""
    honest = signed(notification("a\nMessageId\nb", Subject=None, MessageId="c"))
    forged = honest | {"Message": "a", "MessageId": "b\nMessageId\nc"}
    assert house.topic.open(body(honest))
    assert house.topic.open(body(forged)) is None


def test_what_is_not_signed_is_not_believed(house: House) -> None:
    fields = signed(notification()) | {"MessageAttributes": {"a": 1}, "UnsubscribeURL": ATTACKER}
    envelope = house.topic.open(body(fields))
    assert envelope
    assert ATTACKER not in repr(envelope)


RAW = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b'"Notification"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"Type":NaN}',
    b'{"Type":' + b"9" * 5000 + b"}",
    b'{"Type":"Notification"}',
    b'{"Records":[{"eventVersion":"2.1"}]}',
    b" " * (BODY_BYTES + 1),
]


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:20]))
def test_body_that_is_no_message_is_refused_without_a_call(house: House, raw: bytes) -> None:
    assert house.topic.open(raw) is None
    assert house.web.asked == []


@pytest.mark.parametrize("name", ["TopicArn", "Message", "Type", "x"])
def test_name_that_is_there_twice_is_refused(house: House, name: str) -> None:
    text = json.dumps(signed(notification()) | {"x": "a"})
    doubled = text[:-1] + f', "{name}": "{ARN}"}}'
    assert house.topic.open(doubled.encode()) is None
    inner = json.dumps(signed(notification()))[:-1] + ', "MessageAttributes": {"a": 1, "a": 2}}'
    assert house.topic.open(inner.encode()) is None
    assert house.web.asked == []


@pytest.mark.parametrize("ahead", [timedelta(hours=-1, minutes=-14), timedelta(minutes=14)])
def test_message_that_was_tried_for_an_hour_is_believed(house: House, ahead: timedelta) -> None:
    sent = (house.now + ahead).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert house.topic.open(body(signed(notification(Timestamp=sent))))


def test_message_whose_effect_is_durable_is_known_again(house: House) -> None:
    raw = body(signed(notification()))
    opened = [house.topic.open(raw) for _ in range(2)]
    house.topic.done(notification()["MessageId"])
    opened.append(house.topic.open(raw))
    assert [one and one.repeated for one in opened] == [False, False, True]


def test_no_more_messages_are_remembered_than_there_is_room_for(house: House) -> None:
    raw = body(signed(notification(MessageId="0")))
    for number in range(REMEMBERED + 1):
        house.topic.done(str(number))
    envelope = house.topic.open(raw)
    assert envelope
    assert not envelope.repeated


def test_note_of_a_refusal_is_one_line_of_ascii(house: House) -> None:
    assert house.topic.open(body(notification(TopicArn="\x1b[2J\u202e", Signature="x"))) is None
    (note,) = house.notes
    assert note.isascii()
    assert note.isprintable()


@given(raw=st.binary(max_size=300))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    assert isinstance(read(raw), Refused)


@given(
    name=st.sampled_from(sorted(notification())),
    value=st.none() | st.integers() | st.text(max_size=30) | st.lists(st.text(), max_size=2),
)
def test_no_field_is_an_error(name: str, value: Any) -> None:
    house = House()
    genuine = signed(notification())
    envelope = house.topic.open(body(genuine | {name: value}))
    assert (envelope is not None) == (genuine[name] == value or name == "UnsubscribeURL")


def test_whether_a_message_is_genuine_is_not_told_without_its_certificate(house: House) -> None:
    house.web.silent = True
    with pytest.raises(UnavailableError):
        house.topic.open(body(signed(notification())))


@pytest.mark.parametrize(
    ("arn", "host", "names"),
    [
        (ARN, "sns.eu-west-1.amazonaws.com", {"sns.amazonaws.com"}),
        (
            "arn:aws:sns:af-south-1:111122223333:t",
            "sns.af-south-1.amazonaws.com",
            {"sns.amazonaws.com", "sns-signing.af-south-1.amazonaws.com"},
        ),
        (
            "arn:aws-cn:sns:cn-north-1:111122223333:t",
            "sns.cn-north-1.amazonaws.com.cn",
            {"sns-cn-north-1.amazonaws.com.cn"},
        ),
        (
            "arn:aws-us-gov:sns:us-gov-east-1:111122223333:t",
            "sns.us-gov-east-1.amazonaws.com",
            {"sns-us-gov-west-1.amazonaws.com"},
        ),
    ],
)
def test_host_and_names_of_the_certificate_follow_from_the_topic(
    arn: str, host: str, names: set[str]
) -> None:
    assert host_of(arn) == host
    assert names <= set(signers(arn))


@pytest.mark.parametrize(
    "arn", ["", "invoices", "arn:aws:sqs:eu-west-1:111122223333:q", ARN + "/x", ARN + "\n"]
)
def test_what_is_no_topic_is_refused_at_the_start(arn: str) -> None:
    with pytest.raises(ConfigurationError, match="not the ARN of a topic"):
        House(arn=arn)
