"""What a customer hears of an upload: an object `receipts/<customer>/<key>.json`, and a message."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from billdrop.aws.clients import Clients
from billdrop.aws.faults import named
from billdrop.aws.objects import Objects
from billdrop.errors import UnavailableError
from billdrop.model import Delivery, Finding, Outcome, State
from billdrop.names import MAX_KEY_BYTES

if TYPE_CHECKING:
    from types_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

PREFIX = "receipts/"
AT_ONCE = 10
"""Messages in one call; SNS takes no more."""
LONGEST = 200_000
"""Bytes of a message, and of all in one call; SNS takes 256 KiB, and what it is wrapped in counts."""
TOLD = 20
"""Findings of one receipt; the ledger has all of them."""

Message = tuple[bytes, dict[str, str]]
"""A body, and by what it can be filtered."""

_encode = msgspec.json.Encoder().encode


class Receipts:
    """
    Tells the same however often it is asked: the same bytes under the same key, the same message.

    A document that was superseded leaves the receipt of the newer version alone.
    """

    def __init__(
        self,
        clients: Clients,
        objects: Objects,
        *,
        topic_arn: str,
        threads: int = 16,
    ) -> None:
        """`topic_arn`: empty where nobody is told by message."""
        self._clients = clients
        self._objects = objects
        self._topic = topic_arn
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="receipts")

    def __call__(self, settled: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Write each receipt and publish each message; raises when one of them failed."""
        told = [(delivery, outcome, receipt(delivery, outcome)) for delivery, outcome in settled]
        bodies = {
            key_of(delivery): body
            for delivery, outcome, body in told
            if outcome.state is not State.SUPERSEDED
        }
        works: list[Callable[[], None]] = [
            partial(self._put, key, body) for key, body in bodies.items()
        ]
        if self._topic:
            works.extend(
                partial(self._publish, some) for some in together([message(*each) for each in told])
            )
        for future in [self._pool.submit(work) for work in works]:
            future.result()

    def close(self) -> None:
        """Nothing is under way afterwards."""
        self._pool.shutdown()

    def _put(self, key: str, body: bytes) -> None:
        self._objects.put(key, body, content_type="application/json")

    def _publish(self, messages: Sequence[Message]) -> None:
        entries: list[PublishBatchRequestEntryTypeDef] = [
            {"Id": str(place), "Message": body.decode(), "MessageAttributes": _typed(attributes)}
            for place, (body, attributes) in enumerate(messages)
        ]
        with named(f"topic {self._topic}"):
            failed = self._clients.sns.publish_batch(
                TopicArn=self._topic, PublishBatchRequestEntries=entries
            ).get("Failed", ())
        if failed:
            raise UnavailableError(
                f"topic {self._topic} refused {len(failed)} messages: {failed[0]['Code']}",
                hint="it is tried again",
            )


def key_of(delivery: Delivery) -> str:
    """
    Where the receipt of an object is; the first part of the object's key is its customer.

    A key that leaves no room for what is added to it is named by its SHA-256.
    """
    ref = delivery.ref
    key = f"{PREFIX}{ref.key}.json"
    if len(key.encode()) <= MAX_KEY_BYTES:
        return key
    return f"{PREFIX}{ref.customer}/{sha256(ref.key.encode()).hexdigest()}.json"


def receipt(delivery: Delivery, outcome: Outcome) -> bytes:
    """What became of a document, as JSON; says nothing that is other when it is said again."""
    return _encode(_said(delivery, outcome, outcome.findings[:TOLD]))


def message(delivery: Delivery, outcome: Outcome, body: bytes) -> Message:
    """The same as a message."""
    if len(body) > LONGEST:
        short = tuple(structs.replace(found, excerpt="") for found in outcome.findings[:1])
        body = _encode(_said(delivery, structs.replace(outcome, invoices=()), short))
    return body, {"customer": delivery.ref.customer, "outcome": outcome.state.value}


def together(messages: Iterable[Message]) -> Iterator[Sequence[Message]]:
    """As many as one call takes."""
    some: list[Message] = []
    size = 0
    for each in messages:
        if some and (len(some) == AT_ONCE or size + len(each[0]) > LONGEST):
            yield some
            some, size = [], 0
        some.append(each)
        size += len(each[0])
    if some:
        yield some


def _said(delivery: Delivery, outcome: Outcome, findings: Sequence[Finding]) -> dict[str, object]:
    ref = delivery.ref
    return {
        "document_id": outcome.document_id,
        "customer": ref.customer,
        "key": ref.key,
        "version": ref.version,
        "outcome": outcome.state.value,
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
