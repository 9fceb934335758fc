"""The promises of the port `Inbox`, asked of every adapter."""

import threading
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from billdrop.model import Delivery, Document, Lost, Outcome, State
from tests.conformance.inbox_rigs import RIGS, Rig, cannot

PATIENCE = 20.0


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    rig = RIGS[request.param](tmp_path)
    yield rig
    rig.close()


def take(rig: Rig, count: int) -> list[Delivery]:
    """So many deliveries, however they are spread over calls; rounds without any are no failure."""
    found: list[Delivery] = []
    empty = 0.0
    while len(found) < count and empty < PATIENCE:
        brought = rig.inbox.listen(limit=count - len(found), wait=0.1)
        found.extend(brought)
        empty += 0 if brought else 0.1
    return found


def recorded(delivery: Delivery) -> Outcome:
    return Outcome(document_id=delivery.ref.document_id, state=State.RECORDED)


def settle(rig: Rig, deliveries: Sequence[Delivery]) -> None:
    rig.inbox.settle(deliveries, [recorded(delivery) for delivery in deliveries])


def contents(rig: Rig, deliveries: Sequence[Delivery]) -> list[bytes | None]:
    documents = rig.inbox.fetch(deliveries)
    return [one.content if isinstance(one, Document) else None for one in documents]


def listed(rig: Rig) -> dict[str, Delivery]:
    found = {delivery.ref.key: delivery for delivery in rig.inbox.list()}
    if not found:
        cannot("nothing is listed: what waits has a sender who waits")
    return found


def test_document_is_delivered_with_whose_it_is_and_what_it_is_called(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    (delivery,) = take(rig, 1)
    assert delivery.ref.customer == "acme"
    assert delivery.ref.key == "acme/a.txt"
    assert delivery.size == 3
    assert delivery.arrived_at.utcoffset() is not None


def test_fetched_documents_are_the_exact_bytes_in_the_order_of_the_deliveries(rig: Rig) -> None:
    contents = {f"{number}.txt": b"\x00\xff\r\n" * number for number in range(5)}
    for name, content in contents.items():
        rig.put(name, content)
    deliveries = sorted(take(rig, 5), key=lambda one: one.ref.key, reverse=True)
    documents = rig.inbox.fetch(deliveries)
    for delivery, document in zip(deliveries, documents, strict=True):
        assert isinstance(document, Document)
        content = contents[delivery.ref.key.removeprefix("acme/")]
        assert document.ref == delivery.ref
        assert document.content == content
        assert document.size == len(content)
        assert document.sha256 == sha256(content).digest()


def test_no_more_than_the_limit_is_taken_and_the_rest_stays(rig: Rig) -> None:
    for number in range(7):
        rig.put(f"{number}.txt", b"x")
    sizes = []
    keys = set()
    for _ in range(200):
        found = rig.inbox.listen(limit=3, wait=0.1)
        sizes.append(len(found))
        keys |= {delivery.ref.key for delivery in found}
        if len(keys) == 7:
            break
    assert len(keys) == 7
    assert max(sizes) <= 3


def test_with_nothing_waiting_listening_ends_with_nothing(rig: Rig) -> None:
    assert list(rig.inbox.listen(limit=10, wait=0)) == []
    assert list(rig.inbox.listen(limit=10, wait=0.01)) == []


def test_document_that_comes_while_one_listens_ends_the_wait(rig: Rig) -> None:
    if rig.finite:
        cannot("it is finite and waits for nobody")
    found: list[Delivery] = []
    listener = threading.Thread(
        target=lambda: found.extend(rig.inbox.listen(limit=1000, wait=PATIENCE))
    )
    listener.start()
    rig.put("a.txt", b"one")
    listener.join(PATIENCE / 2)
    assert not listener.is_alive()
    assert [delivery.ref.key for delivery in found] == ["acme/a.txt"]


def test_document_that_is_being_written_is_neither_delivered_nor_listed(rig: Rig) -> None:
    with rig.writing("slow.txt", b"0123456789"):
        assert list(rig.inbox.listen(limit=10, wait=0.3)) == []
        assert list(rig.inbox.list()) == []


def test_document_that_was_written_slowly_is_delivered_whole_and_once(rig: Rig) -> None:
    if rig.finite:
        cannot("it is finite; what was not complete in time is reported")
    with rig.writing("slow.txt", b"0123456789"):
        assert list(rig.inbox.listen(limit=10, wait=0.1)) == []
    found = take(rig, 1)
    assert contents(rig, found) == [b"0123456789"]
    settle(rig, found)
    assert list(rig.inbox.listen(limit=10, wait=0.5)) == []


def test_version_that_is_gone_is_lost_with_the_evidence(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    found = take(rig, 1)
    rig.remove("a.txt")
    (lost,) = rig.inbox.fetch(found)
    assert isinstance(lost, Lost)
    assert lost.ref == found[0].ref
    assert lost.evidence.startswith("3 bytes")
    assert "\n" not in lost.evidence


def test_version_that_was_replaced_is_not_read_and_the_newer_one_is_delivered(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    old = take(rig, 1)
    rig.remove("a.txt")
    rig.put("a.txt", b"two")
    assert rig.inbox.fetch(old) == [None]
    rig.inbox.settle(old, [None])
    new = take(rig, 1)
    assert contents(rig, new) == [b"two"]
    assert new[0].ref.version != old[0].ref.version
    assert new[0].ref.object_id == old[0].ref.object_id


def test_refused_document_is_delivered_again(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    first = take(rig, 1)
    rig.inbox.settle(first, [None])
    again = take(rig, 1)
    assert [one.ref.document_id for one in again] == [one.ref.document_id for one in first]
    assert contents(rig, again) == [b"one"]


def test_refused_document_that_goes_away_is_lost_and_not_forgotten(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    found = take(rig, 1)
    rig.remove("a.txt")
    rig.inbox.settle(found, [None])
    (lost,) = rig.inbox.fetch(take(rig, 1))
    assert isinstance(lost, Lost)


def test_settled_document_is_not_delivered_again(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    found = take(rig, 1)
    rig.inbox.fetch(found)
    settle(rig, found)
    assert list(rig.inbox.listen(limit=10, wait=0.5)) == []


def test_listed_documents_are_the_same_as_the_delivered_ones(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    rig.put("b.txt", b"two")
    delivered = {one.ref for one in take(rig, 2)}
    found = listed(rig)
    assert {one.ref for one in found.values()} == delivered
    assert set(contents(rig, list(found.values()))) == {b"one", b"two"}


def test_expired_versions_are_forgotten_and_counted(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    rig.put("b.txt", b"two")
    rig.put("c.txt", b"three")
    take(rig, 3)
    found = listed(rig)
    if not rig.inbox.expires:
        assert rig.inbox.expire([one.ref for one in found.values()]) == 0
        cannot("what is forgotten there, and when, is not for us to say")
    assert rig.inbox.expire([found["acme/a.txt"].ref, found["acme/b.txt"].ref]) == 2
    assert rig.inbox.expire([found["acme/a.txt"].ref]) == 0
    assert set(listed(rig)) == {"acme/c.txt"}


def test_newer_version_of_an_expired_document_is_left_alone(rig: Rig) -> None:
    rig.put("a.txt", b"one")
    take(rig, 1)
    old = listed(rig)["acme/a.txt"]
    rig.remove("a.txt")
    rig.put("a.txt", b"two")
    assert rig.inbox.expire([old.ref]) == 0
    assert contents(rig, [listed(rig)["acme/a.txt"]]) == [b"two"]
