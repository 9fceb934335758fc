"""Our own calls are what the SDK would do: the same requests, the same answers, the same errors."""

import json
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError
from botocore.httpsession import get_cert_path
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.dialects import DIALECTS
from billdrop.aws.calls.frequent import Calls
from billdrop.aws.calls.line import READING, Answer, Line, Request, _has_spoken
from billdrop.aws.calls.many import AT_ONCE, ask_all
from tests.aws.standin import StandIn, fresh
from tests.aws.tables import ledger_table
from tests.process import eventually

Told = tuple[int, bytes, dict[str, str]]
OK: Told = (200, b'{"Messages": [{"Body": "plain"}]}', {})
QUEUE = "https://sqs.eu-central-1.amazonaws.com/111122223333/q"


class Counting:
    """Counts the calls that the SDK makes."""

    def __init__(self, client: Any) -> None:
        self.made: list[str] = []
        client.meta.events.register("before-send", self._count)

    def _count(self, event_name: str, **_: object) -> None:
        self.made.append(event_name.rpartition(".")[2])


def both(clients: Clients, service: Any, method: str, request: dict[str, Any]) -> list[Any]:
    """What the SDK answers to a call, and what we hear when we make it without the SDK."""
    client, calls = getattr(clients, service), clients.calls(service)
    calls(method, request)
    counting = Counting(client)
    ours = _outcome(lambda: calls(method, request))
    assert counting.made == []
    client.meta.events.unregister("before-send", counting._count)
    return [_outcome(lambda: getattr(client, method)(**request)), ours]


def _outcome(call: Any) -> Any:
    reply = call()
    return {name: reply[name] for name in reply if name in KEPT and reply[name]}


KEPT = {
    "Item",
    "Items",
    "LastEvaluatedKey",
    "Responses",
    "UnprocessedKeys",
    "Messages",
    "Successful",
    "Failed",
}


def item(sk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sk}, **more}


STRANGE = item(
    'ä \U0001f600 " \\ \n',
    n={"N": "12345678901234567890.0001"},
    b={"B": bytes(range(256))},
    m={"M": {"sha256": {"S": "é"}, "deep": {"M": {"b": {"B": b""}}}}},
)


def test_table_answers_the_same(clients: Clients) -> None:
    table = ledger_table(fresh())
    key = {"pk": STRANGE["pk"], "sk": STRANGE["sk"]}
    written, theirs = both(clients, "dynamodb", "put_item", {"TableName": table, "Item": STRANGE})
    assert written == theirs == {}
    asked = {"TableName": table, "Key": key, "ConsistentRead": True}
    theirs, ours = both(clients, "dynamodb", "get_item", asked)
    assert ours == theirs == {"Item": STRANGE}
    requests: dict[str, dict[str, Any]] = {
        "batch_get_item": {"RequestItems": {table: {"Keys": [key, item("none")]}}},
        "query": {
            "TableName": table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "p"}},
            "Limit": 1,
        },
        "transact_write_items": {
            "TransactItems": [{"Put": {"TableName": table, "Item": item("x", b={"B": b"\xff"})}}]
        },
    }
    for method, request in requests.items():
        theirs, ours = both(clients, "dynamodb", method, request)
        assert ours == theirs


