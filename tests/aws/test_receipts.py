"""What a customer hears of an upload: an object and a message, the same however often."""

import hashlib
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations

import pytest
from msgspec import structs

from billdrop.aws.calls.clients import Clients
from billdrop.aws.receipts import LONGEST, Message, Receipts, receipt_key, together
from billdrop.aws.store.bucket import Put
from billdrop.aws.store.objects import Objects
from billdrop.errors import BilldropError, UnavailableError
from billdrop.model import Delivery, DocumentRef, Finding, Outcome, State
from billdrop.way.answering import LEDGER, AnsweringInbox
from tests.aws.worked import Site, worker
from tests.process import billdrop, eventually
from tests.samples import docproc
from tests.unit.test_quarantine import PIP, PIPS

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def delivery(key: str = "acme/a b+1.txt", version: str = "v1") -> Delivery:
    ref = DocumentRef(
        bucket="inbox", key=key, version=version, customer=key.split("/", maxsplit=1)[0]
    )
    return Delivery(ref=ref, arrived_at=AT, source="queue")


def outcome(given: Delivery, state: State = State.RECORDED, *findings: Finding) -> Outcome:
    return Outcome(document_id=given.ref.document_id, state=state, findings=findings)


@pytest.fixture
def bucket(clients: Clients, unique: str) -> str:
    clients.s3.create_bucket(
        Bucket=unique, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return unique


@pytest.fixture
def queue(clients: Clients, unique: str) -> str:
    return clients.sqs.create_queue(QueueName=f"{unique}-heard")["QueueUrl"]


@pytest.fixture
def topic(clients: Clients, unique: str, queue: str) -> str:
    """A topic whose messages about `acme` come by the queue."""
    arn = clients.sns.create_topic(Name=f"{unique}-results")["TopicArn"]
    clients.sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=arn.replace(":sns:", ":sqs:").replace("-results", "-heard"),
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"customer": ["acme"]}),
        },
    )
    return arn


@pytest.fixture
def receipts(clients: Clients, bucket: str, topic: str) -> Iterator[Receipts]:
    made = Receipts(clients, Objects(clients, bucket, owner=clients.account), topic_arn=topic)
    yield made
    made.close()


def read(clients: Clients, bucket: str, key: str) -> bytes:
    return clients.s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def heard(clients: Clients, queue: str) -> list[dict[str, object]]:
    found = clients.sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
    ).get("Messages", [])
    return [json.loads(each["Body"]) for each in found]


def test_customer_reads_and_hears_what_became_of_an_upload(
    clients: Clients, bucket: str, queue: str, receipts: Receipts
) -> None:
    one, other = delivery(), delivery("zeta/b.txt")
    wrong = Finding(code="BD2014", message="the sum is wrong", line=7, column=3)
    receipts([(one, outcome(one, State.QUARANTINED, wrong)), (other, outcome(other))])
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert (said["outcome"], said["document_id"]) == ("quarantined", one.ref.document_id)
    assert said["findings"][0]["line"] == 7
    assert json.loads(read(clients, bucket, "receipts/zeta/b.txt.json"))["outcome"] == "recorded"
    assert heard(clients, queue) == [said]


def test_said_again_it_is_the_same(clients: Clients, bucket: str, receipts: Receipts) -> None:
    given = delivery()
    digests = set()
    for known in (False, True):
        told = Outcome(document_id=given.ref.document_id, state=State.RECORDED, known=known)
        receipts([(given, told)])
        body = read(clients, bucket, "receipts/acme/a b+1.txt.json")
        digests.add(hashlib.sha256(body).hexdigest())
    assert len(digests) == 1


def test_superseded_document_leaves_the_receipt_of_the_newer_version(
    clients: Clients, bucket: str, receipts: Receipts
) -> None:
    old, new = delivery(version="v1"), delivery(version="v2")
    receipts([(new, outcome(new))])
    receipts([(old, outcome(old, State.SUPERSEDED))])
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert said["version"] == "v2"


def test_longest_message_is_told_without_its_findings_at_length(
    clients: Clients, bucket: str, queue: str, receipts: Receipts
) -> None:
    given = delivery()
    findings = [Finding(code="BD2014", message="m" * 900, excerpt="x" * 12_000)] * 100
    receipts([(given, outcome(given, State.QUARANTINED, *findings))])
    (said,) = heard(clients, queue)
    assert (said["finding_count"], len(said["findings"])) == (100, 1)  # type: ignore[arg-type]
    kept = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert len(kept["findings"]) == 20


