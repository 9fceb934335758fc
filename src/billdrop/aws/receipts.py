"""What a customer hears of an upload: an object `receipts/<customer>/<key>.json`, and a message."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET, Struct, structs

from billdrop.aws.calls.clients import Clients
from billdrop.aws.calls.faults import named
from billdrop.aws.store.bucket import Put
from billdrop.aws.store.objects import Objects, Unread
from billdrop.books.decide import precedes
from billdrop.errors import BilldropError, UnavailableError
from billdrop.model import Delivery, Finding, Outcome, State
from billdrop.names import MAX_KEY_BYTES
from billdrop.way.answering import LEDGER

PREFIX = "receipts/"
AT_ONCE = 10
"""Messages in one call; SNS takes no more."""
LONGEST = 200_000
"""Bytes of a message, and of all in one call; SNS takes 256 KiB, and what it is wrapped in counts."""
TOLD = 20
"""Findings of one receipt; the ledger has all of them."""

Message = tuple[bytes, dict[str, str]]
"""A body, and by what it can be filtered."""

TRIES = 8
MOST = 1024 * 1024
TYPE = "application/json"

Told = tuple[Delivery, Outcome, bytes]

Works = tuple[Sequence[int], Future[Sequence[int]]]
"""What is under way for which places: it says which of them were refused."""

_encode = msgspec.json.Encoder().encode


class Receipts:
    """
    Tells the same however often it is asked: the same bytes under the same key, the same message.

    The receipt of a newer version is left alone, and so is one that says what became of it later.
    """

    def __init__(
        self,
        clients: Clients,
        objects: Objects,
        *,
        topic_arn: str,
        note: Callable[[str], None] = lambda text: None,
        threads: int = 16,
    ) -> None:
        """`topic_arn`: empty where nobody is told by message; `note` is told of what failed."""
        self._note = note
        self._clients = clients
        self._objects = objects
        self._topic = topic_arn
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="receipts")

    def __call__(
        self, settled: Sequence[tuple[Delivery, Outcome]]
    ) -> Sequence[BilldropError | None]:
        """Write each receipt and publish each message; what failed of one stops no other."""
        told = [(delivery, outcome, receipt(delivery, outcome)) for delivery, outcome in settled]
        failed: list[BilldropError | None] = [None] * len(told)
        for places, future in [*self._published(told), *self._written(told)]:
            for place, error in _failures(places, future):
                failed[place] = error
                self._note(f"{told[place][1].document_id}: {error}")
        return failed

    def close(self) -> None:
        """Nothing is under way afterwards."""
        self._pool.shutdown()

    def _published(self, told: Sequence[Told]) -> list[Works]:
        """The messages, under way."""
        if not self._topic:
            return []
        messages = [message(*each) for each in told]
        return [
            (places, self._pool.submit(self._publish, [messages[place] for place in places]))
            for places in together(messages)
        ]

    def _written(self, told: Sequence[Told]) -> list[Works]:
        """
        The receipts that are not written yet, under way.

        Most are the first of their object, and the only one: those are written together.
        """
        by_key = _by_key(told)
        new = {key: told[places[0]] for key, places in by_key.items() if len(places) == 1}
        puts = [
            Put(key, body, new=True, content_type=TYPE)
            for key, (_, outcome, body) in new.items()
            if outcome.state is not State.SUPERSEDED
        ]
        done = zip(puts, self._objects.put_quickly(puts), strict=True)
        for put in [put for put, written in done if written]:
            del by_key[put.key]
        return [
            (places, self._pool.submit(self._write, [told[place] for place in places]))
            for places in by_key.values()
        ]

    def _write(self, told: Sequence[Told]) -> Sequence[int]:
        """The receipts of one object, one after the other."""
        for delivery, outcome, body in told:
            self._put(receipt_key(delivery), delivery, outcome, body)
        return ()

    def _put(self, key: str, delivery: Delivery, outcome: Outcome, body: bytes) -> None:
        """
        Write a receipt, unless there is one of a newer version or of a later outcome.

        That of a version that was superseded takes the place of its own alone.
        """
        overtaken = outcome.state is State.SUPERSEDED
        for _ in range(TRIES):
            if not overtaken and self._objects.put_new(key, body, content_type=TYPE):
                return
            there = self._objects.read(key, most=MOST)
            if isinstance(there, Unread) or there.body is None:
                if overtaken:
                    return
                continue
            if not _replaces(delivery, outcome, there.body):
                return
            if self._objects.swap(key, body, etag=there.etag, content_type=TYPE):
                return
        raise UnavailableError(
            f"{self._objects.thing(key)} was not written", hint="it is tried again"
        )

    def _publish(self, messages: Sequence[Message]) -> Sequence[int]:
        """Which of them the topic refused."""
        entries = [
            {"Id": str(place), "Message": body.decode(), "MessageAttributes": _typed(attributes)}
            for place, (body, attributes) in enumerate(messages)
        ]
        with named(f"topic {self._topic}"):
            answer = self._clients.calls("sns")(
                "publish_batch", {"TopicArn": self._topic, "PublishBatchRequestEntries": entries}
            )
        return [int(each["Id"]) for each in answer.get("Failed", ())]


def _by_key(told: Sequence[Told]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, (delivery, _, _) in enumerate(told):
        found.setdefault(receipt_key(delivery), []).append(place)
    return found


def _failures(
    places: Sequence[int], future: "Future[Sequence[int]]"
) -> Iterator[tuple[int, BilldropError]]:
    """What failed: all of a call, or some of what it was about."""
    try:
        for place in future.result():
            yield places[place], UnavailableError("its message was refused", hint="it comes again")
    except BilldropError as error:
        yield from ((place, error) for place in places)


def _replaces(delivery: Delivery, outcome: Outcome, there: bytes) -> bool:
    """
    Whether an outcome comes after the one that a receipt tells; of one version that which changed
    more often. Where the order of two versions cannot be told, only what an inbox brings does; one
    that was superseded comes after no other version.
    """
    overtaken = outcome.state is State.SUPERSEDED
    try:
        other = _read(there)
    except msgspec.DecodeError:
        return not overtaken
    if other.version == delivery.ref.version:
        return outcome.changes > other.change
    if overtaken:
        return False
    sequencer, ordinal = _place(delivery, outcome)
    if not (ordinal and other.ordinal) and (sequencer is None or other.sequencer is None):
        return delivery.source != LEDGER
    mine, its = int(ordinal or "0"), int(other.ordinal or "0")
    return not precedes(sequencer, mine, other.sequencer, its)


def _place(delivery: Delivery, outcome: Outcome) -> tuple[str | None, str]:
    """Where its version stands: as the ledger says, or as it was delivered."""
    return (delivery.sequencer, "") if outcome.place is UNSET else outcome.place


class _Other(Struct):
    """What is looked at in a receipt that is there."""

    version: str
    sequencer: str | None = None
    ordinal: str = ""
    change: int = 0


_read = msgspec.json.Decoder(_Other).decode


def receipt_key(delivery: Delivery) -> str:
    """Where the receipt of a document is."""
    return receipt_of(delivery.ref.customer, delivery.ref.key)


def receipt_of(customer: str, key: str) -> str:
    """
    Where the receipt of an object is; the first part of the object's key is its customer.

    A key that leaves no room for what is added to it is named by its SHA-256.
    """
    name = f"{PREFIX}{key}.json"
    if len(name.encode()) <= MAX_KEY_BYTES:
        return name
    return f"{PREFIX}{customer}/{sha256(key.encode()).hexdigest()}.json"


def receipt(delivery: Delivery, outcome: Outcome) -> bytes:
    """What became of a document, as JSON; says nothing that is other when it is said again."""
    return _encode(_said(delivery, outcome, outcome.findings[:TOLD]))


def message(delivery: Delivery, outcome: Outcome, body: bytes) -> Message:
    """The same as a message."""
    if len(body) > LONGEST:
        short = tuple(structs.replace(found, excerpt="") for found in outcome.findings[:1])
        body = _encode(_said(delivery, structs.replace(outcome, invoices=()), short))
    return body, {"customer": delivery.ref.customer, "outcome": outcome.state.value}


def together(messages: Sequence[Message]) -> Iterator[Sequence[int]]:
    """The places of as many as one call takes."""
    places: list[int] = []
    size = 0
    for place, (body, _) in enumerate(messages):
        if places and (len(places) == AT_ONCE or size + len(body) > LONGEST):
            yield places
            places, size = [], 0
        places.append(place)
        size += len(body)
    if places:
        yield places


def _said(delivery: Delivery, outcome: Outcome, findings: Sequence[Finding]) -> dict[str, object]:
    ref = delivery.ref
    sequencer, ordinal = _place(delivery, outcome)
    return {
        "document_id": outcome.document_id,
        "customer": ref.customer,
        "key": ref.key,
        "version": ref.version,
        "sequencer": sequencer,
        "ordinal": ordinal,
        "outcome": outcome.state.value,
        "change": outcome.changes,
        "invoice_count": outcome.invoice_count,
        "invoices": outcome.invoices,
        "finding_count": len(outcome.findings),
        "findings": findings,
        "duplicate_of": outcome.duplicate_of,
    }


def _typed(attributes: dict[str, str]) -> dict[str, Any]:
    return {
        name: {"DataType": "String", "StringValue": value}
        for name, value in attributes.items()
        if value
    }