def test_cancelled_transaction_is_the_same_error_with_the_same_reasons(clients: Clients) -> None:
    table = ledger_table(fresh())
    calls, client = clients.calls("dynamodb"), clients.dynamodb
    calls("put_item", {"TableName": table, "Item": STRANGE})
    once = {
        "TableName": table,
        "Item": STRANGE,
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    request: Any = {
        "TransactItems": [{"Put": {"TableName": table, "Item": item("y")}}, {"Put": once}]
    }
    with pytest.raises(ClientError) as theirs:
        client.transact_write_items(**request)
    counting = Counting(client)
    with pytest.raises(ClientError) as ours:
        calls("transact_write_items", request)
    assert counting.made == []
    assert ours.value.response["Error"] == theirs.value.response["Error"]
    reasons: Any = [error.value.response for error in (ours, theirs)]
    assert reasons[0]["CancellationReasons"] == reasons[1]["CancellationReasons"]
    assert reasons[0]["CancellationReasons"][1]["Item"] == STRANGE


def test_queue_answers_the_same(clients: Clients) -> None:
    url = clients.sqs.create_queue(QueueName=fresh())["QueueUrl"]
    text = 'ä \U0001f600 " & < > = % +'
    clients.sqs.send_message(QueueUrl=url, MessageBody=text)
    asked = {
        "QueueUrl": url,
        "MaxNumberOfMessages": 10,
        "WaitTimeSeconds": 0,
        "VisibilityTimeout": 0,
        "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
    }
    theirs, ours = both(clients, "sqs", "receive_message", asked)
    for told in (theirs, ours):
        (message,) = told["Messages"]
        del message["ReceiptHandle"]
        assert int(message["Attributes"].pop("ApproximateReceiveCount")) > 1
    assert ours == theirs
    assert ours["Messages"][0]["Body"] == text
    entries = [{"Id": "0", "ReceiptHandle": "none"}, {"Id": "1", "ReceiptHandle": "neither"}]
    hidden = [{**each, "VisibilityTimeout": 1} for each in entries]
    for method, given in [
        ("delete_message_batch", entries),
        ("change_message_visibility_batch", hidden),
    ]:
        theirs, ours = both(clients, "sqs", method, {"QueueUrl": url, "Entries": given})
        assert ours == theirs
        assert sum(map(len, ours.values())) == 2


def test_topic_hears_the_same(clients: Clients) -> None:
    topic = clients.sns.create_topic(Name=fresh())["TopicArn"]
    url = clients.sqs.create_queue(QueueName=fresh())["QueueUrl"]
    arn = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    clients.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    text = '{"a": "ä \U0001f600 & = % + ~ * \\n"}'
    kind = {"DataType": "String", "StringValue": "ä &"}
    entries = [
        {"Id": str(number), "Message": text, "MessageAttributes": {"customer": kind, "x": kind}}
        for number in range(10)
    ]
    request = {"TopicArn": topic, "PublishBatchRequestEntries": entries}
    theirs, ours = both(clients, "sns", "publish_batch", request)
    for told in (theirs, ours):
        assert [each["Id"] for each in told["Successful"]] == [str(n) for n in range(10)]
        assert all(each.keys() == {"Id", "MessageId"} for each in told["Successful"])
    for _ in range(30):
        heard = clients.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
        assert heard[0]["Body"] == text
        assert {one["StringValue"] for one in heard[0]["MessageAttributes"].values()} == {"ä &"}
        assert heard[0]["MessageAttributes"].keys() == {"customer", "x"}
        clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=heard[0]["ReceiptHandle"])


PUBLISHED = b"""<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <PublishBatchResult><Successful/><Failed/></PublishBatchResult></PublishBatchResponse>"""


def test_refused_messages_of_a_topic_are_read_as_the_sdk_reads_them() -> None:
    body = b"""<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
      <PublishBatchResult><Successful><member><Id>0</Id><MessageId>m</MessageId></member></Successful>
      <Failed><member><Id>1</Id><Code>InvalidParameter</Code><Message>too &lt;long</Message>
      <SenderFault>true</SenderFault></member></Failed></PublishBatchResult>
      <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>"""
    with told((200, body, {}), service="sns") as (calls, _):
        request = {"TopicArn": "t", "PublishBatchRequestEntries": []}
        theirs = calls("publish_batch", request)
        ours = calls("publish_batch", request)
        assert Server.sdk == [True, False]
    assert ours == {name: theirs[name] for name in ("Successful", "Failed")}
    assert ours["Failed"][0]["SenderFault"] is True


def test_form_is_quoted_as_the_sdk_does_it() -> None:
    every = "".join(map(chr, range(1, 0x500))) + "\U0001f600"
    attribute = {"DataType": "String", "StringValue": every}
    entry = {"Id": "0", "Message": every, "MessageAttributes": {"a": attribute}}
    request = {"TopicArn": "arn:aws:sns:x", "PublishBatchRequestEntries": [entry]}
    with told((200, PUBLISHED, {}), service="sns") as (calls, _):
        calls("publish_batch", request)
        ours = DIALECTS["sns"].write("PublishBatch", request)
        assert sorted(Server.bodies[0].replace(b"+", b"%20").split(b"&")) == sorted(
            ours.split(b"&")
        )


CLOSING = frozenset(("content-length", "x-own"))
"""Answers with these end the connection without saying so."""