def test_messages_of_one_call_are_ten_at_most_and_together_no_longer_than_one_may_be() -> None:
    lengths = [10] * 12 + [LONGEST - 5, 10, LONGEST, LONGEST // 2, LONGEST // 2, 1]
    messages: list[Message] = [(b"m" * length, {}) for length in lengths]
    calls = [[messages[place] for place in places] for places in together(messages)]
    assert [[len(body) for body, _ in some] for some in calls] == [
        [10] * 10,
        [10] * 2,
        [LONGEST - 5],
        [10],
        [LONGEST],
        [LONGEST // 2, LONGEST // 2],
        [1],
    ]
    assert list(together([])) == []


@pytest.mark.parametrize("key", ["acme/" + "a" * 1019, "acme/" + "%C3%BC" * 400])
def test_receipt_of_a_key_that_leaves_no_room_is_named_by_its_digest(key: str) -> None:
    digest = hashlib.sha256(key.encode()).hexdigest()
    assert receipt_key(delivery(key)) == f"receipts/acme/{digest}.json"
    assert receipt_key(delivery("acme/" + "a" * 1005)).endswith("a.json")


class Slow(Objects):
    """What was to be written first is written last, and S3 says that it is there already."""

    meanwhile: Callable[[], object] | None = None

    def put_quickly(self, objects: Sequence[Put]) -> list[bool]:
        self._wait()
        return super().put_quickly(objects)

    def put_new(self, key: str, body: bytes, *, content_type: str = "") -> bool:
        self._wait()
        return super().put_new(key, body, content_type=content_type)

    def _wait(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()


class _Inbox:
    """Remembers what was settled, and how."""

    def __init__(self) -> None:
        self.settled: list[tuple[str, bool]] = []

    def settle(self, deliveries: list[Delivery], outcomes: list[Outcome | None]) -> None:
        pairs = zip(deliveries, outcomes, strict=True)
        self.settled += [(each.ref.key, outcome is not None) for each, outcome in pairs]


def answering(inbox: _Inbox, failing: str) -> AnsweringInbox:
    """An answer to a key that begins so cannot be given."""

    def answer(settled: Sequence[tuple[Delivery, Outcome]]) -> list[BilldropError | None]:
        error = UnavailableError("no answer", hint="")
        return [error if one.ref.key.startswith(failing) else None for one, _ in settled]

    return AnsweringInbox(inbox, answer)  # type: ignore[arg-type]


def test_delivery_whose_answer_could_not_be_given_comes_again_and_holds_up_no_other() -> None:
    inbox = _Inbox()
    given = [delivery("acme/a.txt"), delivery("zeta/b.txt"), delivery("acme/c.txt")]
    outcomes = [outcome(given[0]), outcome(given[1]), None]
    answering(inbox, "zeta/").settle(given, outcomes)
    assert inbox.settled == [("acme/a.txt", True), ("zeta/b.txt", False), ("acme/c.txt", False)]


def test_when_nothing_could_be_answered_nothing_is_settled() -> None:
    inbox = _Inbox()
    given = [delivery("zeta/b.txt"), delivery("acme/c.txt")]
    with pytest.raises(UnavailableError):
        answering(inbox, "zeta/").settle(given, [outcome(given[0]), None])
    assert inbox.settled == []


def test_receipt_of_an_older_version_never_takes_the_place_of_a_newer_one(
    clients: Clients, bucket: str, receipts: Receipts
) -> None:
    one, other = delivery(version="v1"), delivery(version="v2")
    old = structs.replace(one, sequencer="0A")
    new = structs.replace(other, sequencer="0B")
    for told in ([new, old], [old, new], [old], [new]):
        receipts([(each, outcome(each)) for each in told])
        said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
        assert said["version"] == "v2"


@pytest.mark.parametrize("source", ["sweep", LEDGER])
def test_receipt_of_a_version_without_an_event_stands_where_the_ledger_has_it(
    clients: Clients, bucket: str, receipts: Receipts, source: str
) -> None:
    older = structs.replace(delivery(version="v2"), source=source)
    newer = structs.replace(delivery(version="v3"), sequencer="0B")
    placed = [
        (older, structs.replace(outcome(older), change=2, place=("0a01", "7"))),
        (newer, structs.replace(outcome(newer), change=1, place=("0B", "9"))),
        (older, structs.replace(outcome(older), change=3, place=(None, "7"))),
    ]
    for told in placed:
        receipts([told])
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert said["version"] == "v3"


def test_what_is_redriven_leaves_the_receipt_of_a_version_whose_place_nothing_tells(
    clients: Clients, bucket: str, receipts: Receipts
) -> None:
    newer = delivery(version="v3")
    older = structs.replace(delivery(version="v2"), source=LEDGER)
    for told in (newer, older):
        receipts([(told, outcome(told))])
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert said["version"] == "v3"


def test_version_that_was_superseded_takes_the_place_of_its_own_receipt_alone(
    clients: Clients, bucket: str, receipts: Receipts
) -> None:
    given, key = structs.replace(delivery(), sequencer="0B"), "receipts/acme/a b+1.txt.json"
    overtaken = structs.replace(outcome(given, State.SUPERSEDED), change=2)
    receipts([(given, overtaken)])
    assert not list(receipts._objects.keys(key)), "there was none"
    receipts([(given, structs.replace(outcome(given), change=1))])
    receipts([(given, overtaken)])
    assert json.loads(read(clients, bucket, key))["outcome"] == "superseded"
    newer = structs.replace(delivery(version="v2"), sequencer="0C")
    receipts([(newer, structs.replace(outcome(newer), change=1))])
    receipts([(given, structs.replace(overtaken, change=9))])
    assert json.loads(read(clients, bucket, key))["version"] == "v2"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_receipt_says_what_became_of_a_version_last_in_whatever_order_it_is_told(
    clients: Clients, bucket: str, receipts: Receipts, order: Sequence[int]
) -> None:
    given = delivery()
    told = [
        structs.replace(outcome(given, State.QUARANTINED), change=1),
        structs.replace(outcome(given), change=2),
        structs.replace(outcome(given), change=3, invoice_count=7),
    ]
    for place in order:
        receipts([(given, told[place])])
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert (said["outcome"], said["change"], said["invoice_count"]) == ("recorded", 3, 7)


def test_receipt_that_is_slow_on_its_way_takes_the_place_of_no_later_one(
    clients: Clients, bucket: str
) -> None:
    objects = Slow(clients, bucket, owner=clients.account)
    made = Receipts(clients, objects, topic_arn="")
    given = delivery()
    early = structs.replace(outcome(given, State.QUARANTINED), change=1)
    late = structs.replace(outcome(given), change=2)
    objects.meanwhile = lambda: made([(given, late)])
    assert made([(given, early)]) == [None]
    made.close()
    said = json.loads(read(clients, bucket, "receipts/acme/a b+1.txt.json"))
    assert (said["outcome"], said["change"]) == ("recorded", 2)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mended_by", ["the same release", "a sweep", "the next worker"])
def test_release_that_is_killed_before_its_answer_is_told_of_by_whoever_comes_next(
    mended_by: str,
) -> None:
    site, words = Site(auth=False), ("--by", "me", "--why", "right")
    environment = site.server.environment()
    with worker(site, environment=environment):
        site.upload("acme/a.txt", docproc("r-1"))
        site.until(recorded=1)
        site.upload("acme/b.txt", docproc("r-1", amounts=(("70", "7"),)))
        site.until(recorded=1, quarantined=1, unpublished_segments=0)
        eventually(site.waiting, lambda count: not count)
    (entry,) = site.books.quarantine()
    asked = ("quarantine", "release", str(entry.id), *words, "--stack", site.stack.name)
    killed = billdrop(*asked, **environment, BILLDROP_FAILPOINT="committed")
    assert killed.returncode == -signal.SIGKILL
    assert site.receipt("acme/b.txt")["outcome"] == "quarantined"
    owed = set(site.books.owed())
    assert (entry.document_id in owed, len(owed)) == (True, 2), "who sent the other one is told too"
    if mended_by == "the same release":
        assert billdrop(*asked, **environment).returncode == 0
    elif mended_by == "a sweep":
        assert site.run("sweep").returncode == 0
    else:
        soon = {"BILLDROP_SWEEP_SECONDS": "1"}
        with worker(site, environment=environment | soon):
            eventually(site.books.owed, lambda owed: not owed, 40)
    assert site.receipt("acme/b.txt")["outcome"] == "recorded"
    if site.books.owed():
        assert site.run("sweep").returncode == 0
    assert site.receipt("acme/a.txt")["outcome"] == "superseded"
    assert not site.books.owed()


@pytest.mark.timeout(120)
def test_what_a_worker_redrives_by_itself_is_told() -> None:
    site = Site(auth=False)
    with worker(site, environment=site.server.environment()):
        site.upload("acme/a.txt", PIP)
        site.until(quarantined=1)
        eventually(site.waiting, lambda count: not count)
        assert site.receipt("acme/a.txt")["outcome"] == "quarantined"
        site.destination.put("guidelines/pips.toml", PIPS.encode())
        site.until(recorded=1)
        eventually(
            lambda: site.receipt("acme/a.txt")["outcome"], lambda said: said == "recorded", 20
        )
        eventually(site.books.owed, lambda owed: not owed)


def test_only_what_the_topic_refused_is_told_again(clients: Clients, bucket: str) -> None:
    noted: list[str] = []
    objects = Objects(clients, bucket, owner=clients.account)
    gone = "arn:aws:sns:eu-central-1:111122223333:not-there"
    made = Receipts(clients, objects, topic_arn=gone, note=noted.append)
    given = delivery()
    (failed,) = made([(given, outcome(given))])
    made.close()
    assert failed is not None
    assert len(noted) == 1
