"""A worker is killed at every boundary, and AWS fails in every way: each document counts once."""

import hashlib
import json
import signal
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from billdrop.guidelines.library import open_library
from billdrop.model import Document, DocumentRef, Parsed
from billdrop.parsing.reading import parse
from billdrop.readers import Limits
from tests.aws.faulty import Fault, Plan, faulty, half_done, hung_up, throttled
from tests.aws.mailed import now
from tests.aws.standin import REGION
from tests.aws.worked import Site, worker
from tests.process import eventually
from tests.samples import docproc

BOUNDARIES = [
    "fetched",
    "parsed",
    "committed",
    "put",
    "put:2",
    "answered",
    "settled",
    "flushed",
    "confirmed",
]


def upload(site: Site, folder: str) -> dict[str, str]:
    """One of each kind; the text by document id."""
    texts = {
        "a.txt": docproc(f"{folder}-1"),
        "b.txt": docproc(f"{folder}-2", day=2),
        "c.txt": docproc(f"{folder}-3", total="9999"),
        "d.txt": docproc(f"{folder}-1"),
        "e.txt": docproc(f"{folder}-4") + docproc(f"{folder}-5", day=3),
        "f.txt": "nobody reads this\n" + folder,
    }
    return {site.upload(f"{folder}/{name}", text): text for name, text in texts.items()}


STATES = ["recorded", "recorded", "quarantined", "duplicate", "recorded", "quarantined"]
RECORDED, QUARANTINED = STATES.count("recorded"), STATES.count("quarantined")
INVOICES = 4


def until(site: Site, rounds: int) -> None:
    """Wait until everything is in the ledger, published, and out of the queue or hidden there."""
    site.until(
        recorded=RECORDED * rounds,
        quarantined=QUARANTINED * rounds,
        duplicate=rounds,
        lost=0,
        superseded=0,
        unpublished_segments=0,
    )


def once(site: Site, accepted: dict[str, str]) -> None:
    """Each accepted document is in the books once, as its original says; SQL adds up the same."""
    found = {entry.document_id: entry for entry in site.books.documents()}
    assert found.keys() == accepted.keys()
    for name, text in accepted.items():
        content = site.books.original(name)[0].content
        assert content == text.encode()
        assert site.receipt(found[name].key)["outcome"] == found[name].state.value
    wanted = [each for name, text in accepted.items() for each in read(found[name].key, text)]
    rows = site.rows("invoices")
    assert sorted(facts(row) for row in rows) == sorted(set(wanted))
    assert len({row["invoice_id"] for row in rows}) == len(rows)
    expenses = site.answer("expenses", "--by", "currency")
    assert [Decimal(one["total"]) for one in expenses] == [sum(total for *_, total in set(wanted))]
    verified = site.run("verify", "--deep")
    assert verified.returncode == 0, verified.stdout


def facts(row: dict[str, str]) -> tuple[str, str, Decimal]:
    return row["number"], row["issue_date"], Decimal(row["total"])


def read(key: str, text: str) -> list[tuple[str, str, Decimal]]:
    """What a document says, read here."""
    library, _ = open_library(None, Limits())
    customer, content = key.partition("/")[0], text.encode()
    ref = DocumentRef(bucket="b", key=key, version="1", customer=customer)
    document = Document(ref=ref, arrived_at=now(), sha256=b"", size=len(content), content=content)
    parsed: Parsed = parse(document, library)
    return [
        (invoice.number, invoice.issue_date.isoformat(), invoice.total)
        for record in parsed.records
        if (invoice := record.invoice) is not None and not record.findings
    ]


def again(site: Site, documents: dict[str, str]) -> None:
    """The events of these documents once more, all in one message; wait until it is taken."""
    records = [event(site, name, text.encode()) for name, text in documents.items()]
    before = site.waiting()
    site.clients.sqs.send_message(
        QueueUrl=site.stack.queue_url, MessageBody=json.dumps({"Records": records})
    )
    eventually(site.waiting, lambda count: count == before)


def event(site: Site, name: str, content: bytes) -> dict[str, Any]:
    """What S3 said of a document."""
    place, _, version = name.rpartition("@")
    facts = {
        "key": quote(place.removeprefix(f"{site.stack.inbox_bucket}/")),
        "versionId": version,
        "eTag": hashlib.md5(content).hexdigest(),
        "size": len(content),
        "sequencer": "0A",
    }
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": "2026-11-22T10:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": site.stack.inbox_bucket}, "object": facts},
    }


@pytest.mark.timeout(240)
def test_killed_at_any_boundary_the_next_worker_finishes_and_each_document_counts_once() -> None:
    site, accepted = Site(auth=False), dict[str, str]()
    for number, boundary in enumerate(BOUNDARIES):
        with worker(site, failpoint=boundary) as victim:
            accepted |= upload(site, f"r{number}")
            assert victim.ended() == -signal.SIGKILL, (boundary, victim.said)
    with worker(site) as last:
        until(site, len(BOUNDARIES))
        again(site, accepted)
        assert last.stop() == 0
    once(site, accepted)


FAULTS: dict[tuple[str, str], list[Fault]] = {
    ("dynamodb", "TransactWriteItems"): [throttled, hung_up],
    ("dynamodb", "BatchGetItem"): [throttled],
    ("dynamodb", "Query"): [throttled],
    ("sqs", "ReceiveMessage"): [throttled],
    ("sqs", "DeleteMessageBatch"): [half_done, throttled, hung_up],
    ("s3", "PUT"): [throttled, hung_up],
    ("s3", "GET"): [throttled, hung_up],
}
"""Messages that were handed out while nobody heard it come again when they are visible: in five minutes."""


@pytest.mark.timeout(240)
def test_throttles_lost_answers_and_half_batches_change_nothing_in_the_books() -> None:
    site, accepted, plan = Site(auth=False), dict[str, str](), Plan(FAULTS)
    with faulty(site.server.endpoint, plan) as endpoint:
        environment = {**site.server.environment(), "AWS_ENDPOINT_URL": endpoint}
        with worker(site, environment=environment) as troubled:
            for number in range(8):
                accepted |= upload(site, f"f{number}")
                until(site, number + 1)
            assert troubled.stop() == 0
    wanted = {
        f"{action} {fault.__name__}"
        for (_, action), faults in FAULTS.items()
        for fault in faults
        if action in {"TransactWriteItems", "DeleteMessageBatch", "PUT", "GET"}
    }
    assert plan.happened.keys() >= wanted
    once(site, accepted)