class Server(BaseHTTPRequestHandler):
    """Answers as it was told, the last one for ever; knows who asked."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[list[Told]] = []
    sdk: ClassVar[list[bool]] = []
    bodies: ClassVar[list[bytes]] = []
    headers_of: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
        self.sdk.append("amz-sdk-request" in self.headers)
        self.headers_of.append({name.lower(): value for name, value in self.headers.items()})
        status, content, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status:
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        if not status or headers.keys() & CLOSING:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def told(
    *answers: Told, service: Any = "sqs", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[Calls, list[bool]]]:
    """Calls to a server that gives these answers, and for each that came whether the SDK made it."""
    for held in (Server.sdk, Server.bodies, Server.headers_of):
        held.clear()
    Server.answers[:] = answers
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        server.daemon_threads = True
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        scheme = "http" if tls is None else "https"
        session = StandIn.pointed(f"{scheme}://127.0.0.1:{server.server_port}", token="token")
        clients = Clients(session)
        calls = clients.calls(service)
        assert isinstance(calls, Calls)
        yield calls, Server.sdk
        server.shutdown()


def receive(calls: Calls) -> Any:
    return calls("receive_message", {"QueueUrl": QUEUE})["Messages"]


def test_first_call_is_the_sdks_and_the_next_ones_say_the_same() -> None:
    with told(OK) as (calls, by_sdk):
        assert [receive(calls) for _ in range(4)] == [[{"Body": "plain"}]] * 4
        assert by_sdk == [True, False, False, False]
        first, *others = Server.headers_of
        own = {
            "authorization",
            "x-amz-date",
            "content-length",
            "amz-sdk-request",
            "amz-sdk-invocation-id",
        }
        kept = {name: value for name, value in first.items() if name not in own}
        assert kept["x-amz-security-token"] == "token"
        for other in others:
            assert {name: other[name] for name in kept} == kept
            assert set(other) - set(first) <= {"accept-encoding"}
        assert set(map(json.dumps, map(json.loads, Server.bodies))) == {
            json.dumps({"QueueUrl": QUEUE})
        }


CUT: Told = (200, b'{"Messages"', {"content-length": "30"})
HANGS_UP: Told = (0, b"", {})
THROTTLED: Told = (
    400,
    b'{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow"}',
    {},
)


@pytest.mark.parametrize(
    "bad",
    [
        CUT,
        HANGS_UP,
        THROTTLED,
        (500, b"", {}),
        (503, b"<html>", {}),
        (200, b"not JSON", {}),
        (200, b'"\xff"', {}),
        (200, b"[]", {}),
        (200, OK[1], {"x-amz-crc32": "1"}),
        (302, b"", {"location": "http://127.0.0.1:1/"}),
    ],
)
def test_after_an_answer_that_is_not_plain_the_sdk_makes_that_call_and_the_next(bad: Told) -> None:
    with told(OK, OK, bad, OK) as (calls, by_sdk):
        assert [receive(calls) for _ in range(4)] == [[{"Body": "plain"}]] * 4
        assert by_sdk == [True, False, False, True, True]


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER,
        b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + ANSWER,
        ANSWER + ANSWER,
        ANSWER + b"HTTP/1.1 200 OK\r\nConte",
    ],
)
def test_answer_that_is_not_the_only_one_is_none_and_its_connection_is_not_used_again(
    said: bytes,
) -> None:
    with pytest.raises(ConnectionError, match="more than one answer"):
        Answer().heard(said)


def test_connection_that_is_said_to_be_closed_is_not_kept() -> None:
    answer = Answer()
    assert answer.heard(ANSWER.replace(b"OK\r\n", b"OK\r\nConnection: keep-alive, Close\r\n"))
    assert not answer.kept


def test_what_the_sdk_makes_of_an_error_is_what_is_raised() -> None:
    denied = b'{"__type": "com.amazonaws.sqs#AccessDenied", "message": "no"}'
    with told(OK, (403, denied, {})) as (calls, by_sdk):
        receive(calls)
        with pytest.raises(ClientError, match="AccessDenied") as found:
            receive(calls)
        assert found.value.operation_name == "ReceiveMessage"
        assert by_sdk == [True, False, True]


def test_sum_of_an_answer_of_the_table_is_looked_at() -> None:
    body = b'{"Responses": {}}'
    right: Told = (200, body, {"x-amz-crc32": str(zlib.crc32(body))})
    with told(right, service="dynamodb") as (calls, by_sdk):
        for _ in range(3):
            calls("batch_get_item", {"RequestItems": {}})
        assert by_sdk == [True, False, False]


def test_connection_that_was_closed_meanwhile_is_not_used_again() -> None:
    closing: Told = (200, OK[1], {"x-own": "1"})
    with told(OK, closing, OK) as (calls, by_sdk):
        assert [receive(calls) for _ in range(2)] == [[{"Body": "plain"}]] * 2
        (line,) = calls._lines.values()
        assert line is not None
        (idle, _) = line._idle[-1]
        eventually(lambda: _has_spoken(idle), bool)
        assert receive(calls) == [{"Body": "plain"}]
        assert idle.fileno() == -1
        assert by_sdk == [True, False, False]


def test_proxy_is_left_to_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    with told(OK) as (calls, by_sdk):
        port = calls._client.meta.endpoint_url.rpartition(":")[2]
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "")
        for _ in range(2):
            receive(calls)
        assert by_sdk == [True, True]


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody knows, and its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(IPv4Address("127.0.0.1"))
    day = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = (
        builder.not_valid_before(day - timedelta(days=1))
        .not_valid_after(day + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


def test_certificate_has_to_be_one_that_the_sdk_trusts(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certified)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certified))
    with told(OK, tls=tls) as (calls, by_sdk):
        assert [receive(calls) for _ in range(3)] == [[{"Body": "plain"}]] * 3
        assert by_sdk == [True, False, False]
        url = calls._client.meta.endpoint_url
        with pytest.raises(ssl.SSLCertVerificationError):
            Line(url, bundle=get_cert_path(True)).ask(
                Request("POST", "/", {"Host": "127.0.0.1"}, b"")
            )
        other = url.replace("127.0.0.1", "localhost")
        with pytest.raises(ssl.SSLCertVerificationError):
            Line(other, bundle=str(certified)).ask(Request("POST", "/", {"Host": "localhost"}, b""))


def test_header_with_a_line_break_is_never_sent() -> None:
    with told(OK) as (calls, by_sdk):
        line = Line(calls._client.meta.endpoint_url)
        for value in ("a\r\nb: c", "a\nb: c", "ä"):
            with pytest.raises(ConnectionError, match="no plain line"):
                line.ask(Request("GET", "/", {"If-Match": value}, b""))
        assert by_sdk == []


def test_waiting_for_messages_is_shorter_than_waiting_for_an_answer() -> None:
    from billdrop.aws.inbox.queue import LONGEST_WAIT

    assert LONGEST_WAIT < READING


def test_many_are_asked_at_once_and_answered_in_their_order() -> None:
    with told(OK) as (calls, _):
        receive(calls)
        line = _line_of(calls)
        asked = [Request("POST", "/", {"Host": line.host}, b"x") for _ in range(3 * AT_ONCE)]
        answers = ask_all(line, asked)
        assert [isinstance(it, Answer) and it.body for it in answers] == [OK[1]] * len(asked)
        assert len(line._idle) == AT_ONCE


def test_after_one_that_is_not_answered_no_more_are_sent_and_no_connection_is_left() -> None:
    with told(OK, HANGS_UP, OK) as (calls, by_sdk):
        receive(calls)
        line = _line_of(calls)
        asked = [Request("POST", "/", {"Host": line.host}, b"x") for _ in range(4 * AT_ONCE)]
        answers = ask_all(line, asked)
        failed = [it for it in answers if isinstance(it, OSError)]
        assert 0 < len(failed) < len(asked)
        assert len(by_sdk) <= 1 + 2 * AT_ONCE


def test_answers_that_do_not_come_are_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = Line(f"http://127.0.0.1:{silent.getsockname()[1]}")
        asked = [Request("GET", "/", {"Host": line.host}, b"")] * 3
        answers = ask_all(line, asked, patience=0.05)
        assert [type(it) for it in answers] == [TimeoutError] * 3
        assert not line._idle


def test_nobody_there_is_asked_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        line = Line(f"http://127.0.0.1:{gone.getsockname()[1]}")
    answers = ask_all(line, [Request("GET", "/", {"Host": line.host}, b"")] * 300)
    assert [type(it) for it in answers] == [ConnectionRefusedError, *[ConnectionError] * 299]


def _line_of(calls: Calls) -> Line:
    (pattern,) = [it for it in calls._patterns.values() if it is not None]
    return pattern.line
